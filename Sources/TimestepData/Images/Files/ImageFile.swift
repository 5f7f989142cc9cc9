import CTimestepImages

/// An image file in memory, not decoded yet.
package struct ImageFile: Sendable {
  /// What to do about a damaged image.
  private static let remedy = "replace or remove the file"

  /// The error for a file that is no whole image.
  static func damaged(_ path: String, at offset: Int, _ problem: String) -> DataError {
    var error = DataError(.badData, file: path, offset: offset, problem: problem, remedy: remedy)
    error.concernsOneExample = true
    return error
  }

  /// The path it was read from.
  package let path: String
  /// What its first bytes say.
  package let format: ImageFormat
  /// Rows and columns as the header says.
  package let size: ImageSize
  private let bytes: [UInt8]
  private let jpeg: JPEGHeader?

  /// Reads the file and checks its header.
  ///
  /// Throws `DataError`: `.notFound`, `.ioFailure`, or `.badData` with the byte at fault.
  package init(path: String) throws {
    try self.init(path: path, bytes: Self.bytes(of: path))
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    do {
      let file = try ByteFile(path: path, remedy: remedy)
      return try [UInt8](unsafeUninitializedCapacity: file.size) { buffer, count in
        while count < buffer.count {
          let rest = UnsafeMutableBufferPointer(rebasing: buffer[count...])
          let got = try file.read(into: UnsafeMutableRawBufferPointer(rest))
          if got == 0 { break }
          count += got
        }
      }
    } catch var error as DataError {
      error.concernsOneExample = true
      throw error
    }
  }

  /// Checks the header of a file's bytes; throws `DataError(.badData)`.
  package init(path: String, bytes: [UInt8]) throws {
    guard let format = ImageFormat(bytes) else {
      let found = bytes.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      throw Self.damaged(
        path, at: 0,
        bytes.isEmpty
          ? "the file is empty"
          : "neither JPEG nor PNG: it begins with the bytes \(found.joined(separator: " "))")
    }
    self.path = path
    self.format = format
    self.bytes = bytes
    switch format {
    case .jpeg:
      let header = try JPEGHeader(bytes, path: path)
      jpeg = header
      size = header.size
    case .png:
      jpeg = nil
      size = try PNGHeader(bytes, path: path).size
    }
  }

  /// The pixels at `1 / factor` of the size; factors are 1, 2, 4 and 8, and PNG has 1 only.
  ///
  /// The file's orientation tag (EXIF), colour profile and gamma are not applied, as torchvision's loader has it.
  /// Throws `DataError(.badData)` for damaged data.
  package func decode(reducedBy factor: Int = 1) throws -> PixelImage {
    if let jpeg {
      return try JPEGDecoder.decode(bytes, jpeg, reducedBy: factor, path: path)
    }
    var failure = tsi_failure()
    let pixels = [UInt8](unsafeUninitializedCapacity: size.byteCount) { buffer, count in
      let status = bytes.withUnsafeBufferPointer {
        tsi_decode_png(
          $0.baseAddress, $0.count, UInt32(size.width), UInt32(size.height), buffer.baseAddress,
          &failure)
      }
      count = status == 0 ? size.byteCount : 0
    }
    guard !pixels.isEmpty else {
      let reason = withUnsafeBytes(of: failure.message) { message in
        String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw Self.damaged(path, at: failure.offset, "the PNG image is damaged: \(reason)")
    }
    return PixelImage(size: size, pixels: pixels)
  }

  /// The factors by which an image of this format can be reduced while it is decoded, the largest first.
  package var reductions: [Int] { format == .jpeg ? [8, 4, 2, 1] : [1] }
}
