/// The formats of image files that are read, told apart by the first bytes and not by the file's name.
package enum ImageFormat: String, Sendable {
  /// Baseline and progressive JPEG of 8 bits: grey, YCbCr, RGB, CMYK, YCCK.
  case jpeg = "JPEG"
  /// PNG of every colour type and depth.
  case png = "PNG"

  /// The format of a file with these bytes, or nil for another one.
  package init?(_ bytes: [UInt8]) {
    if bytes.starts(with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else if bytes.starts(with: PNGHeader.signature) {
      self = .png
    } else {
      return nil
    }
  }
}

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
      throw DataError(
        .badData, file: path, offset: offset,
        problem: "the image has \(height) x \(width) pixels", remedy: ImageFile.remedy)
    }
    let pixels = height * width  // Both are below 2^31.
    guard pixels <= Self.mostPixels else {
      throw DataError(
        .badData, file: path, offset: offset,
        problem: "the image has \(height) x \(width) pixels, more than \(Self.mostPixels)",
        remedy: ImageFile.remedy)
    }
    guard pixels / perByte <= bytes else {
      throw DataError(
        .badData, file: path, offset: offset,
        problem: "\(bytes) bytes cannot hold the \(height) x \(width) pixels that are announced",
        remedy: ImageFile.remedy)
    }
  }
}
