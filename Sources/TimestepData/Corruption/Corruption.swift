import TimeStepping

/// Something wrong with training examples on purpose, against which a network is to be robust.
///
/// Only what is trained on is corrupted; evaluation is always on clean examples. What chance decides follows from
/// (seed, purpose, index of the example), so that a run can be repeated to the byte.
public protocol Corruption: Sendable {
  /// The name used on the command line.
  var name: String { get }
  /// What it does, in a few words.
  var title: String { get }
  /// The rule, as a formula where there is one.
  var equation: String { get }
  /// Where it comes from.
  var source: String { get }
  /// The arguments by which it can be varied.
  var arguments: [ArgumentDescription] { get }
  /// The arguments as they are set, by key.
  var values: [String: String] { get }
  /// The corruption with the arguments given; throws `ArgumentError`.
  func configured(_ choice: NamedChoice) throws -> any Corruption
  /// Why it does not fit a data set, or nil where it may.
  func refusal(of dataset: DatasetDescriptor) -> String?
  /// The data set as it is trained on.
  ///
  /// Throws `DataError`: `.badConfiguration` where it does not fit, and what a file of its own gives cause for.
  func corrupted(_ dataset: any Dataset, seed: UInt64) throws -> any Dataset
}

extension Corruption {
  /// The text that chooses it with every argument, as configurations hold it.
  public var choice: String {
    let list = values.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
    return list.isEmpty ? name : "\(name):\(list.joined(separator: ","))"
  }

  /// The error for a data set that it does not fit.
  func doesNotFit(_ dataset: String, _ reason: String) -> DataError {
    DataError(
      .badConfiguration, problem: "corruption \(name) does not fit \(dataset): \(reason)",
      remedy: "leave it out or choose another; see 'timestep list corruptions'")
  }
}
