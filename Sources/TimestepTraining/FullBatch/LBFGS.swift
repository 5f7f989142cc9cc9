import TimeStepping
import TimestepTorch

/// The inverse of the second derivatives estimated from the last m steps and changes of the gradient.
///
/// ```
/// s = theta - theta_last,  y = g - g_last,  rho = 1 / <y, s>
/// d = -H g,  H = V^T ... V^T (<s, y> / <y, y>) V ... V + sum of rho s s^T terms,  V = I - rho y s^T
/// ```
///
/// computed by two loops over the memory. A pair with `<y, s> <= 1e-10` is left out; the first step is
/// `min(1, 1 / |g|_1)` long. Source: Nocedal (1980); Nocedal and Wright, algorithm 7.4.
public struct LBFGS: Minimizer {
  public let name = "l-bfgs"
  public let title = "limited-memory BFGS"
  public let equation = "d = -H g, H from the last m pairs (s, y) by the two-loop recursion"
  public let source = "Nocedal and Wright, algorithm 7.4; Meganet.m, lBFGS"
  /// The number m of pairs.
  public let memory: Int
  private let search: LineSearchName

  /// Creates the method.
  public init(memory: Int = 10, lineSearch: LineSearchName = .wolfe) {
    self.memory = memory
    search = lineSearch
  }

  public var lineSearch: any LineSearch { search.search() }

  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription("memory", standard: "10", "number of pairs that are kept"),
      LineSearchName.argument(.wolfe),
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any Minimizer {
    LBFGS(
      memory: try choice.integer("memory", in: 1...10_000) ?? memory,
      lineSearch: try choice.option("line-search") ?? search)
  }

  public func directions(for problem: any FullBatchProblem) -> any DescentDirections {
    TwoLoopRecursion(memory: memory)
  }
}

/// A step s, the change y of the gradient along it, and `<y, s>`.
struct SecantPair {
  let step, change: Tensor
  let product: Double

  /// The pair of two points; nil where the curvature between them is not positive.
  init?(from last: SearchPoint, to point: SearchPoint) throws {
    step = try point.values - last.values
    change = try point.gradient - last.gradient
    product = try (step * change).sum().scalar()
    if !(product > 1e-10) { return nil }
  }

  /// `<s, y> / <y, y>`, the size of the inverse second derivatives.
  func scale() throws -> Double { try product / change.square().sum().scalar() }
}

private final class TwoLoopRecursion: DescentDirections {
  private let memory: Int
  private var pairs: [SecantPair] = []
  private var scale = 1.0
  private var last: SearchPoint?

  init(memory: Int) { self.memory = memory }

  func forget() { (pairs, scale, last) = ([], 1, nil) }

  func next(from point: SearchPoint) throws -> DescentDirection {
    defer { last = point }
    guard let last else {
      return DescentDirection(
        direction: try -point.gradient, firstStep: try point.gradient.firstStepLength())
    }
    if let pair = try SecantPair(from: last, to: point) {
      pairs = pairs.suffix(memory - 1) + [pair]
      scale = try pair.scale()
    }
    let direction = try -point.gradient
    var factors: [Double] = []
    for pair in pairs.reversed() {
      let factor = try (pair.step * direction).sum().scalar() / pair.product
      factors.append(factor)
      try direction.addInPlace(pair.change, scaledBy: -factor)
    }
    try direction.multiplyInPlace(by: scale)
    for (pair, factor) in zip(pairs, factors.reversed()) {
      let other = try (pair.change * direction).sum().scalar() / pair.product
      try direction.addInPlace(pair.step, scaledBy: factor - other)
    }
    return DescentDirection(direction: direction)
  }
}
