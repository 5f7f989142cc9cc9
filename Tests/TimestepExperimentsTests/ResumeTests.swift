import Foundation
import TestSupport
import Testing
import TimestepData
import TimestepExperiments
import TimestepNetworks
import TimestepTraining

/// A training of six steps, under test for what it leaves after it was stopped.
struct ResumeCase: Sendable, CustomTestStringConvertible {
  var network: String
  var yaml = "{}"

  var testDescription: String { "\(network) \(yaml)" }

  /// Every family; the catalog's order decides which optimiser each has.
  static let families = NetworkCatalog.families.enumerated().map { index, family in
    ResumeCase(network: family.name, yaml: "optimizer: \(index % 2 == 0 ? "sgd" : "adam")")
  }

  static let noises = NoiseCatalog.all.map {
    ResumeCase(network: "preresnet-8", yaml: "noise: \($0.name)")
  }

  static let others =
    [
      "{optimizer: adam, weight-decay: 0.01, precision: fp64}",
      "{momentum: 0, scheme: lm:k=trained}",
      "{noise: stochastic-depth, adjoint: checkpointed}", "{shuffle: false, augmentation: false}",
      "{max-steps: 5, checkpoint-every: 1e}",
    ].map { ResumeCase(network: "preresnet-8", yaml: $0) } + [
      ResumeCase(network: "revnet", yaml: "{adjoint: reversible, noise: gaussian}"),
      ResumeCase(network: "procresnet", yaml: "transition: 'norm-preserving:probability=0.5'"),
      ResumeCase(network: "dense-5", yaml: "dataset: peaks-regression"),
      ResumeCase(network: "dense-5", yaml: "{gradient-clip: 0.5, warm-up: 1.5, log-every: 2}"),
      ResumeCase(
        network: "preresnet-8",
        yaml: """
          {dataset: 'fashion-mnist:pooling=2', train-limit: 14, test-limit: 5, drop-last: true, shift: 3}
          """),
    ]

  /// The choices, on the first data set that the family takes.
  func options(_ scratch: Scratch) throws -> RunOptions {
    let images = scratch.path("data")
    if !FileManager.default.fileExists(atPath: images) {
      try SmallImages.writeIDX(to: "data", of: scratch, train: 40, test: 10)
      for (file, count) in [("train", 40), ("test", 8)] {
        let lines = (0..<count).map { "\"\($0 % 4 + 1)\",\"Title \($0)\",\"Text \($0 * 7919)\"\n" }
        try scratch.write(lines.joined(), to: "texts/\(file).csv")
      }
    }
    let family = try NetworkCatalog.parse(network).family
    var basic = try ConfigurationFile.parse(
      """
      {epochs: 2, batch-size: 4, train-limit: 12, threads: 1, seed: 5, checkpoint-every: 1,
      tensorboard: true, log-every: 1}
      """, from: "basic")
    basic.network = network.contains("-") && network.last?.isNumber == true ? network : nil
    if basic.network == nil, let depth = family.depths.min() {
      basic.network = family.name
      basic.depth = depth
    }
    let given = try ConfigurationFile.parse(yaml, from: "test").over(basic)
    let sets: [(String?, String?)] = [
      ("fashion-mnist", images), ("two-moons:count=40", nil), ("ag-news", scratch.path("texts")),
    ]
    for widths in [[4, 4, 4], nil] as [[Int]?] {
      for (set, place) in sets {
        var options = given
        options.widths = widths
        options.dataset = options.dataset ?? set
        options.data = place
        if set != "fashion-mnist", options.dataset == set || place == nil { options.widths = nil }
        if options.augmentation == nil, set == "fashion-mnist" { options.augmentation = true }
        if (try? RunConfiguration(resolving: options)) != nil { return options }
      }
    }
    return given
  }
}

@Suite("Runs that go on")
struct ResumeTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func run(_ options: RunOptions) throws -> TrainingRun {
    TrainingRun(try RunConfiguration(resolving: options), version: "test")
  }

  /// Stops after some steps of this process.
  private func stopping(after steps: Int) -> (observer: StepCounter, wish: () -> Bool) {
    let counter = StepCounter()
    return (counter, { counter.steps >= steps })
  }

  /// What must not depend on interruptions.
  private func result(_ directory: RunDirectory) throws -> [String: Data] {
    let newest = try #require(directory.saved.newest().checkpoint)
    var result: [String: Data] = [:]
    for file in ["parameters", "optimizer", "generators"] {
      result[file] = try Data(contentsOf: newest.url.appendingPathComponent("\(file).safetensors"))
    }
    let rows = try String(contentsOf: directory.metrics, encoding: .utf8).split(separator: "\n")
    result["metrics"] = Data(
      rows.map { $0.split(separator: ",").dropLast(2).joined(separator: ",") }.joined(
        separator: "\n"
      )
      .utf8)
    result["steps"] = try Data(contentsOf: directory.steps)
    // Events but for their times, which are the second to ninth byte.
    let events = FramedRecord.records(of: try Data(contentsOf: directory.events))
    #expect(events.end == (try Data(contentsOf: directory.events).count))
    result["events"] = Data(events.contents.flatMap { $0.prefix(1) + $0.dropFirst(9) })
    var summary = try JSONDecoder().decode(
      RunSummary.self, from: Data(contentsOf: directory.summary))
    (summary.wallSeconds, summary.imagesPerSecond, summary.peakMemoryBytes) = (0, 0, 0)
    result["summary"] = try summary.json()
    return result
  }

  @Test(
    "Stopped and gone on with twice, a run gives the bytes of one that was never stopped",
    arguments: ResumeCase.families + ResumeCase.noises + ResumeCase.others)
  func identical(subject: ResumeCase) throws {
    let options = try subject.options(scratch)
    let whole = try run(options).start(output: scratch.path("whole"))
    #expect(whole.summary.status == .completed)
    let (first, firstWish) = stopping(after: 2)
    let (directory, stopped) = try run(options).start(
      output: scratch.path("parts"), observers: [first], shouldStop: firstWish)
    #expect(stopped.status == .interrupted && stopped.steps == 2)
    let (second, secondWish) = stopping(after: 2)
    let again = try run(options).resume(directory, observers: [second], shouldStop: secondWish)
    #expect(again.status == .interrupted && again.steps == 4)
    let ended = try run(options).resume(directory)
    #expect(ended.status == .completed && ended.epochs == 2)
    let (expected, found) = (try result(whole.directory), try result(directory))
    for (name, data) in expected { #expect(found[name] == data, "\(name)") }
  }

  @Test(
    "Stopped during an evaluation or at its last step, it goes on with that evaluation",
    arguments: [3, 6])
  func evaluation(step: Int) throws {
    let options = try ResumeCase(network: "dense-2").options(scratch)
    let whole = try run(options).start(output: scratch.path("whole"))
    let (counter, wish) = stopping(after: step)
    let (directory, _) = try run(options).start(
      output: scratch.path("parts"), observers: [counter], shouldStop: wish)
    #expect(directory.saved.names.last?.phase == .unevaluated)
    #expect(try run(options).resume(directory).status == .completed)
    #expect(try result(directory) == result(whole.directory))
  }

  @Test("A completed run goes on for more epochs; without them nothing changes")
  func moreEpochs() throws {
    var options = try ResumeCase(network: "dense-2", yaml: "drop-at: [1]").options(scratch)
    let (directory, _) = try run(options).start(output: scratch.path("run"))
    let before = try result(directory)
    #expect(try run(options).resume(directory).status == .completed)
    #expect(try result(directory) == before)
    options.epochs = 3
    #expect(try run(options).resume(directory).epochs == 3)
    #expect(try directory.readConfiguration().epochs == 3)
    let whole = try run(options).start(output: scratch.path("whole"))
    #expect(try result(directory) == result(whole.directory))
    options.epochs = 2
    let error = runError { try run(options).resume(directory) }
    #expect(error?.kind == .configuration && error?.description.contains("epoch 3") == true)
  }

  @Test("Records after the last checkpoint, also torn ones, are cut off; what is missing is told")
  func tornLogs() throws {
    let options = try ResumeCase(network: "dense-2").options(scratch)
    let whole = try run(options).start(output: scratch.path("whole"))
    let (counter, wish) = stopping(after: 4)
    let (directory, _) = try run(options).start(
      output: scratch.path("run"), observers: [counter], shouldStop: wish)
    // As a kill leaves them: the records of the steps after the checkpoint, the last one torn.
    for (file, name) in [(directory.steps, "steps.csv"), (directory.events, "events")] {
      let source = name == "events" ? whole.directory.events : whole.directory.steps
      try Data(try Data(contentsOf: source).dropLast(9)).write(to: file)
    }
    let notices = NoticeKeeper()
    #expect(try run(options).resume(directory, observers: [notices]).status == .completed)
    #expect(notices.texts.isEmpty, "\(notices.texts)")
    #expect(try result(directory) == result(whole.directory))

    let (other, otherWish) = stopping(after: 4)
    let (short, _) = try run(options).start(
      output: scratch.path("short"), observers: [other], shouldStop: otherWish)
    for file in [short.steps, short.events] {
      try Data(try Data(contentsOf: file).dropLast(3)).write(to: file)
    }
    #expect(try run(options).resume(short, observers: [notices]).status == .completed)
    #expect(notices.texts.count == 2 && notices.texts.allSatisfy { $0.contains("are whole") })
    let rows = try String(contentsOf: short.steps, encoding: .utf8).split(separator: "\n")
    #expect(rows.map { $0.prefix(2) } == ["st", "1,", "2,", "3,", "5,", "6,"], "\(rows)")
  }

  @Test("A diverged run stays diverged")
  func diverged() throws {
    let options = try ResumeCase(network: "dense-5", yaml: "learning-rate: 1.0e+30").options(
      scratch)
    let (directory, summary) = try run(options).start(output: scratch.path("run"))
    #expect(summary.status == .diverged)
    let again = try run(options).resume(directory)
    #expect(again.status == .diverged && again.message == summary.message)
    #expect(again.divergence?.layer != nil)
    #expect(again.steps == summary.steps)
  }

  @Test("Another configuration is refused with what differs, also one edited by hand")
  func otherConfiguration() throws {
    let options = try ResumeCase(network: "dense-2").options(scratch)
    let (directory, _) = try run(options).start(output: scratch.path("run"))
    var other = options
    (other.seed, other.learningRate, other.threads) = (6, 0.25, 2)
    let error = try #require(runError { try run(other).resume(directory) })
    #expect(error.kind == .configuration)
    #expect(error.description.contains("learning-rate 0.1 -> 0.25, seed 5 -> 6."), "\(error)")
    (other.seed, other.learningRate) = (options.seed, options.learningRate)
    #expect(try run(other).resume(directory).threads == 2)

    let text = try String(contentsOf: directory.configuration, encoding: .utf8)
    try Data(text.replacingOccurrences(of: "seed: 5", with: "seed: 7").utf8)
      .write(to: directory.configuration)
    other.seed = 7
    let edited = try #require(runError { try run(other).resume(directory) })
    #expect(edited.description.contains("seed 5 -> 7"), "\(edited)")
  }

  @Test("A damaged checkpoint gives way to the one before; without a whole one there is an error")
  func damaged() throws {
    let options = try ResumeCase(network: "dense-2").options(scratch)
    let whole = try run(options).start(output: scratch.path("whole"))
    let (counter, wish) = stopping(after: 5)
    let (directory, _) = try run(options).start(
      output: scratch.path("run"), observers: [counter], shouldStop: wish)
    func damage(_ name: String) throws {
      try scratch.write("no tensors", to: "run/checkpoints/\(name)/parameters.safetensors")
    }
    try damage("step-00000005")
    let notices = NoticeKeeper()
    #expect(try run(options).resume(directory, observers: [notices]).status == .completed)
    #expect(notices.texts.count == 1 && notices.texts[0].contains("step-00000005"))
    #expect(scratch.names(in: "run/checkpoints").contains("damaged-step-00000005"))
    #expect(try result(directory) == result(whole.directory))

    for name in directory.saved.names { try damage("\(name)") }
    let error = runError { try run(options).resume(directory) }
    #expect(
      error?.kind == .badData && error?.description.contains("no checkpoint is whole") == true)
  }

  @Test("A run that was killed before its first checkpoint begins again")
  func withoutCheckpoint() throws {
    let options = try ResumeCase(network: "dense-2").options(scratch)
    let whole = try run(options).start(output: scratch.path("whole"))
    let directory = try RunDirectory.create(
      scratch.path("run"), for: RunConfiguration(resolving: options))
    try directory.write(RunConfiguration(resolving: options).options)
    #expect(try run(options).resume(directory).status == .completed)
    #expect(try result(directory) == result(whole.directory))
  }

  @Test("A second training in the same directory is refused while the first goes on")
  func lock() throws {
    let options = try ResumeCase(network: "dense-2").options(scratch)
    let rival = Rival { directory in runError { try self.run(options).resume(directory) } }
    rival.directory = RunDirectory(URL(fileURLWithPath: scratch.path("run")))
    let (directory, _) = try run(options).start(output: scratch.path("run"), observers: [rival])
    #expect(rival.error?.kind == .cannotCreate)
    #expect(rival.error?.description.contains("another process trains") == true)
    #expect(try run(options).resume(directory).status == .completed)
  }
}

/// Counts steps.
private final class StepCounter: TrainingObserver {
  var steps = 0
  func receive(_ event: TrainingEvent) { if case .step = event { steps += 1 } }
}

/// Keeps notices.
private final class NoticeKeeper: TrainingObserver {
  var texts: [String] = []
  func receive(_ event: TrainingEvent) { if case .notice(let text) = event { texts.append(text) } }
}

/// Tries to train into the same directory.
private final class Rival: TrainingObserver {
  var directory: RunDirectory?
  var error: RunError?
  private let attempt: (RunDirectory) -> RunError?
  init(_ attempt: @escaping (RunDirectory) -> RunError?) { self.attempt = attempt }
  func receive(_ event: TrainingEvent) {
    if case .epoch = event, error == nil, let directory { error = attempt(directory) }
  }
}
