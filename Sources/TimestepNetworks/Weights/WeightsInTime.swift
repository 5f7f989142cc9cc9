import TimeStepping
import TimestepLayers

/// How the weights of a stage depend on time: `theta(t) = sum_i a_i(t) theta_i`.
///
/// A scheme evaluates the field at positions l + c of its grid. A kind of weights says how many sets theta_i there are
/// and which combination of them stands at each position. Source: lecture "Residual Neural Networks"; Meganet.m,
/// where parameters live on a time grid of their own.
public protocol WeightsInTime: CatalogEntry {
  /// The arguments by which it can be varied; none by default.
  var arguments: [ArgumentDescription] { get }
  /// The kind with some of its arguments given.
  func configured(_ choice: NamedChoice) throws -> any WeightsInTime
  /// The sets of weights for some steps of a scheme, and their combinations.
  ///
  /// - Throws: `ArgumentError` for more sets than there are times at which the field is evaluated.
  func plan(_ scheme: any Scheme, steps: Range<Int>) throws -> WeightPlan
}

extension WeightsInTime {
  public var arguments: [ArgumentDescription] { [] }
  public func configured(_ choice: NamedChoice) throws -> any WeightsInTime { self }
}

/// Sets of weights and their combinations at the positions of a grid.
public struct WeightPlan: Sendable, Hashable {
  /// One term of a combination.
  public struct Term: Sendable, Hashable {
    /// The number i of the set.
    public let set: Int
    /// The factor a_i.
    public let scale: Double

    /// Describes a term.
    public init(set: Int, scale: Double = 1) {
      self.set = set
      self.scale = scale
    }
  }

  /// Where each set stands in the network, below the stage.
  public var sets: [SetPlace]
  /// The positions l + c, ascending, at which the field is evaluated.
  public var positions: [Double]
  /// The combination at each position.
  public var combinations: [[Term]]
  /// Whether all evaluations of step l use position l, whatever their node.
  public var isConstantOverStep: Bool
  /// The sets that begin at zero: all but the first of a basis whose first function is constant.
  public var zeroSets: Range<Int> = 0..<0

  /// What a set is called, and when it stands, in units of steps; nil where it has no time of its own.
  public struct SetPlace: Sendable, Hashable {
    /// The components of its path below the stage, e.g. `["steps", "3"]`.
    public var name: [String]
    /// Its position l + c on the grid.
    public var position: Double?

    /// Describes a place.
    public init(_ name: [String], position: Double? = nil) {
      self.name = name
      self.position = position
    }
  }

  /// No weights for no steps.
  static let empty = WeightPlan(
    sets: [], positions: [], combinations: [], isConstantOverStep: false)

  /// The number of the position at which a point is evaluated.
  func index(of point: EvaluationPoint) -> Int? {
    let position = isConstantOverStep ? Double(point.step) : point.weightPosition
    // Ascending and few: a scheme of N steps has at most a few N of them.
    var (low, high) = (0, positions.count)
    while low < high {
      let middle = (low + high) / 2
      if positions[middle] < position - 1e-9 { low = middle + 1 } else { high = middle }
    }
    return low < positions.count && abs(positions[low] - position) < 1e-9 ? low : nil
  }

  /// The name of the weights that stand at a position of the grid.
  static func name(_ position: Double) -> [String] {
    let step = Int(position.rounded(.down))
    if Double(step) == position { return ["steps", "\(step)"] }
    if Double(step) + 0.5 == position { return ["midpoints", "\(step)"] }
    let thousandths = Int(((position - Double(step)) * 1000).rounded())
    return ["between", "\(step)", "\(thousandths)"]
  }
}

extension WeightsInTime {
  /// Throws `ArgumentError` where some of the sets would never be used.
  func check(sets: Int, positions: [Double]) throws {
    guard sets <= positions.count else {
      throw ArgumentError(
        "weights", name,
        "sets=\(sets): a stage of this network evaluates the field at \(positions.count) "
          + "time\(positions.count == 1 ? "" : "s") only; use no more sets than that, or more depth"
      )
    }
  }
}

extension Scheme {
  /// The positions at which the given steps evaluate the field, ascending.
  func weightPositions(_ steps: Range<Int>) -> [Double] {
    Set(steps.flatMap { step in nodes.map { Double(step) + $0 } }).sorted()
  }
}

/// All kinds of weights by name; a new one is one file and one line here.
public enum WeightsCatalog {
  /// The kinds in the order of the documentation.
  public static let all: [any WeightsInTime] = [
    PerStepWeights(),
    NodalWeights(),
    IndependentWeights(),
    PiecewiseLinearWeights(),
    PolynomialWeights(),
  ]

  /// The kind that a text such as `per-step` or `linear:sets=5` chooses.
  ///
  /// - Throws: `UnknownNameError` or `ArgumentError`.
  public static func weights(named text: String) throws -> any WeightsInTime {
    let choice = try NamedChoice("weights", text)
    guard let weights = all.first(where: { $0.name == choice.name }) else {
      throw UnknownNameError(kind: "weights", name: choice.name, known: all.map(\.name))
    }
    try choice.check(weights.arguments)
    return try weights.configured(choice)
  }
}
