import Foundation
import Testing
import TimestepTorch

/// Files that are no safetensors files, or not whole, are errors with a reason; none stops the process.
@Suite struct DamagedSafetensorsTests {
  /// Reads the bytes as a file; nil when they are a valid one.
  private func problem(_ bytes: Data, _ file: URL) throws -> SafetensorsError? {
    try bytes.write(to: file)
    do {
      for (_, tensor) in try Safetensors(contentsOf: file).tensors { _ = "\(tensor)" }
      return nil
    } catch let error as SafetensorsError {
      #expect(error.file == file.path && !error.problem.isEmpty)
      return error
    }
  }

  private func kind(_ bytes: Data, _ file: URL) throws -> SafetensorsError.Kind? {
    try problem(bytes, file)?.kind
  }

  private func reason(_ bytes: Data, _ file: URL) throws -> String {
    try problem(bytes, file)?.problem ?? ""
  }

  private func bytes(header: String, data: Int = 0) -> Data {
    let json = Data(header.utf8)
    return Data((0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }) + json
      + Data(count: data)
  }

  private func small(_ folder: URL) throws -> Data {
    let file = folder.appendingPathComponent("small.safetensors")
    try Safetensors(
      [("a", Tensor([1, 2] as [Float])), ("b", Tensor([true, false]))], metadata: ["k": "v"]
    ).write(to: file)
    return try Data(contentsOf: file)
  }

  @Test func filesCutShortAtAnyByte() throws {
    try withTemporaryFolder { folder in
      let whole = try small(folder)
      let file = folder.appendingPathComponent("cut.safetensors")
      for length in whole.indices {
        let error = try #require(try problem(whole.prefix(length), file), "\(length) bytes")
        #expect(error.kind == .badData && error.problem.contains("cut short"), "\(length) bytes")
      }
      #expect(try problem(whole, file) == nil)
      #expect(try reason(whole + [0], file).contains("1 bytes more"))
    }
  }

  @Test func changedBytes() throws {
    try withTemporaryFolder { folder in
      let whole = try small(folder)
      let file = folder.appendingPathComponent("changed.safetensors")
      var random = SplitMix(3)
      var refused = 0
      for _ in 0..<5000 {
        var changed = whole
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          changed[Int.random(in: changed.indices, using: &random)] =
            UInt8(truncatingIfNeeded: random.next())
        }
        if try problem(changed, file) != nil { refused += 1 }
      }
      #expect(refused > 2500)
    }
  }

  @Test func declaredHeaders() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("header.safetensors")
      for length: UInt64 in [1, 100, 99_999_999, 100_000_001, 1 << 40, 1 << 63, .max] {
        let bytes = Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) })
        let kinds = [try kind(bytes, file), try kind(bytes + Data("{}".utf8), file)]
        #expect(kinds == [.badData, .badData], "\(length)")
      }
      let kinds = [
        try kind(bytes(header: "{}"), file), try kind(bytes(header: ""), file),
      ]
      #expect(kinds == [nil, .badData])
    }
  }

  @Test(arguments: [
    // Offsets that overlap, leave gaps, run backwards, or do not fit the shape or the file.
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"U8","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-9223372036854775808,9223372036854775807]}}"#,
    // Numbers that are none.
    #"{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"U8","shape":[true,8],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[false,8]}}"#,
    #"{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[null],"data_offsets":[0,8]}}"#,
    // Fields that are missing, or of another kind.
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}"#,
    #"{"a":{"shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":[]}"#, #"{"a":null}"#, #"{"a"}"#, "{", "[]", "null", "8", " {}",
    // Metadata that is not text.
    #"{"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"__metadata__":[],"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    String(repeating: #"{"a":"#, count: 100_000), String(repeating: "[", count: 100_000),
  ])
  func senselessHeaders(_ header: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file.safetensors")
      let kind = try kind(bytes(header: header, data: 8), file)
      #expect(kind == .badData)
    }
  }

  @Test func reasonsNameTheTensor() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file.safetensors")
      let gap = #"{"weight":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
      let truth = bytes(header: #"{"mask":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}}"#)
      let reasons = [
        try reason(bytes(header: gap, data: 8), file),
        try reason(truth + Data([0, 1, 1, 0, 0, 0, 0, 0]), file),
        try reason(truth + Data([0, 1, 2, 0, 0, 0, 0, 0]), file),
      ]
      #expect(reasons[0].contains("'weight'") && reasons[1] == "" && reasons[2].contains("'mask'"))
    }
  }

  @Test func missingFilesAndFolders() throws {
    try withTemporaryFolder { folder in
      let missing = try #require(throws: SafetensorsError.self) {
        try Safetensors(contentsOf: folder.appendingPathComponent("none.safetensors"))
      }
      #expect(missing.kind == .notFound)
      let directory = try #require(throws: SafetensorsError.self) {
        try Safetensors(contentsOf: folder)
      }
      #expect(directory.kind == .badData && directory.problem.contains("directory"))
    }
  }
}
