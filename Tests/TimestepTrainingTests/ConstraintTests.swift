import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Constraints in the trainer.
@Suite("Constraints on parameters")
struct ConstraintTests {
  /// Notes when it is applied, and cuts a parameter to an interval.
  private final class Clamp: ParameterConstraint {
    let parameter: Parameter
    let bound: Double
    let optimizer: any Optimizer
    var steps: [Int] = []

    init(_ parameter: Parameter, bound: Double, optimizer: any Optimizer) {
      (self.parameter, self.bound, self.optimizer) = (parameter, bound, optimizer)
    }

    func apply(afterStep step: Int) throws {
      #expect(optimizer.steps == step)
      steps.append(step)
      // In place on a leaf: refused where gradients are recorded.
      try parameter.value.copyInPlace(from: parameter.value.clamped(-bound, bound))
    }
  }

  private func trainer(
    _ maxSteps: Int, _ make: (ResidualNetwork, SGD) throws -> [any ParameterConstraint]
  ) throws -> Trainer {
    let network = try NetworkCatalog.make("dense-5", seed: 7)
    let optimizer = try SGD(network.parameters.trainable)
    return try Trainer(
      model: network, parameters: network.parameters, optimizer: optimizer,
      schedule: StepSchedule(initial: 0.1), epochs: 3, maxSteps: maxSteps,
      constraints: make(network, optimizer))
  }

  @Test("They follow every step, with the number of steps made, before observers are told")
  func applied() throws {
    var clamps: [Clamp] = []
    let trainer = try trainer(6) { network, optimizer in
      clamps = network.parameters.trainable.prefix(2).map {
        Clamp($0, bound: 0.01, optimizer: optimizer)
      }
      return clamps
    }
    let recorder = Recorder()
    recorder.parameters = trainer.parameters
    trainer.observers = [recorder]
    _ = try trainer.train(on: moons(.train), testing: moons(.test))
    #expect(clamps.map(\.steps) == [Array(1...6), Array(1...6)])
    #expect(recorder.snapshots.count == 6)
    for snapshot in recorder.snapshots {
      #expect(snapshot[..<2].joined().allSatisfy { abs($0) <= 0.01 })
    }
    // Training goes on: gradients still reach the parameters.
    #expect(recorder.snapshots[0] != recorder.snapshots[5])
  }

  @Test("The number of steps goes on where the optimiser is")
  func resumed() throws {
    var clamp: Clamp?
    let trainer = try trainer(2) { network, optimizer in
      let made = Clamp(network.parameters.trainable[0], bound: 1, optimizer: optimizer)
      clamp = made
      return [made]
    }
    for _ in 0..<2 { _ = try trainer.train(on: moons(.train), testing: moons(.test)) }
    #expect(clamp?.steps == [1, 2, 3, 4])
  }

  @Test("None are applied after a loss that is no number")
  func diverged() throws {
    let store = ParameterStore()
    let model = try FailingLayer(in: store, failingAt: 3)
    let optimizer = try SGD(store.trainable)
    let clamp = Clamp(store.trainable[0], bound: 1, optimizer: optimizer)
    let trainer = Trainer(
      model: model, parameters: store, optimizer: optimizer,
      schedule: StepSchedule(initial: 0.1), epochs: 1, constraints: [clamp])
    let outcome = try trainer.train(on: moons(.train), testing: moons(.test))
    #expect(outcome.status == .diverged && clamp.steps == [1, 2])
  }
}
