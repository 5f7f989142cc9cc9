import Foundation
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// `singular-values`: those of every convolution of a network as an operator on whole images or sequences.
///
/// Twice: on a torus, where the Fourier transform gives all of them, and as the network computes it, with zeros around
/// and its stride, where an iteration gives the largest and the smallest. Sources: Procrustes paper, theorem 3; Sedghi,
/// Gupta and Long (2019).
public struct SingularValues: Diagnostic {
  public let name = "singular-values"
  public let title = "singular values of every convolution as an operator"
  public let equation =
    "s(K): |K v| = s |v|,  on the torus from A(u, v) = sum_ij K_ij e^(-2 pi i (ui/H + vj/W))"
  public let source =
    "Zaeemzadeh et al. 2020, theorem 3; Sedghi, Gupta and Long 2019; Golub and Kahan 1965"
  public let input = DiagnosticInput.network
  public let arguments = [
    ArgumentDescription(
      "steps", standard: "1000", "of the Lanczos iteration for the padded operator at most"),
    ArgumentDescription(
      "dense", standard: "2048", "the largest padded operator whose matrix is computed whole"),
  ]
  /// What decides on how the padded operator is looked at.
  public var limits: OperatorExtremes.Limits = {
    var limits = OperatorExtremes.Limits()
    limits.steps = 1000
    return limits
  }()
  /// The share of the singular values at which the spectrum on the torus is written down, in 64 parts.
  private static let shares = (0...64).map { Double($0) / 64 }

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.limits.steps = try choice.integer("steps", in: 2...5000) ?? limits.steps
    copy.limits.matrix = try choice.integer("dense", in: 1...8192) ?? limits.matrix
    return copy
  }

  public func refusal(_ context: DiagnosticContext) -> String? {
    context.network?.table.convolutions.isEmpty == true
      ? "looks at convolutions, of which this network has none" : nil
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    var table = DiagnosticTable(
      "singular-values", "Singular values of convolutions", source: source,
      columns: [
        .integer("layer", "convolution, from the input on"), .text("path", "place"),
        .text("kernel", "kernel [d, c, k, k]"), .text("map", "map of the input"),
        .integer("stride", "stride"), .integer("count", "singular values"),
        .number("circular_largest", "largest on the torus"),
        .number("circular_smallest", "smallest on the torus"),
        .number("circular_rms", "root mean square on the torus"),
        .number("largest", "largest, as padded"), .number("smallest", "smallest, as padded"),
        .text("method", "method, as padded"), .integer("steps", "steps of the iteration"),
        .flag("is_largest_converged", "largest converged"),
        .flag("is_converged", "largest and smallest converged"),
      ])
    var spectra = DiagnosticTable(
      "circular-spectra", "Spectra of convolutions on the torus", source: source,
      notes: ["65 of the singular values of each convolution, equally spaced in their number"],
      columns: [
        .integer("layer", "convolution, from the input on"), .text("path", "place"),
        .number("share", "share of the singular values that are larger"),
        .number("value", "singular value"),
      ])
    let (chosen, left) = try operators(of: network)
    let extremes = try extremes(of: chosen.map(\.map), context)
    for (it, padded) in zip(chosen, extremes) {
      let (convolution, weight) = (it.convolution, it.weight)
      let size = Array(convolution.inputShape.dropFirst())
      let circular = try CircularSpectrum.singularValues(
        weight, size: size, stride: convolution.options.stride, groups: convolution.options.groups)
      let count = min(it.map.rows, it.map.columns)
      let meanSquare = circular.map { $0.reduce(0) { $0 + $1 * $1 } / Double(max($0.count, 1)) }
      try table.append([
        .integer(it.layer), .text(convolution.path), .text("\(weight.shape)"), .text("\(size)"),
        .integer(convolution.options.stride), .integer(count), .number(circular?.first),
        .number(circular?.last), .number(meanSquare?.squareRoot()), .number(padded.largest),
        .number(padded.smallest), .text(padded.method.rawValue), .integer(padded.steps),
        .flag(padded.isLargestConverged), .flag(padded.isConverged && padded.smallest != nil),
      ])
      guard let circular, !circular.isEmpty else { continue }
      for share in Self.shares {
        let place = Int((share * Double(circular.count - 1)).rounded())
        try spectra.append([
          .integer(it.layer), .text(convolution.path), .number(share), .number(circular[place]),
        ])
      }
    }
    table.notes = [
      "The bias is left out. The torus and the padding with zeros differ at the border only."
    ]
    if table["is_converged"].contains(.flag(false)) {
      table.notes.append(
        "Where an iteration has not converged, the largest is a lower and the smallest an upper bound, and no more: the "
          + "smallest singular value may be much smaller.")
    }
    if !left.isEmpty {
      table.notes.append(
        "Combined weights have no kernel of their own and are left out: \(left.joined(separator: ", "))"
      )
    }
    return DiagnosticResult(
      tables: [table, spectra], plots: plots(context.label, table),
      summary: summary(table, extremes))
  }

  /// A convolution with a kernel of its own.
  private struct Chosen {
    let layer: Int
    let convolution: LayerTable.Convolution
    let weight: Tensor
    let map: LinearOperator
  }

  /// The convolutions, and the places of those whose kernels are made of several weights.
  private func operators(of network: ResidualNetwork) throws -> (
    chosen: [Chosen], left: [String]
  ) {
    var (chosen, left) = ([Chosen](), [String]())
    for (index, convolution) in network.table.convolutions.enumerated() {
      guard let weight = network.parameters["\(convolution.path).weight"]?.value,
        weight.rank == convolution.inputShape.count + 1
      else {
        left.append(convolution.path)
        continue
      }
      chosen.append(
        Chosen(
          layer: index + 1, convolution: convolution, weight: weight,
          map: try LinearOperator(convolution, weight: weight)))
    }
    return (chosen, left)
  }

  /// The extreme singular values of operators, the smallest operators first; each may take an equal part of the time
  /// that is left.
  private func extremes(of maps: [LinearOperator], _ context: DiagnosticContext) throws
    -> [OperatorExtremes]
  {
    let end = Date(timeIntervalSinceNow: context.budget.seconds)
    var found: [Int: OperatorExtremes] = [:]
    let order = maps.indices.sorted {
      maps[$0].rows + maps[$0].columns < maps[$1].rows + maps[$1].columns
    }
    for index in order {
      let share = end.timeIntervalSinceNow / Double(maps.count - found.count)
      found[index] = try OperatorExtremes(
        of: maps[index], limits: limits, seed: context.seed,
        deadline: Date(timeIntervalSinceNow: share))
    }
    return maps.indices.compactMap { found[$0] }
  }

  private func plots(_ label: String, _ table: DiagnosticTable) -> [Plot] {
    func point(
      _ column: String, _ name: JSONValue, _ filter: String? = nil, isFilled: Bool = true
    ) -> Plot.Layer {
      .init(
        .point(filled: isFilled, size: isFilled ? 56 : 80), of: "singular-values", filter: filter,
        x: .column("layer"), y: .column(column, title: "singular value"), color: .datum(name))
    }
    // Only where there are some, for the legend's sake.
    var bounds: [Plot.Layer] = []
    for (column, flag, name) in [
      ("smallest", "is_converged", "smallest is below, not converged"),
      ("largest", "is_largest_converged", "largest is above, not converged"),
    ] where table[flag].contains(.flag(false)) {
      bounds.append(point(column, .text(name), "!datum.\(flag)", isFilled: false))
    }
    return [
      Plot(
        "singular-values", "Singular values of convolutions, smallest to largest",
        subtitle: [
          label,
          "bars and points: as padded with zeros; rings: on the torus, or upper bounds; dashed: 1",
        ],
        layers: [
          .init(.rule(dashed: true), of: "singular-values", y: .datum(1)),
          .init(
            .rule(), of: "singular-values", filter: "datum.is_converged", x: .column("layer"),
            y: .column("smallest", title: "singular value"), y2: .column("largest")),
          point("largest", "largest, padded", "datum.is_largest_converged"),
          point("smallest", "smallest, padded", "datum.is_converged"),
          point("circular_largest", "largest, torus", isFilled: false),
        ] + bounds),
      Plot(
        "circular-spectra", "Spectra of convolutions on the torus", subtitle: [label],
        layers: [
          .init(
            .line(), of: "circular-spectra", x: .column("share"),
            y: .column("value", includesZero: true),
            color: .column("layer", .quantitative, colorScheme: "viridis"), detail: "path")
        ]),
    ]
  }

  private func summary(_ table: DiagnosticTable, _ extremes: [OperatorExtremes]) -> [String] {
    let largest = table.numbers("largest")
    guard let most = largest.indices.max(by: { largest[$0] < largest[$1] }) else { return [] }
    var lines = [
      "\(table.rows.count.of("convolution")); the largest singular value is \(largest[most].text), at "
        + "\(table["path"][most])"
    ]
    let cut = extremes.filter { !$0.isConverged || $0.smallest == nil }
    let full = cut.filter { $0.method == .power || $0.steps >= limits.steps }.count
    if cut.count > full {
      lines.append(
        "\(cut.count - full) of \(table.rows.count) did not converge in the time; give more with --seconds"
      )
    }
    if full > 0 {
      lines.append(
        "\(full) of \(table.rows.count) did not converge in \(limits.steps) steps; give more with "
          + "\(name):steps=\(min(4 * limits.steps, 5000))")
    }
    return lines
  }
}
