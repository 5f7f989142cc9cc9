import Foundation
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// `norm-preservation`: lemma 1, corollary 1 and theorems 1 and 2 of the Procrustes paper, checked on a network.
///
/// For every block that is an identity and a branch, `I + M` with `M = h df/du` at the state of an example:
///
/// - Lemma 1: the singular values of `I + M` lie within `1 -+ s_max(M)`.
/// - Corollary 1: `s_max(M)` is at most the product of the norms of the branch's layers.
/// - The gradient of the example's loss grows, from the state after the block to that before it, by a factor between the
///   extreme singular values of `I + M`; for forward Euler without an activation after the step.
/// - Theorem 1: the largest delta of all blocks against `log(2L) / L`, and the constant that this implies.
/// - Theorem 2: for the product of the linearised blocks of each stage, gamma, c and `c / L`.
///
/// The theorems say that networks with small delta exist; that a trained one is among them is what the table shows.
public struct NormPreservation: Diagnostic {
  public let name = "norm-preservation"
  public let title =
    "theorems 1 and 2, corollary 1 and lemma 1 of the Procrustes paper, on this network"
  public let equation = "1 - s(M) <= s(I + M) <= 1 + s(M),  M_l = h df_l/du;  delta = max_l s(M_l)"
  public let source = "Zaeemzadeh et al. 2020, section 2; Hardt and Ma 2017; Bartlett et al. 2018"
  public let input = DiagnosticInput.trainedRun
  public let arguments = [
    ArgumentDescription("example", standard: "1", "the number of the test example, from 1"),
    ArgumentDescription(
      "dense", standard: "768", "the largest state whose matrices are computed whole"),
  ]
  /// The number of the test example, from 0.
  public var example = 0
  /// What decides on how singular values are computed.
  public var limits: OperatorExtremes.Limits = {
    var limits = OperatorExtremes.Limits()
    limits.steps = 80
    return limits
  }()

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.example = try choice.integer("example", in: 1...1_000_000).map { $0 - 1 } ?? example
    copy.limits.matrix = try choice.integer("dense", in: 1...8192) ?? limits.matrix
    return copy
  }

  /// What was measured on one block.
  struct Measured {
    let block: NetworkBlock
    /// `|g_l| / |g_{l+1}|`, 1/r_l; nil where no gradient comes back.
    var backwardGain: Double?
    /// Whether the block is `I + M` and nothing else, so that the gain is between its singular values.
    var isPlainStep = false
    /// Of `M` and of `I + M`; nil for a block that is no identity and a branch.
    var branch: OperatorExtremes?
    var whole: OperatorExtremes?
    /// The bound of corollary 1.
    var corollary: Double?
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let network = try context.requiredNetwork()
    let data = try context.requiredData()
    let deadline = Date(timeIntervalSinceNow: context.budget.seconds)
    let batch = try data.batch(of: .test, examples: example + 1)
    guard batch.count > example else {
      throw DiagnosticError(
        .doesNotApply, name, "example=\(example + 1): the first test batch has \(batch.count)")
    }
    var pass = ForwardPass.evaluation
    pass.stateType = network.parameters.dataType
    let chosen = example..<example + 1
    let blocks = try network.blocks(of: batch.inputs.sliced(chosen), pass)
    let gradients = try backward(network, blocks, pass) {
      try data.objective.loss($0, batch.targets.sliced(chosen))
    }
    let norms = BranchNorm(network: network, limits: limits, deadline: deadline)
    let measured = try blocks.enumerated().map { number, block in
      try measure(
        block, gains: (gradients[number], gradients[number + 1]), norms, pass, context.seed)
    }
    let rounding = network.parameters.dataType == .float64 ? 1e-9 : 1e-4
    let table = try table(measured, rounding)
    var tables = [table]
    if let first = try theorem1(measured) { tables.append(first) }
    if let second = try theorem2(measured, pass) { tables.append(second) }
    return DiagnosticResult(
      tables: tables, plots: plots(context.label), summary: summary(table, tables))
  }

  /// The norm of the loss's gradient with respect to the state before each block, and after the last.
  private func backward(
    _ network: ResidualNetwork, _ blocks: [NetworkBlock], _ pass: ForwardPass,
    _ loss: (Tensor) throws -> Tensor
  ) throws -> [Double] {
    guard let last = blocks.last else { return [0] }
    let end = try withoutGradients { try last(last.input) }.detached().copied()
    try end.setRequiresGradient()
    let value = try loss(network.head(end, pass).cast(to: network.parameters.dataType))
    guard var gradient = try Tensor.gradients(of: [value], withRespectTo: [end])[0] else {
      return [Double](repeating: 0, count: blocks.count + 1)
    }
    var norms = [try gradient.cast(to: .float64).norm().scalar()]
    for block in blocks.reversed() {
      gradient = try LinearOperator(jacobianOf: { try block($0) }, at: block.input)
        .adjoint(gradient)
      norms.append(try gradient.cast(to: .float64).norm().scalar())
    }
    return norms.reversed()
  }

  private func measure(
    _ block: NetworkBlock, gains: (before: Double, after: Double), _ norms: BranchNorm,
    _ pass: ForwardPass, _ seed: UInt64
  ) throws -> Measured {
    var result = Measured(block: block)
    if gains.after > 0 { result.backwardGain = gains.before / gains.after }
    guard let field = block.field, !block.isTransition, field.branches == 1,
      !block.scheme.halvesState
    else { return result }
    let (u, h) = (try block.input, block.size)
    let branch = try LinearOperator(jacobianOf: { try field($0, pass) * h }, at: u)
    guard branch.inputShape == branch.outputShape else { return result }
    let whole = try LinearOperator(
      jacobianOf: { u in try u.adding(field(u, pass), scaledBy: h) }, at: u)
    result.branch = try OperatorExtremes(
      of: branch, limits: limits, seed: seed, deadline: norms.deadline)
    result.whole = try OperatorExtremes(
      of: whole, limits: limits, seed: seed, deadline: norms.deadline)
    result.corollary = try norms.bound(block)
    result.isPlainStep = block.scheme.name == ForwardEuler().name && block.activation == .identity
    return result
  }

  private func table(_ measured: [Measured], _ rounding: Double) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "norm-preservation", "Bounds on the gradient through each block", source: source,
      notes: [
        "At test example \(example + 1), in an evaluation pass; M = h df/du.",
        "Blocks with a transition and schemes whose step is no identity and branch have no M.",
        "The gain of the gradient is that through the newest state; it is compared where a step is u + h f(u) with "
          + "nothing after it.",
      ],
      columns: [
        .integer("block", "block"), .text("path", "place"), .flag("is_transition", "transition"),
        .number("gain", "gain of the gradient, |dE/du_l| / |dE/du_{l+1}|"),
        .number("branch", "s_max(M)"), .number("smallest", "s_min(I + M)"),
        .number("largest", "s_max(I + M)"), .number("lower", "1 - s_max(M)"),
        .number("upper", "1 + s_max(M)"), .flag("lemma_holds", "lemma 1 holds"),
        .flag("gain_holds", "gain within s(I + M)"),
        .number("corollary", "delta of corollary 1"),
        .flag("corollary_holds", "s_max(M) within corollary 1"), .text("method", "method"),
        .flag("is_converged", "converged"),
      ])
    for (number, it) in measured.enumerated() {
      let (branch, whole) = (it.branch?.largest, it.whole)
      // An iteration that has not ended gives the smallest from above, with which the lower bounds cannot fail wrongly.
      var lemma = TableValue.missing
      if let branch, let whole {
        lemma = .flag(
          ProcrustesBounds.lemma(
            branch: branch, smallest: whole.smallest ?? whole.largest, largest: whole.largest,
            rounding: it.branch?.isConverged == true ? rounding : 1e-2))
      }
      var gain = TableValue.missing
      if it.isPlainStep, let value = it.backwardGain, let whole, whole.isConverged,
        let smallest = whole.smallest
      {
        let slack = rounding * (1 + whole.largest)
        gain = .flag(smallest - slack <= value && value <= whole.largest + slack)
      }
      var corollary = TableValue.missing
      if let bound = it.corollary, let branch {
        corollary = .flag(branch <= bound * (1 + 1e-4) + rounding)
      }
      let isConverged = whole.map { TableValue.flag($0.isConverged) } ?? .missing
      try table.append([
        .integer(number + 1), .text(it.block.path), .flag(it.block.isTransition),
        .number(it.backwardGain), .number(branch), .number(whole?.smallest),
        .number(whole?.largest), .number(branch.map { 1 - $0 }), .number(branch.map { 1 + $0 }),
        lemma, gain, .number(it.corollary), corollary, .text(whole?.method.rawValue), isConverged,
      ])
    }
    return table
  }

  /// Theorem 1 for all blocks together; nil where no block is an identity and a branch.
  private func theorem1(_ measured: [Measured]) throws -> DiagnosticTable? {
    let norms = measured.compactMap { $0.branch?.largest }
    guard let delta = norms.max() else { return nil }
    var table = DiagnosticTable(
      "theorem-1", "Theorem 1: delta = c log(2L) / L", source: source,
      notes: [
        "The theorem says that a network with such a delta exists, for some c of the map; the row gives the c that "
          + "the measured delta implies."
      ],
      columns: [
        .integer("blocks", "blocks L"), .number("delta", "measured delta, max s_max(M)"),
        .number("rate", "log(2L) / L"), .number("constant", "implied c"),
      ])
    let rate = ProcrustesBounds.nonlinearRate(blocks: norms.count)
    try table.append([
      .integer(norms.count), .number(delta), .number(rate), .number(delta / rate),
    ])
    return table
  }

  /// Theorem 2 for the blocks of each stage; nil where all states are too large for matrices.
  private func theorem2(_ measured: [Measured], _ pass: ForwardPass) throws -> DiagnosticTable? {
    var table = DiagnosticTable(
      "theorem-2", "Theorem 2: delta = c / L for L >= 3 gamma", source: source,
      notes: [
        "About linear networks; for others it is applied to the product of the linearised blocks of a stage.",
        "The theorem says that a network with such a delta exists.",
      ],
      columns: [
        .text("part", "part of the network"), .integer("blocks", "blocks L"),
        .number("delta", "measured delta, max s_max(M)"), .number("gamma", "gamma"),
        .number("constant", "c"), .number("bound", "bound c / L"),
        .flag("is_linear", "linear network"), .flag("applies", "L >= 3 gamma"),
        .flag("holds", "delta within the bound"),
      ])
    let identities = measured.filter { $0.branch != nil }
    for stage in Set(identities.map(\.block.stage)).sorted() {
      let blocks = identities.filter { $0.block.stage == stage }
      guard let extremes = try product(blocks, pass) else { continue }
      let theorem = ProcrustesBounds.Linear(
        largest: extremes.largest, smallest: extremes.smallest ?? 0, blocks: blocks.count)
      let isLinear = blocks.allSatisfy { $0.block.field?.isLinear == true }
      let delta = blocks.compactMap { $0.branch?.largest }.max() ?? 0
      let holds: TableValue = theorem.applies ? .flag(delta <= theorem.delta) : .missing
      try table.append([
        .text("stages.\(stage)"), .integer(blocks.count), .number(delta), .number(theorem.gamma),
        .number(theorem.constant), .number(theorem.delta), .flag(isLinear),
        .flag(theorem.applies), holds,
      ])
    }
    return table.rows.isEmpty ? nil : table
  }

  /// The extreme singular values of `(I + M_L) ... (I + M_1)`; nil for states too large for matrices.
  private func product(_ blocks: [Measured], _ pass: ForwardPass) throws -> OperatorExtremes? {
    guard let first = blocks.first, try first.block.input.count <= limits.matrix else { return nil }
    var matrix: Tensor?
    for it in blocks {
      guard let field = it.block.field else { continue }
      let h = it.block.size
      let factor = try LinearOperator(
        jacobianOf: { u in try u.adding(field(u, pass), scaledBy: h) }, at: it.block.input
      ).matrix()
      matrix = try matrix.map { try factor.matrixProduct($0) } ?? factor
    }
    return try matrix.map { matrix in
      let transposed = try matrix.transposed()
      return try OperatorExtremes(
        of: LinearOperator(
          linear: { try $0.matrixProduct(transposed) }, from: [matrix.shape[1]],
          on: matrix.device), limits: limits)
    }
  }

  private func plots(_ label: String) -> [Plot] {
    let block = Plot.Channel.column("block")
    let axis = "gain of the gradient and its bounds"
    return [
      Plot(
        "norm-preservation", "Gain of the gradient through each block, and its bounds",
        subtitle: [
          label,
          "bars: s_min(I + M) to s_max(I + M); band: 1 -+ s_max(M), lemma 1; points: the gain",
        ],
        layers: [
          .init(
            .area(), of: "norm-preservation", x: block, y: .column("lower", title: axis),
            y2: .column("upper")),
          .init(.rule(dashed: true), of: "norm-preservation", y: .datum(1)),
          .init(
            .rule(), of: "norm-preservation", x: block, y: .column("smallest", title: axis),
            y2: .column("largest")),
          .init(
            .point(), of: "norm-preservation", x: block, y: .column("gain", title: axis),
            color: .datum("gain, |dE/du_l| / |dE/du_{l+1}|")),
        ])
    ]
  }

  private func summary(_ table: DiagnosticTable, _ tables: [DiagnosticTable]) -> [String] {
    func count(_ column: String) -> String {
      let flags = table[column].filter { $0 != .missing }
      return "\(flags.filter { $0 == .flag(true) }.count) of \(flags.count)"
    }
    var lines = [
      "lemma 1 holds in \(count("lemma_holds")) blocks, corollary 1 in \(count("corollary_holds")); "
        + "the gradient's gain is within its bounds in \(count("gain_holds"))"
    ]
    if let first = tables.first(where: { $0.name == "theorem-1" })?.rows.first,
      let delta = first[1].number, let constant = first[3].number
    {
      lines.append(
        "delta \(Digits.text(delta)) over \(first[0]) blocks: theorem 1 with c = \(Digits.text(constant))"
      )
    }
    return lines
  }
}
