import ComplexModule
import RealModule

/// The dense multistep scheme, `u_{l+1} = sum_j k_j u_j / sum_j k_j + h f(u_l, t_l)`, j = 0 ... l:
/// a weighted mean of all states since the scheme started.
///
/// Constant weights are `k_j = r^(l-j)`: a state counts r times as much as its successor, and r = 0
/// is forward Euler. The mean then lags r / (1 - r) steps behind u_l once the start is forgotten,
/// so that `(1 + r/(1 - r)) u' = f`: the time scale is 1/(1 - r), the order 1. With trained
/// weights, which the published code draws from U[-0.1, 0] and so from numbers of one sign, the lag
/// is whatever training makes of it and grows with l at first; what is declared for them holds for
/// the constant weights, which stand in where a field knows none.
///
/// Step l asks the field for its coefficients `k0` ... `kl`, `k0` being the weight of the state the
/// scheme started from; the first step has one weight, which cancels, and asks for none.
///
/// Source: the code published with LM-ResNet, `DenseResNet`; not in the paper.
public struct DenseMultistep: Scheme {
  /// The factor r from 0 to less than 1 between the weights of neighbours.
  public let decay: Double
  /// The shape of trained weights; nil for constant ones.
  public let trained: TrainedCoefficient.Shape?

  /// Makes the scheme with a decay from 0 to less than 1.
  public init(decay: Double = 0.5, trained: TrainedCoefficient.Shape? = nil) {
    precondition((0..<1).contains(decay), "decay \(decay)")
    self.decay = decay
    self.trained = trained
  }

  public var name: String { "dense-multistep" }
  public var title: String { "dense multistep scheme" }
  public var updateEquation: String { "u_{l+1} = sum_j k_j u_j / sum_j k_j + h f(u_l)" }
  public var source: String { "code of LM-ResNet, DenseResNet" }
  public var order: Int? { 1 }
  /// 1/(1 - r).
  public var timeScale: Double { 1 / (1 - decay) }
  /// All of them, as many as steps and one more.
  public var statesCarried: Int? { nil }
  /// The coefficients of the second step, the first that has any.
  public var trainedCoefficients: [TrainedCoefficient] { trainedCoefficients(step: 1) }
  /// 2 / (1 + r).
  public var realStabilityLimit: Double { 2 / (1 + decay) }
  /// `2/(1 + r) sqrt(1 - ((1 - r)/(2r))^2)` for r > 1/3, else 0.
  public var imaginaryStabilityLimit: Double {
    guard decay > 1.0 / 3 else { return 0 }
    let cosine = (1 - decay) / (2 * decay)
    return 2 / (1 + decay) * (1 - cosine * cosine).squareRoot()
  }
  /// Returns `[previous]`: where the state changes its shape, the mapped state is the first of all.
  public func history<Vector: VectorSpace>(previous: Vector) -> [Vector] { [previous] }

  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription(
        "decay", standard: "0.5",
        "the weight of a state relative to its successor's, from 0 to less than 1, or trained"),
      ArgumentDescription("shape", standard: "scalar", "of trained weights: scalar or channel"),
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any Scheme {
    let shape = try choice.option("shape") ?? TrainedCoefficient.Shape.scalar
    if choice.values["decay"] == "trained" { return DenseMultistep(decay: decay, trained: shape) }
    guard shape == .scalar else {
      throw ArgumentError("scheme", name, "shape=channel is for decay=trained alone")
    }
    return DenseMultistep(decay: try choice.number("decay", in: 0...1.0.nextDown) ?? decay)
  }

  /// Returns one weight for each of the states at hand, and none in the first step.
  public func trainedCoefficients(step: Int) -> [TrainedCoefficient] {
    guard let trained, step > 0 else { return [] }
    return (0...step).map {
      TrainedCoefficient(
        name: "k\($0)", shape: trained, initial: LinearMultistep.initialInterval)
    }
  }

  /// Returns the state one step of size `h` later.
  public func step<Field: VectorField>(
    _ state: SchemeState<Field.State>, size h: Double, field: Field
  ) throws -> SchemeState<Field.State> {
    let states = [state.current] + state.history
    let point = state.point(size: h)
    let mean = try trainedMean(states, at: point, field: field) ?? decayingMean(states)
    return state.next(
      try mean.adding(field.increment(state.current, at: point, size: h)), history: states, size: h)
  }

  /// The mean of the states, newest first, with weights 1, r, r^2, ...
  private func decayingMean<Vector: VectorSpace>(_ states: [Vector]) throws -> Vector {
    guard decay > 0, states.count > 1 else { return states[0] }
    var weights = [1.0]
    while weights.count < states.count { weights.append(weights[weights.count - 1] * decay) }
    let sum = weights.reduce(0, +)
    return try Vector.linearCombination(zip(weights, states).map { ($0 / sum, $1) })
  }

  /// The mean with the field's weights; nil if they are constant or the field knows none.
  private func trainedMean<Field: VectorField>(
    _ states: [Field.State], at point: EvaluationPoint, field: Field
  ) throws -> Field.State? {
    guard trained != nil, states.count > 1 else { return nil }
    var sums: (weighted: Field.State, weights: Field.State)?
    for (index, u) in states.reversed().enumerated() {
      guard let k = try field.coefficient("k\(index)", at: point) else { return nil }
      let product = try u.multiplied(byCoefficient: k)
      if let (weighted, weights) = sums {
        sums = (
          try weighted.adding(product, scaledBy: 1), try weights.adding(k, scaledBy: 1)
        )
      } else {
        sums = (product, k)
      }
    }
    return try sums.map { try $0.weighted.divided(byCoefficient: $0.weights) }
  }

  /// Returns the root of `x^2 = (1 + z) x - r z` of largest modulus: the growth once the start is
  /// forgotten, for constant weights.
  public func amplificationFactor(_ z: Complex<Double>) -> Complex<Double> {
    largestRoot(p: 1 + z, q: z.multiplied(by: -decay))
  }
}
