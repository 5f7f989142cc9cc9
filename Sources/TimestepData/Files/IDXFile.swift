/// A file of the IDX format that holds unsigned bytes, as MNIST and Fashion-MNIST come in.
///
/// Layout: two zero bytes, a type byte (0x08: unsigned byte), the number of dimensions, the size of each
/// dimension as a big-endian 32-bit number, then the elements with the last dimension varying fastest.
/// The file may be compressed with gzip. Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database".
public struct IDXFile: Sendable {
  /// The path it was read from.
  public let path: String
  /// Size of each dimension, the slowest first: `[N, H, W]` for images, `[N]` for labels.
  public let shape: [Int]
  /// The elements in row-major order.
  public let bytes: [UInt8]
  /// Where in the file's contents the elements begin, in bytes.
  public let dataOffset: Int

  /// Reads and checks a whole file of `dimensions` dimensions.
  ///
  /// Throws `DataError`: `.notFound`, `.ioFailure`, or `.badData` where the magic number, the number of
  /// dimensions or the size is not right, with `remedy` as the advice.
  public init(path: String, dimensions: Int, remedy: String? = nil) throws {
    let stream = try ByteStream(path: path, remedy: remedy)
    let magic = try stream.read(4, "the magic number")
    guard magic[0] == 0, magic[1] == 0 else {
      let found = magic.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
      throw stream.badData(
        at: 0,
        "not an IDX file: it begins with the bytes \(found.joined(separator: " ")), not 00 00")
    }
    guard magic[2] == 0x08 else {
      throw stream.badData(
        at: 2, "the element type is 0x\(String(magic[2], radix: 16)), not 0x8 (unsigned bytes)")
    }
    guard Int(magic[3]) == dimensions else {
      throw stream.badData(at: 3, "the file has \(magic[3]) dimensions, not \(dimensions)")
    }
    let sizes = try stream.read(4 * dimensions, "the sizes of the dimensions")
    var shape: [Int] = []
    var count = 1
    for index in 0..<dimensions {
      let size = sizes[(4 * index)..<(4 * index + 4)].reduce(0) { $0 << 8 | Int($1) }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else {
        throw stream.badData(
          at: 4 + 4 * index, "the sizes \(shape + [size]) multiply to more than memory can hold")
      }
      shape.append(size)
      count = product
    }
    self.path = path
    self.shape = shape
    dataOffset = stream.position
    bytes = try stream.read(
      count, "\(shape.map(String.init).joined(separator: " x ")) elements")
    try stream.expectEnd(after: "the \(count) elements that the header announces")
  }
}
