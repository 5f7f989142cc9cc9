import Foundation
import TestSupport
import Testing
import TimestepData
import TimestepExperiments
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Runs of each task: what they leave, and that they are read back.
@Suite("Runs of the three tasks")
struct TaskRunTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A run on two small epochs.
  private func run(_ network: String, _ dataset: String, _ more: String = "") throws -> (
    directory: RunDirectory, summary: RunSummary
  ) {
    let yaml = """
      {network: \(network), dataset: '\(dataset)', epochs: 2, batch-size: 20, threads: 1,
       optimizer: adam, learning-rate: 0.01\(more)}
      """
    return try train(ConfigurationFile.parse(yaml, from: "test"), into: "run", of: scratch)
  }

  private func columns(_ directory: RunDirectory) throws -> [String] {
    let text = try String(contentsOf: directory.metrics, encoding: .utf8)
    return (text.split(separator: "\n").first ?? "").split(separator: ",").map(String.init)
  }

  @Test(
    "Classification of every set of points",
    arguments: [
      "two-moons:count=100", "ellipses:count=100", "swiss-roll:n=32", "peaks:count=100",
      "gaussian-mixture:count=100",
    ])
  func classification(dataset: String) throws {
    let (directory, summary) = try run("leapfrog-3", dataset)
    #expect(summary.status == .completed && summary.dataset == dataset)
    #expect(summary.finalTestAccuracy != nil && summary.finalTestRMSE == nil)
    #expect(try columns(directory)[3] == "train_accuracy")
    // The arguments are part of the configuration, so that the very set is made again.
    #expect(try directory.readConfiguration().dataset.choice == dataset)
    let result = try #require(try SavedRun(directory).evaluate(.test)).result
    #expect(result.accuracy == summary.finalTestAccuracy)
  }

  @Test("Regularisers are part of a run, and of what makes it again")
  func regularization() throws {
    let terms = ["time-l2:alpha=0.5", "tikhonov:alpha=0.01,of=head"]
    let text =
      ", weights: nodes, regularization: [\(terms.map { "'\($0)'" }.joined(separator: ", "))]"
    let (directory, summary) = try run("antisymmetric-4", "two-moons:count=100", text)
    #expect(try directory.readConfiguration().options.regularization == terms)
    let trained = try SavedRun(directory).network
    let sum = try RegularizerCatalog.regularizers(named: terms).map { try $0.make(for: trained) }
      .sum()
    let noted = try #require(summary.finalRegularization)
    #expect(sum > 0 && abs(sum - noted) < 1e-6 * sum)
    // The weights are smoother in time than without.
    let kind = TimeRegularization(.squares, alpha: 1)
    let yaml = """
      {network: antisymmetric-4, dataset: 'two-moons:count=100', epochs: 2, batch-size: 20,
       threads: 1, optimizer: adam, learning-rate: 0.01, weights: nodes}
      """
    let free = try train(ConfigurationFile.parse(yaml, from: "test"), into: "free", of: scratch)
    let rough = try kind.make(for: SavedRun(free.directory).network).value().scalar()
    let smooth = try kind.make(for: trained).value().scalar()
    #expect(smooth < 0.9 * rough, "\(smooth), \(rough)")
    #expect(free.summary.finalRegularization == nil)
    // Weights without times are refused before anything is written.
    #expect(throws: OptionError.self) {
      try train(
        ConfigurationFile.parse(
          yaml.replacingOccurrences(of: "weights: nodes", with: "weights: polynomial, ")
            .replacingOccurrences(
              of: "polynomial, }", with: "polynomial, regularization: [time-l2]}"),
          from: "test"), into: "refused", of: scratch)
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.path("refused")))
  }

  @Test("Regression of points")
  func regression() throws {
    let (directory, summary) = try run("hamiltonian-4", "peaks-regression:count=100", ", h: 0.5")
    let (r2, relative) = try (
      #require(summary.finalTestR2), #require(summary.finalTestRelativeRMSE)
    )
    #expect(abs(relative * relative - (1 - r2)) < 1e-9)
    #expect(summary.finalTestAccuracy == nil && summary.bestTestRMSE != nil)
    #expect(
      try columns(directory) == [
        "epoch", "step", "train_loss", "train_rmse", "test_loss", "test_rmse", "test_r2",
        "test_rmse_over_std", "learning_rate", "loss_spikes", "seconds", "images_per_second",
      ])
    let (result, outputs, shape) = try #require(try SavedRun(directory).evaluate(.test))
    #expect(shape == [100, 1] && outputs.count == 100)
    #expect(result[.rootMeanSquareError] == summary.finalTestRMSE)
    // The error is that of the outputs against the closed form.
    let set = try PeaksRegression(count: 100).makeDataset(split: .test)
    let squares = zip(outputs, set.values).map { Double(($0 - $1) * ($0 - $1)) }.reduce(0, +)
    let error = (squares / 100).squareRoot()
    #expect(abs(error - (summary.finalTestRMSE ?? 0)) < 1e-5 * error)
  }

  @Test("Segmentation: outputs in the order [N, C, H, W] give the accuracy that is reported")
  func segmentation() throws {
    let name = "synthetic-shapes:count=60,size=12"
    let (directory, summary) = try run("midpoint-2", name, ", widths: [4], augmentation: true")
    #expect(summary.finalTestMeanIoU != nil && summary.finalTestAccuracy != nil)
    #expect(try columns(directory).contains("test_mean_iou"))
    let (result, outputs, shape) = try #require(try SavedRun(directory).evaluate(.test))
    #expect(shape == [12, 3, 12, 12] && outputs.count == 12 * 3 * 144)
    let set = try SyntheticShapes(count: 60, size: 12).makeDataset(split: .test)
    var correct = 0
    for index in 0..<12 {
      let mask = set.example(index).mask
      for pixel in 0..<144 {
        let logits = (0..<3).map { outputs[(3 * index + $0) * 144 + pixel] }
        correct += logits.indices.max { logits[$0] < logits[$1] } == Int(mask[pixel]) ? 1 : 0
      }
    }
    #expect(abs(Double(correct) / 1728 - (result.accuracy ?? 0)) < 1e-12)
    #expect(result[.meanIntersectionOverUnion] == summary.finalTestMeanIoU)
  }

  @Test("A data set of one's own is trained and read back where it is named, and unknown elsewhere")
  func own() throws {
    // Whether a number of eight bits is odd.
    let odd = DatasetDescriptor(
      name: "odd", title: "Odd numbers", elementShape: [8], classNames: ["even", "odd"],
      counts: (200, 56), preparation: Preparation()
    ) { split, _ in
      let numbers = split == .train ? Array(0..<200) : Array(200..<256)
      return try PointDataset(
        name: "odd", split: split, features: 8, classNames: ["even", "odd"],
        labels: numbers.map { Int32($0 % 2) },
        coordinates: numbers.flatMap { number in (0..<8).map { Float(number >> $0 & 1) } })
    }
    let yaml = "{network: parabolic-2, dataset: odd, epochs: 20, learning-rate: 0.1, threads: 1}"
    let options = try ConfigurationFile.parse(yaml, from: "test")
    let datasets = DatasetCatalog.all + [odd]
    let (directory, summary) = try TrainingRun(
      RunConfiguration(resolving: options, datasets: datasets), version: "test"
    ).start(output: scratch.path("run"))
    #expect(summary.finalTestAccuracy == 1 && summary.dataset == "odd")
    let saved = try SavedRun(directory, datasets: datasets)
    #expect(try saved.evaluate(.test)?.result.accuracy == 1)
    #expect(runError { try SavedRun(directory) }?.description.contains("dataset 'odd'") == true)
  }
}
