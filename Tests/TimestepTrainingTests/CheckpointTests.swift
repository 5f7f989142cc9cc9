import Foundation
import TestSupport
import Testing
import TimestepLayers
import TimestepTorch
import TimestepTraining

@Suite("Checkpoints")
struct CheckpointTests {
  private let scratch: Scratch
  private let store: ParameterStore
  private let sgd: SGD

  init() throws {
    scratch = try Scratch()
    store = ParameterStore(seed: 3)
    _ = try Linear(ParameterPath.root / "a", in: store, from: 4, to: 3)
    sgd = try SGD(store.trainable)
  }

  @Test("A checkpoint appears whole and reads back")
  func writes() throws {
    let url = try Checkpoint.write(store, sgd, step: 938, into: scratch.url)
    #expect(url.lastPathComponent == "step-00000938")
    #expect(scratch.names() == ["step-00000938"])
    #expect(
      scratch.names(in: "step-00000938")
        == ["optimizer.safetensors", "parameters.safetensors", "state.json"])
    let state = try JSONDecoder().decode(
      [String: Int].self, from: Data(scratch.bytes("step-00000938/state.json")))
    #expect(state["step"] == 938)
    let file = url.appendingPathComponent(Checkpoint.parametersFile)
    let other = ParameterStore(seed: 4)
    _ = try Linear(ParameterPath.root / "a", in: other, from: 4, to: 3)
    #expect(try other.numbers() != store.numbers())
    try other.load(try Safetensors(contentsOf: file), from: file.path)
    #expect(try other.numbers() == store.numbers())
    let optimizer = try Safetensors(contentsOf: url.appendingPathComponent("optimizer.safetensors"))
    #expect(optimizer.tensors.map(\.name) == ["momentum/a.weight", "momentum/a.bias"])
  }

  @Test("The newest whole one is found; unfinished ones and other files are not")
  func newest() throws {
    #expect(Checkpoint.newest(in: URL(fileURLWithPath: scratch.path("none"))) == nil)
    #expect(Checkpoint.newest(in: scratch.url) == nil)
    for step in [7, 99_999_999, 12, 123_456_789] {
      try Checkpoint.write(store, sgd, step: step, into: scratch.url)
    }
    try scratch.write("", to: ".step-00000099.part-1/parameters.safetensors")
    try scratch.write("", to: "step-notes")
    try scratch.write("", to: "step-999999999.txt")
    #expect(Checkpoint.newest(in: scratch.url)?.lastPathComponent == "step-123456789")
  }

  @Test("A second one of the same step is refused, and the first stays whole")
  func twice() throws {
    try Checkpoint.write(store, sgd, step: 1, into: scratch.url)
    let before = try scratch.bytes("step-00000001/parameters.safetensors")
    #expect(throws: AtomicFile.WriteError.self) {
      try Checkpoint.write(store, sgd, step: 1, into: scratch.url)
    }
    #expect(scratch.names() == ["step-00000001"])
    #expect(try scratch.bytes("step-00000001/parameters.safetensors") == before)
  }

  @Test("Where none can be made, the error says so and nothing is left behind")
  func unwritable() throws {
    try scratch.write("", to: "file")
    let error = #expect(throws: AtomicFile.WriteError.self) {
      try Checkpoint.write(
        store, sgd, step: 1, into: URL(fileURLWithPath: scratch.path("file/checkpoints")))
    }
    #expect(error?.cannotCreate == true)
    #expect(scratch.names() == ["file"])
  }
}
