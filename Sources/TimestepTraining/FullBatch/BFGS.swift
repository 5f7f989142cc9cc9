import TimeStepping
import TimestepTorch

/// The inverse of the second derivatives estimated from all steps, as a full matrix; for few parameters.
///
/// ```
/// H <- (I - rho s y^T) H (I - rho y s^T) + rho s s^T,   rho = 1 / <y, s>,   d = -H g
/// ```
///
/// Before the first update H is `<s, y> / <y, y>` times the unit matrix. Source: Nocedal and Wright, algorithm 6.1 and
/// equation 6.20.
public struct BFGS: Minimizer {
  public let name = "bfgs"
  public let title = "BFGS with a full matrix"
  public let equation = "d = -H g, H <- (I - rho s y^T) H (I - rho y s^T) + rho s s^T"
  public let source = "Nocedal and Wright, algorithm 6.1; Meganet.m, BFGS"
  /// The largest number of parameters, whose square is kept.
  public static let mostParameters = 10_000
  private let search: LineSearchName

  /// Creates the method.
  public init(lineSearch: LineSearchName = .wolfe) { search = lineSearch }

  public var lineSearch: any LineSearch { search.search() }

  public var arguments: [ArgumentDescription] { [LineSearchName.argument(.wolfe)] }

  public func configured(_ choice: NamedChoice) throws -> any Minimizer {
    BFGS(lineSearch: try choice.option("line-search") ?? search)
  }

  public func directions(for problem: any FullBatchProblem) throws -> any DescentDirections {
    guard problem.parameters.count <= Self.mostParameters else {
      throw ArgumentError(
        "minimizer", name,
        "its matrix has a row for each of the \(problem.parameters.count) parameters, at most "
          + "\(Self.mostParameters); use l-bfgs")
    }
    return FullMatrixDirections()
  }
}

private final class FullMatrixDirections: DescentDirections {
  /// `[n, n]`
  private var inverse: Tensor?
  private var last: SearchPoint?

  func forget() { (inverse, last) = (nil, nil) }

  func next(from point: SearchPoint) throws -> DescentDirection {
    defer { last = point }
    if let last, let pair = try SecantPair(from: last, to: point) { try update(pair) }
    guard let inverse else {
      return DescentDirection(
        direction: try -point.gradient,
        firstStep: last == nil ? try point.gradient.firstStepLength() : 1)
    }
    return DescentDirection(direction: try -inverse.matrixProduct(point.gradient))
  }

  /// Written out, so that it costs two products of vectors and none of matrices.
  private func update(_ pair: SecantPair) throws {
    let (step, rho) = (pair.step, 1 / pair.product)
    let size = step.count
    let matrix =
      try inverse
      ?? {
        let numbers = try Tensor.range(to: Double(size), .int64, on: step.device)
        return try numbers.unsqueezed(0).equal(numbers.unsqueezed(1)).cast(to: step.dataType)
          * pair.scale()
      }()
    let image = try matrix.matrixProduct(pair.change)
    let square = try (pair.change * image).sum().scalar()
    let mixed = try image.unsqueezed(1) * step.unsqueezed(0)
    let own = try step.unsqueezed(1) * step.unsqueezed(0)
    inverse = try matrix.adding(mixed + mixed.transposed(), scaledBy: -rho)
      .adding(own, scaledBy: rho + rho * rho * square)
  }
}
