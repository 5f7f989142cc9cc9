import Foundation
import TimestepDiagnostics

/// `lecture/smooth-objective`: the objective along a line, and its gradient, with and without skips.
struct SmoothObjective: Experiment {
  let id = "lecture/smooth-objective"
  let title = "objective along a line and entries of the gradient, with and without skips"
  let source = "\(Lecture.source), \"Simplified Residual Neural Network\"; course code"
  let assumptions = [
    "Course code: widths 4 (five layers) and 1, tanh, 100 random examples, K = 0.2 randn, target: the "
      + "output of a second random net; no biases; h = 1.",
    "\"Smoother\" is measured as the largest second difference along the line relative to the range of "
      + "values, over 50 draws of both nets; each kind of net has the target that its own second weights "
      + "give.",
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let points = context.scale.choose(smoke: 20, otherwise: 111)
    let shares = Lecture.spaced(-0.1...1, points)
    let draws = context.scale.choose(smoke: 2, otherwise: 50)
    var lines = DiagnosticTable(
      "smooth-objective", "Objective along the line between two sets of weights", source: source,
      notes: ["At 1 the weights are those that made the target."],
      columns: [
        .text("net", "net"), .number("share", "share t of the way"), .number("value", "phi"),
        .number("relative", "phi over its value at 0"),
      ])
    var entries = DiagnosticTable(
      "smooth-objective-gradient", "Entries of the gradient at t = 0", source: source,
      columns: [
        .text("net", "net"), .number("low", "log10 |entry|"), .number("high", "log10 |entry|"),
        .integer("count", "entries"),
      ])
    var draw = DiagnosticTable(
      "smooth-objective-draws", "Every draw", source: source,
      columns: [
        .integer("draw", "draw"), .text("net", "net"), .number("bend", "largest bend of the line"),
        .number("gradient", "|gradient|"),
      ])
    for (name, hasSkips) in [("ResNet", true), ("plain net", false)] {
      var all: [Double] = []
      for index in 0..<draws {
        let objective = try SkipObjective(hasSkips: hasSkips, seed: context.seed &+ UInt64(index))
        let values = try objective.values(along: shares)
        let gradient = try objective.gradient()
        all += gradient
        try draw.append([
          .integer(index), .text(name),
          .number(SkipObjective.bend(values, spacing: shares[1] - shares[0])),
          .number(gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()),
        ])
        guard index == 0 else { continue }
        let start = try objective.values(along: [0])[0]
        for (share, value) in zip(shares, values) {
          try lines.append([.text(name), .number(share), .number(value), .number(value / start)])
        }
      }
      for low in stride(from: -6.0, to: 2, by: 0.25) {
        let count = all.count { abs($0) > 0 && (low..<low + 0.25).contains(log10(abs($0))) }
        try entries.append([
          .text(name), .number(low), .number(low + 0.25), .integer(count),
        ])
      }
    }
    func median(_ net: TableValue, _ column: Int) -> Double {
      draw.rows.filter { $0[1] == net }.compactMap { $0[column].number }.median
    }
    let pairs = (0..<draws).map { index in
      draw.rows.filter { $0[0] == .integer(index) }.compactMap { $0[2].number }
    }
    let smoother = pairs.count { $0.count == 2 && $0[0] < $0[1] }
    return ExperimentResult(
      tables: [lines, entries, draw],
      plots: [
        Plot(
          "smooth-objective", "Objective along the line from one random net to another",
          subtitle: ["first draw; both relative to their value at t = 0"],
          layers: [
            .init(
              .line(), of: lines.name, x: .column("share"),
              y: .column("relative", includesZero: true), color: .column("net"))
          ]),
        Plot(
          "smooth-objective-gradient", "Entries of the gradient at t = 0",
          subtitle: ["\(draws) draws of both nets"],
          layers: [
            .init(
              .line(points: true), of: entries.name, x: .column("low"), y: .column("count"),
              color: .column("net"))
          ]),
      ],
      claims: [
        context.claim(
          "Skips make gradients larger", median("ResNet", 3) > median("plain net", 3),
          "median |gradient| \(median("ResNet", 3).brief) and \(median("plain net", 3).brief)"),
        context.claim(
          "Skips lead to a smoother objective", median("ResNet", 2) < median("plain net", 2),
          "median of the largest bend \(median("ResNet", 2).brief) and "
            + "\(median("plain net", 2).brief); smaller with skips in \(smoother) of \(draws) draws"
        ),
      ])
  }
}
