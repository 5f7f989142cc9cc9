import Foundation
import TestSupport
import Testing
import TimestepData
import TimestepExperiments
import TimestepNetworks

/// The choices that make a run smaller than the usual one.
@Suite("Reduced runs")
struct ReducedRunTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func configuration(_ yaml: String) throws -> RunConfiguration {
    try RunConfiguration(resolving: tinyOptions(scratch, yaml))
  }

  private func labels(_ loader: BatchLoader) throws -> [Int32] {
    let set = try #require(loader.dataset as? any ClassificationDataset)
    return loader.samples.map { set.labels[Int($0)] }
  }

  @Test(
    "test-limit keeps as many of each class, the same for every seed, and of the test part only")
  func testLimit() throws {
    for (seed, corruption) in [(0, "none"), (1, "none"), (7, "label-noise:rate=0.5")] {
      let limited = try configuration(
        "{test-limit: 30, seed: \(seed), corruption: ['\(corruption)']}")
      let loader = try limited.makeLoader(.test, forTraining: false)
      #expect(loader.samples.count == 30)
      let found = try labels(loader)
      #expect((0..<10).allSatisfy { label in found.filter { $0 == label }.count == 3 })
      let first = try configuration("test-limit: 30").makeLoader(.test, forTraining: false)
      #expect(loader.samples == first.samples)
      // Of the training part all are measured on, and all are trained on.
      #expect(try limited.makeLoader(.train, forTraining: false).samples.count == 200)
      #expect(try limited.makeLoader(.train, forTraining: true).samples.count == 200)
    }
    let smaller = try configuration("test-limit: 7").makeLoader(.test, forTraining: false)
    let larger = try configuration("test-limit: 30").makeLoader(.test, forTraining: false)
    #expect(Set(smaller.samples).isSubset(of: larger.samples) && smaller.samples.count == 7)
    #expect(
      try configuration("test-limit: 5000").makeLoader(.test, forTraining: false).samples.count
        == 100)
    #expect(
      try configuration("train-limit: 5").makeLoader(.test, forTraining: false).samples.count == 100
    )
  }

  @Test("Sets without classes are limited by chance alone")
  func testLimitOfNumbers() throws {
    let options = try ConfigurationFile.parse(
      "{network: dense-3, dataset: 'peaks-regression:count=50', test-limit: 9}", from: "test")
    let loader = try RunConfiguration(resolving: options).makeLoader(.test, forTraining: false)
    #expect(Set(loader.samples).count == 9 && loader.samples != Array(0..<9))
  }

  @Test("The evaluations of a run and of its directory are on the limited test part")
  func evaluation() throws {
    let (directory, summary) = try train(
      tinyOptions(
        scratch,
        "{test-limit: 20, epochs: 1, dataset: 'fashion-mnist:pooling=2', shift: 3, augmentation: true}"
      ),
      into: "run", of: scratch)
    let saved = try SavedRun(directory)
    #expect(saved.configuration.options.testLimit == 20)
    #expect(saved.configuration.options.shift == 3)
    #expect(saved.configuration.task.inputShape == [1, 14, 14])
    let (result, _, shape) = try #require(try saved.evaluate(.test))
    #expect(result.examples == 20 && shape == [20, 10])
    #expect(result.loss == summary.finalTestLoss && result.accuracy == summary.finalTestAccuracy)
    #expect(summary.dataset == "fashion-mnist:pooling=2")
    #expect(try #require(try saved.evaluate(.train)).result.examples == 200)
  }

  @Test("drop-last leaves out the smaller last batch of training, and of nothing else")
  func dropLast() throws {
    for (yaml, sizes) in [
      ("{}", [16, 8]), ("drop-last: false", [16, 8]), ("drop-last: true", [16, 16]),
    ] {
      let run = try configuration(yaml)
      let training = try run.makeLoader(.train, forTraining: true)
      #expect(training.samplesPerEpoch == (sizes[1] == 16 ? 192 : 200))
      let batches = training.batches(epoch: 0, startingAt: training.batchesPerEpoch - 1)
      #expect(try batches.next()?.count == sizes[1])
      #expect(try run.makeLoader(.test, forTraining: false).samplesPerEpoch == 100)
      #expect(run.options.dropLast == (sizes[1] == 16))
    }
    let error = #expect(throws: DataError.self) {
      try configuration("{drop-last: true, train-limit: 15}").makeLoader(.train, forTraining: true)
    }
    #expect(error?.kind == .badConfiguration)
  }

  @Test(
    "shift is how far a crop moves; it is written wherever the set is padded",
    arguments: [
      ("fashion-mnist", nil, 2), ("fashion-mnist", 0, 0), ("fashion-mnist", 27, 27),
      ("fashion-mnist:pooling=2", nil, 1), ("cifar-10", nil, 4), ("cifar-10:pooling=2", 1, 1),
      ("synthetic-shapes", 3, 3), ("random-images", nil, 2),
    ] as [(String, Int?, Int)])
  func shift(dataset: String, given: Int?, expected: Int) throws {
    let network = dataset == "synthetic-shapes" ? "hamiltonian-4" : "resnet-8"
    var options = try ConfigurationFile.parse(
      "{network: \(network), dataset: '\(dataset)'}", from: "test")
    options.shift = given
    let resolved = try RunConfiguration(resolving: options).options
    #expect(resolved.shift == expected && resolved.padding == .zero)
    #expect(try RunConfiguration(resolving: resolved).options == resolved)
  }

  @Test("Images are shifted as far as is said, and not at all for 0")
  func shiftedImages() throws {
    let plain = try configuration("{augmentation: false, shuffle: false, batch-size: 200}")
      .makeLoader(.train, forTraining: true)
    let images = try #require(try plain.batches(epoch: 0).next()).inputs.array()
    for shift in 0...2 {
      let loader = try configuration(
        "{augmentation: true, shuffle: false, batch-size: 200, shift: \(shift)}"
      ).makeLoader(.train, forTraining: true)
      #expect(loader.options.preparation.augmentation.padding == shift)
      let shifted = try #require(try loader.batches(epoch: 0).next()).inputs.array()
      // The inner pixels of each image stand somewhere in the original, at most so far away.
      var farthest = 0
      for image in 0..<200 {
        let found = place(of: pixels(shifted, image), in: pixels(images, image), within: shift)
        let down = try #require(found, "image \(image), shift \(shift)")
        farthest = max(farthest, abs(down))
      }
      #expect(farthest == shift)
    }
  }

  /// How many rows an image was moved, mirrored or not.
  private func place(of image: [Float], in original: [Float], within shift: Int) -> Int? {
    let inner = 6..<22
    func agrees(_ down: Int, _ right: Int, _ mirrored: Bool) -> Bool {
      for y in inner {
        for x in inner {
          let column = (mirrored ? 27 - x : x) + right
          if image[y * 28 + x] != original[(y + down) * 28 + column] { return false }
        }
      }
      return true
    }
    for down in -shift...shift {
      for right in -shift...shift where agrees(down, right, false) || agrees(down, right, true) {
        return down
      }
    }
    return nil
  }

  private func pixels(_ images: [Float], _ image: Int) -> [Float] {
    Array(images[(784 * image)..<(784 * (image + 1))])
  }

  @Test(
    "A shift that does not fit is refused",
    arguments: [
      ("resnet-8", "fashion-mnist", 28, "from 0 to 27"),
      ("resnet-8", "fashion-mnist", -1, "from 0 to 27"),
      ("resnet-8", "fashion-mnist:pooling=2", 14, "from 0 to 13"),
      ("dense-5", "two-moons", 1, "not padded"), ("vdcnn-9", "random-text", 0, "not padded"),
    ])
  func refused(network: String, dataset: String, shift: Int, says: String) throws {
    var options = RunOptions()
    (options.network, options.dataset, options.shift) = (network, dataset, shift)
    let error = #expect(throws: OptionError.self) { try RunConfiguration(resolving: options) }
    #expect(error?.option == "shift" && error?.description.contains(says) == true)
  }

  @Test(
    "Networks train on noise",
    arguments: [
      ("resnet-8", "random-images:channels=2,size=8,count=32", "augmentation: true, "),
      ("vdcnn-9", "random-text:length=32,count=32", "widths: [4, 4, 4, 4, 8], "),
    ])
  func noise(network: String, dataset: String, more: String) throws {
    let options = try ConfigurationFile.parse(
      """
      {network: \(network), dataset: '\(dataset)', \(more)epochs: 1, batch-size: 16, threads: 1,
       test-limit: 10}
      """, from: "test")
    let (directory, summary) = try train(options, into: "run", of: scratch)
    #expect(summary.status == .completed && summary.steps == 2)
    let result = try #require(try SavedRun(directory).evaluate(.test)).result
    #expect(result.examples == 10 && result.loss == summary.finalTestLoss)
  }
}
