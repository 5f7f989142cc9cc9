import Foundation
import Synchronization
import Testing
import TimestepData

/// The thread behind the loader: it stops when it should and hands its errors on.
@Suite(.timeLimit(.minutes(1))) struct LoaderThreadTests {
  /// Counts how many examples were written, and fails at one of them.
  final class Probe: ClassificationDataset, ElementWriter, Sendable {
    let name = "probe"
    let split = DatasetSplit.train
    let elementShape = [1]
    let classNames = ["one"]
    let labels: [Int32]
    let failure: Int?
    let written = Mutex(0)

    init(count: Int, failure: Int? = nil) {
      labels = [Int32](repeating: 0, count: count)
      self.failure = failure
    }

    func makeWriter(for preparation: Preparation) throws -> any ElementWriter { self }

    func write(
      _ index: Int, to output: UnsafeMutableBufferPointer<Float>,
      target: UnsafeMutableBufferPointer<Float>, using random: inout RandomStream
    ) throws {
      if index == failure {
        throw DataError(.badData, file: "probe", problem: "example \(index) is damaged")
      }
      output[0] = Float(index)
      target[0] = 0
      written.withLock { $0 += 1 }
    }
  }

  private func loader(_ probe: Probe, ahead: Int = 3) throws -> BatchLoader {
    try BatchLoader(
      dataset: probe, options: BatchOptions(batchSize: 10, shuffle: false, batchesAhead: ahead))
  }

  /// Waits until the condition holds, at most 20 seconds.
  private func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<2000 {
      if condition() { return true }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return false
  }

  @Test func noMoreIsMadeThanThereIsRoomFor() throws {
    let probe = Probe(count: 1000)
    let batches = try loader(probe).batches(epoch: 0)
    // Three batches wait, and a fourth is ready for its place.
    #expect(eventually { probe.written.withLock { $0 } == 40 })
    Thread.sleep(forTimeInterval: 0.05)
    #expect(probe.written.withLock { $0 } == 40)
    _ = try batches.next()
    #expect(eventually { probe.written.withLock { $0 } == 50 })
  }

  @Test func errorsComeInTheirPlaceAndStay() throws {
    let batches = try loader(Probe(count: 100, failure: 25)).batches(epoch: 0)
    #expect(try batches.next()?.position == 0)
    #expect(try batches.next()?.position == 1)
    for _ in 0..<2 {
      #expect(dataError { try batches.next() }?.problem == "example 25 is damaged")
    }
  }

  @Test func afterTheEndAndAfterCancellingThereIsNothing() throws {
    let short = try loader(Probe(count: 5)).batches(epoch: 0)
    #expect(try short.next()?.count == 5)
    #expect(try short.next() == nil)
    #expect(try short.next() == nil)
    let long = try loader(Probe(count: 1000)).batches(epoch: 0)
    #expect(try long.next() != nil)
    long.cancel()
    #expect(try long.next() == nil)
  }

  @Test func cancellingWakesOneWhoWaits() {
    let queue = BoundedQueue<Int>(capacity: 1)
    let state = Mutex("begins")
    Thread {
      state.withLock { $0 = "waits" }
      let element = try? queue.pop()
      state.withLock { $0 = element == nil ? "woken" : "got an element" }
    }.start()
    #expect(eventually { state.withLock { $0 } == "waits" })
    Thread.sleep(forTimeInterval: 0.02)
    queue.cancel()
    #expect(eventually { state.withLock { $0 } == "woken" })
    #expect(!queue.push(1))
  }

  /// The thread keeps the data set alive, so its end shows that the thread ended.
  @Test func droppingTheBatchesEndsTheThread() throws {
    weak var remains: Probe?
    do {
      let probe = Probe(count: 100_000)
      remains = probe
      let batches = try loader(probe).batches(epoch: 0)
      _ = try batches.next()
    }
    #expect(eventually { remains == nil })
  }

  @Test func manyEpochsLeftInTheMiddleDoNotHang() throws {
    let probe = Probe(count: 200)
    let loader = try loader(probe, ahead: 1)
    for epoch in 0..<200 {
      let batches = loader.batches(epoch: epoch)
      for _ in 0..<(epoch % 4) { _ = try batches.next() }
    }
  }

  @Test func memoryReturnsToThePoolAndIsUsedAgain() throws {
    let pool = MemoryPool(capacity: 1)
    let address = HostBuffer<Float>(count: 1000, pool: pool).baseAddress
    let again = HostBuffer<Float>(count: 990, pool: pool)
    #expect(again.baseAddress == address)
    #expect(again.elements.count == 990)
    #expect(HostBuffer<Float>(count: 990, pool: pool).baseAddress != address)
    #expect(HostBuffer<Int64>(count: 0).elements.isEmpty)
  }
}
