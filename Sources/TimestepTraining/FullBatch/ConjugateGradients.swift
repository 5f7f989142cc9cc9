import TimestepTorch

/// Conjugate gradients for `H x = b`, H symmetric, which end early: at a residual, at the border of a ball, or where H
/// is not positive.
///
/// ```
/// x = 0, r = b, p = r
/// a = <r, r> / <p, H p>,  x <- x + a p,  r <- r - a H p,  p <- r + (<r, r> / <r_last, r_last>) p
/// ```
///
/// Where `<p, H p> <= 0`, or where x would leave the ball, x goes along p to the border, or without a ball stays, at b
/// itself if nothing was found before. Source: Steihaug (1983); Nocedal and Wright, algorithm 7.2.
public struct ConjugateGradients: Sendable {
  /// The residual, relative to b, at which it is enough.
  public var tolerance: Double
  /// The largest number of products with H.
  public var iterations: Int
  /// The largest length of x.
  public var radius: Double

  /// Creates the method.
  public init(tolerance: Double = 0.1, iterations: Int = 10, radius: Double = .infinity) {
    self.tolerance = tolerance
    self.iterations = iterations
    self.radius = radius
  }

  /// What was found.
  public struct Solution {
    /// `[n]`
    public let x: Tensor
    /// The number of products with H.
    public let iterations: Int
    /// `|H x - b| / |b|`, by recursion.
    public let residual: Double
  }

  /// Solves `H x = b` for b `[n]`.
  public func solve(_ product: (Tensor) throws -> Tensor, _ b: Tensor) throws -> Solution {
    var x = try b * 0
    var (residual, direction) = (b, b)
    var square = try b.square().sum().scalar()
    let bound = tolerance * square.squareRoot()
    let size = square.squareRoot()
    guard square > 0, square.isFinite else { return Solution(x: x, iterations: 0, residual: 0) }
    for iteration in 1...max(iterations, 1) {
      let image = try product(direction)
      let curvature = try (direction * image).sum().scalar()
      guard curvature > 0 else {
        let end = try radius.isFinite ? toBorder(from: x, along: direction) : iteration == 1 ? b : x
        return Solution(x: end, iterations: iteration, residual: square.squareRoot() / size)
      }
      let step = square / curvature
      let next = try x.adding(direction, scaledBy: step)
      if radius.isFinite, try next.norm().scalar() >= radius {
        return Solution(
          x: try toBorder(from: x, along: direction), iterations: iteration,
          residual: square.squareRoot() / size)
      }
      x = next
      residual = try residual.adding(image, scaledBy: -step)
      let newSquare = try residual.square().sum().scalar()
      if newSquare.squareRoot() <= bound || iteration == iterations {
        return Solution(
          x: x, iterations: iteration, residual: newSquare.squareRoot() / size)
      }
      direction = try residual.adding(direction, scaledBy: newSquare / square)
      square = newSquare
    }
    return Solution(x: x, iterations: iterations, residual: square.squareRoot() / size)
  }

  /// The point of length `radius` on a line, t > 0.
  private func toBorder(from x: Tensor, along p: Tensor) throws -> Tensor {
    let (a, b, c) = try (
      p.square().sum().scalar(), (x * p).sum().scalar(),
      x.square().sum().scalar() - radius * radius
    )
    return try x.adding(p, scaledBy: (-b + max(b * b - a * c, 0).squareRoot()) / a)
  }
}
