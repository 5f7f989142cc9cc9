/// A decoded image: red, green and blue bytes, rows from the top without gaps.
package struct PixelImage: Sendable {
  /// Rows and columns.
  package let size: ImageSize
  /// (H, W, 3).
  package let pixels: [UInt8]

  /// Takes as many bytes as the size has.
  package init(size: ImageSize, pixels: [UInt8]) {
    precondition(pixels.count == size.byteCount)
    self.size = size
    self.pixels = pixels
  }

  /// The part that a crop chooses, resized: (H, W, 3), bytes divided by 255 and then normalised.
  package func resized(
    _ crop: ImageCrop, to outputs: ImageSize, mirrored: Bool = false,
    normalization: Normalization? = nil
  ) -> [Float] {
    let resizer = Resizer(outputs: outputs, normalization: normalization)
    return [Float](unsafeUninitializedCapacity: outputs.byteCount) { buffer, count in
      pixels.withUnsafeBufferPointer { pixels in
        guard let pixels = pixels.baseAddress, let target = buffer.baseAddress else { return }
        resizer.write(pixels, of: size, crop, mirrored: mirrored, to: target)
        count = outputs.byteCount
      }
    }
  }
}
