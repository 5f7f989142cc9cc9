/// What the segments before the compressed data of a JPEG file say.
///
/// Source: ITU-T T.81, annex B. Bytes between segments are passed over, as libjpeg does.
struct JPEGHeader {
  /// Rows and columns.
  let size: ImageSize
  /// 1 for grey, 3 for colours, 4 for CMYK and YCCK.
  let components: Int
  /// Where the compressed data begin.
  let dataOffset: Int

  /// The shortest code of a block of 8 x 8 pixels has one bit; twice that, for scans with fewer components.
  private static let pixelsPerByte = 1024

  /// Reads and checks the segments of a file that begins with ff d8; throws `DataError(.badData)`.
  init(_ bytes: [UInt8], path: String) throws {
    func failure(_ offset: Int, _ problem: String) -> DataError {
      ImageFile.damaged(path, at: offset, problem)
    }
    var frame: (size: ImageSize, components: Int)?
    var position = 2
    while true {
      while position < bytes.count, bytes[position] != 0xff { position += 1 }
      while position < bytes.count, bytes[position] == 0xff { position += 1 }
      guard position + 2 < bytes.count else {
        throw failure(bytes.count, "the file ends before the compressed data")
      }
      let marker = bytes[position]
      let start = position - 1
      position += 1
      if marker == 0x00 || marker == 0x01 || (0xd0...0xd8).contains(marker) { continue }
      guard marker != 0xd9 else {
        throw failure(start, "the image ends before the compressed data")
      }
      let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
      guard length >= 2, length <= bytes.count - position else {
        throw failure(
          start,
          "a segment announces \(length) bytes, and \(bytes.count - position) are left")
      }
      let isFrame = (0xc0...0xcf).contains(marker) && ![0xc4, 0xc8, 0xcc].contains(marker)
      if isFrame {
        guard length >= 8 else { throw failure(start, "the frame header is cut short") }
        guard frame == nil else { throw failure(start, "a second frame header follows") }
        guard bytes[position + 2] == 8 else {
          throw failure(
            start, "samples of \(bytes[position + 2]) bits, and 8 are read")
        }
        func number(at offset: Int) -> Int {
          Int(bytes[position + offset]) << 8 | Int(bytes[position + offset + 1])
        }
        let size = ImageSize(height: number(at: 3), width: number(at: 5))
        try size.check(
          pixelsPerByte: Self.pixelsPerByte, bytes: bytes.count, of: path, at: start)
        let components = Int(bytes[position + 7])
        guard [1, 3, 4].contains(components) else {
          throw failure(start, "\(components) colour components, and 1, 3 or 4 are read")
        }
        frame = (size, components)
      }
      position += length
      if marker == 0xda {
        guard let frame else { throw failure(start, "compressed data without a frame header") }
        size = frame.size
        components = frame.components
        dataOffset = position
        return
      }
    }
  }
}
