import TimestepDiagnostics

/// A table or figure of a source: which trainings it needs, and what is made of them.
///
/// One file and one line in ``ExperimentCatalog``. `plan` names trainings and nothing else; `result` makes tables, plots
/// and claims from finished ones, or computes what needs no training.
///
/// ```
/// plan(scale) --ExperimentRunner--> finished runs --result--> tables, plots, claims
/// ```
public protocol Experiment: Sendable {
  /// Group and name: `robust/fig3`.
  var id: String { get }
  /// What is varied and what is measured, in one line.
  var title: String { get }
  /// The source and its figure, table or section.
  var source: String { get }
  /// What the source leaves open and how it was settled, and where a smaller version departs from it.
  var assumptions: [String] { get }
  /// Whether it has a smaller and a larger version.
  var hasScales: Bool { get }
  /// The trainings; none by default.
  ///
  /// - Throws: errors of names and options.
  func plan(_ scale: ExperimentScale) throws -> ExperimentPlan
  /// Tables, plots and claims.
  ///
  /// - Throws: errors of the engine and of files of runs.
  func result(_ context: ExperimentContext) throws -> ExperimentResult
}

extension Experiment {
  public var assumptions: [String] { [] }
  public var hasScales: Bool { true }
  public func plan(_ scale: ExperimentScale) throws -> ExperimentPlan { ExperimentPlan(axes: []) }

  /// The source that it is of; nil for that of a user.
  public var group: ExperimentGroup? { ExperimentGroup(id: id) }
}

/// The sources, by the first part of an experiment's id.
public enum ExperimentGroup: String, Sendable, CaseIterable, Codable {
  case robust, lm, lecture, procrustes

  /// The group that the part of an experiment's id before the slash names.
  public init?(id: String) { self.init(rawValue: String(id.prefix { $0 != "/" })) }

  /// The source.
  public var title: String {
    switch self {
    case .robust: "Towards Robust ResNet (Zhang et al., 2019)"
    case .lm: "Beyond Finite Layer Neural Networks (Lu et al., 2018)"
    case .lecture: "Residual Neural Networks (lecture; Meganet.m)"
    case .procrustes: "Norm-Preservation, Procrustes ResNet (Zaeemzadeh et al., 2020)"
    }
  }
}

/// How much of an experiment is carried out.
public enum ExperimentScale: String, Sendable, CaseIterable, Codable {
  /// Seconds: shows that every part of it runs.
  case smoke
  /// Minutes on two cores: smaller networks and data, large enough for the claims.
  case reduced
  /// The source's own setting.
  case full

  /// The value for this scale.
  public func choose<Value>(
    smoke: @autoclosure () -> Value, reduced: @autoclosure () -> Value,
    full: @autoclosure () -> Value
  ) -> Value {
    switch self {
    case .smoke: smoke()
    case .reduced: reduced()
    case .full: full()
    }
  }

  /// The value for the smallest scale, or that for both others.
  public func choose<Value>(
    smoke: @autoclosure () -> Value, otherwise: @autoclosure () -> Value
  ) -> Value {
    self == .smoke ? smoke() : otherwise()
  }
}
