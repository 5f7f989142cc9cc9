import Foundation
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The product of the norms of the layers of a block's branch: the delta of corollary 1, with norms as they stand in an
/// evaluation pass.
///
/// ```
/// delta = h prod_i |W_i| prod_j max_c |g_jc| / sqrt(v_jc + epsilon)
/// ```
///
/// over the convolutions and linear maps W_i, as padded and strided, and the batch norms with scales g and running
/// variances v; the slopes of ReLU, tanh, its smooth kin and the identity are at most 1.
struct BranchNorm {
  let network: ResidualNetwork
  var limits = OperatorExtremes.Limits()
  var deadline = Date.distantFuture
  /// What batch norms add to the variance.
  private static let epsilon = 1e-5

  /// The bound; nil where the branch is no chain of such layers, of whose norms the product would be a bound.
  func bound(_ block: NetworkBlock) throws -> Double? {
    guard let field = block.field, field.branches == 1, !block.isTransition else { return nil }
    var seen: Set<String> = []
    let rows = network.table.rows.filter {
      $0.path.hasPrefix(block.path + ".field.") && seen.insert($0.path + " " + $0.kind).inserted
    }
    guard !rows.isEmpty else { return nil }
    var product = abs(block.size)
    for row in rows {
      guard let factor = try factor(row) else { return nil }
      product *= factor
    }
    return product
  }

  private func factor(_ row: LayerTable.Row) throws -> Double? {
    if Activation(rawValue: row.kind) != nil { return 1 }
    guard !row.kind.contains("antisymmetric"),
      let weight = network.parameters["\(row.path).weight"]?.value
    else { return nil }
    if row.kind.hasPrefix("conv") {
      guard let convolution = network.table.convolutions.first(where: { $0.path == row.path })
      else { return nil }
      return try OperatorExtremes(
        of: LinearOperator(convolution, weight: weight), limits: limits, deadline: deadline
      ).upper
    }
    let values = try weight.detached().cast(to: .float64)
    if row.kind.hasPrefix("linear") { return try values.singularValues().max().scalar() }
    guard row.kind == "batch norm",
      let variance = network.parameters["\(row.path).running_var"]?.value
    else { return nil }
    let deviation = try (variance.detached().cast(to: .float64) + Self.epsilon).squareRoot()
    return try (values / deviation).absolute().max().scalar()
  }
}

extension OperatorExtremes {
  /// The spectral norm where it was computed well enough to be one factor of a bound; nil where it was not.
  var upper: Double? { isConverged || method == .lanczos ? largest : nil }
}
