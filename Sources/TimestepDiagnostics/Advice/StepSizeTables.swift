import Foundation
import TimeStepping

/// The tables and plots of ``StepSizeAdvice``, and the reasoning in words.
struct StepSizeTables {
  let gainBound: Double
  let noiseBound: Double
  var advice: DiagnosticTable
  var scan: DiagnosticTable
  var spectrum: DiagnosticTable
  var summary: [String] = []

  init(gainBound: Double, noiseBound: Double, source: String) {
    self.gainBound = gainBound
    self.noiseBound = noiseBound
    advice = DiagnosticTable(
      "step-size", "Advice on the step size of each stage", source: source,
      notes: [
        "Bounds: backward gain \(gainBound.text), noise amplification \(noiseBound.text), of each stage by itself.",
        "The advice is local: Jacobians are frozen where this network has them, with its own h.",
      ],
      columns: [
        .text("stage", "stage"), .text("scheme", "scheme"), .integer("blocks", "blocks"),
        .number("h", "step size h"), .number("norm_mean", "mean norm W_l of a Jacobian"),
        .number("norm_max", "largest norm W_l"), .number("gain", "backward gain at h"),
        .number("worst_gain", "largest gain of any gradient at h"),
        .number("noise", "noise amplification at h"),
        .number("product_bound", "product bound at h"),
        .number("paper_bound", "bound of Proposition 1 at h"),
        .number("h_gain", "largest h for the backward gain"),
        .number("h_noise", "largest h for the noise"),
        .number("h_guaranteed", "largest h by the product bound"),
        .number("h_stable", "largest h for every decaying mode"),
        .number("h_mostly_stable", "largest h for nine decaying modes of ten"),
        .number("decaying", "share of decaying modes", unit: "%"),
        .number("inside", "share of decaying modes in the stability region at h", unit: "%"),
        .number("advice", "advised h"), .text("reasoning", "reasoning"),
      ])
    scan = DiagnosticTable(
      "step-size-scan", "Growth in a stage against the step size", source: source,
      columns: [
        .text("stage", "stage"), .number("h", "step size h"),
        .number("gain", "backward gain"), .number("noise", "noise amplification"),
        .number("product", "product bound"), .number("paper", "bound of Proposition 1"),
      ])
    spectrum = DiagnosticTable(
      "step-size-spectrum", "Modes of the blocks, and what the scheme makes of them",
      source: source,
      notes: ["Ritz values times the step size: z = h lambda of the scheme's test equation."],
      columns: [
        .text("stage", "stage"), .integer("block", "block"), .number("real", "Re h lambda"),
        .number("imaginary", "Im h lambda"), .number("growth", "growth |R(h lambda)| of a step"),
        .flag("decaying", "decaying in the exact solution"),
      ])
  }

  /// Adds a stage with what was found for ascending step sizes.
  mutating func add(
    stage number: Int, _ study: StepSizeStudy, _ points: [StepSizeStudy.Point], isCut: Bool
  ) throws {
    let name = "stage \(number)"
    for point in points {
      try scan.append([
        .text(name), .number(point.h), .number(point.gain), .number(point.noise),
        .number(point.product), .number(point.paper),
      ])
    }
    let h = study.h
    let scheme = study.linear.stage.scheme
    for mode in study.modes {
      let z = (h * mode.value.real, h * mode.value.imaginary)
      try spectrum.append([
        .text(name), .integer(mode.step), .number(z.0), .number(z.1),
        .number(scheme.amplificationFactor(.init(z.0, z.1)).length), .flag(mode.isDecaying),
      ])
    }
    let most = points.last?.h ?? h
    let gain = try limit(study, points, below: gainBound) { $0.gain }
    let noise = try limit(study, points, below: noiseBound) { $0.noise }
    let now = try study.point(factor: 1)
    let worst = try study.worstGain(factor: 1)
    let decaying = study.modes.filter(\.isDecaying)
    let limits = decaying.map { study.stabilityLimit(of: $0, upTo: most) }.sorted()
    let inside = decaying.filter { study.isInside($0, h: h) }.count
    let share = { (part: Int, whole: Int) -> Double? in
      whole > 0 ? 100 * Double(part) / Double(whole) : nil
    }
    let advised = Swift.min(gain ?? most, noise ?? most)
    let guaranteed = study.guaranteedFactor(bound: gainBound).map { $0 * h }
    let reasoning = self.reasoning(
      gain: gain, noise: noise, most: most, h: h, advised: advised,
      guaranteed: guaranteed, decaying: decaying.count, inside: inside, isCut: isCut)
    let mostly = limits.isEmpty ? nil : limits[limits.count / 10]
    try advice.append([
      .text(name), .text(scheme.name), .integer(study.norms.count), .number(h),
      .number(study.norms.mean), .number(study.norms.max()), .number(now.gain), .number(worst),
      .number(now.noise), .number(now.product), .number(now.paper), .number(gain), .number(noise),
      .number(guaranteed.flatMap { $0.isFinite ? $0 : nil }), .number(limits.first),
      .number(mostly), .number(share(decaying.count, study.modes.count)),
      .number(share(inside, decaying.count)), .number(advised), .text(reasoning),
    ])
    summary.append("\(name), \(study.norms.count.of("block")), h = \(h.text): \(reasoning)")
  }

  /// The largest step size up to which a quantity stays below a bound, between two that were tried; nil where it does
  /// at all of them.
  private func limit(
    _ study: StepSizeStudy, _ points: [StepSizeStudy.Point], below bound: Double,
    _ quantity: (StepSizeStudy.Point) -> Double
  ) throws -> Double? {
    // What is no number is above every bound.
    guard let first = points.firstIndex(where: { !(quantity($0) <= bound) }) else { return nil }
    var (low, high) = (first > 0 ? points[first - 1].h : 0, points[first].h)
    for _ in 0..<6 {
      let middle = (low + high) / 2
      if try quantity(study.point(factor: middle / study.h)) <= bound {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }

  private func reasoning(
    gain: Double?, noise: Double?, most: Double, h: Double, advised: Double, guaranteed: Double?,
    decaying: Int, inside: Int, isCut: Bool
  ) -> String {
    func text(_ limit: Double?, _ what: String, _ bound: Double) -> String {
      limit.map { "\(what) stays below \(bound.text) up to h = \($0.text)" }
        ?? "\(what) stays below \(bound.text) up to the largest h tried, \(most.text)"
    }
    var parts = [
      text(gain, "the backward gain", gainBound),
      text(noise, "the noise amplification", noiseBound),
    ]
    if let guaranteed, guaranteed.isFinite {
      parts.append("for any gradient whatever, the product bound allows h = \(guaranteed.text)")
    }
    parts.append(
      decaying == 0
        ? "no mode decays, so that stability asks for nothing"
        : "\(inside) of \(decaying) decaying modes lie in the stability region at h = \(h.text)")
    parts.append(
      h <= advised * (1 + 1e-9)
        ? "h = \(h.text) is within the bounds"
        : "h = \(h.text) is too large by a factor of \((h / advised).text); advised is \(advised.text)"
    )
    if isCut { parts.append("larger h were not tried, the time was up") }
    return parts.joined(separator: "; ")
  }

  /// The pictures.
  func plots(_ label: String) -> [Plot] {
    func line(_ column: String, _ name: JSONValue, dashed: Bool) -> Plot.Layer {
      .init(
        .line(dashed: dashed), of: scan.name, x: .column("h", scale: .log),
        y: .column(column, scale: .log, title: "growth in the stage"), color: .datum(name))
    }
    return [
      Plot(
        "step-size-scan", "Growth in a stage against the step size", subtitle: [label],
        layers: [
          line("gain", "backward gain", dashed: false),
          line("noise", "noise amplification", dashed: false),
          line("product", "product bound", dashed: true),
          line("paper", "Proposition 1", dashed: true),
          .init(.rule(dashed: true), of: scan.name, y: .datum(.number(gainBound))),
          .init(.rule(dashed: true), of: scan.name, y: .datum(.number(noiseBound))),
        ], facet: .init("stage", columns: 3, independentY: true), width: 280, height: 260),
      Plot(
        "step-size-spectrum", "Modes of the blocks times the step size",
        subtitle: [label, "a step makes modes with |R| > 1 grow"],
        layers: [
          .init(
            .point(size: 24), of: spectrum.name, x: .column("real"), y: .column("imaginary"),
            color: .column("growth", colorScheme: "viridis"), shape: .column("decaying"))
        ], facet: .init("stage", columns: 3), width: 260, height: 260),
    ]
  }
}
