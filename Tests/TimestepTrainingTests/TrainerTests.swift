import Testing
import TimestepLayers
import TimestepTorch
import TimestepTraining

@Suite("The trainer: events, limits, and what is learned")
struct TrainerTests {
  @Test("Events come in order with the right counts")
  func events() throws {
    let trainer = try denseTrainer(rate: 0.1, drops: [1.5], epochs: 3)
    let recorder = Recorder()
    trainer.observers = [recorder]
    let outcome = try trainer.train(on: moons(.train), testing: moons(.test))

    #expect(recorder.order == "bssssessssesssse.")
    let plan = try #require(recorder.plans.first)
    #expect(plan.epochs == 3 && plan.stepsPerEpoch == 4 && plan.steps == 12)
    #expect(recorder.steps.map(\.step) == Array(1...12))
    #expect(recorder.steps.map(\.epoch) == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
    #expect(recorder.steps.map(\.examples) == [32, 32, 32, 4, 32, 32, 32, 4, 32, 32, 32, 4])
    let low = 0.1 * 0.1
    let rates = (0..<12).map { $0 < 6 ? 0.1 : low }
    #expect(recorder.steps.map(\.learningRate) == rates)
    #expect(zip(recorder.steps, recorder.steps.dropFirst()).allSatisfy { $0.elapsed <= $1.elapsed })
    #expect(recorder.epochs.map(\.epoch) == [1, 2, 3])
    #expect(recorder.epochs.map(\.step) == [4, 8, 12])
    #expect(recorder.epochs.map(\.learningRate) == [0.1, low, low])
    for (index, epoch) in recorder.epochs.enumerated() {
      let steps = recorder.steps.filter { $0.epoch == index }
      let loss = steps.reduce(0) { $0 + $1.loss * Double($1.examples) } / 100
      let accuracy = steps.reduce(0) { $0 + $1.metric * Double($1.examples) } / 100
      #expect(abs(epoch.trainLoss - loss) < 1e-12 && abs(epoch.trainMetric - accuracy) < 1e-12)
      #expect(epoch.seconds > 0 && epoch.imagesPerSecond > 0)
    }
    #expect(outcome.status == .completed && outcome.steps == 12 && outcome.message == nil)
    #expect(outcome.epochs.map(\.test.loss) == recorder.epochs.map(\.test.loss))
    #expect(try #require(outcome.imagesPerSecond) > 0)
  }

  @Test(
    "A limit of steps cuts the epoch short, and what was trained is evaluated",
    arguments: [
      (1, "bse."), (4, "bsssse."), (6, "bssssesse."), (8, "bssssesssse."), (99, "bssssesssse."),
    ])
  func maxSteps(limit: Int, order: String) throws {
    let trainer = try denseTrainer(epochs: 2, maxSteps: limit)
    let recorder = Recorder()
    trainer.observers = [recorder]
    let outcome = try trainer.train(on: moons(.train), testing: moons(.test))
    #expect(recorder.order == order)
    #expect(recorder.plans.first?.steps == min(limit, 8))
    #expect(outcome.status == .completed && outcome.steps == min(limit, 8))
  }

  @Test("The loss falls and the moons are told apart")
  func learns() throws {
    let trainer = try denseTrainer(epochs: 30)
    let outcome = try trainer.train(on: moons(.train, count: 200), testing: moons(.test))
    let (first, last) = (try #require(outcome.epochs.first), try #require(outcome.epochs.last))
    #expect(last.trainLoss < 0.5 * first.trainLoss)
    #expect(try #require(last.testAccuracy) > 0.9, "\(last)")
  }

  @Test("The same seeds give the same parameters, another order gives others")
  func repeatable() throws {
    var results: [[[Float]]] = []
    for shuffle in [true, true, false] {
      let trainer = try denseTrainer(epochs: 2)
      _ = try trainer.train(on: moons(.train, shuffle: shuffle), testing: moons(.test))
      results.append(try trainer.parameters.numbers())
    }
    #expect(results[0] == results[1])
    #expect(results[0] != results[2])
  }

  @Test("An observer's error ends the training and reaches the caller")
  func observerError() throws {
    struct Full: Error {}
    final class Failing: TrainingObserver {
      func receive(_ event: TrainingEvent) throws {
        if case .step(let record) = event, record.step == 2 { throw Full() }
      }
    }
    let trainer = try denseTrainer(epochs: 2)
    let recorder = Recorder()
    trainer.observers = [recorder, Failing()]
    #expect(throws: Full.self) {
      try trainer.train(on: moons(.train), testing: moons(.test))
    }
    #expect(recorder.order == "bss")
  }
}
