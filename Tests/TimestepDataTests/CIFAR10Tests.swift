import Testing
import TimestepData

/// The binary version of CIFAR-10, good and damaged.
@Suite struct CIFAR10Tests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A record whose colour planes begin with 1, 2, ... , 101, 102, ... and 201, 202, ...
  private func record(_ label: UInt8) -> [UInt8] {
    [label]
      + [1, 101, 201].flatMap { first in
        (0..<1024).map { UInt8(first + $0 % 50) }
      }
  }

  private func load(_ split: DatasetSplit = .test, records: Int = 2) throws -> ImageDataset {
    try CIFAR.cifar10.load(
      name: "cifar-10", split: split, directory: scratch.path, recordsPerFile: records)
  }

  @Test func planesAreInterleaved() throws {
    try scratch.write(record(3) + record(9), to: "test_batch.bin")
    let dataset = try load()
    #expect(dataset.elementShape == [3, 32, 32])
    #expect(dataset.labels == [3, 9])
    #expect(dataset.classNames[3] == "cat")
    #expect(Array(dataset.pixels[..<9]) == [1, 101, 201, 2, 102, 202, 3, 103, 203])
    #expect(Array(dataset.pixels[3072..<3078]) == [1, 101, 201, 2, 102, 202])
  }

  @Test func theFiveTrainingFilesComeInOrder() throws {
    for file in 1...5 {
      try scratch.write(
        record(UInt8(file)) + record(0), to: "cifar-10-batches-bin/data_batch_\(file).bin")
    }
    let names = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n"
    try scratch.write(Array(names.utf8), to: "cifar-10-batches-bin/batches.meta.txt")
    let dataset = try load(.train)
    #expect(dataset.labels == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0])
    #expect(dataset.classNames == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])
    #expect(dataError { try load(.test) }?.kind == .notFound)
  }

  @Test func truncationAndBadLabelsAreNoticedAtTheirOffset() throws {
    let whole = record(1) + record(2)
    for length in [1, 3072, 3073, 3074, 6145] {
      try scratch.write(Array(whole[..<length]), to: "test_batch.bin")
      let error = dataError { try load() }
      #expect(error?.kind == .badData)
      #expect(error?.offset == length / 3073 * 3073)
      #expect(
        error?.problem
          == "the file is cut short: it holds \(length / 3073) of 2 records (\(length) of 6146 bytes)"
      )
    }
    for longer in [whole + [0], whole + record(3)] {
      try scratch.write(longer, to: "test_batch.bin")
      let error = dataError { try load() }
      #expect(error?.offset == 6146)
      #expect(error?.problem == "more bytes follow after the 2 records")
    }
    try scratch.write([], to: "test_batch.bin")
    #expect(dataError { try load() }?.problem == "the file is empty")
    try scratch.write(record(1) + record(10), to: "test_batch.bin")
    let error = dataError { try load() }
    #expect(error?.offset == 3073)
    #expect(error?.problem == "record 1 has label 10, and labels are 0 to 9")
    let compressed = gzip(whole)
    try scratch.write(compressed, to: "test_batch.bin")
    #expect(try classLabels(load()) == [1, 2])
    try scratch.write(Array(compressed.dropLast(9)), to: "test_batch.bin")
    #expect(dataError { try load() }?.problem.contains("stop in the middle") == true)
  }

  /// An official file has 10,000 records; half of one is no smaller set but a damaged one.
  @Test func aFileCutAtTheEndOfARecordIsRefused() throws {
    var records = [UInt8](repeating: 0, count: 10_000 * 3073)
    for index in 0..<10_000 { records[index * 3073] = UInt8(index % 10) }
    func load() throws -> any Dataset {
      try DatasetCatalog.cifar10.load(split: .test, directory: scratch.path)
    }
    let file = try scratch.write(records, to: "test_batch.bin")
    #expect(try classLabels(load()) == (0..<10_000).map { $0 % 10 })
    for count in [5000, 9999] {
      let cut = Array(records[..<(count * 3073)])
      for bytes in [cut, gzip(cut)] {
        try scratch.write(bytes, to: "test_batch.bin")
        let error = dataError { try load() }
        #expect(error?.kind == .badData)
        #expect(error?.file == file)
        #expect(error?.offset == count * 3073)
        #expect(error?.problem.contains("cut short: it holds \(count) of 10000 records") == true)
        #expect(error?.remedy?.contains("cifar-10-binary.tar.gz") == true)
      }
    }
  }

  @Test func damagedClassNamesAreNoticed() throws {
    try scratch.write(record(1), to: "test_batch.bin")
    try scratch.write([0xff, 0xfe, 0x0a], to: "batches.meta.txt")
    #expect(dataError { try load(records: 1) }?.problem.contains("not UTF-8") == true)
    try scratch.write(Array("cat\ndog\n".utf8), to: "batches.meta.txt")
    #expect(dataError { try load(records: 1) }?.problem.contains("2 lines") == true)
  }

  @Test func aHundredClassesHaveTwoLabels() throws {
    func record(_ coarse: UInt8, _ fine: UInt8) -> [UInt8] { [coarse] + self.record(fine) }
    func load(_ files: CIFAR, records: Int = 2) throws -> ImageDataset {
      try files.load(
        name: "cifar", split: .test, directory: scratch.path, recordsPerFile: records)
    }
    try scratch.write(record(4, 0) + record(19, 99), to: "cifar-100-binary/test.bin")
    let fine = try load(.cifar100)
    #expect(fine.labels == [0, 99])
    #expect(fine.labels.map { fine.classNames[Int($0)] } == ["apple", "worm"])
    #expect(Array(fine.pixels[3072..<3078]) == [1, 101, 201, 2, 102, 202])
    let coarse = try load(.cifar100Coarse)
    #expect(
      coarse.labels.map { coarse.classNames[Int($0)] } == ["fruit_and_vegetables", "vehicles_2"])
    #expect(coarse.pixels == fine.pixels)

    try scratch.write(record(4, 0) + record(20, 100), to: "cifar-100-binary/test.bin")
    #expect(dataError { try load(.cifar100) }?.offset == 3075)
    #expect(dataError { try load(.cifar100) }?.problem.contains("0 to 99") == true)
    #expect(dataError { try load(.cifar100Coarse) }?.offset == 3074)
    #expect(dataError { try load(.cifar100, records: 3) }?.problem.contains("2 of 3") == true)
    let error = dataError {
      try DatasetCatalog.cifar100.load(split: .train, directory: scratch.path)
    }
    #expect(error?.file == "\(scratch.path)/cifar-100-binary/train.bin")
    #expect(error?.remedy?.contains("cifar-100-binary.tar.gz") == true)
  }
}
