import Foundation
import Synchronization

/// Makes the batches of a data set, epoch by epoch, ahead of their use on a thread of its own.
///
/// The same options give the same batches, byte for byte: the order comes from (seed, epoch), the augmentation
/// of a sample from (seed, epoch, sample), and none from the time at which it is made.
///
/// ```swift
/// let batches = try loader.batches(epoch: 0)
/// while let batch = try batches.next() { … }
/// ```
public final class BatchLoader: Sendable {
  /// What the batches are made of.
  public let dataset: any Dataset
  /// How they are made.
  public let options: BatchOptions
  /// The examples of each epoch, in the order of the data set.
  public let samples: [Int32]
  private let writer: any ElementWriter
  private let pool: MemoryPool
  /// Threads that share a batch.
  private let workers: Int

  /// Checks the options against the data set.
  ///
  /// Throws `DataError`: `.badConfiguration` for numbers out of range, for a preparation that does not fit, and
  /// where `dropLast` would leave no batch; `.badData` for labels without a class.
  public init(dataset: any Dataset, options: BatchOptions = BatchOptions()) throws {
    try options.check()
    let labelled = dataset as? any ClassificationDataset
    if let labelled {
      try checkLabels(labelled.labels, classes: labelled.classNames.count, of: dataset.name)
    }
    self.dataset = dataset
    self.options = options
    writer = try dataset.makeWriter(for: options.preparation)
    workers =
      writer.isSlow ? options.workers ?? ProcessInfo.processInfo.activeProcessorCount : 1
    // The true labels decide, so that corruption does not change which examples a limit keeps. Without labels all
    // count as one class.
    let clean = dataset.uncorrupted as? any ClassificationDataset
    samples = SampleOrder.balanced(
      labels: clean?.labels ?? [Int32](repeating: 0, count: dataset.count),
      classes: clean?.classNames.count ?? 1,
      limit: options.limit ?? dataset.count, seed: options.limitSeed)
    // Those in the queue, the one being made and the one in use; inputs and targets.
    pool = MemoryPool(capacity: 2 * (min(options.batchesAhead, 1 << 20) + 2))
    guard !options.dropLast || options.batchSize <= samples.count else {
      throw DataError(
        .badConfiguration,
        problem: "no batch is left: the last one is dropped, and \(samples.count) examples do not "
          + "fill a batch of \(options.batchSize)",
        remedy: "choose a smaller batch size")
    }
  }

  /// Examples in every batch but possibly the last.
  public var batchSize: Int { min(options.batchSize, samples.count) }

  /// Batches in an epoch.
  public var batchesPerEpoch: Int {
    guard batchSize > 0 else { return 0 }
    return options.dropLast
      ? samples.count / batchSize : (samples.count + batchSize - 1) / batchSize
  }

  /// Examples visited in an epoch.
  public var samplesPerEpoch: Int {
    options.dropLast ? batchesPerEpoch * batchSize : samples.count
  }

  /// Starts to make the batches of an epoch, from batch number `first` of it on.
  ///
  /// The work ends with the last batch, with `cancel()`, or when the result is no longer referenced.
  public func batches(epoch: Int, startingAt first: Int = 0) -> EpochBatches {
    let queue = BoundedQueue<HostBatch>(capacity: options.batchesAhead)
    // The thread holds the loader and the queue, and not the object whose end stops it.
    let thread = Thread { [self] in
      do {
        let order = order(epoch: epoch)
        for position in max(first, 0)..<max(batchesPerEpoch, first, 0) {
          guard try queue.push(makeBatch(position, of: order, epoch: epoch)) else { return }
        }
        queue.finish()
      } catch {
        queue.finish(throwing: error)
      }
    }
    thread.name = "batches"
    thread.start()
    return EpochBatches(queue: queue)
  }

  /// The samples in the order in which an epoch visits them.
  func order(epoch: Int) -> [Int32] {
    options.shuffle ? SampleOrder.shuffled(samples, seed: options.seed, epoch: epoch) : samples
  }

  /// Makes one batch on the calling thread.
  package func makeBatch(_ position: Int, of order: [Int32], epoch: Int) throws -> HostBatch {
    let start = position * batchSize
    let indices = Array(order[start..<min(start + batchSize, order.count)])
    let elementCount = dataset.elementCount
    let inputs = HostBuffer<Float>(count: indices.count * elementCount, pool: pool)
    let targetShape = dataset.targetShape
    let targetCount = targetShape.reduce(1, *)
    let targets = HostBuffer<Float>(count: indices.count * targetCount, pool: pool)
    let damaged = Mutex<Set<Int>>([])
    try Parallel.forEach(indices.count, workers: workers) { place in
      let index = Int(indices[place])
      var random = RandomStream(
        seed: options.seed, purpose: .augmentation, epoch: epoch, index: index)
      let element = inputs.elements[(place * elementCount)..<((place + 1) * elementCount)]
      let target = targets.elements[(place * targetCount)..<((place + 1) * targetCount)]
      do {
        try writer.write(
          index, to: .init(rebasing: element), target: .init(rebasing: target), using: &random)
      } catch let error as DataError {
        guard let skipped = dataset.skipped else { throw error }
        skipped.record(error)
        damaged.withLock { _ = $0.insert(place) }
      }
    }
    let batch = HostBatch(
      inputs: inputs, targets: targets, indices: indices,
      shape: [indices.count] + dataset.elementShape, targetShape: [indices.count] + targetShape,
      task: dataset.task.kind, epoch: epoch, position: position)
    return try damaged.withLock { $0.isEmpty ? batch : try batch.without($0) }
  }
}

/// The batches of one epoch, in order, as they become ready.
public final class EpochBatches: Sendable {
  private let queue: BoundedQueue<HostBatch>

  init(queue: BoundedQueue<HostBatch>) { self.queue = queue }

  deinit { queue.cancel() }

  /// The next batch, or nil after the last one and after `cancel()`; waits until it is ready.
  ///
  /// Throws the `DataError` that kept it from being made, on this call and every later one.
  public func next() throws -> HostBatch? { try queue.pop() }

  /// Stops the work; the batches that were made ahead are dropped.
  public func cancel() { queue.cancel() }
}
