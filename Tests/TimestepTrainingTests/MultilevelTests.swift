import Testing
import TimestepData
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

@Suite("Multilevel training")
struct MultilevelTests {
  private func training(
    _ family: String = "antisymmetric", depth: Int = 4, levels: Int = 3, weights: String = "nodes",
    width: Int = 4
  ) throws -> MultilevelTraining {
    var options = NetworkOptions()
    (options.depth, options.h, options.widths, options.weights) = (depth, 0.5, [width], weights)
    return try MultilevelTraining(
      family, options, task: NetworkTask(inputShape: [2], classes: 2), levels: levels, seed: 2,
      dataType: .float64)
  }

  private func problem(_ network: ResidualNetwork) throws -> TrainingProblem {
    let loader = try BatchLoader(
      dataset: TwoMoons(count: 60, noise: 0.1).makeDataset(split: .train),
      options: BatchOptions(batchSize: 32))
    return try TrainingProblem(network, network.parameters, on: loader)
  }

  @Test("Each level has twice the steps, half as long")
  func levels() throws {
    let training = try training()
    #expect(training.options.map(\.depth) == [4, 8, 16])
    #expect(training.options.map(\.h) == [0.5, 0.25, 0.125])
    #expect(try training.network(level: 2).stages[0].grid.end == 2)
    #expect(throws: OptionError.self) { try training.network(level: 3) }
    #expect(throws: OptionError.self) { try self.training(levels: 0) }
    // 6n + 2 layers: twice the n.
    var options = NetworkOptions()
    options.depth = 8
    let images = try MultilevelTraining("resnet", options, task: NetworkTask(), levels: 3)
    #expect(images.options.map(\.depth) == [8, 14, 26])
  }

  @Test("A level begins where the one before ended, up to the error of the scheme")
  func warmStart() throws {
    let (network, levels) = try training()(
      by: LBFGS(), limits: { _ in .init(iterations: 25) }, problem)
    #expect(levels.map(\.steps) == [4, 8, 16])
    #expect(levels.map(\.level) == [0, 1, 2])
    for level in levels { #expect(level.outcome.after < level.outcome.before) }
    let cold = try problem(self.training().network(level: 2)).objective().scalar()
    for (coarse, fine) in zip(levels, levels.dropFirst()) {
      // RK4 with smooth weights: nearly the same function.
      #expect(abs(fine.outcome.before - coarse.outcome.after) < 0.01 * cold)
    }
    #expect(try problem(network).objective().scalar() == levels.last?.outcome.after)
    // The cost of a pass is in proportion to the steps.
    for level in levels {
      let share = Double(level.steps) / 16
      #expect(level.workUnits == level.outcome.work.units * share)
      #expect(level.outcome.work.evaluations >= 26)
    }
  }

  @Test("The last level's start beats a fresh network of the same depth")
  func coldStart() throws {
    let training = try training("dense", depth: 4, levels: 2, weights: "per-step", width: 8)
    let limits = MinimizationLimits(iterations: 10)
    let (_, levels) = try training(by: LBFGS(), limits: { _ in limits }, problem)
    let cold = try LBFGS().minimize(problem(training.network(level: 1)), limits: limits)
    #expect((levels.last?.outcome.before ?? 1) < (cold.records.first?.objective ?? 0))
    #expect((levels.last?.outcome.after ?? 1) < (cold.last?.objective ?? 0))
  }

  @Test("Any training will do, such as a trainer's")
  func trainer() throws {
    let data = try moons(.train, count: 40)
    let (_, levels) = try training(depth: 2, levels: 2).callAsFunction { network, level in
      func loss() throws -> Double {
        try Evaluation.of(
          network, for: ClassificationObjective(classes: 2), on: data.batches(epoch: 0),
          dataType: .float64)?.loss ?? .nan
      }
      let before = try loss()
      let trainer = Trainer(
        model: network, parameters: network.parameters,
        optimizer: try SGD(network.parameters.trainable), schedule: StepSchedule(initial: 0.05),
        epochs: 2 + level)
      _ = try trainer.train(on: data, testing: data)
      var work = Work()
      (work.evaluations, work.gradients) = (2 + level, 2 + level)
      return .init(before: before, after: try loss(), work: work)
    }
    #expect(levels.map(\.workUnits) == [3.0 * 2 * 0.5, 3.0 * 3])
    #expect(levels.allSatisfy { $0.outcome.after < $0.outcome.before })
  }
}
