/// Writes images of one size as normalised numbers: padded, cropped to the former size, mirrored.
struct PaddedCropWriter: Sendable {
  let augmentation: Augmentation
  private let height: Int
  private let width: Int
  private let channels: Int
  /// What each byte becomes, 256 numbers a channel.
  private let table: [Float]

  /// Takes a preparation that was checked against images of this size.
  init(height: Int, width: Int, channels: Int, preparation: Preparation) {
    self.height = height
    self.width = width
    self.channels = channels
    augmentation = preparation.augmentation
    table = Normalization.table(preparation.normalization, channels: channels)
  }

  /// Row `y` of the output is row `y + top - padding` of the image, padded outside of it; columns alike.
  func write(
    _ image: UnsafePointer<UInt8>, to output: UnsafeMutableBufferPointer<Float>,
    _ draw: Augmentation.Draw
  ) {
    precondition(output.count == height * width * channels)
    let down = draw.top - augmentation.padding
    let right = draw.left - augmentation.padding
    // The columns of the crop that lie in the image; the others are padding.
    let first = max(0, -right)
    let end = min(width, width - right)
    let rowLength = width * channels
    table.withUnsafeBufferPointer { table in
      guard let table = table.baseAddress, let output = output.baseAddress else { return }
      for y in 0..<height {
        let row = output + y * rowLength
        var source = y + down
        if source < 0 || source >= height {
          guard augmentation.paddingMode == .reflect else {
            fill(row, columns: 0..<width, table)
            continue
          }
          source = reflected(source, height)
        }
        let line = image + source * rowLength
        // Mirroring sends column x of the crop to column width - 1 - x.
        let inside = draw.mirrored ? (width - end)..<(width - first) : first..<end
        convert(
          line + (first + right) * channels, to: row + inside.lowerBound * channels,
          count: end - first, mirrored: draw.mirrored, table)
        for columns in [0..<inside.lowerBound, inside.upperBound..<width] {
          guard augmentation.paddingMode == .reflect else {
            fill(row, columns: columns, table)
            continue
          }
          for column in columns {
            let from = reflected((draw.mirrored ? width - 1 - column : column) + right, width)
            convert(
              line + from * channels, to: row + column * channels, count: 1, mirrored: false, table)
          }
        }
      }
    }
  }

  private func fill(
    _ row: UnsafeMutablePointer<Float>, columns: Range<Int>, _ table: UnsafePointer<Float>
  ) {
    for column in columns {
      for channel in 0..<channels { row[column * channels + channel] = table[256 * channel] }
    }
  }

  private func convert(
    _ bytes: UnsafePointer<UInt8>, to row: UnsafeMutablePointer<Float>, count: Int, mirrored: Bool,
    _ table: UnsafePointer<Float>
  ) {
    let step = mirrored ? -channels : channels
    var target = mirrored ? row + (count - 1) * channels : row
    var source = bytes
    switch channels {
    case 1:
      for _ in 0..<count {
        target[0] = table[Int(source[0])]
        source += 1
        target += step
      }
    case 3:
      for _ in 0..<count {
        target[0] = table[Int(source[0])]
        target[1] = table[256 + Int(source[1])]
        target[2] = table[512 + Int(source[2])]
        source += 3
        target += step
      }
    default:
      for _ in 0..<count {
        for channel in 0..<channels {
          target[channel] = table[256 * channel + Int(source[channel])]
        }
        source += channels
        target += step
      }
    }
  }
}

/// The place that a place beyond the image mirrors, without the border twice; it is less than `count` beyond.
func reflected(_ place: Int, _ count: Int) -> Int {
  place < 0 ? -place : place >= count ? 2 * (count - 1) - place : place
}
