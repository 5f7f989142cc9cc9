import RealModule
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The lecture's continuous network with smooth weights, and the networks that discretise it.
///
/// ```
/// u' = tanh(K(t) u + b(t)),  K(t) = cos(t) K_1 + sin(t) K_2,  b(t) = cos(t) b_1 + sin(t) b_2,  t in [0, 2]
/// ```
///
/// The numbers of K_1, K_2 are normal with deviation `1 / sqrt(d)`, those of b_1, b_2 with 1/2, those of u(0) with 1, all
/// in float64. Lecture, sections 1.2 and 2.6; the dependence on time is our choice.
public struct TanhFlow {
  /// The final time.
  public static let time = 2.0
  /// Numbers in the state.
  public let dimension: Int
  /// The states at the start, `[n, d]`.
  public let start: Tensor
  private let kernels: [Tensor]
  private let biases: [Tensor]

  /// A flow of random weights on random states.
  public init(dimension: Int = 8, examples: Int = 20, seed: UInt64) throws {
    self.dimension = dimension
    let generator = try Generator(seed: seed)
    func normal(_ shape: [Int], _ deviation: Double) throws -> Tensor {
      let values = try Tensor.empty(shape, .float64)
      try generator.fillNormal(values, deviation: deviation)
      return values
    }
    let deviation = 1 / Double(dimension).squareRoot()
    kernels = try (0..<2).map { _ in try normal([dimension, dimension], deviation) }
    biases = try (0..<2).map { _ in try normal([dimension], 0.5) }
    start = try normal([examples, dimension], 1)
  }

  /// `K(t)` and `b(t)`.
  public func weights(at time: Double) throws -> (kernel: Tensor, bias: Tensor) {
    func combined(_ parts: [Tensor]) throws -> Tensor {
      try (parts[0] * Double.cos(time)).adding(parts[1], scaledBy: .sin(time))
    }
    return (try combined(kernels), try combined(biases))
  }

  /// The network of N steps of size 2 / N whose sets of weights are those of the flow at their times.
  public func network(_ scheme: any Scheme, _ weights: any WeightsInTime, steps: Int) throws
    -> Stage
  {
    let store = ParameterStore(dataType: .float64)
    let plan = try weights.plan(scheme, steps: 0..<steps)
    let schedule = try FieldSchedule(plan, below: .root, in: store) { path, store in
      try SingleField(
        path, in: store, shape: FieldShape(inputs: dimension),
        style: FieldStyle(normalization: .none, activation: .tanh, bias: true))
    }
    let h = Self.time / Double(steps)
    for set in plan.sets {
      guard let position = set.position else {
        throw DiagnosticError(.fault, weights.name, "these weights have no place in time")
      }
      let values = try self.weights(at: position * h)
      for (name, value) in [("weight", values.kernel), ("bias", values.bias)] {
        let path = (set.name + ["field", "linear", name]).joined(separator: ".")
        guard let parameter = store[path] else {
          throw DiagnosticError(.fault, path, "is not in the network")
        }
        try parameter.assign(value)
      }
    }
    return try Stage(
      .root, scheme: scheme, grid: TimeGrid(from: 0, to: Self.time, steps: steps),
      schedule: schedule, dataType: .float64)
  }

  /// The states of a network at its N + 1 times, each `[n, d]`.
  public func states(of network: Stage) throws -> [Tensor] {
    try withoutGradients {
      var states = [start]
      _ = try network(start, .evaluation) { states.append(try $0.copied()) }
      return states
    }
  }

  /// What a network makes of the states at the start.
  public func output(of network: Stage) throws -> Tensor {
    try withoutGradients { try network(start, .evaluation) }
  }

  /// The solution at the final time, by 1024 steps of RK4 with weights at every time that it evaluates: its own error is
  /// some 1e-11.
  public func solution() throws -> Tensor {
    try output(of: network(RungeKutta.rk4, IndependentWeights(), steps: 1024))
  }

  /// `|u_N - u(T)| / |u(T)|` for networks of so many steps, from the solution ``solution()``.
  public func errors(
    _ scheme: any Scheme, _ weights: any WeightsInTime, steps: [Int], from exact: Tensor
  ) throws -> [Double] {
    let size = try exact.length()
    return try steps.map {
      try (output(of: network(scheme, weights, steps: $0)) - exact).length() / size
    }
  }

  /// Forward Euler by hand, on a vector of numbers for the first of the states: what the network is to agree with.
  public func eulerByHand(steps: Int) throws -> [Double] {
    let h = Self.time / Double(steps)
    let parts = try (kernels + biases).map { try $0.scalars(Double.self) }
    let d = dimension
    let field = ClosureField<[Double]> { u, point in
      let (c, s) = (Double.cos(Double(point.step) * h), Double.sin(Double(point.step) * h))
      return (0..<d).map { row in
        let sum = (0..<d).reduce(c * parts[2][row] + s * parts[3][row]) { sum, column in
          let place = row * d + column
          return sum + (c * parts[0][place] + s * parts[1][place]) * u[column]
        }
        return .tanh(sum)
      }
    }
    return try integrate(
      start.selected(0).scalars(Double.self), field: field, scheme: ForwardEuler(),
      grid: TimeGrid(from: 0, to: Self.time, steps: steps))
  }
}
