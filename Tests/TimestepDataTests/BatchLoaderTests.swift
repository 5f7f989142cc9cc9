import Foundation
import Testing
import TimestepData

/// Batches: which samples, in which order, with which bytes.
@Suite struct BatchLoaderTests {
  /// Images of 4 x 4 x 3 random bytes whose labels go round `classes` classes.
  static func images(_ count: Int, classes: Int = 3) throws -> ImageDataset {
    var random = RandomStream(seed: 1, stream: 0)
    return try ImageDataset(
      name: "random", split: .train, height: 4, width: 4, channels: 3,
      classNames: (0..<classes).map(String.init), labels: (0..<count).map { Int32($0 % classes) },
      pixels: (0..<(count * 48)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
  }

  private let augmented = Preparation(augmentation: Augmentation(padding: 1, flip: true))

  private func all(_ loader: BatchLoader, epoch: Int, from first: Int = 0) throws -> [HostBatch] {
    let batches = loader.batches(epoch: epoch, startingAt: first)
    var result: [HostBatch] = []
    while let batch = try batches.next() { result.append(batch) }
    return result
  }

  @Test func everySampleComesOnceInAnEpoch() throws {
    for (shuffle, dropLast) in [(true, false), (true, true), (false, false), (false, true)] {
      let loader = try BatchLoader(
        dataset: Self.images(50),
        options: BatchOptions(batchSize: 8, shuffle: shuffle, dropLast: dropLast))
      let batches = try all(loader, epoch: 0)
      #expect(batches.count == loader.batchesPerEpoch)
      #expect(batches.map(\.count) == [8, 8, 8, 8, 8, 8] + (dropLast ? [] : [2]))
      #expect(batches.map(\.position) == Array(0..<batches.count))
      let indices = batches.flatMap(\.indices)
      #expect(indices.count == loader.samplesPerEpoch)
      #expect(Set(indices).count == indices.count)
      #expect(shuffle != (indices == (0..<Int32(indices.count)).map { $0 }))
      for batch in batches {
        #expect(batch.shape == [batch.count, 3, 4, 4])
        #expect(batch.targets.array() == batch.indices.map { Float($0 % 3) })
        #expect(batch.inputs.count == 48 * batch.count)
        #expect(Int(bitPattern: batch.inputs.baseAddress) % 64 == 0)
      }
    }
  }

  @Test func inputsAreTheImagesInChannelsLastOrder() throws {
    let dataset = try Self.images(5)
    let loader = try BatchLoader(dataset: dataset, options: BatchOptions(batchSize: 3))
    for batch in try all(loader, epoch: 0) {
      let expected = batch.indices.flatMap { index in
        dataset.pixels[(Int(index) * 48)..<(Int(index) * 48 + 48)].map { Float($0) / 255 }
      }
      #expect(batch.inputs.array() == expected)
    }
  }

  @Test func theSeedAndTheEpochDetermineEveryByte() throws {
    func epoch(_ epoch: Int, seed: UInt64 = 1, ahead: Int = 4, pause: Bool = false) throws
      -> [Float]
    {
      let loader = try BatchLoader(
        dataset: Self.images(40),
        options: BatchOptions(batchSize: 8, seed: seed, preparation: augmented, batchesAhead: ahead)
      )
      let batches = loader.batches(epoch: epoch)
      var result: [Float] = []
      while let batch = try batches.next() {
        if pause { Thread.sleep(forTimeInterval: 0.005) }
        result += batch.inputs.array()
      }
      return result
    }
    let reference = try epoch(0)
    #expect(try epoch(0) == reference)
    #expect(try epoch(0, ahead: 1, pause: true) == reference)
    #expect(try epoch(1) != reference)
    #expect(try epoch(0, seed: 2) != reference)
  }

  @Test func aSampleIsChangedAlikeInAnyOrder() throws {
    func images(shuffle: Bool, size: Int) throws -> [Int32: [Float]] {
      let loader = try BatchLoader(
        dataset: Self.images(20),
        options: BatchOptions(batchSize: size, shuffle: shuffle, seed: 4, preparation: augmented))
      var result: [Int32: [Float]] = [:]
      for batch in try all(loader, epoch: 2) {
        for (place, index) in batch.indices.enumerated() {
          result[index] = Array(batch.inputs.elements[(48 * place)..<(48 * place + 48)])
        }
      }
      return result
    }
    #expect(try images(shuffle: true, size: 3) == images(shuffle: false, size: 20))
  }

  @Test func anEpochCanBeginInItsMiddle() throws {
    let loader = try BatchLoader(
      dataset: Self.images(50), options: BatchOptions(batchSize: 8, preparation: augmented))
    let whole = try all(loader, epoch: 3)
    let rest = try all(loader, epoch: 3, from: 4)
    #expect(rest.map(\.indices) == whole[4...].map(\.indices))
    #expect(rest.map { $0.inputs.array() } == whole[4...].map { $0.inputs.array() })
    #expect(rest.first?.position == 4)
    #expect(try all(loader, epoch: 3, from: 7).isEmpty)
    #expect(try all(loader, epoch: 3, from: 99).isEmpty)
    #expect(try all(loader, epoch: 3, from: -1).count == 7)
  }

  @Test func aLimitIsBalancedNestedAndIndependentOfTheSeed() throws {
    let dataset = try Self.images(95, classes: 10)
    func samples(_ limit: Int?, seed: UInt64 = 0) throws -> [Int32] {
      try BatchLoader(dataset: dataset, options: BatchOptions(seed: seed, limit: limit)).samples
    }
    let thirty = try samples(30)
    #expect(thirty.sorted() == thirty)
    #expect((0..<10).allSatisfy { label in thirty.filter { $0 % 10 == label }.count == 3 })
    #expect(try samples(30, seed: 9) == thirty)
    let more = try samples(34)
    #expect(Set(thirty).isSubset(of: more) && more.count == 34)
    #expect(
      (0..<10).allSatisfy { label in (3...4).contains(more.filter { $0 % 10 == label }.count) })
    // Classes 5 to 9 have 9 members only.
    #expect(Set(try samples(94)).count == 94)
    #expect(try samples(95) == Array(0..<95))
    #expect(try samples(1000) == Array(0..<95))
    #expect(try samples(nil) == Array(0..<95))
  }

  @Test func numbersOutOfRangeAreRefused() throws {
    for options in [
      BatchOptions(batchSize: 0), BatchOptions(batchSize: -1), BatchOptions(limit: 0),
      BatchOptions(batchesAhead: 0), BatchOptions(batchSize: 51, dropLast: true),
    ] {
      let error = dataError { try BatchLoader(dataset: Self.images(50), options: options) }
      #expect(error?.kind == .badConfiguration)
    }
    let loader = try BatchLoader(
      dataset: Self.images(50), options: BatchOptions(batchSize: .max, batchesAhead: .max))
    #expect(try all(loader, epoch: 0).map(\.count) == [50])
  }

  @Test func pointsMakeBatchesToo() throws {
    let points = try TwoMoons(count: 10).makeDataset(split: .train)
    let loader = try BatchLoader(
      dataset: points, options: BatchOptions(batchSize: 10, shuffle: false))
    let batch = try #require(try all(loader, epoch: 0).first)
    #expect(batch.shape == [10, 2])
    #expect(batch.inputs.array() == points.coordinates)
  }
}
