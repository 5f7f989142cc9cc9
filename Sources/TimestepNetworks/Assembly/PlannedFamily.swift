import TimeStepping
import TimestepLayers
import TimestepTorch

/// A family whose networks are a plan of stem, stages and head; everything else is a choice.
///
/// A conforming type says what it chooses by default, how many steps a depth means, and the plan.
public protocol PlannedFamily: NetworkFamily {
  /// The kinds of examples its networks take.
  var inputs: Set<InputKind> { get }
  /// Whether there is a form of it that keeps the image's size, for an output at each pixel.
  var hasPixelOutput: Bool { get }
  /// What the family chooses where the options leave it open.
  func defaults(_ options: NetworkOptions, for task: NetworkTask) -> NetworkDefaults
  /// The depths for a field of so many layers.
  func depths(layers: Int) -> DepthRule
  /// The network's parts; the options are complete.
  func plan(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> NetworkPlan
}

extension PlannedFamily {
  public var inputs: Set<InputKind> { [.images] }
  public var hasPixelOutput: Bool { true }

  /// Whether there are networks of this family for such a task.
  public func accepts(_ task: NetworkTask) -> Bool {
    inputs.contains(task.inputKind) && task.isConsistent && (!task.isPerPixel || hasPixelOutput)
  }

  /// Throws ``OptionError`` for a task that networks of this family are not for, with families that are.
  public func check(_ task: NetworkTask) throws {
    guard task.isConsistent else {
      throw OptionError(
        "dataset", task.inputShape,
        task.isPerPixel
          ? "only images of the shape [C, H, W] have a class for each pixel"
          : "\(task.inputKind.rawValue) have \(task.inputKind.rank) axes, not "
            + "\(task.inputShape.count)")
    }
    guard accepts(task) else {
      let known = inputs.map(\.rawValue).sorted().joined(separator: " and ")
      let problem =
        inputs.contains(task.inputKind)
        ? "it has a class for each pixel, and \(name) networks do not keep the image's size"
        : "its examples are \(task.inputKind.rawValue), and \(name) networks are for \(known)"
      let others = NetworkCatalog.families.lazy.compactMap { $0 as? any PlannedFamily }
        .filter { $0.accepts(task) }.map(\.name).prefix(4)
      throw OptionError(
        "dataset", task.inputShape,
        problem
          + (others.isEmpty
            ? "" : "; choose another family, such as \(others.joined(separator: ", "))"))
    }
  }

  public func resolved(_ options: NetworkOptions, for task: NetworkTask) throws -> NetworkOptions {
    try check(task)
    var options = options
    options.depth = options.depth ?? depths[0]
    options = try options.completed(defaults(options, for: task))
    _ = try count(options)
    return options
  }

  /// The n of the family's depth rule.
  public func count(_ options: NetworkOptions) throws -> Int {
    let field = try NetworkChoices(options).field
    return try depths(layers: field.layers).count(options.depth ?? depths[0])
  }

  public func make(_ options: NetworkOptions, task: NetworkTask, in store: ParameterStore) throws
    -> ResidualNetwork
  {
    let options = try resolved(options, for: task)
    let plan = try plan(options, task: task, in: store)
    if !plan.stages.contains(where: \.hasTransition),
      let given = options.transition, given != defaults(options, for: task).transition
    {
      throw OptionError(
        "transition", given, "\(networkName(options)) has no stages of different shape to join")
    }
    return try plan.make(options, task: task, in: store)
  }
}

/// The depths `factor n + offset` of a family.
public struct DepthRule: Sendable, Hashable, CustomStringConvertible {
  /// Layers for each n.
  public let factor: Int
  /// Layers besides.
  public let offset: Int

  /// Describes a rule.
  public init(_ factor: Int, _ offset: Int) {
    self.factor = factor
    self.offset = offset
  }

  /// The rule as a formula.
  public var description: String {
    (factor == 1 ? "n" : "\(factor)n") + (offset == 0 ? "" : " + \(offset)")
  }

  /// The n of a depth; throws ``OptionError`` with neighbouring depths if there is none.
  public func count(_ depth: Int) throws -> Int {
    guard depth <= 100_000 else { throw OptionError("depth", depth, "at most 100000") }
    let least = factor + offset
    guard depth >= least, (depth - offset) % factor == 0 else {
      let below = depth < least ? least : (depth - offset) / factor * factor + offset
      throw OptionError(
        "depth", depth, "this family has depths \(self), e.g. \(below) or \(below + factor)")
    }
    return (depth - offset) / factor
  }
}
