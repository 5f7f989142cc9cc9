import TimeStepping
import TimestepDiagnostics
import TimestepNetworks
import TimestepTorch

/// `lm/table1`: networks and the schemes that they are, each row proved by carrying out the paper's formula.
struct NetworksAsSchemes: Experiment {
  let id = "lm/table1"
  let title = "networks as schemes, proved by identities"
  let source = "\(LM.source), table 1"
  let assumptions = [
    "The source calls RevNet a forward Euler scheme; Y+ uses the new X, which is symplectic Euler.",
    "Identities are of whole networks of depth 20 (RevNet: 38) in float64, with widths 4, 8, 16, random weights and "
      + "inputs, with batch statistics and with running ones.",
  ]

  /// Rounding of float64 over a network.
  private static let tolerance = 1e-12

  /// A row of the source's table.
  private struct Row {
    let network: String
    let equation: String
    let scheme: String
    let choice: String
    let formula: NetworkFormula
  }

  /// Two things that are the same, and by how much they are not.
  private struct Identity {
    let name, statement: String
    let difference: Double
  }

  private static let rows = [
    Row(
      network: "ResNet, ResNeXt, ...", equation: "u' = f(u)", scheme: "forward Euler",
      choice: "euler", formula: .resNet),
    Row(
      network: "PolyNet", equation: "u' = f(u)", scheme: "approximation of backward Euler",
      choice: "poly-2", formula: .polyNet),
    Row(
      network: "FractalNet", equation: "u' = f(u)", scheme: "Runge-Kutta", choice: "fractal-2",
      formula: .fractalNet),
    Row(
      network: "RevNet", equation: "X' = f1(Y), Y' = f2(X)",
      scheme: "forward Euler (symplectic)", choice: "rev", formula: .revNet),
    Row(
      network: "LM-ResNet", equation: "(1 + k) u' = f(u)", scheme: "linear multistep",
      choice: "lm", formula: .multistep),
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "networks-schemes", "Networks and their schemes", source: source,
      notes: [
        "Difference: the network against the update carried out by hand with its own blocks; largest relative one."
      ],
      columns: [
        .text("network", "network"), .text("equation", "differential equation"),
        .text("scheme", "numerical scheme"), .text("update", "update"),
        .integer("order", "order"), .integer("evaluations", "evaluations of f in a step"),
        .number("difference", "difference from the formula"),
      ])
    var claims: [Claim] = []
    var formulas: [Identity] = []
    for row in Self.rows {
      let scheme = try SchemeCatalog.scheme(named: row.choice)
      let difference = try row.formula.difference()
      try table.append([
        .text(row.network), .text(row.equation), .text(row.scheme), .text(scheme.updateEquation),
        scheme.order.map { TableValue.integer($0) } ?? .missing,
        .integer(scheme.evaluationsPerStep), .number(difference),
      ])
      formulas.append(
        Identity(
          name: "formula of \(row.network.prefix { $0 != "," })",
          statement: "\(row.network): \(scheme.updateEquation)", difference: difference))
      claims.append(
        Claim(
          "\(row.network): \(scheme.updateEquation)", difference < Self.tolerance,
          "the network differs from the formula by \(difference.brief)"))
    }
    let (identities, more) = try self.identities(context, formulas)
    return ExperimentResult(
      tables: [table, identities], plots: [plot(identities)],
      summary: ["\(identities.rows.count) identities"],
      claims: claims + more)
  }

  /// Identities between schemes, and of rules for noise at dt = 1.
  private func identities(_ context: ExperimentContext, _ formulas: [Identity]) throws -> (
    DiagnosticTable, [Claim]
  ) {
    var table = DiagnosticTable(
      "identities", "Schemes that are the same", source: LM.source,
      notes: ["Differences are the largest relative ones; rounding of float64 is 1.1e-16."],
      columns: [
        .text("name", "identity"), .text("statement", "in words"),
        .number("difference", "difference"), .number("drawn", "difference, at least 1e-17"),
        .flag("holds", "holds"),
      ])
    var found = try NetworkIdentity.all.map { ($0.name, $0.statement, try $0.difference()) }
    found.append(
      (
        "shake(dt = 1)",
        "Shake-shake with dt = 1 is X + eta f1 + (1 - eta) f2",
        try [0, 0.25, 0.5, 1].map { eta in
          let (first, second) = try ShakeShakeRule(dt: 1).factors(eta)
          return max(abs(first - eta), abs(second - (1 - eta)))
        }.max() ?? .infinity
      ))
    found.append(
      (
        "sdepth(dt = 1)",
        "Stochastic depth with dt = 1 is X + eta f",
        try [0.2, 0.5, 0.8].map { p in
          let rule = try StochasticDepthRule(survival: p, dt: 1)
          return max(abs(rule.factor(kept: true) - 1), abs(rule.factor(kept: false)))
        }.max() ?? .infinity
      ))
    found.append(
      (
        "PolyNet on f = z u",
        "PolyNet's step on f(u) = z u is 1 + z + z^2, backward Euler's series 1/(1 - z) cut off",
        try [-0.5, 0.1, 0.4].map { z in
          let field = ClosureField<Double> { u, _ in z * u }
          let end = try PolyNet.poly2.step(
            SchemeState(current: 1.0), size: 1, field: field)
          return abs(end.current - (1 + z + z * z))
        }.max() ?? .infinity
      ))
    var revNet = Reconstruction()
    revNet.schemes = ["rev"]
    revNet.depths = [20]
    let inverse = try revNet.measure(DiagnosticContext("RevNet", seed: context.seed))
    let error = inverse.tables[0].rows.filter { $0[1] == "float64" }.compactMap { $0[3].number }
    found.append(
      (
        "RevNet inverts", "RevNet's inverse finds the input of 20 steps", error.max() ?? .infinity
      ))
    var claims: [Claim] = []
    let others = found.map { Identity(name: $0.0, statement: $0.1, difference: $0.2) }
    for identity in formulas + others {
      try table.append([
        .text(identity.name), .text(identity.statement), .number(identity.difference),
        .number(max(identity.difference, 1e-17)), .flag(identity.difference < Self.tolerance),
      ])
    }
    for identity in others {
      claims.append(
        Claim(
          identity.statement, identity.difference < Self.tolerance,
          "difference \(identity.difference.brief)"))
    }
    return (table, claims)
  }

  /// The differences as bars beside the rounding of float64.
  private func plot(_ identities: DiagnosticTable) -> Plot {
    Plot(
      "identities", "How exactly the identities hold",
      subtitle: ["line: what counts as equal; exact ones are drawn at 1e-17"],
      layers: [
        .init(.rule(dashed: true), of: identities.name, x: .datum(.number(Self.tolerance))),
        .init(
          .point(size: 90), of: identities.name,
          x: .column("drawn", scale: .log, domain: [1e-17, 1e-10]),
          y: .column("name")),
      ], width: 420, height: 260)
  }
}
