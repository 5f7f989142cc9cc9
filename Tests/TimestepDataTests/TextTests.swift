import Testing
import TimestepData
import TimestepTorch

/// Characters as numbers, and texts as batches.
@Suite struct TextTests {
  @Test func theAlphabetIsThatOfTheReference() {
    let characters = Array(TextAlphabet.characters.unicodeScalars)
    #expect(characters.count == 68)
    #expect(Set(characters).count == 68)
    #expect(TextAlphabet.symbols == 70)
    #expect(TextAlphabet.reference.numbers(of: TextAlphabet.characters) == Array(1...68))
    #expect(TextAlphabet.ascii.numbers(of: TextAlphabet.characters) == Array(1...68))
  }

  /// Worked out by hand from the table of the spec, section 3.1.
  @Test func aSentenceHasTheNumbersOfTheTable() {
    let numbers = TextAlphabet.reference.numbers(of: "Zoë's AT&T: $9.5 (up 0-3%)\\\t\"[ok]\"")
    let expected: [UInt8] = [
      26, 15, 69, 69, 19, 67,  // z o ë ' s space
      1, 20, 53, 20, 43, 67,  // a t & t : space
      50, 36, 40, 32, 67,  // $ 9 . 5 space
      61, 21, 16, 67, 27, 37, 30, 51, 62,  // ( u p space 0 - 3 % )
      68, 69, 45, 63, 15, 11, 64, 45,  // \ tab " [ o k ] "
    ]
    #expect(numbers == expected)
  }

  @Test func lookAlikesAreUnknownUnlessAskedFor() {
    #expect(TextAlphabet.reference.numbers(of: "'^~`") == [69, 69, 69, 69])
    #expect(
      TextAlphabet.reference.numbers(of: "\u{2019}\u{2c6}\u{2dc}\u{2018}") == [44, 52, 55, 56])
    #expect(TextAlphabet.ascii.numbers(of: "'^~`") == [44, 52, 55, 56])
    #expect(TextAlphabet.ascii.numbers(of: "A\u{201c}\t@") == [1, 69, 69, 69])
  }

  /// Python's `lower` makes a k of the kelvin sign, and an i and a dot of the Turkish capital I with dot.
  @Test func charactersAreThoseOfPython() {
    let alphabet = TextAlphabet.reference
    #expect(alphabet.numbers(of: "\u{212a}\u{130}\u{c4}\u{1f600}") == [11, 9, 69, 69, 69])
    #expect(alphabet.numbers(of: "e\u{301}") == [5, 69])
    #expect(alphabet.numbers(of: "a\r\nb\nc\rd") == [1, 69, 2, 69, 3, 69, 4])
    #expect(alphabet.numbers(of: "abc", limit: 2) == [1, 2])
    #expect(alphabet.numbers(of: "\u{130}\u{130}", limit: 3) == [9, 69, 9])
    #expect(alphabet.numbers(of: "") == [])
  }

  private func dataset(
    length: Int = 4, labels: [Int32] = [0, 1, 0], characters: [UInt8] = [1, 2, 3, 4, 69],
    ends: [Int] = [4, 4, 5]
  ) throws -> TextDataset {
    try TextDataset(
      name: "small", split: .train, length: length, classNames: ["a", "b"], labels: labels,
      characters: characters, ends: ends)
  }

  @Test func textsArePaddedInBatches() throws {
    let texts = try dataset()
    #expect(texts.elementShape == [4])
    #expect(Array(texts[0]) == [1, 2, 3, 4] && texts[1].isEmpty && Array(texts[2]) == [69])
    let loader = try BatchLoader(
      dataset: texts, options: BatchOptions(batchSize: 3, shuffle: false))
    // Twice, so that the second batch has memory with the numbers of the first.
    for epoch in 0..<2 {
      let batch = try #require(try loader.batches(epoch: epoch).next()).tensors()
      #expect(batch.inputs.shape == [3, 4])
      #expect(batch.inputs.strides == [4, 1])
      #expect(
        try batch.inputs.scalars(Float.self) == [1, 2, 3, 4, 0, 0, 0, 0, 69, 0, 0, 0])
      #expect(try batch.targets.scalars(Int64.self) == [0, 1, 0])
    }
  }

  @Test func partsThatDoNotFitTogetherAreRefused() {
    let cases: [(() throws -> TextDataset, String)] = [
      ({ try dataset(labels: [0, 1]) }, "do not make 2 texts"),
      ({ try dataset(labels: [], characters: [], ends: []) }, "do not make 0 texts"),
      ({ try dataset(length: 0) }, "at most 0 characters"),
      ({ try dataset(length: 3) }, "text 0 goes from 0 to 4"),
      ({ try dataset(ends: [4, 3, 5]) }, "text 1 goes from 4 to 3"),
      ({ try dataset(ends: [-1, 3, 5]) }, "text 0 goes from 0 to -1"),
      ({ try dataset(ends: [4, 4, 4]) }, "do not make 3 texts"),
      ({ try dataset(characters: [1, 2, 3, 4, 70]) }, "number 70"),
      ({ try dataset(labels: [0, 2, 0]) }, "example 1 has label 2"),
    ]
    for (make, problem) in cases {
      let error = dataError(make)
      #expect(error?.kind == .badData)
      #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    }
  }

  @Test func textsAreNeitherNormalisedNorAugmented() throws {
    let texts = try dataset()
    for preparation in [Preparation(augmentation: .mnist), Preparation(normalization: .mnist)] {
      let error = dataError { try texts.makeWriter(for: preparation) }
      #expect(error?.kind == .badConfiguration)
      #expect(error?.description.contains("small holds texts") == true)
    }
  }
}
