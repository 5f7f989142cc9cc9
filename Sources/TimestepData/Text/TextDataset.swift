/// Labelled texts held in memory, a byte a character, without their padding.
public struct TextDataset: ClassificationDataset {
  /// The name in the catalog.
  public let name: String
  /// Which part this is.
  public let split: DatasetSplit
  /// `[characters]`: the length to which every text is padded.
  public let elementShape: [Int]
  public var elementKind: ElementKind { .texts }
  /// The names of the classes.
  public let classNames: [String]
  /// The label of each text.
  public let labels: [Int32]
  /// The numbers of the characters (see `TextAlphabet`) of all texts, one text after the other.
  public let characters: [UInt8]
  /// Where in `characters` each text ends.
  public let ends: [Int]
  /// The number that the set's files give to the first class.
  public let firstClassNumber: Int

  /// Takes texts of at most `length` characters.
  ///
  /// Throws `DataError(.badData)` unless there is at least one text, each has a label and an end, ends do not go
  /// back and the last one is that of the characters, no text is too long, every label has a class name and every
  /// character is below `TextAlphabet.symbols`.
  public init(
    name: String, split: DatasetSplit, length: Int, classNames: [String], labels: [Int32],
    characters: [UInt8], ends: [Int], firstClassNumber: Int = 0
  ) throws {
    guard length > 0, !labels.isEmpty, labels.count == ends.count, ends.last == characters.count
    else {
      throw DataError(
        .badData,
        problem: "\(name): \(characters.count) characters with \(ends.count) ends do not make "
          + "\(labels.count) texts of at most \(length) characters")
    }
    var start = 0
    for (index, end) in ends.enumerated() {
      guard end >= start, end - start <= length else {
        throw DataError(
          .badData,
          problem: "\(name): text \(index) goes from \(start) to \(end), and texts have 0 to "
            + "\(length) characters")
      }
      start = end
    }
    if let number = characters.max(), number >= TextAlphabet.symbols {
      throw DataError(
        .badData,
        problem: "\(name): a character has number \(number), and numbers are 0 to "
          + "\(TextAlphabet.symbols - 1)")
    }
    try checkLabels(labels, classes: classNames.count, of: name)
    self.name = name
    self.split = split
    elementShape = [length]
    self.classNames = classNames
    self.labels = labels
    self.characters = characters
    self.ends = ends
    self.firstClassNumber = firstClassNumber
  }

  /// The same texts with other characters at some places.
  func with(characters: [UInt8]) throws -> TextDataset {
    try TextDataset(
      name: name, split: split, length: elementShape[0], classNames: classNames, labels: labels,
      characters: characters, ends: ends, firstClassNumber: firstClassNumber)
  }

  /// The numbers of the characters of one text, without padding.
  public subscript(_ index: Int) -> ArraySlice<UInt8> {
    characters[(index > 0 ? ends[index - 1] : 0)..<ends[index]]
  }

  /// A writer of texts, each padded to its full length; they are neither normalised nor augmented.
  public func makeWriter(for preparation: Preparation) throws -> any ElementWriter {
    guard preparation == Preparation() else {
      throw DataError(
        .badConfiguration,
        problem: "\(name) holds texts, which cannot be normalised, cropped or mirrored",
        remedy: "switch normalisation and augmentation off")
    }
    return TextWriter(dataset: self)
  }
}

/// Copies texts as numbers, with zeros after their end.
private struct TextWriter: ElementWriter {
  let dataset: TextDataset

  func write(
    _ index: Int, to output: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) {
    target[0] = Float(dataset.labels[index])
    dataset[index].withUnsafeBufferPointer { text in
      for place in 0..<text.count { output[place] = Float(text[place]) }
      output[text.count...].update(repeating: Float(TextAlphabet.padding))
    }
  }
}
