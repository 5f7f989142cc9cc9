import ComplexModule
import RealModule
import TimeStepping
import TimestepNetworks

/// The tables and plots of ``StepSizeAdvice``.
struct StepSizeTables {
  let bounds: StepSizeScan.Bounds
  var advice: DiagnosticTable
  var scan: DiagnosticTable
  var spectrum: DiagnosticTable
  var plane: DiagnosticTable
  var summary: [String] = []
  private var schemes: [(stage: String, scheme: any Scheme)] = []

  init(_ bounds: StepSizeScan.Bounds, source: String) {
    self.bounds = bounds
    advice = DiagnosticTable(
      "step-size", "Advice on the step size of each stage", source: source,
      notes: [
        "Bounds: backward gain \(bounds.gain.text), noise amplification \(bounds.noise.text), of each stage by itself.",
        "A largest h that was not met, because of the time or the largest h tried, is missing; the reasoning says how far it was looked for.",
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
        .number("advice", "advised h"),
        .flag("is_cut", "the time was up before the bounds were met"),
        .text("reasoning", "reasoning"),
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
        .integer("block", "block"), .text("stage", "stage"), .text("path", "place"),
        .number("real", "Re h lambda"), .number("imaginary", "Im h lambda"),
        .number("growth", "growth |R(h lambda)| of a step"),
        .flag("decaying", "decaying in the exact solution"),
      ])
    plane = DiagnosticTable(
      "step-size-plane", "Modes of the blocks, and the border of the stability region",
      source: source,
      notes: [
        "Each row is a mode, or a straight piece of the border |R(z)| = 1 of the stage's scheme."
      ],
      columns: [
        .text("stage", "stage"), .text("part", "part"), .number("re", "Re h lambda"),
        .number("re_end", "Re h lambda"), .number("im", "Im h lambda"),
        .number("im_end", "Im h lambda"), .number("growth", "growth |R(h lambda)| of a step"),
      ])
  }

  /// Adds what was found for a stage.
  mutating func add(
    stage number: Int, of network: ResidualNetwork, _ study: StepSizeStudy, _ found: StepSizeScan,
    _ limits: StepSizeLimits
  ) throws {
    let name = "stage \(number)"
    for point in found.points {
      try scan.append([
        .text(name), .number(point.h), .number(point.gain), .number(point.noise),
        .number(point.product), .number(point.paper),
      ])
    }
    try addModes(stage: number, of: network, study)
    let (h, now) = (study.h, found.now)
    let decaying = study.modes.filter(\.isDecaying)
    let inside = decaying.filter { study.isInside($0, h: h) }.count
    func share(_ part: Int, _ whole: Int) -> TableValue {
      whole > 0 ? .number(100 * Double(part) / Double(whole)) : .missing
    }
    let guaranteed = study.guaranteedFactor(bound: bounds.gain).map { $0 * h }
    let reasoning = StepSizeReasoning(
      bounds: bounds, limits: limits, end: found.end, h: h, isWithin: found.keepsBounds(now),
      guaranteed: guaranteed, decaying: decaying.count, inside: inside
    ).text
    try advice.append([
      .text(name), .text(study.linear.stage.scheme.name), .integer(study.norms.count), .number(h),
      .number(study.norms.mean), .number(study.norms.max()), .number(now.gain),
      .number(study.worstGain(factor: 1)), .number(now.noise), .number(now.product),
      .number(now.paper), .number(limits.gain.value), .number(limits.noise.value),
      .number(guaranteed.flatMap { $0.isFinite ? $0 : nil }), .number(limits.stable?.value),
      .number(limits.mostlyStable?.value), share(decaying.count, study.modes.count),
      share(inside, decaying.count), .number(limits.advised.value),
      .flag(found.end == .timeForBounds), .text(reasoning),
    ])
    summary.append("\(name), \(study.norms.count.of("block")), h = \(h.text): \(reasoning)")
  }

  private mutating func addModes(
    stage number: Int, of network: ResidualNetwork, _ study: StepSizeStudy
  ) throws {
    let scheme = study.linear.stage.scheme
    schemes.append(("stage \(number)", scheme))
    for mode in study.modes {
      let z = Complex(study.h * mode.value.real, study.h * mode.value.imaginary)
      let growth = scheme.amplificationFactor(z).length
      let place = BlockPlace("stages.\(number).steps.\(mode.step)", of: network)
      try spectrum.append(
        place.cells + [
          .number(z.real), .number(z.imaginary), .number(growth), .flag(mode.isDecaying),
        ])
      try plane.append([
        .text("stage \(number)"), .text(mode.isDecaying ? "decaying mode" : "growing mode"),
        .number(z.real), .missing, .number(z.imaginary), .missing, .number(growth),
      ])
    }
  }

  /// The pictures; the borders of the stability regions are added to the plane where its modes are.
  mutating func plots(_ label: String) throws -> [Plot] {
    let borders = schemes.map(\.scheme)
    let limits = borders.map(\.realStabilityLimit).filter { $0.isFinite && $0 <= 6 }
    let window = PlaneWindow(
      re: plane.numbers("re") + [-2.5, 0.5] + limits.map { -$0 },
      im: plane.numbers("im") + [-1.5, 1.5])
    for (stage, scheme) in schemes {
      for piece in StabilityBorder(scheme, re: window.re, im: window.im).pieces {
        try plane.append([
          .text(stage), "border", .number(piece.x), .number(piece.xEnd), .number(piece.y),
          .number(piece.yEnd), .missing,
        ])
      }
    }
    return [scanPlot(label), planePlot(label, window)]
  }

  private func scanPlot(_ label: String) -> Plot {
    func line(_ column: String, _ name: JSONValue, dashed: Bool) -> Plot.Layer {
      .init(
        .line(dashed: dashed), of: scan.name, x: .column("h", scale: .log),
        y: .column(column, scale: .log, title: "growth in the stage"), color: .datum(name))
    }
    func rule(_ bound: Double, _ name: String) -> Plot.Layer {
      .init(
        .rule(dashed: true), of: scan.name, y: .datum(.number(bound)),
        color: .datum(.text("\(name), at most \(bound.text)")))
    }
    return Plot(
      "step-size-scan", "Growth in a stage against the step size", subtitle: [label],
      layers: [
        line("gain", "backward gain", dashed: false),
        line("noise", "noise amplification", dashed: false),
        line("product", "product bound", dashed: true),
        line("paper", "Proposition 1", dashed: true),
        rule(bounds.gain, "backward gain"), rule(bounds.noise, "noise amplification"),
      ], facet: .init("stage", columns: 3, independentY: true), width: 280, height: 260)
  }

  private func planePlot(_ label: String, _ window: PlaneWindow) -> Plot {
    let width = 260.0
    let (x, y) = (window.horizontal, window.vertical)
    return Plot(
      "step-size-spectrum", "Modes of the blocks times the step size",
      subtitle: [label, "line: border of the scheme's stability region, |R(z)| = 1"],
      layers: [
        .init(
          .rule(), of: plane.name, filter: "datum.part == 'border'",
          x: .column("re", domain: x), y: .column("im", domain: y), x2: .column("re_end"),
          y2: .column("im_end"), color: .value("#333333")),
        .init(
          .point(size: 24), of: plane.name, filter: "datum.part != 'border'",
          x: .column("re", domain: x), y: .column("im", domain: y),
          color: .column("growth", colorScheme: "viridis"), shape: .column("part")),
      ], facet: .init("stage", columns: 3), width: width, height: window.height(ofWidth: width))
  }
}
