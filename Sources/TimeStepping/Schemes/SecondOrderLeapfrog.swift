import ComplexModule
import RealModule

/// Leapfrog (Stoermer-Verlet) for second order equations,
/// `u_{l+1} = 2 u_l - u_{l-1} + h^2 f(u_l, t_l)`, from zero velocity.
///
/// With u'' = lambda^2 u and z = h lambda the roots of `x^2 = (2 + z^2) x - 1` have product 1:
/// stable on [-2i, 2i], which is h omega <= 2 for an oscillation, and growing for every other z.
///
/// Source: C. Stoermer (1907), L. Verlet (1967); Meganet, `LeapFrogNN`; LM-ResNet, case k = -1.
public struct SecondOrderLeapfrog: TwoStepScheme {
  /// How u_1 follows from u_0 and zero velocity.
  public enum Start: String, Sendable, Hashable, CaseIterable {
    /// `u_1 = u_0 + h^2/2 f(u_0)`, as Taylor's formula has it: order 2.
    case half
    /// `u_1 = u_0 + h^2 f(u_0)`, from u_{-1} = u_0: a velocity of h/2 f(u_0) too many, order 1.
    case full
  }

  public let name: String
  public let title: String
  public let source: String
  /// How the scheme starts.
  public let start: Start
  private let standardStart: Start

  /// Leapfrog with the start by Taylor's formula.
  public static let verlet = SecondOrderLeapfrog(
    name: "verlet", title: "Stoermer-Verlet (leapfrog of second order equations)",
    source: "C. Stoermer (1907), L. Verlet (1967); LM-ResNet, k = -1", standardStart: .half)

  /// Leapfrog with Meganet's start.
  public static let leapfrog = SecondOrderLeapfrog(
    name: "leapfrog", title: "leapfrog of second order equations, started as Meganet does",
    source: "Meganet, LeapFrogNN; B. Chang et al., Reversible architectures (2018)",
    standardStart: .full)

  private init(
    name: String, title: String, source: String, standardStart: Start, start: Start? = nil
  ) {
    self.name = name
    self.title = title
    self.source = source
    self.standardStart = standardStart
    self.start = start ?? standardStart
  }

  public var updateEquation: String { "u_{l+1} = 2 u_l - u_{l-1} + h^2 f(u_l)" }
  public var equation: ModelEquation { .secondOrder }
  /// 2 with the half start, 1 with the full one.
  public var order: Int? { start == .half ? 2 : 1 }
  /// 0: the equation u'' = lambda^2 u itself grows for real lambda.
  public var realStabilityLimit: Double { 0 }
  /// 2: h omega <= 2.
  public var imaginaryStabilityLimit: Double { 2 }
  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription(
        "start", standard: standardStart.rawValue,
        "half: u_1 = u_0 + h^2/2 f, order 2; full: u_1 = u_0 + h^2 f, order 1")
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any Scheme {
    SecondOrderLeapfrog(
      name: name, title: title, source: source, standardStart: standardStart,
      start: try choice.option("start") ?? start)
  }

  /// Returns `u + h^2/2 f(u)` or `u + h^2 f(u)`.
  public func start<Field: VectorField>(
    _ u: Field.State, at point: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    try field.stepping(from: u, along: u, at: point, size: start == .half ? h * h / 2 : h * h)
  }

  /// Returns `2 u_l - u_{l-1} + h^2 f(u_l)`.
  public func advance<Field: VectorField>(
    _ u: Field.State, previous: Field.State, at point: EvaluationPoint, size h: Double,
    field: Field
  ) throws -> Field.State {
    try field.stepping(
      from: .linearCombination([(2, u), (-1, previous)]), along: u, at: point, size: h * h)
  }

  /// Returns `u_{l-1} = 2 u_l - u_{l+1} + h^2 f(u_l)`: the scheme is its own inverse.
  public func retreat<Field: VectorField>(
    _ u: Field.State, next: Field.State, at point: EvaluationPoint, size h: Double, field: Field
  ) throws -> Field.State {
    try advance(u, previous: next, at: point, size: h, field: field)
  }

  /// Returns p = 2 + z^2 and q = -1.
  public func recurrence(_ z: Complex<Double>) -> (p: Complex<Double>, q: Complex<Double>) {
    (2 + z * z, -1)
  }
}
