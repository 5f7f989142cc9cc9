import TimeStepping

extension AGNews {
  /// The names of the alphabets.
  private enum AlphabetName: String, CaseIterable { case reference, ascii }

  /// The line of the catalog for this preparation.
  var descriptor: DatasetDescriptor {
    DatasetDescriptor(
      name: "ag-news", title: "AG-NEWS", elementShape: [length], elementKind: .texts,
      classNames: Self.classNames, counts: (120_000, 7600), preparation: Preparation(),
      markers: Self.markers, remedy: Self.remedy
    ) { try load(split: $0, directory: $1) }
    .varied(by: [
      ArgumentDescription(
        "alphabet", standard: "reference", "ascii: ' ^ ~ ` are known, as their typographic forms"),
      ArgumentDescription("length", standard: "1024", "characters that are kept"),
    ]) { try Self(choice: $0).descriptor }
  }

  /// The preparation that the arguments of a choice ask for.
  private init(choice: NamedChoice) throws {
    self.init()
    if try choice.option("alphabet", AlphabetName.self) == .ascii { alphabet = .ascii }
    length = try choice.integer("length", in: 1...1_000_000) ?? length
  }

  /// The alphabet of a set that was chosen from the catalog.
  static func alphabet(of dataset: DatasetDescriptor) -> TextAlphabet {
    (try? AGNews(choice: NamedChoice("dataset", dataset.choice)))?.alphabet ?? .reference
  }
}
