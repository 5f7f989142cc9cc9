import Foundation
import Testing
import TimestepData
import TimestepLayers
import TimestepTorch
import TimestepTraining

/// A linear map of 50 points to several classes, evaluated in uneven batches and by plain arithmetic.
@Suite("Evaluation")
struct EvaluationTests {
  private static let count = 50
  private let points: [Float]
  private let labels: [Int32]
  private let loader: BatchLoader
  private let linear: Linear
  private let classes: Int

  init() throws { try self.init(classes: 7) }

  private init(classes: Int) throws {
    self.classes = classes
    var random = RandomStream(seed: 5, stream: 0)
    points = (0..<3 * Self.count).map { _ in Float(random.normal()) }
    labels = (0..<Self.count).map { _ in Int32(random.integer(below: classes)) }
    let dataset = try PointDataset(
      name: "points", split: .test, features: 3, classNames: (0..<classes).map(String.init),
      labels: labels, coordinates: points)
    loader = try BatchLoader(
      dataset: dataset, options: BatchOptions(batchSize: 16, shuffle: false))
    linear = try Linear(
      ParameterPath.root / "linear", in: ParameterStore(seed: 1), from: 3, to: classes)
  }

  /// The logits of all points, computed with numbers.
  private func logits() throws -> [[Double]] {
    let weight = try linear.weight.value.scalars(Double.self)
    let bias = try linear.bias.value.scalars(Double.self)
    var logits: [[Double]] = []
    for point in 0..<Self.count {
      var row = bias
      for (output, input) in (0..<3 * classes).map({ ($0 / 3, $0 % 3) }) {
        row[output] += weight[3 * output + input] * Double(points[3 * point + input])
      }
      logits.append(row)
    }
    return logits
  }

  @Test("Loss, top-1 and top-5 are those of a direct computation")
  func direct() throws {
    var collected: [Float] = []
    let result = try #require(
      try Evaluation.of(
        linear, for: ClassificationObjective(classes: classes), on: loader.batches(epoch: 0),
        collect: { collected += try $0.scalars(Float.self) }))
    let logits = try logits()
    var (loss, top1, top5) = (0.0, 0, 0)
    for (row, label) in zip(logits, labels.map(Int.init)) {
      loss += log(row.reduce(0) { $0 + exp($1) }) - row[label]
      let better = row.count { $0 > row[label] }
      top1 += better == 0 ? 1 : 0
      top5 += better < 5 ? 1 : 0
    }
    #expect(abs(result.loss - loss / 50) < 1e-6)
    #expect(result.accuracy == Double(top1) / 50)
    #expect(result[.topFiveAccuracy] == Double(top5) / 50)
    #expect(result.examples == 50)
    #expect(0 < top1 && top1 < top5 && top5 < 50)
    #expect(zip(collected, logits.joined()).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    #expect(collected.count == 50 * classes)
  }

  @Test("Five classes or fewer have no top-5")
  func fewClasses() throws {
    let five = try EvaluationTests(classes: 5)
    let result = try Evaluation.of(
      five.linear, for: ClassificationObjective(classes: 5), on: five.loader.batches(epoch: 0))
    #expect(try #require(result)[.topFiveAccuracy] == nil)
  }

  @Test("It leaves no record of operations, and stops when asked")
  func stops() throws {
    var (asked, batches) = (0, 0)
    let result = try Evaluation.of(
      linear, for: ClassificationObjective(classes: classes), on: loader.batches(epoch: 0),
      collect: {
        batches += 1
        let recorded = try $0.requiresGradient
        #expect(!recorded)
      },
      shouldStop: {
        asked += 1
        return asked == 3
      })
    #expect(result == nil && batches == 2)
  }
}
