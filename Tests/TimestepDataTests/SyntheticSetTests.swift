import Testing
import TimeStepping
import TimestepData

/// What every set of the catalog that is made rather than read keeps to.
@Suite struct SyntheticSetTests {
  static let names = DatasetCatalog.all.filter { $0.markers.isEmpty }.map(\.name)

  /// All inputs and targets of a part.
  private func numbers(_ text: String, _ split: DatasetSplit) throws -> [Float] {
    let set = try DatasetCatalog.dataset(named: text).load(split: split)
    let loader = try BatchLoader(
      dataset: set, options: BatchOptions(batchSize: 10_000, shuffle: false))
    let batches = loader.batches(epoch: 0)
    var result: [Float] = []
    while let batch = try batches.next() {
      result += Array(batch.inputs.elements) + Array(batch.targets.elements)
    }
    return result
  }

  @Test(arguments: names) func partsAreWhatTheCatalogSays(name: String) throws {
    let descriptor = try DatasetCatalog.dataset(named: name)
    #expect(descriptor.choice == name)
    for (split, count) in [
      (DatasetSplit.train, descriptor.counts.train), (.test, descriptor.counts.test),
    ] {
      let set = try descriptor.load(split: split)
      #expect(set.count == count && set.split == split && set.name == name)
      #expect(set.elementShape == descriptor.elementShape && set.task == descriptor.task)
      #expect(set.elementKind == descriptor.elementKind)
      if let labels = (set as? any ClassificationDataset)?.labels {
        let counts = (0..<descriptor.task.names.count).map { label in
          labels.filter { $0 == label }.count
        }
        let least = counts.min() ?? 0
        #expect((counts.max() ?? 0) - least <= 1, "as many of each class")
      }
    }
  }

  @Test(arguments: names) func theSameTextGivesTheSameNumbers(name: String) throws {
    let train = try numbers(name, .train)
    #expect(train.allSatisfy { $0.isFinite })
    #expect(try numbers(name, .train) == train)
    #expect(try numbers(name, .test) != train)
    let descriptor = try DatasetCatalog.dataset(named: name)
    guard descriptor.arguments.contains(where: { $0.key == "seed" }) else { return }
    #expect(try numbers("\(name):seed=1", .train) != train)
    #expect(try numbers("\(name):seed=0", .train) == train)
  }

  @Test(arguments: names) func argumentsAreCheckedAndStandardOnesChangeNothing(name: String) throws
  {
    let descriptor = try DatasetCatalog.dataset(named: name)
    let standard = descriptor.arguments.map { "\($0.key)=\($0.standard)" }.sorted()
    let text = "\(name):\(standard.joined(separator: ","))"
    let same = try DatasetCatalog.dataset(named: text)
    #expect(same.choice == text && same.name == name && same.counts == descriptor.counts)
    #expect(try numbers(text, .test) == numbers(name, .test))
    for argument in descriptor.arguments {
      for value in ["-1", "nan", "x", "1e99"] {
        #expect(throws: ArgumentError.self) {
          try DatasetCatalog.dataset(named: "\(name):\(argument.key)=\(value)")
        }
      }
    }
    #expect(throws: ArgumentError.self) { try DatasetCatalog.dataset(named: "\(name):no=1") }
  }

  @Test func setsOfEqualSeedsAreDrawnApart() throws {
    // The first uniform numbers would show through the coordinates if two sets shared a sequence.
    let sets = ["ellipses:count=10", "peaks-regression:count=10", "gaussian-mixture:count=10"]
    let first = try sets.map { try numbers($0, .train) }
    #expect(Set(first).count == sets.count)
  }

  @Test func argumentsChangeWhatTheyName() throws {
    #expect(try DatasetCatalog.dataset(named: "two-moons:count=40").counts == (40, 40))
    #expect(try DatasetCatalog.dataset(named: "ellipses:count=100").counts == (100, 20))
    #expect(try DatasetCatalog.dataset(named: "swiss-roll:n=4").counts == (10, 8))
    #expect(try DatasetCatalog.dataset(named: "peaks:count=100").counts == (80, 20))
    let mixture = try DatasetCatalog.dataset(named: "gaussian-mixture:classes=3,count=30")
    #expect(mixture.task.names == ["component 0", "component 1", "component 2"])
    let shapes = try DatasetCatalog.dataset(named: "synthetic-shapes:size=16,count=50")
    #expect(shapes.elementShape == [1, 16, 16] && shapes.counts == (50, 10))
    #expect(shapes.choice == "synthetic-shapes:count=50,size=16")
  }

  @Test func kindsTellPointsFromTexts() {
    #expect(DatasetCatalog.agNews.elementKind == .texts)
    #expect(DatasetCatalog.twoMoons.elementKind == .points)
    #expect(DatasetCatalog.cifar10.elementKind == .images)
  }
}
