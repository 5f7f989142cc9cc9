import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Two moons with little noise, in batches of the given size.
func moons(
  _ split: DatasetSplit, count: Int = 100, batchSize: Int = 32, shuffle: Bool = true
) throws -> BatchLoader {
  try BatchLoader(
    dataset: try TwoMoons(count: count, noise: 0.1).makeDataset(split: split),
    options: BatchOptions(batchSize: batchSize, shuffle: shuffle))
}

/// A trainer of a small residual network for points in the plane.
func denseTrainer(
  rate: Double = 0.05, drops: [Double] = [], epochs: Int, maxSteps: Int? = nil
) throws -> Trainer {
  var options = NetworkOptions()
  options.h = 0.3
  let network = try NetworkCatalog.make("dense-5", options, seed: 7)
  return Trainer(
    model: network, parameters: network.parameters,
    optimizer: try SGD(network.parameters.trainable),
    schedule: StepSchedule(initial: rate, drops: drops), epochs: epochs, maxSteps: maxSteps)
}

/// Keeps every event, and what the parameters were at each step.
final class Recorder: TrainingObserver {
  var events: [TrainingEvent] = []
  var snapshots: [[[Float]]] = []
  var parameters: ParameterStore?

  func receive(_ event: TrainingEvent) throws {
    events.append(event)
    if case .step = event, let parameters { snapshots.append(try parameters.numbers()) }
  }

  var steps: [StepRecord] { events.compactMap { if case .step(let it) = $0 { it } else { nil } } }
  var epochs: [EpochRecord] {
    events.compactMap { if case .epoch(let it) = $0 { it } else { nil } }
  }
  var plans: [TrainingPlan] {
    events.compactMap { if case .began(let it) = $0 { it } else { nil } }
  }

  /// One letter per event.
  var order: String {
    events.map {
      switch $0 {
      case .began: "b"
      case .step: "s"
      case .epoch: "e"
      case .notice: "n"
      case .remark: "r"
      case .ended: "."
      }
    }.joined()
  }
}

extension ParameterStore {
  /// All learned numbers.
  func numbers() throws -> [[Float]] { try trainable.map { try $0.value.scalars(Float.self) } }
}

/// A linear map whose logits are not numbers from the given training pass on.
final class FailingLayer: Layer {
  private let linear: Linear
  private let pass: Int
  private var passes = 0

  init(in store: ParameterStore, failingAt pass: Int) throws {
    linear = try Linear(ParameterPath.root / "linear", in: store, from: 2, to: 2)
    self.pass = pass
  }

  func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    if pass.isTraining { passes += 1 }
    let logits = try linear(input, pass)
    return passes >= self.pass ? try logits * Double.nan : logits
  }

  func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try linear.trace(shape, &table)
  }
}
