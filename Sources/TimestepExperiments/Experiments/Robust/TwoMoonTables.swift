import TimestepData
import TimestepDiagnostics

/// The states of trained networks for two moons.
struct TwoMoonTables {
  /// Points after some blocks, for a training of each kind that ended.
  var states: DiagnosticTable
  /// Points after the first blocks, for a training of each kind that became no number.
  var failed: DiagnosticTable
  /// Predicted classes in the plane of the inputs, for the trainings that ended.
  var predictions: DiagnosticTable
  /// Distances and relative steps of every block of every training.
  var extents: DiagnosticTable
  /// A row for each training.
  var trainings: DiagnosticTable
  /// The kinds of training that pictures show.
  private var drawn: Set<[TableValue]> = []

  init(
    _ context: ExperimentContext, source: String, norm: DiagnosticTable.Column, pictures: Int
  ) throws {
    func table(_ name: String, _ title: String) -> DiagnosticTable {
      DiagnosticTable(
        name, title, source: source,
        notes: [
          "Coordinates are over the largest distance r from the origin; block 0 is before the first."
        ],
        columns: [
          .text("panel", "network and block"), .integer("block", "block"), .text("class", "class"),
          .number("x", "first coordinate / r"), .number("y", "second coordinate / r"),
          .number("radius", "r"),
        ])
    }
    states = table("states", "States of the test points after some blocks")
    failed = table("states-failed", "States where the training became no number")
    predictions = DiagnosticTable(
      "predictions", "What is predicted for the test points", source: source,
      columns: [
        .text("panel", "network"), .number("x", "first coordinate"),
        .number("y", "second coordinate"), .text("class", "class"),
        .text("predicted", "predicted class"),
      ])
    extents = DiagnosticTable(
      "extents", "How far states are thrown", source: source,
      columns: [
        norm, Robust.h, .integer("seed", "seed"), .flag("ended", "the training ended"),
        .integer("block", "block"),
        .number("radius", "largest distance from the origin"),
        .number("step", "relative step to the next, mean"),
      ])
    trainings = DiagnosticTable(
      "trainings", "The trainings", source: source,
      columns: [
        norm, Robust.h, .integer("seed", "seed"), .flag("diverged", "became no number"),
        .number("accuracy", "test accuracy", unit: "%"),
        .number("radius", "largest distance after the last block"),
        .number("step", "relative step, mean over blocks"),
      ])
    for outcome in context.trials.all {
      try add(
        outcome, ["norm", "h"].map { context.trials.value($0, of: outcome) }, pictures: pictures,
        seed: context.seed)
    }
  }

  /// Adds a training, with pictures where it is the first of its kind.
  private mutating func add(
    _ outcome: TrialOutcome, _ place: [TableValue], pictures: Int, seed: UInt64
  ) throws {
    let saved = try outcome.saved()
    let subject = try saved.diagnosticContext(
      seed: seed, budget: DiagnosticBudget(examples: 400))
    let follower = try DiagnosticCatalog.diagnostic(
      named: "trajectories:pictures=\(outcome.hasDiverged ? 1000 : pictures)")
    let moved = try follower.measure(subject).tables
    let steps = try RelativeStep().measure(subject).tables[0].numbers("step")
    let radii = moved[1].numbers("radius")
    let row = place + [.integer(Int(outcome.trial.seed))]
    for (block, radius) in radii.enumerated() {
      try extents.append(
        row + [
          .flag(!outcome.hasDiverged), .integer(block), .number(radius),
          steps.indices.contains(block) ? .number(steps[block]) : .missing,
        ])
    }
    try trainings.append(
      row + [
        .flag(outcome.hasDiverged), .number(100 * outcome.finalAccuracy), .number(radii.last),
        .number(steps.average),
      ])
    guard drawn.insert(place + [.flag(outcome.hasDiverged)]).inserted else { return }
    let name =
      (place[0] == TwoMoonStates.with ? "normalised, " : "")
      + "h = \(place[1].brief), seed \(outcome.trial.seed)"
    if outcome.hasDiverged {
      try Self.add(moved[0], radii, name, to: &failed) { $0 < pictures && radii[$0].isFinite }
    } else {
      try Self.add(moved[0], radii, name, to: &states)
      try addPredictions(saved, name)
    }
  }

  /// Adds the points of some blocks to a table of states.
  private static func add(
    _ points: DiagnosticTable, _ radii: [Double], _ name: String,
    to states: inout DiagnosticTable, where isShown: (Int) -> Bool = { _ in true }
  ) throws {
    let (xs, ys) = (points.numbers("x"), points.numbers("y"))
    let blocks = points.numbers("block").map { Int($0) }
    let classes = points["class"]
    for (index, block) in blocks.enumerated() where isShown(block) {
      let radius = radii[block]
      let scale = radius > 0 && radius.isFinite ? radius : 1
      try states.append([
        .text("\(name), block \(block), r = \(radius.brief)"), .integer(block), classes[index],
        .number(xs[index] / scale), .number(ys[index] / scale), .number(radius),
      ])
    }
  }

  private mutating func addPredictions(_ saved: SavedRun, _ name: String) throws {
    let dataset = saved.configuration.dataset
    guard let points = try dataset.load(split: .test) as? PointDataset,
      let found = try saved.evaluate(.test)
    else { return }
    for index in points.labels.indices {
      let scores = found.outputs[2 * index..<2 * index + 2].map(Double.init)
      try predictions.append([
        .text(name), .number(Double(points.coordinates[2 * index])),
        .number(Double(points.coordinates[2 * index + 1])),
        .text(points.classNames[Int(points.labels[index])]),
        .text(points.classNames[scores[1] > scores[0] ? 1 : 0]),
      ])
    }
  }
}
