import ComplexModule
import RealModule
import TimeStepping

/// `acceleration`: steps of the linear multistep scheme to the minimum of a quadratic, over its coefficient k.
///
/// ```
/// u_{l+1} = (1 - k) u_l + k u_{l-1} - h grad g(u_l),   g(u) = 1/2 sum_i lambda_i u_i^2
/// ```
///
/// For k < 0 it is gradient descent with momentum -k. The step size is the same for all k, one half of forward Euler's
/// limit; the growth per step in the long run is the largest |R(-h lambda_i)|. LM-ResNet, section 3.
public struct Acceleration: Diagnostic {
  public let name = "acceleration"
  public let title = "steps of the linear multistep scheme to the minimum of a quadratic"
  public let equation =
    "u_{l+1} = (1 - k) u_l + k u_{l-1} - h grad g(u_l),  g(u) = 1/2 sum_i lambda_i u_i^2"
  public let source = "LM-ResNet (Lu, Zhong, Li, Dong), section 3"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("condition", standard: "100", "the largest lambda over the smallest, 1")
  ]
  /// The largest curvature over the smallest, which is 1.
  public var condition = 100.0
  /// The coefficients; 0 is gradient descent.
  static let coefficients = [0.0, -0.3, -0.6, -0.9]
  /// The distance to the minimum, relative to that of the start, that counts as there.
  static let tolerance = 1e-6
  private static let dimensions = 20

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.condition = try choice.number("condition", in: 1...1e6) ?? condition
    return copy
  }

  /// The curvatures, evenly spaced on a logarithmic scale.
  var curvatures: [Double] {
    (0..<Self.dimensions).map {
      .pow(condition, Double($0) / Double(Self.dimensions - 1))
    }
  }

  /// The step size.
  var size: Double { 1 / condition }

  /// The distances to the minimum after 0, 1, ... steps, relative to that of the start; it ends at the tolerance.
  func distances(k: Double) throws -> [Double] {
    let curvatures = curvatures
    let field = ClosureField<[Double]> { u, _ in zip(u, curvatures).map { -$0 * $1 } }
    let scheme = LinearMultistep(k: .constant(k))
    let start = [Double](repeating: 1, count: curvatures.count)
    // From rest: the state before the start is the start.
    var state = SchemeState(current: start, history: [start])
    func length(_ u: [Double]) -> Double { u.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let first = length(start)
    var distances = [1.0]
    let most = Int(100 * condition) + 1000
    while let last = distances.last, last > Self.tolerance, last < 1e6, distances.count <= most {
      state = try scheme.step(state, size: size, field: field)
      distances.append(length(state.current) / first)
    }
    return distances
  }

  /// The largest growth of any component in a step, in the long run.
  func growth(k: Double) -> Double {
    let scheme = LinearMultistep(k: .constant(k))
    return curvatures.map { scheme.amplificationFactor(Complex(-size * $0, 0)).length }.max() ?? 1
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    var table = DiagnosticTable(
      "acceleration", "Steps to the minimum of a quadratic", source: source,
      notes: [
        "\(Self.dimensions) curvatures from 1 to \(condition.text), h = \(size.text); from rest; "
          + "until the distance is \(Self.tolerance) of that of the start."
      ],
      columns: [
        .number("k", "k"), .integer("steps", "steps"), .number("growth", "largest |R(-h lambda)|"),
        .number("predicted", "log(tolerance) / log|R|"),
        .number("speed_up", "steps of gradient descent over steps"),
      ])
    var course = DiagnosticTable(
      "acceleration-course", "Distance to the minimum", source: source,
      columns: [
        .number("k", "k"), .integer("step", "step"),
        .number("distance", "distance to the minimum, relative to the start's"),
      ])
    var descent: Int?
    for k in Self.coefficients {
      let distances = try distances(k: k)
      let isThere = (distances.last ?? 1) <= Self.tolerance
      let steps = distances.count - 1
      if k == 0, isThere { descent = steps }
      let growth = growth(k: k)
      let predicted = growth < 1 ? Double.log(Self.tolerance) / Double.log(growth) : .infinity
      let speedUp = isThere ? descent.map { Double($0) / Double(steps) } : nil
      try table.append([
        .number(k), isThere ? .integer(steps) : .missing, .number(growth),
        .number(predicted), .number(speedUp),
      ])
      for step in Set((0...200).map { $0 * steps / 200 }).sorted() {
        try course.append([.number(k), .integer(step), .number(distances[step])])
      }
    }
    let plot = Plot(
      "acceleration", "Distance to the minimum of a quadratic",
      subtitle: ["condition number \(condition.text), the same step size for all k"],
      layers: [
        .init(
          .line(), of: course.name, x: .column("step"), y: .column("distance", scale: .log),
          color: .column("k", .nominal))
      ])
    let best = table.rows.compactMap { row in row[1].number.map { (row[0].number ?? 0, $0) } }
      .min { $0.1 < $1.1 }
    return DiagnosticResult(
      tables: [table, course], plots: [plot],
      summary: best.map {
        [
          "fewest steps: \(Int($0.1)) with k = \($0.0); gradient descent takes \(descent.map(String.init) ?? "more than the limit")"
        ]
      } ?? ["no k reaches the minimum"])
  }
}
