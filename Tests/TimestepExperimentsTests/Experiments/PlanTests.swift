import Foundation
import TestSupport
import Testing
import TimestepData
import TimestepDiagnostics

import TimestepExperiments

@Suite("Plans of experiments") struct PlanTests {
  /// A plan of two settings, the second of which is optional.
  static func plan(seeds: [UInt64] = [1, 2, 3]) -> ExperimentPlan {
    var plan = ExperimentPlan(axes: [.number("h", "step size h")], seeds: seeds, fewestEpochs: 2)
    for (h, isOptional) in [(1.0, false), (0.1, true)] {
      var options = RunOptions()
      options.network = "dense-3"
      options.dataset = "two-moons"
      options.h = h
      options.epochs = 8
      options.dropAt = [4, 6]
      plan.add([.number(h)], options, isOptional: isOptional)
    }
    return plan
  }

  @Test("A plan is every setting with every seed") func trials() throws {
    let trials = try Self.plan().trials()
    #expect(trials.map(\.seed) == [1, 2, 3, 1, 2, 3])
    #expect(Set(trials.map(\.identity)).count == 6)
    #expect(trials.allSatisfy { $0.values.count == 1 })
  }

  @Test("What says only where and how a trial is carried out is no part of its identity")
  func identity() throws {
    let setting = Self.plan().settings[0]
    let trial = try Trial(setting.values, setting.options, seed: 1)
    var elsewhere = setting.options
    elsewhere.output = "/somewhere"
    elsewhere.threads = 7
    elsewhere.checkpointEvery = "3"
    // What is the default and what is written out is one choice.
    elsewhere.batchSize = 128
    #expect(try Trial([], elsewhere, seed: 1).identity == trial.identity)
    for change: (inout RunOptions) -> Void in [
      { $0.h = 0.5 }, { $0.epochs = 9 }, { $0.batchSize = 64 }, { $0.precision = "fp64" },
      { $0.diagnose = ["layer-norms"] },
    ] {
      var other = setting.options
      change(&other)
      #expect(try Trial(setting.values, other, seed: 1).identity != trial.identity)
    }
    #expect(try Trial(setting.values, setting.options, seed: 2).identity != trial.identity)
  }

  @Test(
    "A data set that is missing is an error with the command that fetches it, once for each set")
  func missingData() throws {
    let scratch = try Scratch()
    let search = DatasetSearch(
      dataDirectory: scratch.url.path, currentDirectory: scratch.url.path,
      systemDirectory: scratch.path("system"))
    func trials(_ dataset: String) throws -> TrialData {
      var options = RunOptions()
      options.network = "resnet-8"
      options.dataset = dataset
      return TrialData(of: [try Trial([], options, seed: 1), try Trial([], options, seed: 2)])
    }
    let error = #expect(throws: RunError.self) { try trials("cifar-10").check(search) }
    #expect(error?.kind == .notFound)
    #expect(error?.description.contains("run 'timestep data fetch cifar-10', or put") == true)
    #expect(error?.description.contains("TIMESTEP_DATA") == true)
    #expect(throws: Never.self) { try trials("synthetic-shapes").check(search) }
  }

  @Test("A budget takes seeds first, then epochs, then optional settings")
  func budget() {
    func reduced(_ budget: Double) -> (seeds: Int, epochs: Int?, settings: Int, notes: Int) {
      // One second for each epoch: the whole plan takes 48 seconds on one worker.
      let (plan, notes) = Self.plan().reduced(to: budget, workers: 1) {
        Double($0.options.epochs ?? 0)
      }
      return (
        plan.seeds.count, plan.settings[0].options.epochs, plan.settings.count, notes.count
      )
    }
    #expect(reduced(48) == (3, 8, 2, 0))
    #expect(reduced(47) == (2, 8, 2, 1))
    #expect(reduced(16) == (1, 8, 2, 1))
    #expect(reduced(10) == (1, 5, 2, 2))
    #expect(reduced(4) == (1, 2, 2, 2))
    #expect(reduced(2) == (1, 2, 1, 3))
    #expect(reduced(1) == (1, 2, 1, 4), "the smallest version is carried out, and it is said")
  }

  @Test("Two workers take half the time") func workers() {
    let (plan, notes) = Self.plan().reduced(to: 24, workers: 2) {
      Double($0.options.epochs ?? 0)
    }
    #expect(plan.seeds.count == 3 && notes.isEmpty)
  }

  @Test("Drops of the learning rate keep their shares of the epochs") func drops() {
    var options = PlanTests.plan().settings[0].options
    options.shorten(to: 4, from: options)
    #expect(options.epochs == 4 && options.dropAt == [2, 3])
  }

  @Test(
    "Each drop has an epoch of its own before the last",
    arguments: [
      (80, [40.0, 60], 5, [3.0, 4]), (80, [40, 60], 3, [1, 2]), (80, [40, 60], 2, [1]),
      (80, [40, 60], 1, []), (6, [3, 4], 5, [2, 3]), (6, [3, 4], 4, [2, 3]), (10, [], 5, []),
    ])
  func shortened(all: Int, drops: [Double], epochs: Int, expected: [Double]) {
    var options = RunOptions()
    options.epochs = all
    options.dropAt = drops
    options.shorten(to: epochs, from: options)
    #expect(options.dropAt == expected)
  }

  @Test("A budget leaves out what is compared together, or none of it") func pairs() {
    var plan = ExperimentPlan(
      axes: [.integer("depth", "depth"), .number("h", "step size h")], fewestEpochs: 8)
    var options = RunOptions()
    options.epochs = 8
    for depth in [8, 20, 44] {
      for h in [1, 0.1] {
        plan.add([.integer(depth), .number(h)], options, isOptional: depth > 8)
      }
    }
    func depths(_ plan: ExperimentPlan, _ budget: Double) -> [Double] {
      plan.reduced(to: budget, workers: 1) { _ in 1 }.plan.settings.compactMap {
        $0.values[0].number
      }
    }
    #expect(depths(plan, 5) == [8, 8, 20, 20])
    #expect(depths(plan, 3) == [8, 8])
    plan.compared = nil
    #expect(depths(plan, 5) == [8, 8, 20, 20, 44])
    plan.compared = "depth"
    #expect(depths(plan, 5) == [8, 8, 20, 44])
  }

  @Test("Shards divide trials among them") func shards() throws {
    let trials = try Self.plan().trials()
    for count in 1...7 {
      let parts = (1...count).compactMap { Shard("\($0)/\(count)")?.part(of: trials) }
      #expect(parts.map(\.count).reduce(0, +) == trials.count)
      #expect(parts.reduce(into: Set()) { $0.formUnion($1) } == Set(trials.map(\.identity)))
    }
    for text in ["", "1", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2"] {
      #expect(Shard(text) == nil)
    }
  }

  @Test(
    "Cores as the kernel lists them",
    arguments: [("0-3,8", [0, 1, 2, 3, 8]), ("5", [5]), ("", [])])
  func cores(text: String, expected: [Int]) {
    #expect(ProcessorCores.list(text) == expected)
    #expect(!ProcessorCores.available.isEmpty)
  }

  @Test(
    "Medians and spreads",
    arguments: [([1.0, 3, 2], 2.0, (2.0 / 3).squareRoot()), ([4, 2], 3, 1)])
  func statistics(numbers: [Double], median: Double, spread: Double) {
    #expect(numbers.median == median)
    #expect(abs(numbers.spread - spread) < 1e-15)
    #expect([Double]().median.isNaN && [Double]().spread.isNaN)
  }
}
