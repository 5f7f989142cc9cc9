import TimestepDiagnostics

/// The finished trainings of a plan, by their places on its axes.
public struct TrialOutcomes {
  /// What they differ in.
  public let axes: [DiagnosticTable.Column]
  /// All of them, in the order of the plan.
  public let all: [TrialOutcome]

  /// Joins the parts.
  public init(axes: [DiagnosticTable.Column], all: [TrialOutcome]) {
    self.axes = axes
    self.all = all
  }

  /// The place of an outcome on an axis; missing where there is no such axis.
  public func value(_ axis: String, of outcome: TrialOutcome) -> TableValue {
    axes.firstIndex { $0.name == axis }.map { outcome.trial.values[$0] } ?? .missing
  }

  /// Those at a place, whatever their seeds: `outcomes.at(["h": 0.1, "depth": 44])`.
  public func at(_ place: [String: TableValue]) -> [TrialOutcome] {
    all.filter { outcome in
      place.allSatisfy { value($0.key, of: outcome).matches($0.value) }
    }
  }

  /// The places on some axes that occur, in the order of the plan.
  public func values(_ axis: String) -> [TableValue] {
    var seen: Set<TableValue> = []
    return all.map { value(axis, of: $0) }.filter { seen.insert($0).inserted }
  }

  /// Every training with its place, its seed and what came out: the raw record behind every figure.
  public func record(source: String) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "trials", "Every training", source: source,
      notes: [
        "A training has failed where its loss became no number or its accuracy never exceeded 1.5 times that of a guess."
      ],
      columns: axes + [
        .integer("seed", "seed"), .text("status", "status"), .flag("failed", "failed"),
        .integer("epochs", "epochs"), .integer("steps", "steps"),
        .number("final_accuracy", "final test accuracy", unit: "%"),
        .number("best_accuracy", "best test accuracy", unit: "%"),
        .number("train_loss", "final training loss"), .number("test_loss", "final test loss"),
        .integer("parameters", "parameters"), .text("run", "run"),
      ])
    for outcome in all {
      let summary = outcome.summary
      try table.append(
        outcome.trial.values + [
          .integer(Int(outcome.trial.seed)), .text(summary.status.rawValue),
          .flag(summary.bestTestAccuracy == nil ? outcome.hasDiverged : outcome.hasFailed),
          .integer(summary.epochs), .integer(summary.steps),
          .number(summary.finalTestAccuracy.map { 100 * $0 }),
          .number(summary.bestTestAccuracy.map { 100 * $0 }), .number(summary.finalTrainLoss),
          .number(summary.finalTestLoss), .integer(summary.parameters), .text(outcome.trial.name),
        ])
    }
    return table
  }

  /// A quantity over the seeds of each place: median, standard deviation, extremes, failures.
  ///
  /// - Parameters:
  ///   - places: the axes that tell places apart; all of them where nil.
  ///   - isFailed: which trainings are counted as failed.
  ///   - quantity: the number of one training; those without one count among seeds and failures only.
  public func overSeeds(
    _ name: String, _ title: String, source: String, places: [String]? = nil,
    column: DiagnosticTable.Column, isFailed: (TrialOutcome) -> Bool = \.hasFailed,
    _ quantity: (TrialOutcome) throws -> Double?
  ) throws -> DiagnosticTable {
    let used = places ?? axes.map(\.name)
    let columns = used.compactMap { name in axes.first { $0.name == name } }
    var table = DiagnosticTable(
      name, title, source: source,
      notes: [
        "Median over seeds, with the standard deviation, the lowest and the highest of them; empty where none has a number."
      ],
      columns: columns + [
        .integer("seeds", "seeds"), .integer("failed", "failed trainings"), column,
        .number("deviation", "standard deviation over seeds", unit: column.unit),
        .number("low", "median - deviation", unit: column.unit),
        .number("high", "median + deviation", unit: column.unit),
        .number("lowest", "lowest over seeds", unit: column.unit),
        .number("highest", "highest over seeds", unit: column.unit),
      ])
    var order: [[TableValue]] = []
    var groups: [[TableValue]: [TrialOutcome]] = [:]
    for outcome in all {
      let place = used.map { value($0, of: outcome) }
      if groups[place] == nil { order.append(place) }
      groups[place, default: []].append(outcome)
    }
    for place in order {
      let group = groups[place] ?? []
      let numbers = try group.compactMap(quantity)
      let (median, spread) = (numbers.median, numbers.spread)
      let statistics = [
        median, spread, median - spread, median + spread, numbers.min() ?? .nan,
        numbers.max() ?? .nan,
      ]
      try table.append(
        place + [.integer(group.count), .integer(group.count(where: isFailed))]
          + statistics.map { numbers.isEmpty ? .missing : .number($0) })
    }
    return table
  }
}

extension TableValue {
  /// The entry for sentences: a number with three digits.
  package var brief: String { number?.brief ?? description }

  /// Equality in which whole numbers and real ones are numbers.
  func matches(_ other: TableValue) -> Bool {
    if let mine = number, let yours = other.number { return mine == yours }
    return self == other
  }
}
