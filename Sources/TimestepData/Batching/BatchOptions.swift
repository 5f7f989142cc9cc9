/// How a data set is cut into batches.
public struct BatchOptions: Sendable, Equatable {
  /// Examples in a batch; the last one of an epoch may be smaller.
  public var batchSize: Int
  /// Whether each epoch has its own random order; otherwise it is the order of the data set.
  public var shuffle: Bool
  /// Whether a smaller last batch is left out.
  public var dropLast: Bool
  /// Determines the orders and the augmentation.
  public var seed: UInt64
  /// Normalisation and augmentation.
  public var preparation: Preparation
  /// At most so many examples, as many of each class; nil for all.
  public var limit: Int?
  /// Determines which examples a limit keeps; the same for all trials of an experiment.
  public var limitSeed: UInt64
  /// How many batches are made ahead of the one in use.
  public var batchesAhead: Int
  /// Threads that share a batch where an example takes long, as an image file does; nil for all cores.
  public var workers: Int?

  /// Makes options.
  public init(
    batchSize: Int = 128, shuffle: Bool = true, dropLast: Bool = false, seed: UInt64 = 0,
    preparation: Preparation = Preparation(), limit: Int? = nil, limitSeed: UInt64 = 0,
    batchesAhead: Int = 4, workers: Int? = nil
  ) {
    self.batchSize = batchSize
    self.shuffle = shuffle
    self.dropLast = dropLast
    self.seed = seed
    self.preparation = preparation
    self.limit = limit
    self.limitSeed = limitSeed
    self.batchesAhead = batchesAhead
    self.workers = workers
  }

  /// Throws `DataError(.badConfiguration)` for a number out of its range.
  func check() throws {
    for (name, value) in [
      ("batch size", batchSize), ("limit of examples", limit ?? 1),
      ("number of batches ahead", batchesAhead), ("number of workers", workers ?? 1),
    ] where value < 1 {
      throw DataError(
        .badConfiguration, problem: "the \(name) is \(value)", remedy: "choose 1 or more")
    }
  }
}
