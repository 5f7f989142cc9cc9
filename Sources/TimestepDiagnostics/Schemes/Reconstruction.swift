import RealModule
import TimeStepping
import TimestepTorch

/// `reconstruction`: how exactly a scheme that can be run backwards finds the input of a random network again.
///
/// ```
/// u_0 -> u_1 -> ... -> u_N -> ... -> v_0,   error = |v_0 - u_0| / |u_0|,   f_l(u) = tanh(W_l u + b_l)
/// ```
///
/// Rounding grows by the scheme's ``TimeStepping/ReversibleScheme/inverseErrorGrowth`` in each step back: 1/|k| for the
/// linear multistep scheme, so that only |k| = 1 is of use in a deep network. LM-ResNet, section 2; Gomez et al. (2017).
public struct Reconstruction: Diagnostic {
  public let name = "reconstruction"
  public let title = "error of the input that reversible schemes rebuild, against depth"
  public let equation = "|v_0 - u_0| / |u_0|,  v_0 from u_N by N steps back"
  public let source = "LM-ResNet (Lu, Zhong, Li, Dong), section 2; Gomez et al. (2017)"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("depth", standard: "100", "the most steps"),
    ArgumentDescription("dimension", standard: "64", "numbers in the state, an even number"),
    ArgumentDescription("h", standard: "0.1", "the step size"),
  ]
  /// The numbers of steps.
  public var depths = [10, 20, 30, 40, 50, 70, 100]
  /// Numbers in the state.
  public var dimension = 64
  /// The step size.
  public var h = 0.1
  /// The schemes.
  public var schemes = [
    "rev", "hamiltonian", "hamiltonian-2", "midpoint", "verlet", "leapfrog", "lm:k=1", "lm:k=-1",
    "lm:k=0.9", "lm:k=-0.9", "lm:k=-0.5",
  ]
  private static let examples = 8

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    if let depth = try choice.integer("depth", in: 2...10_000) {
      copy.depths = Array(Set((1...10).map { max(2, $0 * depth / 10) })).sorted()
    }
    if let dimension = try choice.integer("dimension", in: 2...4096) {
      guard dimension.isMultiple(of: 2) else {
        throw ArgumentError("diagnostic", name, "dimension=\(dimension): two streams halve it")
      }
      copy.dimension = dimension
    }
    copy.h = try choice.number("h", in: 1e-6...10) ?? h
    return copy
  }

  /// The relative error of the rebuilt input.
  private func error(_ scheme: any ReversibleScheme, steps: Int, _ field: RandomField) throws
    -> Double
  {
    try withoutGradients {
      let type = field.type
      let generator = try Generator(seed: field.seed)
      let input = try Tensor.empty([Self.examples, dimension], .float64)
      try generator.fillNormal(input)
      let grid = try TimeGrid(steps: steps, size: h)
      let start = try scheme.initialState(input.cast(to: type), time: 0)
      var end = start
      _ = try integrate(input.cast(to: type), field: field, scheme: scheme, grid: grid) { end = $0 }
      let back = try integrateBack(end, field: field, scheme: scheme, grid: grid)
      let distance = try zip(back.tensors, start.tensors).map { try $0 - $1 }
      return try Foreach.norm(distance) / Foreach.norm(start.tensors)
    }
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    var table = DiagnosticTable(
      "reconstruction", "Error of the rebuilt input", source: source,
      notes: [
        "Fields tanh(W u + b) of \(dimension) numbers, W normal of deviation 1/sqrt(d), b of 0.1; h = "
          + "\(h.text); \(Self.examples) inputs; seed \(context.seed)."
      ],
      columns: [
        .text("scheme", "scheme"), .text("precision", "precision"), .integer("depth", "steps N"),
        .number("error", "relative error of the input"),
      ])
    var growth = DiagnosticTable(
      "reconstruction-growth", "Growth of the error in a step back", source: source,
      notes: ["In float64, where the error is between 1e-14 and 0.01."],
      columns: [
        .text("scheme", "scheme"), .number("declared", "declared growth"),
        .number("measured", "measured growth in a step"),
      ])
    let fields = [DataType.float32, .float64].map { RandomField(seed: context.seed, type: $0) }
    for label in schemes {
      guard let scheme = try SchemeCatalog.scheme(named: label) as? any ReversibleScheme else {
        throw DiagnosticError(.doesNotApply, name, "the scheme \(label) has no inverse")
      }
      var points: [(depth: Int, error: Double)] = []
      for field in fields {
        let type = field.type
        for depth in depths {
          let error = try self.error(scheme, steps: depth, field)
          try table.append([
            .text(label), .text(type == .float32 ? "float32" : "float64"), .integer(depth),
            .number(error),
          ])
          if type == .float64, (1e-14...1e-2).contains(error) { points.append((depth, error)) }
        }
      }
      var measured: Double?
      if let first = points.first, let last = points.last, last.depth > first.depth {
        measured = .exp(
          Double.log(last.error / first.error) / Double(last.depth - first.depth))
      }
      try growth.append([
        .text(label), .number(scheme.inverseErrorGrowth), .number(measured),
      ])
    }
    let plot = Plot(
      "reconstruction", "Error of the input rebuilt by the scheme's inverse",
      subtitle: ["random networks of N steps, h = \(h.text)"],
      layers: [
        .init(
          .line(points: true), of: table.name, x: .column("depth"),
          y: .column("error", scale: .log),
          color: .column("scheme"))
      ], facet: Plot.Facet("precision", columns: 2), width: 340, height: 300)
    return DiagnosticResult(
      tables: [table, growth], plots: [plot],
      summary: table.rows.filter { $0[2].number == depths.last.map(Double.init) }.map {
        "\($0[0]), \($0[1]), \($0[2]) steps: \(($0[3].number ?? .nan).text)"
      })
  }
}

extension SchemeState<Tensor> {
  /// The newest state and the history.
  fileprivate var tensors: [Tensor] { [current] + history }
}

/// A network of one layer in each step, `f_l(u) = tanh(W_l u + b_l)` with random numbers that depend on the seed, the
/// step and the function alone; its size is that of what it is given.
private final class RandomField: VectorField {
  typealias State = Tensor
  private struct Place: Hashable {
    let step, branch, size: Int
  }

  let seed: UInt64
  let type: DataType
  private var layers: [Place: (weight: Tensor, bias: Tensor)] = [:]

  init(seed: UInt64, type: DataType) {
    self.seed = seed
    self.type = type
  }

  func callAsFunction(_ u: Tensor, at point: EvaluationPoint) throws -> Tensor {
    let place = Place(step: point.step, branch: point.branch, size: u.shape[1])
    let layer = try layers[place] ?? make(place)
    layers[place] = layer
    return try u.linear(layer.weight, bias: layer.bias).tanh()
  }

  private func make(_ place: Place) throws -> (weight: Tensor, bias: Tensor) {
    let generator = try Generator(
      seed: seed &+ 1_000_003 &* UInt64(2 * place.step + place.branch + 1))
    let weight = try Tensor.empty([place.size, place.size], .float64)
    let bias = try Tensor.empty([place.size], .float64)
    try generator.fillNormal(weight, deviation: 1 / Double(place.size).squareRoot())
    try generator.fillNormal(bias, deviation: 0.1)
    return (try weight.cast(to: type), try bias.cast(to: type))
  }
}
