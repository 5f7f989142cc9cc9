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
