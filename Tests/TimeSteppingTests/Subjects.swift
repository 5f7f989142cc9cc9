import Testing
import TimeStepping

/// A scheme under test: every one of the catalog, and a toy with two states.
///
/// Tests that take `Subject.all` cover a new scheme as soon as it stands in the catalog.
struct Subject: Sendable, CustomTestStringConvertible {
  let scheme: any Scheme
  var testDescription: String { scheme.name }

  static let all = (SchemeCatalog.all + [ToyMidpoint()]).map(Subject.init)
}

/// A field that keeps where it was evaluated.
final class RecordingField<State: VectorSpace>: VectorField {
  private(set) var points: [EvaluationPoint] = []
  private let field: ClosureField<State>

  init(_ closure: @escaping (State, EvaluationPoint) throws -> State) {
    field = ClosureField(closure)
  }

  func callAsFunction(_ u: State, at point: EvaluationPoint) throws -> State {
    points.append(point)
    return try field(u, at: point)
  }

  func forget() { points = [] }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
