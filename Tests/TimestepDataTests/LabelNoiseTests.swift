import Testing
import TimeStepping
import TimestepData

/// Wrong labels, by chance and from files.
@Suite struct LabelNoiseTests {
  private func points(_ count: Int, classes: Int = 5) throws -> PointDataset {
    try PointDataset(
      name: "points", split: .train, features: 1, classNames: (0..<classes).map { "\($0)" },
      labels: (0..<count).map { Int32($0 % classes) },
      coordinates: (0..<count).map { Float($0) })
  }

  private func labels(_ dataset: any Dataset) throws -> [Int32] {
    try #require(dataset as? any ClassificationDataset).labels
  }

  @Test(arguments: [0.0, 0.2, 0.5, 1.0]) func theRateIsThatAskedFor(rate: Double) throws {
    let clean = try points(50_000)
    let noisy = try labels(LabelNoise(rate: rate).corrupted(clean, seed: 1))
    let wrong = zip(noisy, clean.labels).filter { $0 != $1 }.count
    #expect(
      abs(Double(wrong) / 50_000 - rate) <= 5 * (rate * (1 - rate) / 50_000).squareRoot())
    #expect(noisy.allSatisfy { (0..<5).contains($0) })
    guard rate > 0 else { return }
    // Each of the other classes is equally probable: 20 pairs.
    var pairs: [[Int]] = Array(repeating: Array(repeating: 0, count: 5), count: 5)
    for (new, old) in zip(noisy, clean.labels) where new != old { pairs[Int(old)][Int(new)] += 1 }
    let mean = Double(wrong) / 20
    for (old, row) in pairs.enumerated() {
      for (new, count) in row.enumerated() where new != old {
        #expect(abs(Double(count) - mean) < 5 * mean.squareRoot())
      }
    }
  }

  @Test func theTargetsOfBatchesAreTheWrongLabels() throws {
    let clean = try points(100)
    let noisy = try LabelNoise(rate: 0.5).corrupted(clean, seed: 1)
    let loader = try BatchLoader(
      dataset: noisy, options: BatchOptions(batchSize: 100, shuffle: false))
    let batch = try #require(try loader.batches(epoch: 0).next())
    #expect(try batch.targets.array() == labels(noisy).map(Float.init))
    #expect(batch.inputs.array() == clean.coordinates)
    #expect(try labels(noisy) != clean.labels)
    #expect(try labels(noisy) == labels(LabelNoise(rate: 0.5).corrupted(clean, seed: 1)))
    #expect(try labels(noisy) != labels(LabelNoise(rate: 0.5).corrupted(clean, seed: 2)))
  }

  @Test func aLimitKeepsTheExamplesThatItKeepsWithoutNoise() throws {
    let clean = try points(1000)
    let options = BatchOptions(limit: 100)
    let noisy = try CorruptionCatalog.apply(
      CorruptionCatalog.corruptions(named: ["label-noise:rate=0.5"]), to: clean, seed: 1)
    #expect(
      try BatchLoader(dataset: noisy, options: options).samples
        == BatchLoader(dataset: clean, options: options).samples)
  }

  @Test func aFileGivesTheLabels() throws {
    let scratch = try Scratch()
    let clean = try points(4)
    for (text, first) in [
      ("4\n3\n0\n1\n", 0), ("5\r\n4\r\n1\r\n2\r\n", 1), (" 14\n13 \n10\n11", 10),
    ] {
      let file = try scratch.write(Array(text.utf8), to: "labels.txt")
      let noisy = try LabelFile(file: file, first: first == 0 ? nil : first)
        .corrupted(clean, seed: 0)
      #expect(try labels(noisy) == [4, 3, 0, 1], "\(text)")
    }
    let packed = try scratch.write(gzip(Array("4\n3\n0\n1\n".utf8)), to: "labels.txt.gz")
    #expect(try labels(LabelFile(file: packed).corrupted(clean, seed: 0)) == [4, 3, 0, 1])
  }

  @Test func textsNumberTheirClassesFromOne() throws {
    let scratch = try Scratch()
    try scratch.write(Array("\"3\",\"a\",\"b\"\n\"1\",\"c\",\"d\"\n".utf8), to: "train.csv")
    let file = try scratch.write(Array("4\n1\n".utf8), to: "labels.txt")
    let texts = try AGNews().load(split: .train, directory: scratch.path)
    #expect(try labels(LabelFile(file: file).corrupted(texts, seed: 0)) == [3, 0])
  }

  @Test(arguments: [
    ("1\n2\n3\n", "ends after line 3", 6), ("1\n2\n3\n4\n0\n", "line 5 is one too many", 8),
    ("1\n5\n3\n4\n", "line 2 has class 5, and classes are 0 to 4", 2),
    ("1\n-1\n3\n4\n", "line 2 has class -1", 2), ("1\n2\nx\n4\n", "line 3 is 'x'", 4),
    ("1\n\n2\n3\n", "line 2 is ''", 2), ("", "ends after line 0", 0),
    ("1\n99999999999999999999\n", "line 2 is '99999999999999999999'", 2),
    ("1\n2                                        9\n3\n4\n", "line 2 begins with '2'", 2),
    ("1\n\u{1b}[31m\n3\n4\n", "line 2 is '\\u{1B}[31m'", 2),
  ])
  func filesThatDoNotFit(text: String, says: String, offset: Int) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Array(text.utf8), to: "labels.txt")
    let clean = try points(4)
    let error = #expect(throws: DataError.self) {
      try LabelFile(file: file).corrupted(clean, seed: 0)
    }
    #expect(error?.kind == .badData && error?.file == file && error?.offset == offset)
    #expect(error?.problem.contains(says) == true, "\(String(describing: error))")
  }

  @Test func filesThatAreNotThere() throws {
    let clean = try points(4)
    let missing = #expect(throws: DataError.self) {
      try LabelFile(file: "/nowhere/labels.txt").corrupted(clean, seed: 0)
    }
    #expect(missing?.kind == .notFound)
    let folder = #expect(throws: DataError.self) {
      try LabelFile(file: "/").corrupted(clean, seed: 0)
    }
    #expect(folder?.kind == .badData)
  }

  @Test func choicesAreReadAndWritten() throws {
    let texts = ["label-noise:rate=0.25", "pixel-noise:fresh=yes,level=0.5", "none"]
    let chosen = try CorruptionCatalog.corruptions(named: texts)
    #expect(chosen.map(\.choice) == ["pixel-noise:fresh=yes,level=0.5", "label-noise:rate=0.25"])
    #expect(
      try CorruptionCatalog.corruptions(named: chosen.map(\.choice)).map(\.choice)
        == chosen.map(\.choice))
    for corruption in CorruptionCatalog.all {
      #expect(!corruption.title.isEmpty && !corruption.source.isEmpty)
      #expect(Set(corruption.values.keys).isSubset(of: corruption.arguments.map(\.key)))
    }
    for bad in [
      ["pixel-noise:level=-1"], ["label-noise:rate=1.5"], ["label-file"], ["label-noise:level=1"],
      ["character-noise:level=nan"], ["label-noise", "label-noise:rate=0.1"],
    ] {
      #expect(throws: ArgumentError.self) { try CorruptionCatalog.corruptions(named: bad) }
    }
    #expect(throws: UnknownNameError.self) { try CorruptionCatalog.corruptions(named: ["noise"]) }
  }
}
