/// AG-NEWS: headlines and first sentences of news in four classes, 120,000 and 7,600 of them.
///
/// `train.csv` and `test.csv` hold records of three fields: the class, 1 to 4, the title and the description. A
/// text is the title, a space, the description and a space, cut after `length` characters. Files are plain or gzip
/// (`train.csv.gz`), and may hold only some of the records.
///
/// Files are read as bytes and need not be UTF-8: what is none becomes unknown characters, as does any other character
/// beyond the alphabet. A news item in another encoding is no reason to refuse 120,000; only the structure of records
/// and the classes are checked.
///
/// Source: X. Zhang, J. Zhao, Y. LeCun, "Character-level convolutional networks for text classification" (2015); the
/// preparation is that of the reference code of Robust ResNet (spec 3.1).
public struct AGNews: Sendable, Equatable {
  /// What number each character gets.
  public var alphabet: TextAlphabet
  /// The length to which texts are cut and padded.
  public var length: Int

  /// Describes the preparation of the texts.
  public init(alphabet: TextAlphabet = .reference, length: Int = 1024) {
    self.alphabet = alphabet
    self.length = length
  }

  /// The names of the classes 1 to 4, which have the labels 0 to 3.
  public static let classNames = ["World", "Sports", "Business", "Sci/Tech"]
  /// The directory that the official archive unpacks to.
  static let folder = "ag_news_csv"
  /// The files that show that a directory holds the set.
  static let markers = ["", "\(folder)/"].flatMap { folder in
    DatasetSplit.allCases.flatMap {
      ["\(folder)\($0.rawValue).csv", "\(folder)\($0.rawValue).csv.gz"]
    }
  }
  /// What to do where files are missing or damaged.
  static let remedy =
    "unpack the official archive ag_news_csv.tar.gz and name its directory, which holds train.csv "
    + "and test.csv, with --data DIR"

  private static let columns = ["class", "title", "description"]

  /// Reads and checks one part from the directory, or from its folder `ag_news_csv`.
  ///
  /// Throws `DataError`: `.notFound`, `.ioFailure`, `.badConfiguration` where the length is not 1 to 1,000,000, or
  /// `.badData` where a file is empty or damaged, or a record has no three fields or no class 1 to 4.
  public func load(split: DatasetSplit, directory: String) throws -> TextDataset {
    guard (1...1_000_000).contains(length) else {
      throw DataError(
        .badConfiguration, problem: "texts of \(length) characters",
        remedy: "choose a length from 1 to 1000000")
    }
    let path = try Self.find(split, in: directory)
    let reader = try CSVReader(path: path, remedy: Self.remedy)
    var labels: [Int32] = []
    var characters: [UInt8] = []
    var ends: [Int] = []
    var record = CSVRecord()
    while try reader.next(&record) {
      guard record.count == Self.columns.count else {
        throw reader.error(
          record,
          "the record in line \(record.line) has \(record.count) columns, not the "
            + "\(Self.columns.count) \(Self.columns.joined(separator: ", "))")
      }
      labels.append(try Self.label(record, reader))
      let limit = characters.count + length
      for field in 1..<record.count {
        alphabet.append(record[field], to: &characters, limit: limit)
        alphabet.append([UInt8(ascii: " ")], to: &characters, limit: limit)
      }
      ends.append(characters.count)
    }
    guard !labels.isEmpty else {
      throw DataError(
        .badData, file: path, offset: 0, problem: "the file holds no records", remedy: Self.remedy)
    }
    return try TextDataset(
      name: "ag-news", split: split, length: length, classNames: Self.classNames, labels: labels,
      characters: characters, ends: ends, firstClassNumber: 1)
  }

  /// The class of a record, counted from 0.
  private static func label(_ record: CSVRecord, _ reader: CSVReader) throws -> Int32 {
    let text = String(decoding: record[0].prefix(40), as: UTF8.self)
    guard let number = Int32(text) else {
      throw reader.error(
        record,
        "the class \(quoted(text)) in line \(record.line) is not a number"
          + (record.line == 1 ? "; the official files have no line with names of columns" : ""))
    }
    guard (1...Int32(classNames.count)).contains(number) else {
      throw reader.error(
        record,
        "the class in line \(record.line) is \(number), and classes are 1 to \(classNames.count)")
    }
    return number - 1
  }

  /// The plain file of a part where there is one, else the compressed one.
  private static func find(_ split: DatasetSplit, in directory: String) throws -> String {
    func file(_ split: DatasetSplit) -> String? {
      [directory, "\(directory)/\(folder)"].flatMap { place in
        ["", ".gz"].map { "\(place)/\(split.rawValue).csv\($0)" }
      }.first(where: FileStatus.exists)
    }
    if let found = file(split) { return found }
    let other: DatasetSplit = split == .train ? .test : .train
    let problem =
      file(other).map { "neither this file nor \(split.rawValue).csv.gz is there, only \($0)" }
      ?? "neither this file nor \(other.rawValue).csv is there"
    throw DataError(
      .notFound, file: "\(directory)/\(split.rawValue).csv", problem: problem, remedy: remedy)
  }
}
