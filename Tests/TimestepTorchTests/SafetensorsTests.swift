import Foundation
import Testing
import TimestepTorch

@Suite struct SafetensorsTests {
  /// The types of the format.
  static let types: [DataType] = [.uint8, .int32, .int64, .float32, .float64, .bool, .bfloat16]

  private func sample() throws -> Safetensors {
    var random = SplitMix(1)
    var tensors: [(name: String, tensor: Tensor)] = []
    for type in Self.types {
      tensors.append(("\(type)", try random.tensor([3, 5], -3...3).cast(to: type)))
    }
    tensors.append(("scalar", try Tensor(2.5)))
    tensors.append(("empty", try Tensor.zeros([2, 0, 3])))
    tensors.append(("", try Tensor([1.0])))
    tensors.append(("a/b.\"c\"\\\n\u{1}Ψ🙂", try Tensor([1, 2, 3])))
    return Safetensors(tensors, metadata: ["format": "pt", "Ψ": "line 1\nline 2", "empty": ""])
  }

  private func expectEqual(_ a: Safetensors, _ b: Safetensors) throws {
    #expect(a.metadata == b.metadata)
    #expect(Set(a.tensors.map(\.name)) == Set(b.tensors.map(\.name)))
    for (name, tensor) in a.tensors {
      let other = try #require(b[name])
      #expect(try tensor.dataType == other.dataType, "\(name)")
      #expect(tensor.shape == other.shape, "\(name)")
      #expect(
        try tensor.withMutableBytes { Array($0) } == other.withMutableBytes { Array($0) }, "\(name)"
      )
    }
  }

  @Test func everyTypeComesBack() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("all.safetensors")
      let written = try sample()
      try written.write(to: file)
      try expectEqual(Safetensors(contentsOf: file), written)
      let again = folder.appendingPathComponent("again.safetensors")
      try written.write(to: again)
      #expect(try Data(contentsOf: file) == Data(contentsOf: again))
      try Safetensors([]).write(to: file)
      #expect(try Safetensors(contentsOf: file).tensors.isEmpty)
    }
  }

  /// Views, other memory orders and leaves are written as their values.
  @Test func valuesAreWrittenNotMemory() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("views.safetensors")
      var random = SplitMix(2)
      let x = try random.tensor([2, 3, 4, 5])
      let leaf = try x.copied()
      try leaf.setRequiresGradient()
      let tensors = [
        try x.transposed(), try x.contiguous(.channelsLast), leaf, try x.sliced(1..<2, axis: 2),
        try x.sum().expanded([2, 2]),
      ]
      try Safetensors(tensors.enumerated().map { ("\($0.offset)", $0.element) }).write(to: file)
      let read = try Safetensors(contentsOf: file)
      for (index, tensor) in tensors.enumerated() {
        let other = try #require(read["\(index)"])
        #expect(try other.scalars(Double.self) == tensor.scalars(Double.self))
        #expect(try !other.requiresGradient && other.isContiguous())
      }
    }
  }

  @Test func whatTheFormatCannotHoldIsRefused() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("bad.safetensors")
      let x = try Tensor([1.0])
      let complex = try Tensor([1.0, 2.0]).complexFromPairs()
      for tensors in [[("a", x), ("a", x)], [("z", complex)], [("__metadata__", x)]] {
        let error = try #require(throws: SafetensorsError.self) {
          try Safetensors(tensors.map { (name: $0.0, tensor: $0.1) }).write(to: file)
        }
        #expect(error.kind == .badData && error.description.contains(tensors[0].0))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  /// A file of Python's `safetensors`; `Tests/Golden/python_safetensors.py` has made it.
  @Test func filesOfPythonAreRead() throws {
    let file = try Safetensors(contentsOf: goldenFile("python.safetensors"))
    #expect(file.metadata == ["author": "Python", "Ψ": "line 1\nline 2", "empty": ""])
    #expect(file.tensors.count == 10)
    func values<Scalar: TensorScalar>(_ name: String, _ type: Scalar.Type) throws -> [Scalar] {
      let tensor = try #require(file[name])
      #expect(try tensor.dataType == Scalar.dataType)
      return try tensor.scalars(type)
    }
    #expect(try values("bool", Bool.self) == [true, false, true])
    #expect(try values("uint8", UInt8.self) == [0, 1, 128, 255])
    #expect(try values("int32", Int32.self) == [.min, -1, .max])
    #expect(try values("int64", Int64.self) == [.min, 7, .max])
    #expect(try values("float32", Float.self) == [0.1, -512 * .leastNonzeroMagnitude, .infinity])
    let doubles = try values("float64", Double.self)
    #expect(doubles == [0.1, .leastNonzeroMagnitude, 0] && doubles[2].sign == .minus)
    let short = try #require(file["bfloat16"])
    #expect(try short.dataType == .bfloat16 && short.scalars(Float.self) == [1, -2.5, 0x1.C4p127])
    #expect(try values("scalar", Double.self) == [2.5] && file["scalar"]?.shape == [])
    #expect(file["empty"]?.shape == [2, 0, 3] && file["uint8"]?.shape == [2, 2])
    #expect(try values("stages.1/Θ \"quoted\"\n", Float.self) == [0, 1, 2, 3, 4, 5])
    try withTemporaryFolder { folder in
      let copy = folder.appendingPathComponent("copy.safetensors")
      try file.write(to: copy)
      try expectEqual(Safetensors(contentsOf: copy), file)
    }
  }
}
