import CZlib

extension Picture {
  /// The picture as a PNG file: 8 bits for red, green and blue, rows filtered by the row above.
  ///
  /// Source: W3C, "Portable Network Graphics (PNG) Specification", sections 5, 9 and 11. Throws
  /// `DataError(.ioFailure)` where zlib fails.
  public func png() throws -> [UInt8] {
    let rowSize = 3 * width
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (rowSize + 1))
    for row in 0..<height {
      rows.append(row == 0 ? 0 : 2)
      for place in (row * rowSize)..<((row + 1) * rowSize) {
        rows.append(row == 0 ? bytes[place] : bytes[place] &- bytes[place - rowSize])
      }
    }
    let header = Self.bigEndian(UInt32(width)) + Self.bigEndian(UInt32(height)) + [8, 2, 0, 0, 0]
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + Self.chunk("IHDR", header) + Self.chunk("IDAT", try Self.deflated(rows))
      + Self.chunk("IEND", [])
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    let sum = body.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
    return bigEndian(UInt32(data.count)) + body + bigEndian(UInt32(truncatingIfNeeded: sum))
  }

  private static func deflated(_ bytes: [UInt8]) throws -> [UInt8] {
    var size = compressBound(UInt(bytes.count))
    var status = Z_OK
    let result = [UInt8](unsafeUninitializedCapacity: Int(size)) { target, count in
      status = compress2(target.baseAddress, &size, bytes, UInt(bytes.count), Z_BEST_COMPRESSION)
      count = status == Z_OK ? Int(size) : 0
    }
    guard status == Z_OK else {
      throw DataError(.ioFailure, problem: "zlib cannot compress a picture (\(status))")
    }
    return result
  }
}
