import TimeStepping

/// Few sets of weights at equidistant times, linear between them: theta(t) on a coarser grid than the state.
public struct PiecewiseLinearWeights: WeightsInTime {
  public let name = "linear"
  public let title = "few sets at equidistant times, linear between"
  public let equation = "theta(t) = sum_i hat_i(t) theta_i"
  public let source = "Meganet.m, parameters on a time grid of their own"
  /// The number of sets.
  public let sets: Int

  /// Creates the kind.
  public init(sets: Int = 3) { self.sets = sets }

  public var arguments: [ArgumentDescription] {
    [ArgumentDescription("sets", standard: "3", "number of sets of weights, 2 or more")]
  }

  public func configured(_ choice: NamedChoice) throws -> any WeightsInTime {
    PiecewiseLinearWeights(sets: try choice.integer("sets", in: 2...100_000) ?? sets)
  }

  public func plan(_ scheme: any Scheme, steps: Range<Int>) throws -> WeightPlan {
    if steps.isEmpty { return .empty }
    let positions = scheme.weightPositions(steps)
    try check(sets: sets, positions: positions)
    let (first, last) = (positions.first ?? 0, positions.last ?? 0)
    let nodes = (0..<sets).map { first + (last - first) * Double($0) / Double(sets - 1) }
    return WeightPlan(
      sets: nodes.enumerated().map { .init(["weights", "\($0)"], position: $1) },
      positions: positions, combinations: positions.map { Self.hats($0, nodes: nodes) },
      isConstantOverStep: false)
  }

  /// The linear interpolation at a position between nodes; constant beyond the last ones.
  static func hats(_ position: Double, nodes: [Double]) -> [WeightPlan.Term] {
    guard let right = nodes.firstIndex(where: { $0 >= position - 1e-9 }) else {
      return [.init(set: nodes.count - 1)]
    }
    if right == 0 || nodes[right] <= position + 1e-9 { return [.init(set: right)] }
    let share = (position - nodes[right - 1]) / (nodes[right] - nodes[right - 1])
    return [.init(set: right - 1, scale: 1 - share), .init(set: right, scale: share)]
  }
}

/// Weights that are a polynomial in time, in the basis of Legendre polynomials, which are orthogonal on the stage.
///
/// The first set is the mean in time and begins as the weights of an ordinary network; the others begin at zero.
public struct PolynomialWeights: WeightsInTime {
  public let name = "polynomial"
  public let title = "a polynomial in time"
  public let equation = "theta(t) = sum_i P_i(t) theta_i, Legendre polynomials"
  public let source = "Meganet.m, parameters in a polynomial basis"
  /// The number of sets: the degree and one more.
  public let sets: Int

  /// Creates the kind.
  public init(sets: Int = 3) { self.sets = sets }

  public var arguments: [ArgumentDescription] {
    [ArgumentDescription("sets", standard: "3", "number of sets, the degree and one more")]
  }

  public func configured(_ choice: NamedChoice) throws -> any WeightsInTime {
    PolynomialWeights(sets: try choice.integer("sets", in: 1...1000) ?? sets)
  }

  public func plan(_ scheme: any Scheme, steps: Range<Int>) throws -> WeightPlan {
    if steps.isEmpty { return .empty }
    let positions = scheme.weightPositions(steps)
    try check(sets: sets, positions: positions)
    let (first, last) = (positions.first ?? 0, positions.last ?? 0)
    return WeightPlan(
      sets: (0..<sets).map { .init(["weights", "\($0)"]) }, positions: positions,
      combinations: positions.map { position in
        let x = last > first ? 2 * (position - first) / (last - first) - 1 : 0
        return Self.legendre(x, count: sets).enumerated().map { .init(set: $0, scale: $1) }
      }, isConstantOverStep: false, zeroSets: 1..<sets)
  }

  /// P_0(x), P_1(x), ... by Bonnet's recursion.
  static func legendre(_ x: Double, count: Int) -> [Double] {
    var values = [1.0, x]
    for n in stride(from: 1, to: count - 1, by: 1) {
      values.append((Double(2 * n + 1) * x * values[n] - Double(n) * values[n - 1]) / Double(n + 1))
    }
    return Array(values.prefix(count))
  }
}
