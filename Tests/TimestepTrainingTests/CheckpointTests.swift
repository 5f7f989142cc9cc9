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
  private let generator: Generator
  private var directory: CheckpointDirectory { CheckpointDirectory(scratch.url) }
  private var contents: Checkpoint.Contents {
    Checkpoint.Contents(
      store, sgd, generators: ["noise": generator], configuration: "network: dense-2\n")
  }

  init() throws {
    scratch = try Scratch()
    store = ParameterStore(seed: 3)
    _ = try Linear(ParameterPath.root / "a", in: store, from: 4, to: 3)
    sgd = try SGD(store.trainable)
    generator = try Generator(seed: 5)
  }

  private func state(_ step: Int) -> TrainingState {
    var state = TrainingState()
    state.step = step
    return state
  }

  @discardableResult
  private func write(_ step: Int) throws -> Checkpoint {
    try Checkpoint.write(contents, state: state(step), into: directory)
  }

  @Test("A checkpoint appears whole and restores parameters, optimiser, generators and place")
  func writes() throws {
    let before = try store.numbers()
    let momenta = sgd.state.map(\.tensor)
    try momenta[0].fill(2)
    var place = state(938)
    (place.epoch, place.batch, place.epochLoss, place.epochSums) = (1, 469, 0.1 + 0.2, [3, .nan])
    place.divergence = nil
    let url = try Checkpoint.write(contents, state: place, into: directory).url
    #expect(url.lastPathComponent == "step-00000938" && scratch.names() == ["step-00000938"])
    #expect(
      scratch.names(in: "step-00000938") == [
        "config.yaml", "generators.safetensors", "manifest.json", "optimizer.safetensors",
        "parameters.safetensors", "state.json",
      ])
    let drawn = try generator.permutation(10).scalars(Int64.self)
    for parameter in store.all { try withoutGradients { try parameter.value.fill(0) } }
    try momenta[0].fill(0)

    let saved = try #require(directory.newest().checkpoint)
    #expect(saved.configuration == "network: dense-2\n" && saved.libtorch == Torch.version)
    let restored = try saved.restore(contents)
    #expect(try store.numbers() == before && momenta[0].scalars(Float.self).allSatisfy { $0 == 2 })
    #expect(try generator.permutation(10).scalars(Int64.self) == drawn)
    #expect(restored.step == 938 && restored.epoch == 1 && restored.batch == 469)
    #expect(restored.epochLoss == 0.1 + 0.2 && restored.epochSums[1].isNaN)
  }

  @Test("Another optimiser's state is refused")
  func otherOptimizer() throws {
    let saved = try write(1)
    let adam = try Adam(store.trainable)
    #expect(throws: CheckpointError.self) {
      try saved.restore(Checkpoint.Contents(store, adam, generators: ["noise": generator]))
    }
    let plain = try SGD(store.trainable, momentum: 0)
    #expect(throws: MismatchedParameters.self) {
      try saved.restore(Checkpoint.Contents(store, plain, generators: ["noise": generator]))
    }
    #expect(throws: CheckpointError.self) {
      try saved.restore(Checkpoint.Contents(store, sgd, generators: ["other": generator]))
    }
  }

  @Test("Names are read back; other names are no checkpoints")
  func names() throws {
    for text in ["step-00000007", "step-123456789", "step-00000007-diverged"] {
      #expect(CheckpointName(text)?.description == text)
    }
    for text in ["step-", "step-7", "step-0000007x", "step-00000007-", ".step-00000007", "a"] {
      #expect(CheckpointName(text) == nil, "\(text)")
    }
    let order = ["step-00000007-unevaluated", "step-00000007", "step-00000007-diverged"]
    #expect(order.compactMap(CheckpointName.init).sorted().map(\.description) == order)
  }

  @Test("The newest whole one is found; unfinished ones and other files are not")
  func newest() throws {
    #expect(
      CheckpointDirectory(scratch.url.appendingPathComponent("none")).newest().checkpoint == nil)
    #expect(directory.newest().checkpoint == nil)
    for step in [7, 99_999_999, 12, 123_456_789] { try write(step) }
    try scratch.write("", to: ".step-00000099.part-1/parameters.safetensors")
    try scratch.write("", to: "step-notes")
    try scratch.write("", to: "step-999999999.txt")
    #expect(directory.newest().checkpoint?.name.step == 123_456_789)
  }

  @Test(
    "Any damage is noticed, and the one before is used",
    arguments: [
      "config.yaml", "generators.safetensors", "manifest.json", "optimizer.safetensors",
      "parameters.safetensors", "state.json",
    ])
  func damage(file: String) throws {
    for kind in ["flipped", "cut", "longer", "missing"] {
      try write(1)
      try write(2)
      let path = "step-00000002/\(file)"
      var bytes = try scratch.bytes(path)
      switch kind {
      case "flipped": bytes[bytes.count / 3] ^= 1
      case "cut": bytes.removeLast(3)  // Of a JSON text more than a final line feed.
      case "longer": bytes.append(0)
      default: try FileManager.default.removeItem(atPath: scratch.path(path))
      }
      if kind != "missing" { try scratch.write(bytes, to: path) }
      let (checkpoint, damaged) = directory.newest()
      #expect(checkpoint?.name.step == 1, "\(kind)")
      #expect(damaged.count == 1, "\(kind)")
      // A digit of a hash that is another one is noticed where the file is compared with it.
      if file != "manifest.json" {
        #expect(damaged.first?.description.contains(file) == true, "\(kind): \(damaged)")
      }
      // A second one of this step takes the place of the damaged one, which is kept.
      try write(2)
      #expect(directory.newest().checkpoint?.name.step == 2)
    }
    #expect(scratch.names().contains("damaged-step-00000002-4"))
  }

  @Test("A whole one of the same step stays as it is")
  func twice() throws {
    try write(1)
    let before = try scratch.bytes("step-00000001/parameters.safetensors")
    for parameter in store.all { try withoutGradients { try parameter.value.fill(0) } }
    try write(1)
    #expect(scratch.names() == ["step-00000001"])
    #expect(try scratch.bytes("step-00000001/parameters.safetensors") == before)
  }

  @Test("What a killed process left is removed, and nothing else")
  func leftovers() throws {
    try scratch.write("", to: ".step-00000099.part-1234/parameters.safetensors")
    try scratch.write("", to: ".step-00000099-unevaluated.removed-1234/manifest.json")
    try scratch.write("mine", to: ".step-00000098.part-1234/notes.txt")
    try scratch.write("mine", to: ".notes.part-1/parameters.safetensors")
    try scratch.write("mine", to: "notes")
    directory.removeLeftovers()
    #expect(scratch.names() == [".notes.part-1", ".step-00000098.part-1234", "notes"])
    #expect(scratch.names(in: ".step-00000098.part-1234") == ["notes.txt"])
  }

  @Test("Where none can be made, the error says so and nothing is left behind")
  func unwritable() throws {
    try scratch.write("", to: "file")
    let error = #expect(throws: AtomicFile.WriteError.self) {
      try Checkpoint.write(
        contents, state: state(1),
        into: CheckpointDirectory(URL(fileURLWithPath: scratch.path("file/checkpoints"))))
    }
    #expect(error?.cannotCreate == true)
    #expect(scratch.names() == ["file"])
  }

  @Test("An interval is steps, minutes or epochs")
  func intervals() {
    #expect(CheckpointInterval("500") == .steps(500))
    #expect(
      CheckpointInterval("10m") == .minutes(10) && CheckpointInterval("0.5m") == .minutes(0.5))
    #expect(CheckpointInterval("2e") == .epochs(2))
    for text in ["500", "10m", "0.5m", "2e"] {
      #expect(CheckpointInterval(text)?.description == text)
    }
    for text in [
      "", "m", "0", "0m", "-1", "1.5e", "1h", "1e5", "nanm", "infm", "1e5m", "99999999999999999999",
    ] {
      #expect(CheckpointInterval(text) == nil, "\(text)")
    }
  }
}
