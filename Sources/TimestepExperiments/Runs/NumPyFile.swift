import Foundation
import TimestepTorch

/// An array of float32 in the format of NumPy's `.npy` files, version 1.0.
public enum NumPyFile {
  /// Writes values of this shape, the last axis running fastest.
  public static func write(_ values: [Float], shape: [Int], to file: URL) throws {
    let shape = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape)), }"
    // Magic, version and length take 10 bytes; the whole header is a multiple of 64 and ends with a line feed.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let length = header.utf8.count
    var data = Data([0x93] + "NUMPY".utf8 + [1, 0, UInt8(length & 255), UInt8(length >> 8)])
    data.append(contentsOf: header.utf8)
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    try AtomicFile.write(data, to: file)
  }
}
