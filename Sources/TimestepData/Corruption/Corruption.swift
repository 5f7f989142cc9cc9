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

/// A data set made from another by corruption.
protocol CorruptedDataset: Dataset {
  associatedtype Original: Dataset
  /// The data set before.
  var original: Original { get }
}

extension CorruptedDataset {
  var name: String { original.name }
  var split: DatasetSplit { original.split }
  var elementShape: [Int] { original.elementShape }
  var elementKind: ElementKind { original.elementKind }
  var skipped: SkippedFiles? { original.skipped }
}

extension Dataset {
  /// The data set before every corruption.
  var uncorrupted: any Dataset { (self as? any CorruptedDataset)?.original.uncorrupted ?? self }
}

/// All kinds of corruption by name; a new one is one file and one line here.
public enum CorruptionCatalog {
  /// The kinds, those of examples before those of labels: in this order they are applied.
  public static let all: [any Corruption] = [
    PixelNoise(), CharacterNoise(), LabelNoise(), LabelFile(),
  ]

  /// The corruptions that texts such as `pixel-noise:level=0.5` choose, in the order in which they are applied;
  /// `none` chooses nothing.
  ///
  /// Throws `UnknownNameError` or `ArgumentError`.
  public static func corruptions(named texts: [String]) throws -> [any Corruption] {
    var chosen: [(place: Int, corruption: any Corruption)] = []
    for text in texts where text != "none" {
      let choice = try NamedChoice("corruption", text)
      guard let place = all.firstIndex(where: { $0.name == choice.name }) else {
        throw UnknownNameError(
          kind: "corruption", name: choice.name, known: ["none"] + all.map(\.name))
      }
      try choice.check(all[place].arguments)
      guard !chosen.contains(where: { $0.place == place }) else {
        throw ArgumentError("corruption", choice.name, "is given twice; give it once")
      }
      chosen.append((place, try all[place].configured(choice)))
    }
    return chosen.sorted { $0.place < $1.place }.map(\.corruption)
  }

  /// Throws `DataError(.badConfiguration)` where a corruption does not fit a data set.
  public static func check(
    _ corruptions: [any Corruption], for dataset: DatasetDescriptor
  ) throws {
    for corruption in corruptions {
      if let reason = corruption.refusal(of: dataset) {
        throw corruption.doesNotFit(dataset.name, reason)
      }
    }
  }

  /// The data set as it is trained on with these corruptions.
  public static func apply(
    _ corruptions: [any Corruption], to dataset: any Dataset, seed: UInt64
  ) throws -> any Dataset {
    try corruptions.reduce(dataset) { try $1.corrupted($0, seed: seed) }
  }
}
