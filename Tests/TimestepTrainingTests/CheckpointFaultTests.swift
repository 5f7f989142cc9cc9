import Foundation
import Synchronization
import TestSupport
import Testing
import TimestepLayers
import TimestepTorch
import TimestepTraining

/// The system's calls, of which the n-th fails.
private final class Faults: Sendable {
  private let left: Mutex<Int>
  /// How many calls there were.
  let count = Mutex(0)

  init(failingAt call: Int) { left = Mutex(call) }

  /// Whether this call is to fail.
  private func fails() -> Bool {
    count.withLock { $0 += 1 }
    return left.withLock {
      $0 -= 1
      return $0 == 0
    }
  }

  var calls: FileCalls {
    var calls = FileCalls()
    let system = FileCalls()
    @Sendable func failing(_ number: Int32) -> Int32 {
      errno = number
      return -1
    }
    calls.open = { self.fails() ? failing(ENOSPC) : system.open($0, $1, $2) }
    calls.flush = { self.fails() ? failing(EIO) : system.flush($0) }
    calls.rename = { self.fails() ? failing(EROFS) : system.rename($0, $1) }
    calls.makeDirectory = { self.fails() ? failing(ENOSPC) : system.makeDirectory($0) }
    calls.write = { file, bytes, count in
      guard self.fails() else { return system.write(file, bytes, count) }
      // Half of it arrives, then the disk is full.
      _ = system.write(file, bytes, count / 2)
      return Int(failing(ENOSPC))
    }
    return calls
  }
}

@Suite("Checkpoints on a failing disk")
struct CheckpointFaultTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("Whichever call fails, the error is clear and the checkpoint before is intact")
  func everyCall() throws {
    let store = ParameterStore(seed: 3)
    _ = try Linear(ParameterPath.root / "a", in: store, from: 4, to: 3)
    let contents = Checkpoint.Contents(
      store, try SGD(store.trainable), generators: ["noise": try Generator(seed: 1)],
      configuration: "a")
    let directory = CheckpointDirectory(scratch.url)
    var state = TrainingState()
    state.step = 1
    try Checkpoint.write(contents, state: state, into: directory)
    var failures = 0
    for call in 1...1000 {
      state.step += 1
      let faults = Faults(failingAt: call)
      do {
        try FileCalls.$current.withValue(faults.calls) {
          _ = try Checkpoint.write(contents, state: state, into: directory)
        }
        #expect(faults.count.withLock { $0 } < call)
        break
      } catch let error as AtomicFile.WriteError {
        failures += 1
        #expect(!error.problem.isEmpty && error.file.hasPrefix(scratch.url.path))
      }
      let (newest, damaged) = directory.newest()
      #expect(damaged.isEmpty && newest != nil, "call \(call)")
      // Only the flush after the rename fails with the new one in place.
      if newest?.name.step == state.step { continue }
      #expect(scratch.names().allSatisfy { !$0.hasPrefix(".") }, "call \(call)")
    }
    #expect(failures > 20)
    #expect(directory.newest().checkpoint?.name.step == state.step)
  }

  @Test(
    "A training stops with the error, or goes on with a notice",
    arguments: CheckpointFailureRule.allCases)
  func rules(rule: CheckpointFailureRule) throws {
    let trainer = try denseTrainer(epochs: 2)
    let recorder = Recorder()
    trainer.observers = [recorder]
    let directory = CheckpointDirectory(scratch.url)
    trainer.checkpoints = CheckpointWriter(
      Checkpoint.Contents(trainer.parameters, trainer.optimizer), into: directory,
      every: .steps(2), onFailure: rule)
    let faults = Faults(failingAt: 1)
    let (training, testing) = (try moons(.train), try moons(.test))
    let outcome = Result {
      try FileCalls.$current.withValue(faults.calls) {
        try trainer.train(on: training, testing: testing)
      }
    }
    switch rule {
    case .stop:
      #expect(throws: AtomicFile.WriteError.self) { try outcome.get() }
      #expect(recorder.order == "bss")
    case .continue:
      #expect(try outcome.get().status == .completed)
      #expect(recorder.order == "bssnssessss" + "e.")
      #expect(directory.newest().checkpoint?.name.step == 8)
    }
  }

  @Test("The newest two and the best are kept, and nothing else is removed")
  func kept() throws {
    try scratch.write("mine", to: "step-00000001/notes.txt")
    try scratch.write("mine", to: "notes")
    let trainer = try denseTrainer(rate: 0.3, epochs: 6)
    let recorder = Recorder()
    trainer.observers = [recorder]
    trainer.checkpoints = CheckpointWriter(
      Checkpoint.Contents(trainer.parameters, trainer.optimizer),
      into: CheckpointDirectory(scratch.url), every: .epochs(1))
    _ = try trainer.train(on: moons(.train), testing: moons(.test))
    let accuracies = recorder.epochs.map { $0.testAccuracy ?? 0 }
    let best = try #require(accuracies.firstIndex(of: accuracies.max() ?? 0))
    let steps = Set([recorder.epochs[best].step, 20, 24])
    #expect(
      scratch.names() == ["notes", "step-00000001"]
        + steps.sorted().map { String(format: "step-%08d", $0) })
  }
}
