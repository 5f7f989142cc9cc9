/// What the first chunk of a PNG file says.
///
/// Source: PNG specification (third edition), 5.2 and 11.2.1.
struct PNGHeader {
  /// The bytes that every PNG file begins with.
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  /// Rows and columns.
  let size: ImageSize

  /// Deflate makes at most 1032 bytes of one, and a byte has at most 8 pixels.
  private static let pixelsPerByte = 1032 * 8

  /// Reads and checks the header of a file that begins with the signature; throws `DataError(.badData)`.
  init(_ bytes: [UInt8], path: String) throws {
    guard bytes.count >= 33 else {
      throw ImageFile.damaged(path, at: bytes.count, "the file ends in the header")
    }
    func number(at offset: Int) -> Int {
      bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(at: 8) == 13, bytes[12..<16].elementsEqual("IHDR".utf8) else {
      throw ImageFile.damaged(path, at: 8, "the first chunk is no PNG header")
    }
    let (width, height) = (number(at: 16), number(at: 20))
    guard width < 1 << 31, height < 1 << 31 else {
      throw ImageFile.damaged(path, at: 16, "the image has \(height) x \(width) pixels")
    }
    size = ImageSize(height: height, width: width)
    try size.check(pixelsPerByte: Self.pixelsPerByte, bytes: bytes.count, of: path, at: 16)
  }
}
