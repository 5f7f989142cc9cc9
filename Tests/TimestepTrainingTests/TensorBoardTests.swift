import Foundation
import TestSupport
import Testing
import TimestepData
import TimestepTorch
import TimestepTraining

@Suite("Files that grow from step to step")
struct TensorBoardTests {
  private let scratch: Scratch
  private var file: URL { scratch.url.appendingPathComponent(TensorBoardLog.fileName) }

  init() throws { scratch = try Scratch() }

  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden/events.tfevents")

  @Test("CRC-32C of the standard's example and of nothing")
  func checksum() {
    #expect(FramedRecord.checksum("123456789".utf8) == 0xe306_9283)
    #expect(FramedRecord.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(FramedRecord.checksum([]) == 0)
  }

  @Test("The same events have the bytes that TensorBoard writes, and are read back")
  func golden() throws {
    let theirs = try Data(contentsOf: Self.golden)
    let events: [EventRecord] = [
      EventRecord(time: 1_700_000_000, step: 0, content: .fileVersion),
      EventRecord(
        time: 1_700_000_000.25, step: 1,
        content: .scalars([("train/loss", 2.5), ("train/accuracy", 0.125)])),
      EventRecord(
        time: 1_700_000_001.5, step: 300,
        content: .scalars([("train/loss", .infinity), ("a tag beyond ASCII: Θ", -0.1)])),
      EventRecord(
        time: 1_700_000_002, step: 1 << 40,
        content: .scalars([(String(repeating: "x", count: 200), 0)])),
    ]
    #expect(events.map { FramedRecord.framed($0.bytes) }.reduce(Data(), +) == theirs)
    let read = FramedRecord.records(of: theirs)
    #expect(read.contents == events.map(\.bytes) && read.end == theirs.count)
  }

  @Test("Cut anywhere or with any byte changed, a file is whole up to the record before")
  func torn() throws {
    let bytes = try Data(contentsOf: Self.golden)
    let ends = FramedRecord.records(of: bytes).contents.reduce(into: [0]) {
      $0.append(($0.last ?? 0) + $1.count + 16)
    }
    #expect(ends.last == bytes.count && ends.count == 5)
    for place in 0..<bytes.count {
      let before = ends.last { $0 <= place }
      #expect(FramedRecord.records(of: bytes.prefix(place)).end == before, "cut at \(place)")
      var damaged = bytes
      damaged[place] ^= 0x40
      #expect(FramedRecord.records(of: damaged).end == before, "byte \(place)")
    }
    #expect(FramedRecord.records(of: Data(repeating: 0xff, count: 64)).end == 0)
  }

  private func logs(keeping lengths: [Int] = [0, 0]) throws -> [any GrowingLog] {
    [
      try TensorBoardLog(
        file, every: 2, metric: .accuracy, keeping: lengths[0], clock: { 1_700_000_000 }),
      try StepLog(
        scratch.url.appendingPathComponent(StepLog.fileName), every: 2, metric: .accuracy,
        keeping: lengths[1]),
    ]
  }

  private func bytes() throws -> [[UInt8]] {
    [try scratch.bytes(TensorBoardLog.fileName), try scratch.bytes(StepLog.fileName)]
  }

  @Test("A file is cut where it was saved, whatever came after; then it goes on")
  func cut() throws {
    let trainer = try denseTrainer(epochs: 2)
    trainer.observers = try logs()
    _ = try trainer.train(on: moons(.train), testing: moons(.test))
    let whole = try bytes()
    // 1 version, 4 of 8 steps, 2 epochs.
    #expect(FramedRecord.records(of: Data(whole[0])).contents.count == 7)
    #expect(whole[1].count { $0 == 10 } == 5)
    var lengths: [[Int]] = []
    for stop in [1, 3, 4, 6] {
      for tail in [[], [7], [UInt8](repeating: 200, count: 100)] {
        let first = try denseTrainer(epochs: 2)
        let (opened, counter) = (try logs(), Recorder())
        first.observers = opened + [counter]
        first.shouldStop = { counter.steps.count == stop }
        _ = try first.train(on: moons(.train), testing: moons(.test))
        let saved = try opened.map { try $0.flush() }
        lengths.append(saved)
        // A kill in the middle of a record that came after the checkpoint.
        try scratch.write(bytes()[0] + tail, to: TensorBoardLog.fileName)
        try scratch.write(bytes()[1] + tail, to: StepLog.fileName)
        let again = try logs(keeping: saved)
        #expect(again.map(\.length) == saved)
        let second = try denseTrainer(epochs: 2)
        let late = Late(again, after: stop)
        second.observers = [late]
        _ = try second.train(on: moons(.train), testing: moons(.test))
        #expect(try bytes() == whole, "stopped after \(stop), \(tail.count) more bytes")
      }
    }
    #expect(Set(lengths.map { $0[0] }).count == 4, "\(lengths)")
  }

  @Test("What is missing of a saved file is not made up: it ends with the last whole record")
  func short() throws {
    let trainer = try denseTrainer(epochs: 1)
    trainer.observers = try logs()
    _ = try trainer.train(on: moons(.train), testing: moons(.test))
    let (whole, lengths) = (try bytes(), try bytes().map(\.count))
    for (index, name) in [TensorBoardLog.fileName, StepLog.fileName].enumerated() {
      try scratch.write(whole[index].dropLast(5), to: name)
    }
    let again = try logs(keeping: lengths)
    for (log, length) in zip(again, lengths) {
      #expect(log.length < length - 5 && log.length > 0)
      #expect(try scratch.bytes(log.name).count == log.length)
    }
  }

  @Test(
    "A record that could not be written whole is taken back; the next one follows the one before")
  func fullDisk() throws {
    let trainer = try denseTrainer(epochs: 1)
    let opened = try logs()
    trainer.observers = opened.map { TolerantObserver($0, []) }
    let failing = Failing(at: 4)
    trainer.observers.insert(failing, at: 0)
    var calls = FileCalls()
    calls.write = { file, bytes, count in
      if failing.isFull {
        if count > 20 { return Foundation.write(file, bytes, 20) }  // Twenty bytes, then no more.
        errno = ENOSPC
        return -1
      }
      return Foundation.write(file, bytes, count)
    }
    try FileCalls.$current.withValue(calls) {
      _ = try trainer.train(on: moons(.train), testing: moons(.test))
    }
    let written = try bytes()
    let read = FramedRecord.records(of: Data(written[0]))
    #expect(read.end == written[0].count && read.contents.count == 3)
    #expect(written[1].last == 10 && written[1].count { $0 == 10 } == 2)
  }
}

/// Hands events on after a step, as a training that goes on from there sends them.
private final class Late: TrainingObserver {
  private let observers: [any TrainingObserver]
  private let step: Int

  init(_ observers: [any TrainingObserver], after step: Int) {
    self.observers = observers
    self.step = step
  }

  func receive(_ event: TrainingEvent) throws {
    switch event {
    case .step(let record) where record.step <= step: return
    case .epoch(let record) where record.step < step: return
    default: for observer in observers { try observer.receive(event) }
    }
  }
}

/// Says that the disk is full during one step.
private final class Failing: TrainingObserver, @unchecked Sendable {
  private(set) var isFull = false
  private let step: Int
  init(at step: Int) { self.step = step }
  func receive(_ event: TrainingEvent) {
    if case .step(let record) = event { isFull = record.step == step } else { isFull = false }
  }
}
