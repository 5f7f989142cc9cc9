/// Resizes part of an image of red, green and blue bytes and writes it as normalised numbers.
///
/// Rows first, then columns, in single precision: `scale (sum of weights x bytes) + shift` for each channel. Pillow
/// rounds to bytes after the rows and after the columns; results differ from it by less than one level of 255.
struct Resizer {
  /// By what each number of an output row is multiplied.
  private let scale: [Float]
  /// What is added to it.
  private let shift: [Float]
  private let outputs: ImageSize
  private var width: Int { outputs.width }

  /// Makes images of this size; `nil` stands for no normalisation: bytes divided by 255.
  init(outputs: ImageSize, normalization: Normalization?) {
    self.outputs = outputs
    let width = outputs.width
    let mean = normalization?.mean ?? [0, 0, 0]
    let deviation = normalization?.standardDeviation ?? [1, 1, 1]
    scale = (0..<(3 * width)).map { 1 / (255 * deviation[$0 % 3]) }
    shift = (0..<(3 * width)).map { -mean[$0 % 3] / deviation[$0 % 3] }
  }

  /// Writes the part of an image that a crop chooses, (H, W, 3), to `output`.
  ///
  /// `pixels` is an image of this size, which was reduced by `factor` after the crop was chosen.
  func write(
    _ pixels: UnsafePointer<UInt8>, of size: ImageSize, reducedBy factor: Int = 1,
    _ crop: ImageCrop, mirrored: Bool, to output: UnsafeMutablePointer<Float>
  ) {
    let vertical = crop.vertical.reduced(by: factor, to: size.height)
    let horizontal = crop.horizontal.reduced(by: factor, to: size.width)
    write(
      pixels, imageWidth: size.width,
      rows: ResizeAxis(
        start: vertical.start, length: vertical.length, bounds: vertical.bounds,
        outputs: outputs.height),
      columns: ResizeAxis(
        start: horizontal.start, length: horizontal.length, bounds: horizontal.bounds,
        outputs: width, mirrored: mirrored),
      to: output)
  }

  /// Writes `rows.first.count` rows of `columns.first.count` pixels, (H, W, 3), to `output`.
  ///
  /// `pixels` is a whole image of `imageWidth` columns, which holds the inputs of both axes.
  private func write(
    _ pixels: UnsafePointer<UInt8>, imageWidth: Int, rows: ResizeAxis, columns: ResizeAxis,
    to output: UnsafeMutablePointer<Float>
  ) {
    let rowCount = 3 * width
    // A row of inputs with room for the fourth number that is read with the last pixel.
    let inputs = columns.inputs
    let scratch = UnsafeMutablePointer<Float>.allocate(
      capacity: 3 * inputs.count + 1 + rows.taps * (rowCount + 1))
    defer { scratch.deallocate() }
    scratch[3 * inputs.count] = 0
    let ring = scratch + 3 * inputs.count + 1
    var ready = rows.inputs.lowerBound
    for y in 0..<rows.first.count {
      let first = rows.first[y]
      // Rows that stay in the ring were made for the output before.
      ready = max(ready, first)
      let target = output + y * rowCount
      var isFirst = true
      for tap in 0..<rows.taps {
        let weight = rows.weights[y * rows.taps + tap]
        guard weight != 0 else { continue }
        let source = first + tap
        while ready <= source {
          let row = pixels + 3 * (ready * imageWidth + inputs.lowerBound)
          for place in 0..<(3 * inputs.count) { scratch[place] = Float(row[place]) }
          resizeRow(scratch, columns, to: ring + (ready % rows.taps) * (rowCount + 1))
          ready += 1
        }
        let row = ring + (source % rows.taps) * (rowCount + 1)
        if isFirst {
          for place in 0..<rowCount { target[place] = weight * row[place] }
        } else {
          for place in 0..<rowCount { target[place] += weight * row[place] }
        }
        isFirst = false
      }
      scale.withUnsafeBufferPointer { scale in
        shift.withUnsafeBufferPointer { shift in
          for place in 0..<rowCount { target[place] = target[place] * scale[place] + shift[place] }
        }
      }
    }
  }

  /// Writes `width` pixels and one number more.
  private func resizeRow(
    _ row: UnsafePointer<Float>, _ columns: ResizeAxis, to target: UnsafeMutablePointer<Float>
  ) {
    let taps = columns.taps
    let lowest = columns.inputs.lowerBound
    columns.first.withUnsafeBufferPointer { first in
      columns.weights.withUnsafeBufferPointer { weights in
        guard let first = first.baseAddress, var weight = weights.baseAddress else { return }
        for x in 0..<width {
          var source = UnsafeRawPointer(row + 3 * (first[x] - lowest))
          var sum = SIMD4<Float>.zero
          for tap in 0..<taps where weight[tap] != 0 {
            sum += weight[tap] * source.loadUnaligned(as: SIMD4<Float>.self)
            source += 12
          }
          weight += taps
          UnsafeMutableRawPointer(target + 3 * x).storeBytes(of: sum, as: SIMD4<Float>.self)
        }
      }
    }
  }
}
