import RealModule
import TimestepTorch

/// The lecture's objective with two parameters: a residual network of N steps on points in space that is to reach what
/// the network of 200 steps makes of them at theta = (1, 1).
///
/// ```
/// Y_{l+1} = Y_l + (10/N) tanh(K(t1, t2) Y_l),   phi(t) = 1/2 |Y_N(t) - C|_F^2,
///
///          [ -t1-t2    t1      t2   ]
/// K(t) =   [   t2    -t1-t2    t1   ]
///          [   t1      t2    -t1-t2 ]
/// ```
///
/// The eigenvalues of K are 0 and `-(3/2)(t1 + t2) -+ i sqrt(3)/2 (t1 - t2)`: with few steps, h lambda leaves the stability
/// region of forward Euler and the objective becomes jagged. Lecture, "why stability matters"; course code.
public struct LectureObjective {
  /// The final time, the same for every number of steps.
  public static let time = 10.0
  /// The steps of the network that makes the targets.
  public static let referenceSteps = 200

  private let start: Tensor
  private let target: Tensor

  /// An objective on normal points.
  ///
  /// - Parameters:
  ///   - examples: the number of points.
  ///   - deviation: the standard deviation of their coordinates.
  public init(examples: Int = 20, deviation: Double = 0.1, seed: UInt64) throws {
    let points = try Tensor.empty([examples, 3], .float64)
    try Generator(seed: seed).fillNormal(points, deviation: deviation)
    start = points
    target = try Self.end(
      points.unsqueezed(0), Self.kernels([1], [1]), steps: Self.referenceSteps)
  }

  /// The transposed kernels of pairs of parameters, `[G, 3, 3]`, so that rows are multiplied from the right.
  private static func kernels(_ t1: [Double], _ t2: [Double]) throws -> Tensor {
    let entries = zip(t1, t2).flatMap { a, b -> [Double] in
      let c = -a - b
      // Columns of K become rows.
      return [c, b, a, a, c, b, b, a, c]
    }
    return try Tensor(entries, shape: [t1.count, 3, 3])
  }

  /// `Y_N` for every kernel, `[1, n, 3]` or `[G, n, 3]` to `[G, n, 3]`.
  private static func end(_ start: Tensor, _ kernels: Tensor, steps: Int) throws -> Tensor {
    let h = time / Double(steps)
    return try withoutGradients {
      var y = try start.expanded([kernels.shape[0]] + start.shape.dropFirst())
      for _ in 0..<steps { y = try y.adding(y.matrixProduct(kernels).tanh(), scaledBy: h) }
      return y
    }
  }

  /// `phi` at pairs of parameters.
  public func values(_ t1: [Double], _ t2: [Double], steps: Int) throws -> [Double] {
    guard t1.count == t2.count else {
      throw DiagnosticError(.fault, "landscape", "\(t1.count) and \(t2.count) parameters")
    }
    // A few thousand at a time: the states of all would not fit into the caches.
    var values: [Double] = []
    for first in stride(from: 0, to: t1.count, by: 2048) {
      let range = first..<min(first + 2048, t1.count)
      let end = try Self.end(
        start.unsqueezed(0), Self.kernels(Array(t1[range]), Array(t2[range])), steps: steps)
      values += try ((end - target).square().sum([1, 2]) * 0.5).scalars(Double.self)
    }
    return values
  }

  /// `phi` on a square grid, the rows for t2.
  public func grid(_ axis: [Double], steps: Int) throws -> [[Double]] {
    let all = try values(
      axis.flatMap { _ in axis }, axis.flatMap { [Double](repeating: $0, count: axis.count) },
      steps: steps)
    return axis.indices.map { Array(all[$0 * axis.count..<($0 + 1) * axis.count]) }
  }
}
