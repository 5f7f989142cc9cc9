import Testing
import TimestepLayers
import TimestepTorch
import TimestepTraining

@Suite("Trainings that end early")
struct EarlyEndTests {
  @Test("A wish to stop ends the training as interrupted after the step", arguments: 1...4)
  func stop(step: Int) throws {
    let trainer = try denseTrainer(epochs: 2)
    let recorder = Recorder()
    trainer.observers = [recorder]
    trainer.shouldStop = { recorder.steps.count == step }
    let outcome = try trainer.train(on: moons(.train), testing: moons(.test))
    #expect(outcome.status == .interrupted && outcome.steps == step && outcome.epochs.isEmpty)
    #expect(recorder.order == "b" + String(repeating: "s", count: step) + ".")
  }

  @Test("A wish to stop during the evaluation leaves no epoch that is half measured")
  func stopInEvaluation() throws {
    let trainer = try denseTrainer(epochs: 2)
    var asked = 0
    trainer.shouldStop = {
      asked += 1
      return asked == 6  // After four steps, before the second batch of the test set.
    }
    let outcome = try trainer.train(on: moons(.train), testing: moons(.test))
    #expect(outcome.status == .interrupted && outcome.steps == 4 && outcome.epochs.isEmpty)
  }

  @Test("A loss that is not a number ends it as diverged; the parameters are those before the step")
  func diverged() throws {
    let store = ParameterStore()
    let model = try FailingLayer(in: store, failingAt: 6)
    let trainer = Trainer(
      model: model, parameters: store, optimizer: try SGD(store.trainable),
      schedule: StepSchedule(initial: 0.1), epochs: 3)
    let recorder = Recorder()
    recorder.parameters = store
    trainer.observers = [recorder]
    let outcome = try trainer.train(on: moons(.train), testing: moons(.test))
    #expect(outcome.status == .diverged && outcome.steps == 5 && outcome.epochs.count == 1)
    #expect(recorder.order == "bsssses.")
    let message = try #require(outcome.message)
    #expect(message.contains("the loss was nan at step 6 (epoch 2)"), "\(message)")
    #expect(try recorder.snapshots.last == store.numbers())
  }

  @Test("A last step after which the test loss is no number is a divergence, too")
  func divergedInLastStep() throws {
    let trainer = try denseTrainer(rate: 1e30, epochs: 1, maxSteps: 1)
    let outcome = try trainer.train(on: moons(.train), testing: moons(.test))
    #expect(outcome.status == .diverged && outcome.steps == 1 && outcome.epochs.isEmpty)
    #expect(try #require(outcome.message).contains("test loss was nan after step 1 (epoch 1)"))
  }
}
