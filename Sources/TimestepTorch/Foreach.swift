import CTimestepTorch

/// Operations on many tensors by one call, in place; the lists must have equal lengths.
public enum Foreach {
  private static func checkCounts(_ operation: String, _ lists: [[Tensor]]) throws {
    guard Set(lists.map(\.count)).count <= 1 else {
      throw TensorError(
        operation: operation, message: "lists of different lengths: \(lists.map(\.count))")
    }
  }

  /// One step of stochastic gradient descent:
  /// `g <- g + weightDecay p`, `m <- momentum m + g` (first step: `m <- g`), `p <- p - rate m`
  /// (Nesterov: `p - rate (g + momentum m)`).
  public static func sgdStep(
    parameters: [Tensor], gradients: [Tensor], momenta: [Tensor], rate: Double, momentum: Double,
    weightDecay: Double, nesterov: Bool, firstStep: Bool
  ) throws {
    try checkCounts(
      "sgdStep", momentum == 0 ? [parameters, gradients] : [parameters, gradients, momenta])
    if parameters.isEmpty { return }
    let status = withHandles(parameters) { parameters, count in
      withHandles(gradients) { gradients, _ in
        withHandles(momenta) { momenta, _ in
          tst_sgd_step_(
            parameters, gradients, momenta, count, rate, momentum, weightDecay, nesterov,
            firstStep)
        }
      }
    }
    try check(status, "sgdStep")
  }

  /// One step of Adam; `step` counts from 1.
  public static func adamStep(
    parameters: [Tensor], gradients: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor],
    step: Int, rate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double
  ) throws {
    try checkCounts("adamStep", [parameters, gradients, firstMoments, secondMoments])
    if parameters.isEmpty { return }
    let status = withHandles(parameters) { parameters, count in
      withHandles(gradients) { gradients, _ in
        withHandles(firstMoments) { first, _ in
          withHandles(secondMoments) { second, _ in
            tst_adam_step_(
              parameters, gradients, first, second, count, Int64(step), rate, beta1, beta2,
              epsilon, weightDecay)
          }
        }
      }
    }
    try check(status, "adamStep")
  }

  /// `a_i <- a_i + scale b_i`
  public static func add(_ tensors: [Tensor], _ others: [Tensor], scaledBy scale: Double = 1) throws
  {
    try checkCounts("add", [tensors, others])
    if tensors.isEmpty { return }
    let status = withHandles(tensors) { tensors, count in
      withHandles(others) { others, _ in tst_foreach_add_(tensors, others, count, scale) }
    }
    try check(status, "Foreach.add")
  }

  /// `a_i <- factor a_i`
  public static func multiply(_ tensors: [Tensor], by factor: Double) throws {
    if tensors.isEmpty { return }
    try check(withHandles(tensors) { tst_foreach_multiply_($0, $1, factor) }, "Foreach.multiply")
  }

  /// The Euclidean norm of all tensors together, computed in their own type; 0 for none.
  public static func norm(_ tensors: [Tensor]) throws -> Double {
    if tensors.isEmpty { return 0 }
    var result = 0.0
    try check(withHandles(tensors) { tst_foreach_norm(&result, $0, $1) }, "Foreach.norm")
    return result
  }

  /// The Euclidean norm of each tensor, as scalars.
  public static func norms(_ tensors: [Tensor]) throws -> [Tensor] {
    if tensors.isEmpty { return [] }
    var results = [tst_tensor?](repeating: nil, count: tensors.count)
    let status = results.withUnsafeMutableBufferPointer { results in
      withHandles(tensors) { tst_foreach_norms(results.baseAddress, $0, $1) }
    }
    try check(status, "Foreach.norms")
    return results.compactMap { $0.map(Tensor.init(owning:)) }
  }
}
