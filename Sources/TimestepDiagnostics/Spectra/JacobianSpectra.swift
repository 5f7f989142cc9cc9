import ComplexModule
import Foundation
import RealModule
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// `jacobians`: singular values of the Jacobian of every block, and eigenvalues of the field in the complex plane, over
/// the region in which the scheme is stable.
///
/// A block is linearised at the state of an example in an evaluation pass. Lecture, sections 2.1 to 2.4.
public struct JacobianSpectra: Diagnostic {
  public let name = "jacobians"
  public let title = "spectra of the Jacobians of blocks, over the scheme's stability region"
  public let equation =
    "J_l = df/du (u_l),  z = h lambda(J_l),  stable where |R(z)| <= 1;  s(du_{l+1}/du_l)"
  public let source =
    "lecture \"Residual Neural Networks\", stability; Zaeemzadeh et al. 2020, section 2"
  public let input = DiagnosticInput.trainedRun
  public let arguments = [
    ArgumentDescription("example", standard: "1", "the number of the test example, from 1"),
    ArgumentDescription(
      "dense", standard: "768", "the largest state of which all eigenvalues are computed"),
  ]
  /// The number of the test example, from 0.
  public var example = 0
  /// What decides on how singular values are computed; states up to `matrix` numbers have their eigenvalues computed.
  public var limits: OperatorExtremes.Limits = {
    var limits = OperatorExtremes.Limits()
    (limits.matrix, limits.steps) = (768, 60)
    return limits
  }()
  /// The eigenvalues of a block that are written down at most; those of the largest growth come first.
  static let shown = 256

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.example = try choice.integer("example", in: 1...1_000_000).map { $0 - 1 } ?? example
    copy.limits.matrix = try choice.integer("dense", in: 1...8192) ?? limits.matrix
    return copy
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let end = Date(timeIntervalSinceNow: context.budget.seconds)
    let chosen = try context.requiredData().testExample(example, for: name)
    var pass = ForwardPass.evaluation
    pass.stateType = network.parameters.dataType
    let blocks = try network.blocks(of: chosen.inputs, pass)
    var table = DiagnosticTable(
      "block-jacobians", "Jacobians of blocks", source: source,
      notes: [
        "At test example \(example + 1), in an evaluation pass.",
        "Eigenvalues are those of the field, singular values those of the whole block.",
      ],
      columns: BlockPlace.columns + [
        .flag("is_transition", "transition"),
        .integer("dimension", "numbers in the state after it"),
        .number("largest", "largest singular value"),
        .number("smallest", "smallest singular value"), .text("method", "method"),
        .flag("is_largest_converged", "largest converged"),
        .flag("is_converged", "largest and smallest converged"),
        .number("abscissa", "largest real part of h lambda"),
        .number("radius", "largest |h lambda|"), .number("growth", "largest |R(h lambda)|"),
        .text("eigenvalues", "eigenvalues"),
        .flag("is_stable", "all h lambda in the stability region"),
      ])
    var points = DiagnosticTable(
      "jacobian-eigenvalues", "Eigenvalues of the field's Jacobian", source: source,
      columns: BlockPlace.columns + [
        .number("re", "Re h lambda"),
        .number("im", "Im h lambda"), .number("growth", "|R(h lambda)|"),
      ])
    // Eigenvalues on the axis itself come with the rounding of the network's numbers.
    let rounding = network.parameters.dataType == .float64 ? 1e-9 : 1e-5
    table.notes.append("Stable: |R| at most 1 + \(rounding).")
    for (number, block) in blocks.enumerated() {
      let map = try LinearOperator(jacobianOf: { try block($0) }, at: block.input)
      // An equal part of the time that is left.
      let share = end.timeIntervalSinceNow / Double(blocks.count - number)
      let extremes = try OperatorExtremes(
        of: map, limits: limits, seed: context.seed, deadline: Date(timeIntervalSinceNow: share))
      let values = try FieldEigenvalues.scaled(block, limit: limits.matrix, pass)
      let growths = values.map { $0.map { block.scheme.amplificationFactor($0).length } }
      let growth = growths?.max()
      let place = BlockPlace(block.path, of: network)
      try table.append(
        place.cells + [
          .flag(block.isTransition), .integer(map.rows), .number(extremes.largest),
          .number(extremes.smallest), .text(extremes.method.rawValue),
          .flag(extremes.isLargestConverged), .flag(extremes.isConverged),
          .number(values?.map(\.real).max()), .number(values?.map(\.length).max()),
          .number(growth),
          .text(values.map { _ in map.rows <= limits.matrix ? "all" : "outer, by Arnoldi" }),
          growth.map { TableValue.flag($0 <= 1 + rounding) } ?? .missing,
        ])
      guard let values, let growths else { continue }
      let order = values.indices.sorted { growths[$0] > growths[$1] }
      for index in order.prefix(Self.shown) {
        try points.append(
          place.cells + [
            .number(values[index].real), .number(values[index].imaginary),
            .number(growths[index]),
          ])
      }
      if order.count > Self.shown, points.notes.isEmpty {
        points.notes = ["The \(Self.shown) of largest growth of each block."]
      }
    }
    table.notes.append(
      "Of states with more than \(limits.matrix) numbers only outer eigenvalues are approximated; \(name):dense=4096 "
        + "computes all of larger ones, which takes long.")
    return try result(table, points, blocks, context.label)
  }

  private func result(
    _ table: DiagnosticTable, _ points: DiagnosticTable, _ blocks: [NetworkBlock], _ label: String
  ) throws -> DiagnosticResult {
    var plots = [
      Plot(
        "block-jacobians", "Singular values of blocks, smallest to largest",
        subtitle: [
          label, "dashed: 1, where lengths are kept; rings: the smallest is below, not converged",
        ],
        layers: [
          .init(.rule(dashed: true), of: table.name, y: .datum(1)),
          .init(
            .rule(), of: table.name, filter: "datum.is_converged", x: .column("block"),
            y: .column("smallest", title: "singular value"), y2: .column("largest")),
          .init(
            .point(), of: table.name, x: .column("block"),
            y: .column("largest", title: "singular value"), color: .column("is_transition")),
          .init(
            .point(), of: table.name, filter: "datum.is_converged", x: .column("block"),
            y: .column("smallest", title: "singular value"), color: .column("is_transition")),
          .init(
            .point(filled: false, size: 80), of: table.name, filter: "!datum.is_converged",
            x: .column("block"), y: .column("smallest", title: "singular value"),
            color: .column("is_transition")),
        ])
    ]
    var tables = [table]
    if !points.rows.isEmpty, let scheme = blocks.first(where: { !$0.isTransition })?.scheme {
      // Where the eigenvalues are, with the part of the plane that every scheme is about.
      let window = PlaneWindow(
        re: points.numbers("re") + [-2.5, 0.5], im: points.numbers("im") + [-1.5, 1.5])
      let region = try StabilityRegion.table(
        "stability-region", of: scheme, re: window.re, im: window.im)
      let (x, y) = (window.horizontal, window.vertical)
      tables += [points, region]
      plots.append(
        Plot(
          "jacobian-eigenvalues", "Eigenvalues of the field's Jacobian times h",
          subtitle: [label, "shaded: \(scheme.title) is stable there, |R(z)| <= 1"],
          layers: StabilityRegion.layers(of: region.name, x, y) + [
            .init(
              .point(size: 14), of: points.name, x: .column("re", domain: x),
              y: .column("im", domain: y),
              color: .column("block", .quantitative, colorScheme: "viridis"))
          ], width: 560, height: window.height(ofWidth: 560)))
    }
    let isStable = table["is_stable"].filter { $0 != .missing }
    let stable = isStable.filter { $0 == .flag(true) }.count
    var summary = [
      "\(table.rows.count.of("block")); singular values of their Jacobians from "
        + "\(text(converged(table, "smallest", "is_converged").min())) to "
        + text(converged(table, "largest", "is_largest_converged").max())
    ]
    let cut = table["is_converged"].filter { $0 != true }.count
    if cut > 0 {
      summary.append(
        "the smallest of \(cut) of \(table.rows.count.of("block")) did not converge and is left out; give more "
          + "with --seconds, or with \(name):dense= where states are small enough for matrices")
    }
    if !isStable.isEmpty {
      summary.append(
        "\(stable) of \(isStable.count) fields have all h lambda in the stability region")
    }
    return DiagnosticResult(tables: tables, plots: plots, summary: summary)
  }

  /// The numbers of a column that came to their end.
  private func converged(_ table: DiagnosticTable, _ column: String, _ flag: String) -> [Double] {
    zip(table.numbers(column), table[flag]).filter { $0.1 == true && $0.0.isFinite }.map(\.0)
  }

  private func text(_ number: Double?) -> String {
    number.map(\.text) ?? "an unknown number"
  }
}
