import Foundation
import Testing
import TimeStepping
import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Regularisers against their formulas.
@Suite("Regularisers")
struct RegularizerTests {
  private func network(
    _ family: String = "antisymmetric", depth: Int, h: Double, weights: String = "per-step",
    seed: UInt64 = 1
  ) throws -> ResidualNetwork {
    var options = NetworkOptions()
    (options.depth, options.h, options.weights, options.widths) = (depth, h, weights, [4])
    return try NetworkCatalog.make(
      family, options, task: NetworkTask(inputShape: [2], classes: 3), seed: seed,
      dataType: .float64)
  }

  private func regularizer(_ text: String, _ network: ResidualNetwork) throws -> any Regularizer {
    let kinds = try RegularizerCatalog.regularizers(named: [text])
    return try #require(kinds.first).make(for: network)
  }

  @Test("Squares and absolutes of differences are those of plain arithmetic")
  func formula() throws {
    let network = try network(depth: 4, h: 0.25)
    var (squares, absolutes) = (0.0, 0.0)
    for name in ["linear.weight", "linear.bias"] {
      let values = try (0..<4).map { step in
        try #require(network.parameters["stages.0.steps.\(step).field.\(name)"]).value
          .scalars(Double.self)
      }
      for step in 0..<3 {
        for (a, b) in zip(values[step], values[step + 1]) {
          squares += (b - a) * (b - a) / 0.25
          absolutes += 0.25 * ((b - a) * (b - a) / 0.0625 + 0.01).squareRoot()
        }
      }
    }
    let l2 = try regularizer("time-l2:alpha=0.3", network).value().scalar()
    #expect(abs(l2 - 0.15 * squares) < 1e-12 * l2)
    let l1 = try regularizer("time-l1:alpha=0.3,eps=0.01", network).value().scalar()
    #expect(abs(l1 - 0.3 * absolutes) < 1e-12 * l1)
  }

  @Test("Tikhonov's term is half the squares of body, head or both")
  func tikhonov() throws {
    let network = try network(depth: 3, h: 0.5)
    func squares(_ isWanted: (String) -> Bool) throws -> Double {
      try network.parameters.trainable.filter { isWanted($0.path) }.reduce(0) {
        try $0 + $1.value.square().sum().scalar()
      }
    }
    for (part, expected) in [
      ("all", try squares { _ in true }), ("head", try squares { $0.hasPrefix("head.") }),
      ("body", try squares { !$0.hasPrefix("head.") }),
    ] {
      let value = try regularizer("tikhonov:alpha=0.2,of=\(part)", network).value().scalar()
      #expect(abs(value - 0.1 * expected) < 1e-12, "\(part)")
    }
    let parameters = network.parameters.trainable
    let reference = try parameters.map { try $0.value.detached().copied() }
    let near = TikhonovRegularization(alpha: 1).make(for: parameters, near: reference)
    #expect(try near.value().scalar() == 0)
  }

  @Test("Weights that are constant in time cost nothing")
  func nullSpace() throws {
    let network = try network(depth: 5, h: 0.2)
    for trajectory in try network.weightTrajectories() {
      #expect(trajectory.parameters.count == 5)
      for parameter in trajectory.parameters {
        try parameter.assign(trajectory.parameters[0].value.detached().copied())
      }
    }
    #expect(try regularizer("time-l2", network).value().scalar() == 0)
    // What smooths the absolute value remains: alpha T n sqrt(eps) over the time from the first to the last set.
    let numbers = 4.0 * 4 + 4
    let value = try regularizer("time-l1:alpha=1,eps=0.04", network).value().scalar()
    #expect(abs(value - 0.8 * numbers * 0.2) < 1e-12)
  }

  @Test(
    "alpha keeps its meaning when steps are halved: weights that are linear in time cost T / 2 |slope|^2",
    arguments: ["nodes", "linear:sets=5", "independent"])
  func linearInTime(weights: String) throws {
    var options = NetworkOptions()
    (options.weights, options.scheme, options.widths) = (weights, "rk4", [4])
    for (depth, h) in [(4, 0.5), (8, 0.25), (16, 0.125)] {
      (options.depth, options.h) = (depth, h)
      let network = try NetworkCatalog.make(
        "antisymmetric", options, task: NetworkTask(inputShape: [2], classes: 3),
        dataType: .float64)
      var numbers = 0.0
      for trajectory in try network.weightTrajectories() {
        #expect(trajectory.times.first == 0)
        #expect(abs((trajectory.times.last ?? 0) - 2) < 1e-12)
        numbers += Double(trajectory.parameters[0].value.count)
        for (parameter, time) in zip(trajectory.parameters, trajectory.times) {
          try parameter.assign(Tensor.full(parameter.value.shape, 3 * time - 1, .float64))
        }
      }
      let value = try regularizer("time-l2:alpha=0.1", network).value().scalar()
      #expect(abs(value - 0.05 * 2 * 9 * numbers) < 1e-10)
      let absolute = try regularizer("time-l1:alpha=0.1,eps=7", network).value().scalar()
      #expect(abs(absolute - 0.1 * 2 * 4 * numbers) < 1e-10)
    }
  }

  @Test("Norms are left out unless asked for")
  func norms() throws {
    var options = NetworkOptions()
    (options.depth, options.widths) = (14, [2, 3, 4])
    let network = try NetworkCatalog.make("resnet", options, dataType: .float64)
    // Scales and shifts begin constant in time; these are not any more.
    for trajectory in try network.weightTrajectories() where trajectory.isOfNorm {
      for (index, parameter) in trajectory.parameters.enumerated() {
        try parameter.assign(Tensor.full(parameter.value.shape, Double(index), .float64))
      }
    }
    let without = try regularizer("time-l2", network).value().scalar()
    let with = try regularizer("time-l2:norms=yes", network).value().scalar()
    // Two norms with scale and shift: 4 numbers a channel; the first stage has two steps, the others one of their own.
    #expect(abs(with - without - 1e-3 / 2 * 4 * 2) < 1e-12)
  }

  @Test("The trainer adds the term to the gradient, not to the loss it reports")
  func trainer() throws {
    var reported: [Double] = []
    var moved: [[Double]] = []
    var slopes: [Double] = []
    for text in ["none", "time-l2:alpha=0.5"] {
      let network = try network(depth: 3, h: 0.5)
      let vector = try ParameterVector(network.parameters.trainable)
      let before = try vector.values()
      let kinds = try RegularizerCatalog.regularizers(named: [text])
      let terms = try kinds.map { try $0.make(for: network) }
      if let term = terms.first {
        slopes = try vector.gradient(of: term.value()).scalars(Double.self)
      }
      let trainer = Trainer(
        model: network, parameters: network.parameters,
        optimizer: try SGD(network.parameters.trainable, momentum: 0),
        schedule: StepSchedule(initial: 0.1), epochs: 1, maxSteps: 1)
      trainer.regularizers = terms
      let recorder = Recorder()
      trainer.observers = [recorder]
      let data = GaussianMixture(count: 30, classes: 3)
      let training = try BatchLoader(
        dataset: data.makeDataset(split: .train), options: BatchOptions(batchSize: 30))
      _ = try trainer.train(on: training, testing: training)
      reported.append(recorder.steps[0].loss)
      moved.append(try (vector.values() - before).scalars(Double.self))
    }
    #expect(reported[0] == reported[1])
    let errors = moved[0].indices.map { abs(moved[1][$0] - moved[0][$0] + 0.1 * slopes[$0]) }
    #expect((errors.max() ?? 1) < 1e-14)
    #expect(slopes.contains { abs($0) > 0.1 })
  }

  @Test("What makes no sense is refused with the reason")
  func refusals() throws {
    #expect(throws: UnknownNameError.self) { try RegularizerCatalog.regularizers(named: ["l2"]) }
    for text in ["time-l2:alpha=-1", "time-l2:eps=1", "time-l1:eps=0", "tikhonov:of=stem"] {
      #expect(throws: ArgumentError.self) { try RegularizerCatalog.regularizers(named: [text]) }
    }
    let kind = TimeRegularization(.squares)
    #expect(throws: OptionError.self) {
      try kind.make(for: network(depth: 4, h: 0.5, weights: "polynomial"))
    }
    #expect(throws: OptionError.self) { try kind.make(for: network(depth: 1, h: 0.5)) }
    #expect(throws: OptionError.self) { try kind.make(for: network(depth: 4, h: 0)) }
  }

  @Test("A choice names itself so that it can be made again", arguments: RegularizerCatalog.all)
  func choices(kind: any RegularizerDefinition) throws {
    for text in [kind.name, "\(kind.name):alpha=0.25"] {
      let first = try #require(RegularizerCatalog.regularizers(named: [text]).first)
      let again = try #require(RegularizerCatalog.regularizers(named: [first.choice]).first)
      #expect(first.choice == again.choice)
    }
  }
}
