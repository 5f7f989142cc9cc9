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
    // Keys that stand twice.
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"data_offsets":[0,8]}}"#,
    #"{"a":{"x":1,"x":1,"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"x":{"y":1,"y":1},"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"__metadata__":{"k":"1","k":"1"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"__metadata__":{},"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    // Text that is no JSON.
    #"{'a':{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],}}"#,
    #"{"a":{"dtype":"F32","shape":[2,],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}{}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}\u{0}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":NaN}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":01}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1.}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":.5}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":+1}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":tru}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]} /* c */}"#,
    #"{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"\udc00":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"\x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"\u12g4":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    "{\"a\nb\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
    #"{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}"#,
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

  /// What JSON allows and few writers do, and fields that the format does not name.
  @Test(arguments: [
    #"{ "a" : { "dtype" : "F32" , "shape" : [ 2 ] , "data_offsets" : [ 0 , 8 ] } }  "#,
    "{\"a\":\t{\r\n\"shape\":[2],\"data_offsets\":[0,8],\"dtype\":\"F32\"}}\n",
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":{"y":[null,true,false,-1.5e-3,"z",{},[]]}}}"#,
    #"{"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
    #"{"\ud83d\ude42\/\b\f\n\r\t\"\\":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
  ])
  func unusualHeaders(_ header: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file.safetensors")
      let error = try problem(bytes(header: header, data: 8), file)
      #expect(error == nil)
    }
  }

  /// Names in invalid UTF-8 cannot be written as Swift text.
  @Test func headersThatAreNotUTF8() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file.safetensors")
      let good = bytes(header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 8)
      for byte: UInt8 in [0x80, 0xc0, 0xff] {
        var bad = good
        bad[10] = byte
        let reason = try reason(bad, file)
        #expect(reason.contains("UTF-8"))
      }
    }
  }

  /// Errors say which tensor and which byte.
  @Test func placesOfErrors() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file.safetensors")
      let twice = #"{"w":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"w":0}"#
      let error = try #require(try problem(bytes(header: twice, data: 8), file))
      #expect(error.offset == 8 + 53 && error.problem.contains("'w' stands twice"))
      #expect(error.description == "\(file.path): \(error.problem) (at byte 61)")
      let type = #"{"w":{"dtype":"F8","shape":[8],"data_offsets":[0,8]}}"#
      let other = try #require(try problem(bytes(header: type, data: 8), file))
      #expect(other.tensor == "w" && other.offset == 9 && other.problem.contains("BF16"))
      let mask = #"{"m":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}}"#
      let truth = try #require(
        try problem(bytes(header: mask) + Data([0, 1, 1, 7, 0, 0, 0, 0]), file))
      #expect(truth.tensor == "m" && truth.offset == 8 + mask.utf8.count + 3)
    }
  }

  /// A file is opened at the cost of its header, and a tensor is read alone; what was shortened meanwhile is noticed.
  @Test func tensorsAreReadOneByOne() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file.safetensors")
      try Safetensors([("a", Tensor([1, 2] as [Float])), ("b", Tensor([3] as [Float]))])
        .write(to: file)
      let open = try SafetensorsFile(file)
      #expect(open.entries.map(\.name) == ["a", "b"] && open.entries[0].shape == [2])
      #expect(try open.tensor(named: "b")?.scalars(Float.self) == [3])
      #expect(try open.tensor(named: "c") == nil)
      #expect(truncate(file.path, 20) == 0)
      let error = #expect(throws: SafetensorsError.self) { try open.tensor(named: "a") }
      #expect(error?.kind == .inputOutput && error?.tensor == "a")
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
