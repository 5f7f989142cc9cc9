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
      "steps", standard: "300", "of the Lanczos iteration for the padded operator at most")
  ]
  /// What decides on how the padded operator is looked at.
  public var limits = OperatorExtremes.Limits()
  /// The share of the singular values at which the spectrum on the torus is written down, in 64 parts.
  private static let shares = (0...64).map { Double($0) / 64 }

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.limits.steps = try choice.integer("steps", in: 2...5000) ?? limits.steps
    return copy
  }

  public func refusal(_ context: DiagnosticContext) -> String? {
    context.network?.table.convolutions.isEmpty == true
      ? "looks at convolutions, of which this network has none" : nil
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let deadline = Date(timeIntervalSinceNow: context.budget.seconds)
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
        .flag("is_converged", "converged"),
      ])
    var spectra = DiagnosticTable(
      "circular-spectra", "Spectra of convolutions on the torus", source: source,
      notes: ["65 of the singular values of each convolution, equally spaced in their number"],
      columns: [
        .integer("layer", "convolution, from the input on"), .text("path", "place"),
        .number("share", "share of the singular values that are larger"),
        .number("value", "singular value"),
      ])
    var left: [String] = []
    for (layer, convolution) in network.table.convolutions.enumerated() {
      guard let weight = network.parameters["\(convolution.path).weight"]?.value,
        weight.rank == convolution.inputShape.count + 1
      else {
        left.append(convolution.path)
        continue
      }
      let size = Array(convolution.inputShape.dropFirst())
      let circular = try CircularSpectrum.singularValues(
        weight, size: size, stride: convolution.options.stride, groups: convolution.options.groups)
      let map = try LinearOperator(convolution, weight: weight)
      let padded = try OperatorExtremes(
        of: map, limits: limits, seed: context.seed, deadline: deadline)
      let count = min(map.rows, map.columns)
      let meanSquare = circular.map { $0.reduce(0) { $0 + $1 * $1 } / Double(max($0.count, 1)) }
      try table.append([
        .integer(layer + 1), .text(convolution.path), .text("\(weight.shape)"), .text("\(size)"),
        .integer(convolution.options.stride), .integer(count), .number(circular?.first),
        .number(circular?.last), .number(meanSquare?.squareRoot()), .number(padded.largest),
        .number(padded.smallest), .text(padded.method.rawValue), .integer(padded.steps),
        .flag(padded.isConverged),
      ])
      guard let circular, !circular.isEmpty else { continue }
      for share in Self.shares {
        let place = Int((share * Double(circular.count - 1)).rounded())
        try spectra.append([
          .integer(layer + 1), .text(convolution.path), .number(share), .number(circular[place]),
        ])
      }
    }
    table.notes = [
      "The bias is left out. The torus and the padding with zeros differ at the border only."
    ]
    if table["is_converged"].contains(.flag(false)) {
      table.notes.append(
        "Where an iteration has not converged, the largest is a lower and the smallest an upper bound; more "
          + "steps help (\(name):steps=1000).")
    }
    if !left.isEmpty {
      table.notes.append(
        "Combined weights have no kernel of their own and are left out: \(left.joined(separator: ", "))"
      )
    }
    return DiagnosticResult(
      tables: [table, spectra], plots: plots(context.label), summary: summary(table))
  }

  private func plots(_ label: String) -> [Plot] {
    let layer = Plot.Channel.column("layer")
    return [
      Plot(
        "singular-values", "Singular values of convolutions, smallest to largest",
        subtitle: [label, "bars: as padded with zeros; rings: on the torus; dashed: 1"],
        layers: [
          .init(.rule(dashed: true), of: "singular-values", y: .datum(1)),
          .init(
            .rule(), of: "singular-values", x: layer,
            y: .column("smallest", title: "singular value"),
            y2: .column("largest")),
          .init(
            .point(), of: "singular-values", x: layer,
            y: .column("largest", title: "singular value"), color: .datum("largest, padded")),
          .init(
            .point(), of: "singular-values", x: layer,
            y: .column("smallest", title: "singular value"), color: .datum("smallest, padded")),
          .init(
            .point(filled: false, size: 80), of: "singular-values", x: layer,
            y: .column("circular_largest", title: "singular value"), color: .datum("largest, torus")
          ),
        ]),
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

  private func summary(_ table: DiagnosticTable) -> [String] {
    let largest = table.numbers("largest")
    guard let most = largest.indices.max(by: { largest[$0] < largest[$1] }) else { return [] }
    return [
      "\(table.rows.count) convolutions; the largest singular value is \(largest[most].text), at "
        + "\(table["path"][most])"
    ]
  }
}
