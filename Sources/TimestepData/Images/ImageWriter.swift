/// Writes images of an `ImageDataset` as normalised numbers, cropped and mirrored by chance.
package struct ImageWriter: ElementWriter {
  private let pixels: [UInt8]
  private let labels: [Int32]
  private let height: Int
  private let width: Int
  private let channels: Int
  private let augmentation: Augmentation
  /// What each byte becomes, 256 numbers a channel.
  private let table: [Float]

  /// Takes a preparation that was checked against the data set.
  package init(dataset: ImageDataset, preparation: Preparation) {
    pixels = dataset.pixels
    labels = dataset.labels
    height = dataset.height
    width = dataset.width
    channels = dataset.channels
    augmentation = preparation.augmentation
    table = Normalization.table(preparation.normalization, channels: dataset.channels)
  }

  package func write(
    _ index: Int, to output: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) {
    target[0] = Float(labels[index])
    write(index, to: output, augmentation.draw(using: &random))
  }

  /// Row `y` of the output is row `y + top - padding` of the image, or zeros outside of it; columns alike.
  package func write(
    _ index: Int, to output: UnsafeMutableBufferPointer<Float>, _ draw: Augmentation.Draw
  ) {
    precondition(output.count == height * width * channels)
    let down = draw.top - augmentation.padding
    let right = draw.left - augmentation.padding
    // The columns of the crop that lie in the image; the others are padding.
    let first = max(0, -right)
    let end = min(width, width - right)
    let rowLength = width * channels
    pixels.withUnsafeBufferPointer { pixels in
      table.withUnsafeBufferPointer { table in
        guard let image = pixels.baseAddress.map({ $0 + index * height * rowLength }),
          let table = table.baseAddress, let output = output.baseAddress
        else { return }
        for y in 0..<height {
          let row = output + y * rowLength
          let source = y + down
          guard source >= 0, source < height else {
            fill(row, columns: 0..<width, table)
            continue
          }
          // Mirroring sends column x of the crop to column width - 1 - x.
          let inside = draw.mirrored ? (width - end)..<(width - first) : first..<end
          fill(row, columns: 0..<inside.lowerBound, table)
          fill(row, columns: inside.upperBound..<width, table)
          convert(
            image + source * rowLength + (first + right) * channels,
            to: row + inside.lowerBound * channels, count: end - first, mirrored: draw.mirrored,
            table)
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
