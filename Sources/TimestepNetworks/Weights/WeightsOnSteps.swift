import TimeStepping

/// A set of weights for each step, used by all of its evaluations: N sets for N steps.
public struct PerStepWeights: WeightsInTime {
  public let name = "per-step"
  public let title = "a set for each step, constant over it"
  public let equation = "theta(t) = theta_l on step l"
  public let source = "ResNet and its relatives"

  /// Creates the kind.
  public init() {}

  public func plan(_ scheme: any Scheme, steps: Range<Int>) -> WeightPlan {
    Self.plan(steps: steps)
  }

  /// One set for each of these steps.
  static func plan(steps: Range<Int>) -> WeightPlan {
    WeightPlan(
      sets: steps.map { .init(WeightPlan.name(Double($0)), position: Double($0)) },
      positions: steps.map(Double.init),
      combinations: steps.indices.map { index in
        [.init(set: index - steps.lowerBound)]
      }, isConstantOverStep: true)
  }
}

/// A set of weights at each node of the grid, interpolated between: N + 1 sets for N steps of Heun or RK4.
///
/// Heun uses theta_l and theta_{l+1}, RK4 their mean at its midpoints. A scheme that evaluates the field at the
/// beginning of its steps only needs N sets.
public struct NodalWeights: WeightsInTime {
  public let name = "nodes"
  public let title = "a set at each time of the grid, linear between"
  public let equation = "theta(t_l + c h) = (1 - c) theta_l + c theta_{l+1}"
  public let source = "lecture \"Residual Neural Networks\", Heun's method"

  /// Creates the kind.
  public init() {}

  public func plan(_ scheme: any Scheme, steps: Range<Int>) -> WeightPlan {
    if steps.isEmpty { return .empty }
    let positions = scheme.weightPositions(steps)
    let first = Double(steps.lowerBound)
    let last = positions.last.map { $0.rounded(.up) } ?? first
    let nodes = Array(stride(from: first, through: last, by: 1))
    return WeightPlan(
      sets: nodes.map { .init(WeightPlan.name($0), position: $0) }, positions: positions,
      combinations: positions.map { PiecewiseLinearWeights.hats($0, nodes: nodes) },
      isConstantOverStep: false)
  }
}

/// A set of weights at every position that is evaluated: 2 N + 1 sets for N steps of RK4.
public struct IndependentWeights: WeightsInTime {
  public let name = "independent"
  public let title = "a set at every time at which the field is evaluated"
  public let equation = "theta_l, theta_{l+1/2}, theta_{l+1}"
  public let source = "Meganet.m, ResNNrk4"

  /// Creates the kind.
  public init() {}

  public func plan(_ scheme: any Scheme, steps: Range<Int>) -> WeightPlan {
    if steps.isEmpty { return .empty }
    let positions = scheme.weightPositions(steps)
    return WeightPlan(
      sets: positions.map { .init(WeightPlan.name($0), position: $0) }, positions: positions,
      combinations: positions.indices.map { [.init(set: $0)] }, isConstantOverStep: false)
  }
}
