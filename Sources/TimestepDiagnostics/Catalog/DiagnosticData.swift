import TimestepData
import TimestepTorch
import TimestepTraining

/// The examples that a network was made for, prepared as in its training, and what it is to learn about them.
public struct DiagnosticData {
  /// The loss and what is measured.
  public let objective: any Objective
  /// What is to be learned.
  public let task: LearningTask
  /// What an example is.
  public var elementKind: ElementKind { loaders.train.dataset.elementKind }
  /// The type of the numbers the network computes with.
  public let dataType: DataType
  /// Where it computes.
  public let device: Device
  private let loaders: (train: BatchLoader, test: BatchLoader)

  /// Joins the parts; `train` without augmentation.
  public init(
    task: LearningTask, train: BatchLoader, test: BatchLoader, dataType: DataType = .float32,
    device: Device = .cpu
  ) {
    self.task = task
    objective = task.objective
    loaders = (train, test)
    self.dataType = dataType
    self.device = device
  }

  /// Calls a closure with batches of a part until so many examples were seen, the last batch being cut, or the closure
  /// answers no.
  public func forEachBatch(
    of split: DatasetSplit, examples: Int, _ body: (TensorBatch) throws -> Bool
  ) throws {
    let batches = (split == .train ? loaders.train : loaders.test).batches(epoch: 0)
    defer { batches.cancel() }
    var left = examples
    while left > 0, let host = try batches.next() {
      let batch = try host.tensors(dataType, on: device)
      guard try body(batch.count > left ? try batch.prefix(left) : batch) else { return }
      left -= batch.count
    }
  }

  /// The first batch of a part, cut to so many examples.
  ///
  /// - Throws: ``DiagnosticError`` where the part is empty.
  public func batch(of split: DatasetSplit, examples: Int) throws -> TensorBatch {
    var first: TensorBatch?
    try forEachBatch(of: split, examples: examples) {
      first = $0
      return false
    }
    guard let first else {
      throw DiagnosticError(.badData, "\(split.rawValue) part", "holds no examples")
    }
    return first
  }

  /// A batch of one test example.
  ///
  /// - Parameters:
  ///   - number: its number from 0, in the first batch.
  ///   - name: the diagnostic, whose argument `example` counts from 1.
  /// - Throws: ``DiagnosticError`` of kind `doesNotApply` where the batch has fewer.
  func testExample(_ number: Int, for name: String) throws -> TensorBatch {
    let batch = try batch(of: .test, examples: number + 1)
    guard batch.count > number else {
      throw DiagnosticError(
        .doesNotApply, name, "example=\(number + 1): the first test batch has \(batch.count)")
    }
    return TensorBatch(
      inputs: try batch.inputs.sliced(number..<number + 1),
      targets: try batch.targets.sliced(number..<number + 1), count: 1)
  }
}
