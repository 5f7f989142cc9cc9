import Foundation
import Testing
import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

@Suite("Trainings that diverge, and why")
struct DivergenceTests {
  private func train(
    rate: Double = 0.05, network: String = "dense-5", h: Double = 0.3,
    change: (ParameterStore) throws -> Void = { _ in }
  ) throws -> (outcome: TrainingOutcome, parameters: ParameterStore) {
    var options = NetworkOptions()
    options.h = h
    let network = try NetworkCatalog.make(network, options, seed: 7)
    try withoutGradients { try change(network.parameters) }
    let trainer = Trainer(
      model: network, parameters: network.parameters,
      optimizer: try SGD(network.parameters.trainable), schedule: StepSchedule(initial: rate),
      epochs: 3, constraints: network.constraints)
    return (try trainer.train(on: moons(.train), testing: moons(.test)), network.parameters)
  }

  @Test("An overflow in the forward pass is found in the layer where it happens")
  func value() throws {
    // The bias of that layer alone is larger than float32 can hold after one more product.
    let (outcome, _) = try train { store in
      try #require(store["stages.0.steps.1.field.linear1.bias"]).value.fill(3e38)
      try #require(store["stages.0.steps.1.field.linear2.weight"]).value.fill(3)
    }
    let divergence = try #require(outcome.divergence)
    #expect(outcome.status == .diverged && divergence.step == 1 && divergence.epoch == 1)
    #expect(divergence.quantity == .loss && divergence.origin == .value)
    #expect(divergence.layer == "stages.0.steps.1.field.linear2", "\(divergence)")
    #expect(divergence.ratios == nil)
    let message = try #require(outcome.message)
    #expect(message.contains("stages.0.steps.1.field.linear2") && message.contains("step size h"))
    #expect(!message.contains("learning rate"), "nothing was learned before")
  }

  @Test("A parameter that is no number is named before the layers that it spoils")
  func parameter() throws {
    let (outcome, _) = try train { store in
      try #require(store["stages.0.steps.2.field.linear1.weight"]).value.fill(.nan)
    }
    let divergence = try #require(outcome.divergence)
    #expect(divergence.origin == .parameter)
    #expect(divergence.layer == "stages.0.steps.2.field.linear1.weight")
    #expect(divergence.hint.contains("initialize-from"))
  }

  @Test("What is left of a diverged training are numbers, running statistics too")
  func whatIsLeft() throws {
    let network = try NetworkCatalog.make(
      "resnet-8", task: NetworkTask(inputShape: [1, 8, 8], classes: 2), seed: 7)
    let trainer = Trainer(
      model: network, parameters: network.parameters,
      optimizer: try SGD(network.parameters.trainable), schedule: StepSchedule(initial: 3e18),
      epochs: 2)
    let images = try ImageDataset(
      name: "images", split: .train, height: 8, width: 8, channels: 1, classNames: ["a", "b"],
      labels: (0..<40).map { $0 % 2 }, pixels: (0..<40 * 64).map { UInt8($0 * 37 % 251) })
    let loader = try BatchLoader(dataset: images, options: BatchOptions(batchSize: 10))
    let outcome = try trainer.train(on: loader, testing: loader)
    #expect(outcome.status == .diverged && outcome.divergence?.quantity != .testLoss)
    for parameter in network.parameters.all {
      #expect(try parameter.value.isAllFinite, "\(parameter.path)")
    }
  }

  @Test("Examples that are no numbers are told from networks that make some")
  func input() throws {
    let store = ParameterStore()
    let linear = try Linear(.root / "linear", in: store, from: 2, to: 2)
    let loader = try BatchLoader(dataset: Spoilt(), options: BatchOptions(batchSize: 8))
    let trainer = Trainer(
      model: linear, parameters: store, optimizer: try SGD(store.trainable),
      schedule: StepSchedule(initial: 0.1), epochs: 1)
    let outcome = try trainer.train(on: loader, testing: loader)
    #expect(outcome.divergence?.origin == .input && outcome.divergence?.layer == nil)
    #expect(try #require(outcome.message).contains("examples"))
  }

  @Test("A gradient that overflows while the loss is finite is found in the backward pass")
  func gradient() throws {
    let store = ParameterStore()
    let model = try Overflowing(in: store)
    let before = try store.numbers()
    let trainer = Trainer(
      model: model, parameters: store, optimizer: try SGD(store.trainable),
      schedule: StepSchedule(initial: 0.1), epochs: 1)
    let recorder = Recorder()
    trainer.observers = [recorder]
    let outcome = try trainer.train(on: moons(.train), testing: moons(.test))
    let divergence = try #require(outcome.divergence)
    #expect(outcome.status == .diverged && outcome.steps == 0 && recorder.order == "b.")
    #expect(divergence.quantity == .gradient)
    #expect(["inf", "nan"].contains(divergence.value))
    // The last layer's gradient is finite, the middle one's is the first that is not.
    #expect(divergence.origin == .gradient && divergence.layer == "middle.weight", "\(divergence)")
    #expect(try store.numbers() == before, "the parameters are those before the step")
  }

  @Test("A training that diverges after some steps keeps the ratios measured last")
  func ratios() throws {
    let (outcome, _) = try train(rate: 1e30)
    let divergence = try #require(outcome.divergence)
    #expect(divergence.step == 2 && divergence.hint.contains("learning rate"))
    let ratios = try #require(divergence.ratios)
    #expect(ratios.step == 1)
    // Points enter the first step as they are: there is no gradient before it.
    #expect(ratios.blocks.map(\.path) == (1...4).map { "stages.0.steps.\($0)" })
    #expect(ratios.blocks.allSatisfy { $0.ratio > 0.3 && $0.ratio < 3 }, "\(ratios)")
    let saved = try JSONDecoder().decode(
      Divergence.self, from: JSONEncoder().encode(divergence))
    #expect(saved.description == divergence.description)
  }
}

/// Sixteen points, of which one has a coordinate that is no number.
private struct Spoilt: ClassificationDataset, ElementWriter {
  let name = "spoilt"
  let split = DatasetSplit.train
  let elementShape = [2]
  let classNames = ["a", "b"]
  let labels = (0..<16).map { Int32($0 % 2) }

  func makeWriter(for preparation: Preparation) throws -> any ElementWriter { self }

  func write(
    _ index: Int, to input: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) {
    input[0] = Float(index)
    input[1] = index == 9 ? .nan : 1
    target[0] = Float(labels[index])
  }
}

/// Three linear maps of a scalar each: the middle one's gradient is larger than float32 can hold, the loss is not.
private final class Overflowing: Layer {
  private let layers: [Linear]

  init(in store: ParameterStore) throws {
    layers = [
      try Linear(.root / "first", in: store, from: 2, to: 4),
      try Linear(.root / "middle", in: store, from: 4, to: 4),
      try Linear(.root / "last", in: store, from: 4, to: 2),
    ]
    try withoutGradients {
      try layers[0].weight.value.fill(0)
      try layers[0].bias.value.fill(1e30)
      try layers[1].weight.value.fill(0)
      // Different for the two classes, or their gradients would cancel.
      let weights = (0..<8).map { $0 < 4 ? Float(1e20) : -1e20 }
      try layers[2].weight.value.copyInPlace(from: try Tensor(weights, shape: [2, 4]))
      try layers[2].bias.value.fill(0)
      try layers[1].bias.value.fill(0)
    }
  }

  func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try layers.reduce(input) { try $1($0, pass) }
  }

  func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try layers.reduce(shape) { try $1.trace($0, &table) }
  }
}
