/// An image of bytes, rows from the top, channels interleaved.
public struct DecodedImage: Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// 1 for grey, 3 for red, green, blue.
  public let channels: Int
  /// The pixels.
  public let pixels: [UInt8]

  /// The pixels with other channels: grey of colours is that of ITU-R BT.601, as Pillow has it.
  func converted(toChannels wanted: Int, file: String) throws -> [UInt8] {
    switch (channels, wanted) {
    case (1, 1), (3, 3): return pixels
    case (1, 3): return pixels.flatMap { [$0, $0, $0] }
    case (3, 1):
      return stride(from: 0, to: pixels.count, by: 3).map { place in
        let (red, green, blue) = (
          UInt32(pixels[place]), UInt32(pixels[place + 1]), UInt32(pixels[place + 2])
        )
        return UInt8((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16)
      }
    default:
      throw DataError(
        .badData, file: file,
        problem: "the image has \(channels) channels, and the network takes \(wanted)")
    }
  }
}

/// The image in a file: the one place that decides how files of images are read.
///
/// Throws `DataError`: what opening a file throws, and `.badData` where it is damaged or of an unknown format.
func decodeImage(_ file: String) throws -> DecodedImage {
  let magic = try ByteStream(path: file).read(upTo: 2)
  if magic == Array("P5".utf8) || magic == Array("P6".utf8) { return try Netpbm.decode(file) }
  let image = try ImageFile(path: file).decode()
  return DecodedImage(
    height: image.size.height, width: image.size.width, channels: 3, pixels: image.pixels)
}

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
      "the \(what) is '\(digits.prefix(20))', not a whole number from \(range.lowerBound) to "
        + "\(range.upperBound)")
  }
}
