import Foundation
import TestSupport
import Testing
import TimestepExperiments

/// The rules of NEP 1, "A Simple File Format for NumPy Arrays", version 1.0.
@Suite("NumPy files")
struct NumPyFileTests {
  @Test(
    "The header follows the format, the numbers come back", arguments: [1, 3, 10, 1000, 99_999])
  func format(rows: Int) throws {
    let scratch = try Scratch()
    let columns = 3
    let values = (0..<rows * columns).map { Float($0) / 7 - 2 }
    try NumPyFile.write(
      values, shape: [rows, columns], to: URL(fileURLWithPath: scratch.path("a.npy")))
    let bytes = try scratch.bytes("a.npy")

    #expect(Array(bytes.prefix(6)) == [0x93] + Array("NUMPY".utf8))
    #expect(bytes[6] == 1 && bytes[7] == 0)
    let length = Int(bytes[8]) | Int(bytes[9]) << 8
    #expect((10 + length) % 64 == 0)
    let header = String(decoding: bytes[10..<10 + length], as: UTF8.self)
    #expect(header.hasSuffix("\n") && header.dropLast().allSatisfy { $0 != "\n" })
    let dictionary = header.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(
      dictionary == "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), 3), }")
    #expect(bytes.count == 10 + length + 4 * values.count)
    let read = stride(from: 10 + length, to: bytes.count, by: 4).map { start in
      Float(
        bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * $1) })
    }
    #expect(read == values)
    #expect(scratch.names() == ["a.npy"])
  }
}
