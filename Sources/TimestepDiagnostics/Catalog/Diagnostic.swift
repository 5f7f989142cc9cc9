import TimeStepping
import TimestepNetworks

/// What a diagnostic needs to be given.
public enum DiagnosticInput: String, Sendable, Codable, CaseIterable {
  /// A trained network with its data: ``DiagnosticContext/network`` and ``DiagnosticContext/data``.
  case trainedRun = "trained run with its data"
  /// A network, whether trained or not: ``DiagnosticContext/network``.
  case network
  /// A scheme: ``DiagnosticContext/scheme``, that of the first stage where a network is given.
  case scheme
  /// The epochs of one or several runs: ``DiagnosticContext/histories``.
  case histories = "metrics of runs"
  /// Nothing: the problem is part of the diagnostic.
  case nothing
}

/// A quantity that shows how a network or a scheme works: tables out, with plots made from them.
///
/// One file and one line in ``DiagnosticCatalog``. `equation` is the definition of the quantity.
public protocol Diagnostic: CatalogEntry {
  /// What it needs.
  var input: DiagnosticInput { get }
  /// The arguments by which it can be varied, `robustness:levels=9`; none by default.
  var arguments: [ArgumentDescription] { get }
  /// The diagnostic with some of its arguments given, `self` if there are none.
  ///
  /// - Throws: `ArgumentError` for a value that makes no sense.
  func configured(_ choice: NamedChoice) throws -> any Diagnostic
  /// Why it does not apply to what it is given, with the remedy; nil where it does. What `input` names is there.
  func refusal(_ context: DiagnosticContext) -> String?
  /// The measurement. Parameters, buffers and random states are as before afterwards.
  ///
  /// - Throws: ``DiagnosticError``, and errors of the engine and of the data.
  func measure(_ context: DiagnosticContext) throws -> DiagnosticResult
}

extension Diagnostic {
  public var arguments: [ArgumentDescription] { [] }
  public func configured(_ choice: NamedChoice) throws -> any Diagnostic { self }
  public func refusal(_ context: DiagnosticContext) -> String? { nil }

  /// Whether it looks at one scheme where one is named: the argument `scheme`.
  public var choosesScheme: Bool { arguments.contains { $0.key == "scheme" } }

  /// What has to be named for it, in words.
  public var subjects: String {
    switch input {
    case .trainedRun: "the directory of one run"
    case .network: "the directory of one run, or the name of a network"
    case .scheme: "the name of one scheme, or the directory of a run"
    case .histories: "the directories of runs"
    case .nothing where choosesScheme: "the name of one scheme, or nothing for all of them"
    case .nothing: "nothing: its problem is its own"
    }
  }

  /// The measurement, once it is sure that what it needs is there and that it applies.
  ///
  /// Of a model that does not consist of finite numbers, what was written during its training is all there is.
  ///
  /// - Throws: ``DiagnosticError``: of kind `doesNotApply` where it is not, of kind `badData` for such a model without a
  ///   file of its training.
  public func callAsFunction(_ context: DiagnosticContext) throws -> DiagnosticResult {
    if let problem = context.lack(input) ?? refusal(context) {
      throw DiagnosticError(.doesNotApply, name, problem)
    }
    do { try context.checkNumbers(input) } catch let error as DiagnosticError {
      guard var result = try (self as? any TrainingDiagnostic)?.followed(context),
        !result.tables.isEmpty
      else { throw error }
      result.summary.append("nothing was measured on the network itself: \(error.problem)")
      return result
    }
    return try measure(context)
  }
}
