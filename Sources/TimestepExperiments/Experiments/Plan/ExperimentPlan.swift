import TimestepDiagnostics

/// The trainings of an experiment: settings, each with every seed.
///
/// ```swift
/// var plan = ExperimentPlan(axes: [.integer("depth", "depth"), .number("h", "step size h")], seeds: [7, 8, 9])
/// for depth in [8, 44] { for h in [1, 0.1] { plan.add([.integer(depth), .number(h)], options) } }
/// ```
public struct ExperimentPlan: Sendable {
  /// One point of the grid.
  public struct Setting: Sendable {
    /// Its place on the axes.
    public var values: [TableValue]
    /// The choices of the run but for its seed; an open `drop-at` follows the number of epochs.
    public var options: RunOptions
    /// Whether the claims can do without it, so that a small budget leaves it out.
    public var isOptional: Bool
  }

  /// What settings differ in, as columns of tables.
  public let axes: [DiagnosticTable.Column]
  /// The settings, in the order to run them.
  public package(set) var settings: [Setting] = []
  /// The seeds of every setting.
  public package(set) var seeds: [UInt64]
  /// The axis along which settings are compared: a budget leaves out all optional ones of a place on the other axes, or
  /// none. The last one, unless told otherwise; nil where each setting counts for itself.
  public var compared: String?
  /// The fewest epochs that still tell something.
  public var fewestEpochs: Int

  /// A plan without settings.
  public init(axes: [DiagnosticTable.Column], seeds: [UInt64] = [0], fewestEpochs: Int = 4) {
    self.axes = axes
    self.seeds = seeds
    compared = axes.last?.name
    self.fewestEpochs = fewestEpochs
  }

  /// Adds a setting.
  ///
  /// - Parameter values: its place, one value for each axis.
  public mutating func add(
    _ values: [TableValue], _ options: RunOptions, isOptional: Bool = false
  ) {
    settings.append(Setting(values: values, options: options, isOptional: isOptional))
  }

  /// Every setting with every seed, resolved.
  ///
  /// - Throws: errors of names and options.
  public func trials() throws -> [Trial] {
    try settings.flatMap { setting in
      try seeds.map { try Trial(setting.values, setting.options, seed: $0) }
    }
  }
}

extension [DiagnosticTable.Column] {
  /// A place on these axes in words: `depth 44, h 0.1`.
  func place(_ values: [TableValue]) -> String {
    zip(self, values).map { "\($0.title) \($1.brief)" }.joined(separator: ", ")
  }
}
