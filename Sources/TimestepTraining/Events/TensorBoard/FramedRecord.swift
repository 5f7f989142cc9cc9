import Foundation

/// A record of a TFRecord file:
///
/// ```
/// uint64 length    uint32 masked CRC-32C of length    bytes    uint32 masked CRC-32C of bytes
/// mask(crc) = (crc rotated right by 15 bits) + 0xa282ead8
/// ```
///
/// all with the lowest byte first. Source: TensorFlow, record_writer.h and crc32c.h.
package enum FramedRecord {
  /// The record with its frame.
  package static func framed(_ contents: [UInt8]) -> Data {
    let length = UInt64(contents.count).littleEndianBytes
    return Data(
      length + mask(checksum(length)).littleEndianBytes + contents
        + mask(checksum(contents)).littleEndianBytes)
  }

  /// The contents of the records of a file, up to the first that is torn or damaged, and where that begins.
  package static func records(of file: Data) -> (contents: [[UInt8]], end: Int) {
    let bytes = [UInt8](file)
    var (contents, end) = ([[UInt8]](), 0)
    while bytes.count - end >= 16 {
      let length = bytes[end..<end + 8]
      guard number(bytes[end + 8..<end + 12]) == UInt64(mask(checksum(length))) else { break }
      let count = number(length)
      guard count <= UInt64(bytes.count - end - 16) else { break }
      let start = end + 12
      let record = bytes[start..<start + Int(count)]
      let stop = record.endIndex
      guard number(bytes[stop..<stop + 4]) == UInt64(mask(checksum(record))) else { break }
      contents.append(Array(record))
      end = stop + 4
    }
    return (contents, end)
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func mask(_ crc: UInt32) -> UInt32 { (crc >> 15 | crc << 17) &+ 0xa282_ead8 }

  /// CRC-32C, the polynomial of Castagnoli with its bits reversed.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
  }
}
