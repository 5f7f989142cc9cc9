import Foundation
import Synchronization

extension Normalization {
  /// The mean and the standard deviation of each channel over all pixels of a data set, as it is without augmentation.
  ///
  /// Sums are taken in double precision for pieces of the set and then over the pieces, so that the result does not
  /// depend on the number of threads; a set that reads as it goes is read once, and damaged files count as its own
  /// choice has it. Throws `DataError`: `.badConfiguration` where the examples are no images or a channel is constant, and what
  /// reading throws.
  public static func measured(on dataset: any Dataset, workers: Int? = nil) throws -> Normalization
  {
    guard dataset.elementShape.count == 3, let channels = dataset.elementShape.first else {
      throw DataError(
        .badConfiguration, problem: "\(dataset.name) holds no images whose channels have a mean",
        remedy: "choose the normalisation 'constants' or 'none'")
    }
    let writer = try dataset.makeWriter(for: Preparation())
    let (size, targetSize) = (dataset.elementCount, dataset.targetShape.reduce(1, *))
    let piece = 256
    let pieces = (dataset.count + piece - 1) / piece
    let sums = Mutex([Sums](repeating: Sums(channels: channels), count: pieces))
    try Parallel.forEach(
      pieces, workers: workers ?? ProcessInfo.processInfo.activeProcessorCount
    ) { number in
      var own = Sums(channels: channels)
      let input = HostBuffer<Float>(count: size)
      let target = HostBuffer<Float>(count: targetSize)
      for index in (number * piece)..<min((number + 1) * piece, dataset.count) {
        var random = RandomStream(seed: 0, purpose: .augmentation, index: index)
        do {
          try writer.write(index, to: input.elements, target: target.elements, using: &random)
        } catch let error as DataError {
          guard let skipped = dataset.skipped else { throw error }
          skipped.record(error)
          continue
        }
        own.add(input.elements)
      }
      sums.withLock { $0[number] = own }
    }
    return try sums.withLock { $0.reduce(into: Sums(channels: channels)) { $0.add($1) } }
      .normalization(of: dataset.name)
  }
}

/// Numbers, their sum and the sum of their squares, for each channel.
private struct Sums {
  private var count = 0
  private var values: [Double]
  private var squares: [Double]

  init(channels: Int) {
    values = [Double](repeating: 0, count: channels)
    squares = values
  }

  /// Adds an example, its channels interleaved.
  mutating func add(_ example: UnsafeMutableBufferPointer<Float>) {
    let channels = values.count
    for channel in 0..<channels {
      var (sum, square) = (0.0, 0.0)
      for place in stride(from: channel, to: example.count, by: channels) {
        let value = Double(example[place])
        sum += value
        square += value * value
      }
      values[channel] += sum
      squares[channel] += square
    }
    count += example.count / channels
  }

  mutating func add(_ other: Sums) {
    count += other.count
    for channel in values.indices {
      values[channel] += other.values[channel]
      squares[channel] += other.squares[channel]
    }
  }

  func normalization(of dataset: String) throws -> Normalization {
    let means = values.map { $0 / Double(max(count, 1)) }
    let deviations = squares.indices.map {
      max(squares[$0] / Double(max(count, 1)) - means[$0] * means[$0], 0).squareRoot()
    }
    guard deviations.allSatisfy({ $0 > 1e-6 }) else {
      throw DataError(
        .badConfiguration, problem: "a channel of \(dataset) is the same everywhere",
        remedy: "choose the normalisation 'constants' or 'none'")
    }
    return try Normalization(
      mean: means.map(Float.init), standardDeviation: deviations.map(Float.init))
  }
}
