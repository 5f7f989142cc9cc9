import RealModule
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The lecture's antisymmetric network: one antisymmetric matrix in all steps, tanh, no bias.
///
/// ```
/// u' = tanh(A u - gamma u),  A = K - K^T,   H(u) = sum_i log cosh (A u)_i
/// ```
///
/// Without damping gamma the equation conserves H, whose gradient is orthogonal to the field. H is convex, so that forward
/// Euler increases it in every step, for every h. Specification of the lecture, section 2.5.
public struct AntisymmetricSystem {
  private let field: AntisymmetricField
  private let matrix: Tensor
  /// The state at the start, `[1, d]`.
  public let start: Tensor

  /// The system of a matrix K, `[d, d]`, and a start, `[d]`.
  ///
  /// - Parameter gamma: the damping, 0 or more.
  public init(kernel: Tensor, start: Tensor, gamma: Double = 0) throws {
    let size = start.count
    let store = ParameterStore(dataType: .float64)
    field = try AntisymmetricField(
      ParameterPath.root / "field", in: store, on: .points, gamma: gamma,
      shape: FieldShape(inputs: size),
      style: FieldStyle(normalization: .none, activation: .tanh, bias: false))
    guard let weight = store["field.linear.weight"], kernel.shape == [size, size] else {
      throw ShapeError(
        path: "antisymmetric system", problem: "a matrix \(kernel.shape) for \(size) numbers")
    }
    try weight.assign(kernel)
    let values = try kernel.detached().cast(to: .float64)
    matrix = try values - values.transposed()
    self.start = try start.detached().cast(to: .float64).reshaped([1, size])
  }

  /// The system of normal numbers with the given deviations, `dimension` of them in the state.
  public init(
    dimension: Int = 16, kernelDeviation: Double, startDeviation: Double = 1,
    gamma: Double = 0, seed: UInt64
  ) throws {
    let generator = try Generator(seed: seed)
    let kernel = try Tensor.empty([dimension, dimension], .float64)
    let start = try Tensor.empty([dimension], .float64)
    try generator.fillNormal(kernel, deviation: kernelDeviation)
    try generator.fillNormal(start, deviation: startDeviation)
    try self.init(kernel: kernel, start: start, gamma: gamma)
  }

  /// `H(u)`
  public func energy(_ u: Tensor) throws -> Double {
    try withoutGradients {
      let product = try u.matrixProduct(matrix.transposed())
      // log cosh x = |x| + log(1 + e^{-2|x|}) - log 2, which does not overflow.
      let size = try product.absolute()
      let logarithm = try ((size * -2).exponential() + 1).logarithm()
      return try (size + logarithm - Double.log(2)).sum().scalar()
    }
  }

  /// The largest w of the eigenvalues i w of A: forward Euler with damping is stable near 0 up to
  /// `h = 2 gamma / (gamma^2 + w^2)`.
  public func largestFrequency() throws -> Double {
    try matrix.singularValues().scalars(Double.self).max() ?? 0
  }

  /// The energies at the `steps + 1` times of steps of size h.
  public func energies(_ scheme: any Scheme, h: Double, steps: Int) throws -> [Double] {
    try course(scheme, h: h, steps: steps).map(\.energy)
  }

  /// Energy and Euclidean norm at the `steps + 1` times of steps of size h.
  public func course(_ scheme: any Scheme, h: Double, steps: Int) throws -> [(
    energy: Double, norm: Double
  )] {
    try withoutGradients {
      let stage = try Stage(
        ParameterPath.root, scheme: scheme, grid: TimeGrid(steps: steps, size: h),
        activation: .identity, transition: nil,
        fields: [any ResidualField](repeating: field, count: steps))
      var course = [(energy: try energy(start), norm: try start.length())]
      _ = try stage(start, .evaluation) { course.append((try energy($0), try $0.length())) }
      return course
    }
  }
}

/// `energy`: how each scheme treats the energy that the antisymmetric network conserves.
public struct AntisymmetricEnergy: Diagnostic {
  public let name = "energy"
  public let title = "energy of the antisymmetric network under each scheme"
  public let equation = "u' = tanh((K - K^T - gamma I) u),  H(u) = sum_i log cosh((K - K^T) u)_i"
  public let source = "lecture \"Residual Neural Networks\", antisymmetric kernels"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("dimension", standard: "16", "numbers in the state"),
    ArgumentDescription("time", standard: "50", "the final time T"),
    ArgumentDescription("deviation", standard: "0.25", "of the numbers of K"),
    ArgumentDescription("gamma", standard: "0", "damping"),
  ]
  /// Numbers in the state.
  public var dimension = 16
  /// The final time.
  public var time = 50.0
  /// The standard deviation of the numbers of K; those of the start have 1.
  public var deviation = 0.25
  /// The damping.
  public var gamma = 0.0
  /// The schemes that the lecture speaks of.
  public static let schemes = [
    "euler", "heun", "rk3", "rk4", "linearly-implicit:q=0.5", "linearly-implicit:q=1",
  ]
  /// The step sizes.
  public static let sizes = [0.5, 0.1, 0.02]

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.dimension = try choice.integer("dimension", in: 2...256) ?? dimension
    copy.time = try choice.number("time", in: 0.5...10_000) ?? time
    copy.deviation = try choice.number("deviation", in: 1e-6...1e6) ?? deviation
    copy.gamma = try choice.number("gamma", in: 0...1e6) ?? gamma
    return copy
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let system = try AntisymmetricSystem(
      dimension: dimension, kernelDeviation: deviation, gamma: gamma, seed: context.seed)
    var growth = DiagnosticTable(
      "energy-growth", "Growth of the energy over T = \(time.text)", source: source,
      notes: [
        "K: \(dimension) x \(dimension) normal numbers of deviation \(deviation); start: normal numbers; seed "
          + "\(context.seed). "
          + (gamma == 0 ? "The equation itself keeps H." : "Damping \(gamma).")
      ],
      columns: [
        .text("scheme", "scheme"), .number("h", "step size h"),
        .number("growth", "H(u_N) / H(u_0)"), .flag("is_monotone", "H grows in every step"),
        .number("least", "least H(u) / H(u_0)"), .number("most", "greatest H(u) / H(u_0)"),
        .number("norm", "greatest |u| / |u_0|"),
      ])
    var course = DiagnosticTable(
      "energy", "Energy over time", source: source,
      columns: [
        .text("scheme", "scheme"), .text("size", "step size"), .number("h", "step size h"),
        .number("time", "time t"), .number("energy", "H(u) / H(u_0)"),
        .number("norm", "|u| / |u_0|"),
      ])
    for name in Self.schemes {
      let scheme = try SchemeCatalog.scheme(named: name)
      for h in Self.sizes {
        let steps = max(1, Int((time / h).rounded()))
        let states = try system.course(scheme, h: h, steps: steps)
        let energies = states.map(\.energy)
        let (first, norm) = states[0]
        try growth.append([
          .text(name), .number(h), .number(energies[steps] / first),
          .flag(zip(energies, energies.dropFirst()).allSatisfy { $0 < $1 }),
          .number(energies.min().map { $0 / first }), .number(energies.max().map { $0 / first }),
          .number(states.map(\.norm).max().map { $0 / norm }),
        ])
        // At most 100 points of each course.
        for step in Set((0...100).map { $0 * steps / 100 }).sorted() {
          try course.append([
            .text(name), .text("h = \(h)"), .number(h), .number(Double(step) * h),
            .number(energies[step] / first), .number(states[step].norm / norm),
          ])
        }
      }
    }
    let plot = Plot(
      "energy", "Energy of the antisymmetric network, relative to its start",
      subtitle: [gamma == 0 ? "conserved by the equation" : "damping \(gamma)"],
      layers: [
        .init(
          .line(), of: course.name, x: .column("time"), y: .column("energy", scale: .log),
          color: .column("scheme"))
      ], facet: Plot.Facet("size", columns: 3), width: 260, height: 260)
    let euler = growth.rows.filter { $0[0] == "euler" }.compactMap { $0[2].number }
    return DiagnosticResult(
      tables: [growth, course], plots: [plot],
      summary: [
        "forward Euler multiplies the energy by \(euler.map(\.text).joined(separator: ", ")) for h = "
          + Self.sizes.map { "\($0)" }.joined(separator: ", ")
      ])
  }
}
