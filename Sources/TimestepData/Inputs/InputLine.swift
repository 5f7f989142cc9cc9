/// A line of a text file that holds something, and where it stands.
public struct InputLine: Sendable, Equatable {
  /// The line without its end.
  public let text: String
  /// Its number in the file, from 1 on.
  public let number: Int
  /// Where it begins in the contents of the file.
  public let offset: Int

  /// The lines of a file in UTF-8, plain or gzip, that hold more than white space.
  ///
  /// Throws `DataError`: what `ByteStream` throws, and `.badData` for a file that is no text or holds no such line.
  public static func lines(of file: String) throws -> [InputLine] {
    let stream = try ByteStream(path: file)
    var bytes: [UInt8] = []
    while case let piece = try stream.read(upTo: 1 << 20), !piece.isEmpty { bytes += piece }
    return try lines(of: bytes, from: file)
  }

  /// The lines of a text that hold more than white space; `name` stands in the error for a text without any.
  public static func lines(of bytes: [UInt8], from name: String) throws -> [InputLine] {
    // Pictures and archives have zeros or bytes that no text has.
    if let offset = bytes.firstIndex(of: 0) ?? firstInvalid(bytes) {
      throw DataError(
        .badData, file: name, offset: offset,
        problem: "is no text: here its bytes are not UTF-8, or a zero",
        remedy: "give plain text in UTF-8, one example a line")
    }
    var lines: [InputLine] = []
    var (start, number) = (0, 0)
    while start < bytes.count {
      number += 1
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      var line = bytes[start..<end]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      let text = String(decoding: line, as: UTF8.self)
      if text.contains(where: { !$0.isWhitespace }) {
        lines.append(InputLine(text: text, number: number, offset: start))
      }
      start = end + 1
    }
    guard !lines.isEmpty else {
      throw DataError(
        .badData, file: name, offset: bytes.count, problem: "holds no text",
        remedy: "give one example a line")
    }
    return lines
  }

  /// Where the bytes stop to be UTF-8, or nil where they do not.
  private static func firstInvalid(_ bytes: [UInt8]) -> Int? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput, .error: return offset
      }
    }
  }
}
