import Foundation
import Testing
import TimestepData
import TimestepExperiments
import TimestepNetworks

@Suite("The choices of a run")
struct RunOptionsTests {
  /// Every choice made; the number distinguishes two such values wherever the type allows it.
  private func filled(_ number: Int) throws -> RunOptions {
    try ConfigurationFile.parse(
      """
      {network: n\(number), depth: \(number), widths: [\(number)], h: \(number), scheme: s\(number),
      field: f\(number), weights: w\(number), noise: n\(number), transition: t\(number),
      adjoint: a\(number), normalization: batch, activation: relu, batch-norm: true, bias: true, post-activation: relu, initialization: i\(number),
      initialize-from: f\(number), initialize-names: n\(number), initialize-strict: true,
      dataset: d\(number), data: p\(number), train-limit: \(number),
      test-limit: \(number), shift: \(number), drop-last: true,
      image-size: \(number), class-names: [c\(number)], skip-corrupt: true, padding: zero,
      data-normalization: measured, crop: short-side, augmentation: true, shuffle: true,
      corruption: [c\(number)], epochs: \(number), max-steps: \(number),
      batch-size: \(number), optimizer: o\(number), learning-rate: \(number), drop-at: [\(number)],
      momentum: \(number), weight-decay: \(number), regularization: [r\(number)], seed: \(number), precision: p\(number),
      device: d\(number), threads: \(number), output: r\(number),
      gradient-clip: \(number), warm-up: \(number), warm-up-start: \(number), log-every: \(number),
      tensorboard: true, checkpoint-every: '\(number)m', on-checkpoint-error: stop,
      diagnose: [d\(number)]}
      """, from: "filled")
  }

  private func keys(_ options: RunOptions) throws -> Set<String> {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(options))
    return Set(try #require(object as? [String: Any]).keys)
  }

  @Test("over takes every choice from the first where it was made, else from the second")
  func over() throws {
    let (first, second) = (try filled(1), try filled(2))
    let all = Set(RunOptions.CodingKeys.allCases.map(\.rawValue))
    #expect(try keys(first) == all)
    #expect(Mirror(reflecting: first).children.count == all.count)
    #expect(RunOptions().over(first) == first)
    #expect(first.over(RunOptions()) == first)
    #expect(first.over(second) == first)
    #expect(second.over(first) == second)
    #expect(try keys(RunOptions().over(RunOptions())).isEmpty)
  }

  @Test("A resolved configuration leaves open only what may stay open")
  func resolved() throws {
    let options = try RunConfiguration(
      resolving: ConfigurationFile.parse("network: resnet-20", from: "test")
    ).options
    let open = Set([
      "class-names", "corruption", "crop", "data", "diagnose", "gradient-clip", "image-size",
      "initialize-from", "initialize-names", "initialize-strict", "log-every", "max-steps",
      "output", "regularization", "test-limit", "train-limit",
    ])
    #expect(
      try keys(options) == Set(RunOptions.CodingKeys.allCases.map(\.rawValue)).subtracting(open))
  }

  @Test(
    "Sets without an augmentation are never augmented, and --augmentation is refused for them",
    arguments: [
      ("dense-5", "two-moons"), ("dense-5", "peaks-regression"), ("vdcnn-9", "ag-news"),
    ])
  func augmentation(network: String, dataset: String) throws {
    let text = "{network: \(network), dataset: \(dataset)"
    let configuration = try RunConfiguration(
      resolving: ConfigurationFile.parse("\(text)}", from: "test"))
    #expect(configuration.options.augmentation == false)
    #expect(!configuration.dataset.augmentsByDefault)
    let error = #expect(throws: OptionError.self) {
      try RunConfiguration(
        resolving: ConfigurationFile.parse("\(text), augmentation: true}", from: "test"))
    }
    #expect(error?.option == "augmentation" && error?.problem.contains(dataset) == true)
    #expect(
      try RunConfiguration(
        resolving: ConfigurationFile.parse("\(text), augmentation: false}", from: "test")
      ).options.augmentation == false)
  }

  @Test("Shapes are augmented where that is asked for, and not otherwise")
  func shapes() throws {
    for (yaml, expected) in [("", false), (", augmentation: true", true)] {
      let options = try ConfigurationFile.parse(
        "{network: hamiltonian-4, dataset: synthetic-shapes\(yaml)}", from: "test")
      #expect(try RunConfiguration(resolving: options).options.augmentation == expected)
    }
  }

  @Test("A set of one's own is augmented by default where it says how")
  func ownAugmentation() {
    for augmentation in [Augmentation.none, .cifar] {
      let set = DatasetDescriptor(
        name: "own", title: "Own", elementShape: [2], classNames: ["a", "b"], counts: (1, 1),
        preparation: Preparation(augmentation: augmentation)
      ) { _, _ in throw CancellationError() }
      #expect(set.augmentsByDefault == (augmentation != .none))
    }
  }

  @Test("The defaults are the recipe of the reference")
  func defaults() throws {
    let configuration = try RunConfiguration(
      resolving: ConfigurationFile.parse("network: resnet", from: "test"))
    #expect(configuration.networkName == "resnet-20")
    #expect(configuration.dataset.name == "fashion-mnist")
    let options = configuration.options
    #expect(options.epochs == 80 && options.dropAt == [40, 60] && options.batchSize == 128)
    #expect(options.learningRate == 0.1 && options.momentum == 0.9 && options.weightDecay == 0)
    #expect(options.optimizer == "sgd" && options.h == 1 && options.batchNorm == true)
    #expect(options.seed == 0 && options.precision == "fp32" && options.device == "cpu")
    #expect(options.augmentation == false && options.shuffle == true)
    #expect(options.shift == 2 && options.dropLast == false && options.testLimit == nil)
    #expect(configuration.schedule.rate(atEpoch: 39.9) == 0.1)
  }
}
