import Foundation
import TestSupport
import Testing
import TimestepTorch

/// Damaged safetensors files end in a `SafetensorsError` that names the file and the byte, or are read.
///
/// A short time here; `TIMESTEP_FUZZ=100000` reads as many files.
@Suite(.serialized) struct SafetensorsFuzzTests {
  /// Files of our own, of Python, and one whose header does not name things in order.
  static func reader() throws -> FuzzedReader {
    let scratch = try Scratch()
    try Safetensors(
      [
        ("weight", Tensor.zeros([3, 4])), ("mask", Tensor([true, false, true])),
        ("count", Tensor([7] as [Int64], shape: [])), ("empty", Tensor.zeros([0, 2], .float64)),
        ("short", Tensor([1, 2] as [Double]).cast(to: .bfloat16)),
      ], metadata: ["format": "pt", "step": "12"]
    ).write(to: scratch.url.appendingPathComponent("own"))
    let header = #"""
      {"b":{"shape":[1,2],"data_offsets":[4,12],"dtype":"F32","note":[{"x":null},-1.5e3,true]},
       "__metadata__":{"a\u00e9\ud83d\ude42":"\n"},"a":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}
      """#
    let length = header.utf8.count
    let byHand =
      (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + [UInt8](repeating: 1, count: 12)
    let python = [UInt8](try Data(contentsOf: goldenFile("python.safetensors")))
    let files = [
      ("own.safetensors", try scratch.bytes("own")), ("python.safetensors", python),
      ("by-hand.safetensors", byHand),
    ]
    return FuzzedReader(
      name: "safetensors", files: files,
      explain: { error in
        guard let error = error as? SafetensorsError else { return nil }
        return DamagePlace(
          file: error.file, offset: error.offset, needsOffset: error.kind == .badData)
      },
      read: { directory in
        for (name, _) in files {
          let url = URL(fileURLWithPath: "\(directory)/\(name)")
          for (_, tensor) in try Safetensors(contentsOf: url).tensors { _ = try tensor.sum() }
        }
      })
  }

  @Test func damagedFilesAreRefusedOrRead() throws {
    let report = try Self.reader().fuzz(count: 1000)
    #expect(report.faults.isEmpty, "\(report.faults.prefix(5))")
    #expect(report.slowest < .seconds(5) && report.refused > report.count / 2, "\(report)")
    #expect(report.memory < 100 << 20, "\(report)")
  }

  /// A header of the largest size that is allowed, of the smallest parts of each kind, takes a bounded memory.
  @Test(arguments: ["metadata", "tensors", "depth", "shape", "text", "escapes"])
  func hostileHeaders(_ kind: String) throws {
    // A hundredth of the limit here, all of it with TIMESTEP_FUZZ.
    let isLong = ProcessInfo.processInfo.environment["TIMESTEP_FUZZ"] != nil
    let size = isLong ? 99_000_000 : 990_000
    var header = "{"
    header.reserveCapacity(size + 100)
    var number = 0
    func name() -> String {
      number += 1
      return String(number, radix: 36)
    }
    switch kind {
    case "metadata":
      header += #""__metadata__":{"#
      while header.utf8.count < size { header += "\"\(name())\":\"\"," }
      header += #""":""}}"#
    case "tensors":
      while header.utf8.count < size {
        header += #""\#(name())":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"#
      }
      header += #""":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#
    case "depth": header += "\"a\":{\"b\":" + String(repeating: "[", count: size)
    case "shape":
      header +=
        #""a":{"dtype":"U8","shape":[0"# + String(repeating: ",0", count: size / 2)
        + #"],"data_offsets":[0,0]}}"#
    case "text":
      header +=
        "\"\(String(repeating: "a", count: size))\":{\"dtype\":\"U8\",\"shape\":[0],"
        + "\"data_offsets\":[0,0]}}"
    default:
      header +=
        "\"\(String(repeating: #"\u0041"#, count: size / 6))\":{\"dtype\":\"U8\","
        + "\"shape\":[0],\"data_offsets\":[0,0]}}"
    }
    let length = header.utf8.count
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file.safetensors")
      var bytes = Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
      bytes.append(contentsOf: header.utf8)
      try bytes.write(to: file)
      (header, bytes) = ("", Data())
      let start = ContinuousClock.now
      let result = Result { try SafetensorsFile(file).entries.count }
      let time = ContinuousClock.now - start
      if isLong {
        print("\(kind): a header of \(length) bytes, \(time), \(result)")
        fflush(nil)
      }
      // In proportion to the header's length; what grows with its square takes minutes.
      #expect(time < .seconds(isLong ? 60 : 1))
      switch (kind, result) {
      case ("depth", .failure(let error)), ("shape", .failure(let error)):
        #expect(error is SafetensorsError)
      case ("depth", _), ("shape", _), (_, .failure): Issue.record("\(kind): \(result)")
      default: break
      }
    }
  }
}
