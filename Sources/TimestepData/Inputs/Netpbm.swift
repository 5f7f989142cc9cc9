/// Images in Netpbm's binary formats: PGM (grey, `P5`) and PPM (colour, `P6`) with bytes.
///
/// Source: the manual pages pgm(5) and ppm(5).
enum Netpbm {
  /// The most pixels on a side.
  private static let largest = 1 << 16

  static func decode(_ file: String) throws -> DecodedImage {
    let remedy = "convert it to PGM or PPM, for example by 'convert image.png image.ppm'"
    let stream = try ByteStream(path: file, remedy: remedy)
    let magic = try stream.read(upTo: 2)
    let channels = magic == Array("P5".utf8) ? 1 : magic == Array("P6".utf8) ? 3 : 0
    guard channels > 0 else {
      throw stream.badData(at: 0, "is not an image in a format that can be read (PGM, PPM)")
    }
    let width = try number(stream, "width", in: 1...largest)
    let height = try number(stream, "height", in: 1...largest)
    _ = try number(stream, "largest value", in: 255...255)
    let pixels = try stream.read(width * height * channels, "the \(height) x \(width) pixels")
    return DecodedImage(height: height, width: width, channels: channels, pixels: pixels)
  }

  /// The next number of the header, and the one white space after it; comments go from # to the end of a line.
  private static func number(
    _ stream: ByteStream, _ what: String, in range: ClosedRange<Int>
  ) throws -> Int {
    let start = stream.position
    var digits = ""
    var inComment = false
    for _ in 0..<4096 {
      let byte = try stream.read(1, "the header")[0]
      let isSpace = [9, 10, 11, 12, 13, 32].contains(byte)
      if inComment {
        inComment = byte != UInt8(ascii: "\n")
      } else if byte == UInt8(ascii: "#"), digits.isEmpty {
        inComment = true
      } else if isSpace {
        if digits.isEmpty { continue }
        guard let value = Int(digits), range.contains(value) else { break }
        return value
      } else {
        digits.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    throw stream.badData(
      at: start,
      "the \(what) is \(quoted(digits.prefix(20))), not a whole number from \(range.lowerBound) to "
        + "\(range.upperBound)")
  }
}
