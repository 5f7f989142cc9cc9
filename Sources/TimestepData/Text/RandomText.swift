import TimeStepping

/// Texts of random characters in classes that mean nothing, to try what AG-NEWS would be needed for.
///
/// A text has `length / 2` (rounded up) to `length` characters, uniform among the 69 numbers of ``TextAlphabet`` but the
/// padding, drawn from (seed, part, text); classes are in random order, as many texts of each, up to one. Nothing is to
/// be learned from them: a network stays at chance on the test part. Lengths and numbers are our choice.
public struct RandomText: SyntheticProblem, Equatable {
  /// Texts of each part.
  public var count: Int
  /// The length to which texts are padded.
  public var length: Int
  /// The number of classes.
  public var classes: Int
  /// The same seed gives the same texts; training and test texts are drawn apart.
  public var seed: UInt64

  public let name = "random-text"
  public let title = "Texts of random characters"
  public let elementKind = ElementKind.texts
  public let arguments: [ArgumentDescription] = [
    .init("count", standard: "512", "texts of each part"),
    .init("length", standard: "64", "characters to which a text is padded"),
    .init("classes", standard: "4", "number of classes"),
    .seed,
  ]
  public var elementShape: [Int] { [length] }
  public var task: LearningTask { .randomClasses(classes) }
  public var counts: (train: Int, test: Int) { (count, count) }

  /// Describes a set of texts.
  public init(count: Int = 512, length: Int = 64, classes: Int = 4, seed: UInt64 = 0) {
    self.count = count
    self.length = length
    self.classes = classes
    self.seed = seed
  }

  /// The most bytes of a part.
  private static let mostBytes = 1 << 32

  public func configured(_ choice: NamedChoice) throws -> RandomText {
    let classes = try choice.integer("classes", in: 2...1000) ?? classes
    let length = try choice.integer("length", in: 1...1_000_000) ?? length
    let most = Self.mostBytes / length
    return RandomText(
      count: try choice.integer("count", in: classes...most) ?? min(max(count, classes), most),
      length: length, classes: classes, seed: try choice.seed() ?? seed)
  }

  /// Makes the texts of one part.
  ///
  /// Throws `DataError(.badConfiguration)` unless there are 2 to 1000 classes, at least as many texts, 1 to 1,000,000
  /// characters, and no more than 4 GiB of them.
  public func makeDataset(split: DatasetSplit) throws -> TextDataset {
    try require(
      (2...1000).contains(classes) && (1...1_000_000).contains(length) && count >= classes
        && count <= Self.mostBytes / length,
      "\(count) texts of \(length) characters and \(classes) classes",
      "choose 2 to 1000 classes, as many texts or more, 1 to 1000000 characters, and no more than 4 GiB"
    )
    var (characters, ends) = ([UInt8](), [Int]())
    characters.reserveCapacity(count * length)
    for text in 0..<count {
      var random = RandomStream(
        seed: seed, purpose: .randomTexts, epoch: split == .train ? 0 : 1, index: text)
      let shortest = (length + 1) / 2
      for _ in 0..<(shortest + random.integer(below: length - shortest + 1)) {
        characters.append(UInt8(1 + random.integer(below: TextAlphabet.symbols - 1)))
      }
      ends.append(characters.count)
    }
    return try TextDataset(
      name: name, split: split, length: length, classNames: task.classNames,
      labels: .balanced(count, classes: classes, seed: seed, purpose: .randomTexts, split: split),
      characters: characters, ends: ends)
  }
}
