/// Writes images of an `ImageDataset` as normalised numbers, cropped and mirrored by chance.
package struct ImageWriter: ElementWriter {
  private let pixels: [UInt8]
  private let labels: [Int32]
  private let size: Int
  private let writer: PaddedCropWriter

  /// Takes a preparation that was checked against the data set.
  package init(dataset: ImageDataset, preparation: Preparation) {
    pixels = dataset.pixels
    labels = dataset.labels
    size = dataset.elementCount
    writer = PaddedCropWriter(
      height: dataset.height, width: dataset.width, channels: dataset.channels,
      preparation: preparation)
  }

  package func write(
    _ index: Int, to output: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) {
    target[0] = Float(labels[index])
    write(index, to: output, writer.augmentation.draw(using: &random))
  }

  /// Writes an image as a draw has it.
  package func write(
    _ index: Int, to output: UnsafeMutableBufferPointer<Float>, _ draw: Augmentation.Draw
  ) {
    pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      writer.write(base + index * size, to: output, draw)
    }
  }
}
