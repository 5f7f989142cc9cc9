import Foundation
import Testing
import TimestepLayers
import TimestepTorch

/// Parameters in files.
@Suite struct StoredParametersTests {
  private func store(_ names: [String], width: Int = 2, seed: UInt64 = 0) throws -> ParameterStore {
    let store = ParameterStore(seed: seed)
    for name in names {
      _ = try Linear(ParameterPath.root / name, in: store, from: 3, to: width)
    }
    return store
  }

  private func bytes(_ store: ParameterStore) throws -> [[Float]] {
    try store.all.map { try $0.value.scalars(Float.self) }
  }

  @Test("What is written is read again, bit for bit, in whatever order it stands in the file")
  func roundTrip() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    let written = try store(["b", "a"], seed: 1)
    try written.safetensors(metadata: ["made": "here"]).write(to: file)
    let stored = try Safetensors(contentsOf: file)
    #expect(stored.metadata == ["made": "here"])
    #expect(stored.tensors.map(\.name) == ["b.weight", "b.bias", "a.weight", "a.bias"])
    let read = try store(["a", "b"], seed: 2)
    try read.load(stored, from: file.path)
    for parameter in written.all {
      let other = try #require(read[parameter.path]).value
      #expect(try other.scalars(Float.self) == parameter.value.scalars(Float.self))
      #expect(try other.requiresGradient)
    }
  }

  @Test("A file of another network changes nothing, and the error lists what differs")
  func mismatch() throws {
    let network = try store(["a", "b"])
    let before = try bytes(network)
    let other = try store(["a", "c", "d", "e"], width: 4, seed: 1)
    let error = #expect(throws: MismatchedParameters.self) {
      try network.load(other.safetensors(), from: "other.safetensors")
    }
    #expect(error?.missing == ["b.weight", "b.bias"])
    #expect(
      error?.unexpected == [
        "c.weight", "c.bias", "d.weight", "d.bias", "e.weight", "e.bias",
      ])
    #expect(error?.misshapen.first == "a.weight [4, 3] instead of [2, 3]")
    #expect(
      error?.description
        == "other.safetensors: does not fit the network (missing: b.weight, b.bias; unexpected: "
        + "c.weight, c.bias, d.weight and 3 more; other shape: a.weight [4, 3] instead of [2, 3], "
        + "a.bias [4] instead of [2])")
    #expect(try bytes(network) == before)
  }

  @Test("Activations are what they are called")
  func activations() throws {
    let input = try Tensor([-2, 0, 3] as [Double])
    #expect(try Activation.relu(input).scalars(Double.self) == [0, 0, 3])
    #expect(try Activation.identity(input).scalars(Double.self) == [-2, 0, 3])
    #expect(try Activation.tanh(input).scalars(Double.self)[1] == 0)
    for activation in Activation.allCases {
      let expected = try activation(input).scalars(Double.self)
      #expect(try activation.overwriting(input.copied()).scalars(Double.self) == expected)
    }
  }
}
