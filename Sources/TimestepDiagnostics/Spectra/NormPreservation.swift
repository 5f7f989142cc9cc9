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
    (limits.matrix, limits.steps) = (768, 80)
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
    let chosen = try data.testExample(example, for: name)
    var pass = ForwardPass.evaluation
    pass.stateType = network.parameters.dataType
    let blocks = try network.blocks(of: chosen.inputs, pass)
    let gradients = try backward(network, blocks, pass) {
      try data.objective.loss($0, chosen.targets)
    }
    let norms = BranchNorm(network: network, limits: limits, deadline: deadline)
    let measured = try blocks.enumerated().map { number, block in
      try measure(
        block, gains: (gradients[number], gradients[number + 1]), norms, pass, context.seed)
    }
    let rounding = network.parameters.dataType == .float64 ? 1e-9 : 1e-4
    let table = try table(of: measured, network, rounding)
    var tables = [table]
    if let first = try theorem1(measured) { tables.append(first) }
    if let second = try theorem2(measured, pass) { tables.append(second) }
    return DiagnosticResult(
      tables: tables, plots: plots(context.label, table), summary: summary(table, tables))
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
}
