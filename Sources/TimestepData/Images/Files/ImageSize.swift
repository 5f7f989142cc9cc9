/// Rows and columns of an image.
package struct ImageSize: Sendable, Equatable {
  /// Rows.
  package var height: Int
  /// Columns.
  package var width: Int

  /// Makes a size.
  package init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Bytes of the pixels: red, green, blue.
  package var byteCount: Int { 3 * height * width }
  /// The shorter of the two.
  package var shortSide: Int { min(height, width) }

  /// What decoding to `1 / factor` of the size gives: halves of a pixel count as one.
  package func reduced(by factor: Int) -> ImageSize {
    ImageSize(height: (height + factor - 1) / factor, width: (width + factor - 1) / factor)
  }

  /// The most pixels an image may have, 2^27: 400 MB.
  static let mostPixels = 1 << 27

  /// Throws `DataError(.badData)` where no file of `bytes` bytes can hold an image of that size.
  ///
  /// `perByte` is the most pixels that the format makes of a byte, so a header alone does not take memory.
  func check(
    pixelsPerByte perByte: Int, bytes: Int, of path: String, at offset: Int
  ) throws {
    guard height > 0, width > 0 else {
      throw ImageFile.damaged(path, at: offset, "the image has \(height) x \(width) pixels")
    }
    let pixels = height * width  // Both are below 2^31.
    guard pixels <= Self.mostPixels else {
      throw ImageFile.damaged(
        path, at: offset,
        "the image has \(height) x \(width) pixels, more than \(Self.mostPixels)")
    }
    guard pixels / perByte <= bytes else {
      throw ImageFile.damaged(
        path, at: offset,
        "\(bytes) bytes cannot hold the \(height) x \(width) pixels that are announced")
    }
  }
}
