import TimeStepping

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
