import CZlib
import Foundation
import Testing
import TimestepData

/// A directory that is gone with its last reference, and ways to fill it.
final class Scratch {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.appendingPathComponent(
        "timestep-data-\(UUID().uuidString)"
      ).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the directories on its way, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return "\(path)/\(name)"
  }
}

/// The bytes as one gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var state = z_stream()
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1000)
  return withUnsafeMutablePointer(to: &state) { state in
    deflateInit2_(
      state, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(state) }
    let size = output.count
    return input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        state.pointee.next_in = input.baseAddress
        state.pointee.avail_in = UInt32(input.count)
        state.pointee.next_out = output.baseAddress
        state.pointee.avail_out = UInt32(size)
        deflate(state, Z_FINISH)
        return Array(output[..<(size - Int(state.pointee.avail_out))])
      }
    }
  }
}

/// An IDX file of unsigned bytes.
func idx(_ shape: [Int], _ bytes: [UInt8], type: UInt8 = 8) -> [UInt8] {
  [0, 0, type, UInt8(shape.count)]
    + shape.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } } + bytes
}

/// The error of a call, or nil where it has none or another one.
func dataError(_ call: () throws -> some Any) -> DataError? {
  do {
    _ = try call()
    return nil
  } catch {
    return error as? DataError
  }
}

/// The labels of a data set of classes.
func classLabels(_ dataset: any Dataset) throws -> [Int32] {
  try #require(dataset as? any ClassificationDataset).labels
}
