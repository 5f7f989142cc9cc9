import Foundation
import Testing
import TimestepData
import TimestepTorch
import TimestepTraining

/// Losses and metrics against plain arithmetic, and that batches add up.
@Suite("Objectives")
struct ObjectiveTests {
  @Test("Least squares, RMSE and R2 of two outputs are those of a direct computation")
  func regression() throws {
    let objective = RegressionObjective()
    let (z, y) = ([1.0, 2, 3, 4, 5, 7], [1.5, 1, 2, 4.5, 7, 8])
    let (outputs, targets) = try (matrix(z, width: 2), matrix(y, width: 2))
    let squares = zip(z, y).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
    #expect(abs(try objective.loss(outputs, targets).scalar() - squares / 6) < 1e-12)
    let values = try objective.values(objective.sums(outputs, targets, forAll: true))
    // The means of the targets are 3.5 and 4.5.
    let variation = 4.0 + 2.25 + 12.25 + 12.25 + 0 + 12.25
    #expect(abs(values[0] - (squares / 6).squareRoot()) < 1e-12)
    #expect(abs(values[1] - (1 - squares / variation)) < 1e-12)
    #expect(abs(values[2] - (squares / variation).squareRoot()) < 1e-12)
    #expect(try objective.values(objective.sums(outputs, targets, forAll: false)) == [values[0]])
    // No error, and no variation.
    #expect(try objective.values(objective.sums(targets, targets, forAll: true)) == [0, 1, 0])
    let constant = try matrix([2, 2], width: 1)
    #expect(
      try objective.values(objective.sums(constant + 1, constant, forAll: true)) == [1, 0, 1])
  }

  @Test("Pixel accuracy and mean intersection over union are those of counting")
  func segmentation() throws {
    let objective = SegmentationObjective(classes: 4)
    let predicted: [Int64] = [0, 0, 1, 1, 2, 2, 0, 1]
    let truly: [Int64] = [0, 1, 1, 1, 2, 0, 0, 2]
    let outputs = try Tensor(predicted).reshaped([2, 2, 2]).oneHot(4)
    let targets = try Tensor(truly).reshaped([2, 2, 2])
    let values = try objective.values(objective.sums(outputs, targets, forAll: true))
    // Class 3 is nowhere; 0: 2 of 4, 1: 2 of 4, 2: 1 of 3.
    #expect(values[0] == 5.0 / 8)
    #expect(abs(values[1] - (0.5 + 0.5 + 1.0 / 3) / 3) < 1e-12)
    let direct =
      zip(predicted, truly).map { $0 == $1 ? exp(1.0) : 1 }
      .map { -log($0 / (exp(1.0) + 3)) }.reduce(0, +) / 8
    #expect(abs(try objective.loss(outputs, targets).scalar() - direct) < 1e-12)
  }

  @Test("The sums of two batches give the metrics of both together", arguments: [4, 7])
  func additive(classes: Int) throws {
    let outputs = try random(10, classes, seed: 1)
    let targets = try Tensor((0..<10).map { Int64($0 % classes) })
    let values = try random(10, classes, seed: 2)
    for (objective, targets) in [
      (ClassificationObjective(classes: classes) as any Objective, targets),
      (RegressionObjective(), values),
    ] {
      let whole = try objective.sums(outputs, targets, forAll: true)
      let parts = try [(0, 3), (3, 10)].map { start, end in
        try objective.sums(
          outputs.sliced(start..<end),
          targets.sliced(start..<end), forAll: true)
      }
      let together = objective.values(zip(parts[0], parts[1]).map(+))
      #expect(together.count == objective.metrics.count)
      for (one, other) in zip(together, objective.values(whole)) {
        #expect(abs(one - other) < 1e-12)
      }
    }
  }

  private func random(_ rows: Int, _ columns: Int, seed: UInt64) throws -> Tensor {
    var random = RandomStream(seed: seed, stream: 0)
    return try matrix((0..<rows * columns).map { _ in random.normal() }, width: columns)
  }

  private func matrix(_ numbers: [Double], width: Int) throws -> Tensor {
    try Tensor(numbers).reshaped([numbers.count / width, width])
  }
}

extension Tensor {
  /// Numbers of classes `[N, H, W]` as logits `[N, classes, H, W]` that are 1 for the class.
  fileprivate func oneHot(_ classes: Int) throws -> Tensor {
    let planes = try (0..<classes).map { try equal(Tensor([Int64($0)])).cast(to: .float64) }
    return try Tensor.stacked(planes, axis: 1)
  }
}
