import Foundation
import TestSupport
import Testing
import TimestepData
import TimestepExperiments
import TimestepTraining

/// Eighty points of which two cannot be read, as files of a folder that is too large to be held.
private struct DamagedPoints: ClassificationDataset, ElementWriter {
  let name = "damaged-points"
  let split: DatasetSplit
  let elementShape = [2]
  let classNames = ["low", "high"]
  let labels: [Int32]
  let skipped: SkippedFiles?
  let directory: String

  init(_ split: DatasetSplit, _ directory: String) {
    self.split = split
    self.directory = directory
    labels = (0..<(split == .train ? 80 : 8)).map { Int32($0 % 2) }
    skipped = SkippedFiles()
  }

  static let descriptor = DatasetDescriptor(
    name: "damaged-points", title: "Points", elementShape: [2],
    task: .classification(classNames: ["low", "high"]), counts: (80, 8), preparation: Preparation(),
    augmentsByDefault: false, markers: ["points"]
  ) { split, directory in DamagedPoints(split, directory) }

  func makeWriter(for preparation: Preparation) throws -> any ElementWriter { self }

  func write(
    _ index: Int, to input: UnsafeMutableBufferPointer<Float>,
    target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
  ) throws {
    if split == .train, index == 5 || index == 70 {
      throw DataError(.badData, file: "\(directory)/\(index)", problem: "is damaged")
    }
    input[0] = Float(index % 7)
    input[1] = Float(index % 2)
    target[0] = Float(index % 2)
  }
}

private final class Counter: TrainingObserver {
  var steps = 0
  func receive(_ event: TrainingEvent) { if case .step = event { steps += 1 } }
}

@Suite("Damaged files that were passed over, in runs that go on")
struct SkippedFilesTests {
  @Test("A run that was stopped names those of all its processes, also where the data has moved")
  func counted() throws {
    let scratch = try Scratch()
    let sets = [DamagedPoints.descriptor]
    for name in ["old", "new"] { try scratch.write("", to: "\(name)/points") }
    func run(_ yaml: String = "{}") throws -> TrainingRun {
      let basic = try ConfigurationFile.parse(
        """
        {network: dense-5, dataset: damaged-points, epochs: 1, batch-size: 4, threads: 1,
        shuffle: false, data: '\(scratch.path("old"))'}
        """, from: "basic")
      let options = try ConfigurationFile.parse(yaml, from: "test").over(basic)
      return TrainingRun(try RunConfiguration(resolving: options, datasets: sets), version: "test")
    }
    let (whole, all) = try run().start(output: scratch.path("whole"))
    #expect(all.skippedFiles == 2)
    let counter = Counter()
    let (directory, part) = try run().start(
      output: scratch.path("part"), observers: [counter], shouldStop: { counter.steps >= 3 })
    #expect(part.status == .interrupted && part.skippedFiles == 1)
    let end = try run().resume(directory)
    #expect(end.status == .completed && end.skippedFiles == 2)
    #expect(
      try Data(contentsOf: directory.skippedFiles) == Data(contentsOf: whole.skippedFiles))
    // A finished run that is resumed reads nothing and forgets nothing; moved data is named where it is.
    let again = try run("data: '\(scratch.path("new"))'").resume(directory)
    #expect(again.skippedFiles == 2)
    let names = try String(contentsOf: directory.skippedFiles, encoding: .utf8)
    #expect(names.contains(scratch.path("new/5")) && !names.contains(scratch.path("old")))
  }
}
