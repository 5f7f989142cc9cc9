import Foundation
import Testing
import TimestepData

/// Checksums, and the verification of whole sets.
@Suite struct DatasetCheckTests {
  private func hash(_ text: String, pieces: Int = 1) -> String {
    var hash = SHA256()
    let bytes = Array(text.utf8)
    let size = max(bytes.count / pieces, 1)
    for start in stride(from: 0, to: bytes.count, by: size) {
      hash.update(bytes[start..<min(start + size, bytes.count)])
    }
    return hash.hexadecimal()
  }

  /// The examples of FIPS 180-4 and of NIST's page of examples.
  @Test func sha256IsThatOfTheStandard() {
    #expect(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    #expect(hash(two) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    let million = String(repeating: "a", count: 1_000_000)
    let sum = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    for pieces in [1, 3, 999, 15_625] { #expect(hash(million, pieces: pieces) == sum) }
  }

  /// Every length around the ends of blocks, in one piece and byte by byte.
  @Test func piecesMakeNoDifference() {
    for length in 0...200 {
      let text = String(repeating: "x", count: length)
      #expect(hash(text) == hash(text, pieces: max(length, 1)))
    }
  }

  @Test func sourcesAreThoseOfTheCatalog() {
    for source in DatasetSource.all {
      #expect(
        source.files.allSatisfy { $0.sha256.count == 64 && $0.sha256 == $0.sha256.lowercased() })
      #expect(!source.downloads.isEmpty && source.downloads.allSatisfy { !$0.places.isEmpty })
    }
    for dataset in DatasetCatalog.all where dataset.markers.isEmpty {
      #expect(dataset.source == nil)
    }
    #expect(DatasetCatalog.cifar10.source?.files.count == 6)
  }

  private func write(_ scratch: Scratch, train: Int = 30, label: UInt8? = nil) throws {
    for (prefix, count) in [("train", train), ("t10k", 20)] {
      var labels = (0..<count).map { UInt8($0 % 10) }
      if let label { labels[5] = label }
      try scratch.write(
        idx([count, 28, 28], [UInt8](repeating: 7, count: count * 784)),
        to: "\(prefix)-images-idx3-ubyte")
      try scratch.write(idx([count], labels), to: "\(prefix)-labels-idx1-ubyte")
    }
  }

  @Test func whatIsWrongIsCollected() throws {
    let scratch = try Scratch()
    try write(scratch)
    let check = try DatasetCheck(DatasetCatalog.fashionMNIST, directory: scratch.path)
    #expect(check.files.count == 4 && check.files.allSatisfy { $0.state == .different })
    #expect(check.parts.map(\.examples) == [30, 20] && !check.isIncomplete)
    #expect(check.parts[0].examplesPerClass == [Int](repeating: 3, count: 10))
    #expect(check.problems.count == 6)
    #expect(check.problems.contains { $0.contains("30 examples, and 60000 when complete") })
    #expect(check.unreadable.isEmpty && check.differences == check.problems)
    let remedy = "timestep data fetch fashion-mnist --to \(scratch.path)"
    #expect(check.problems.filter { $0.contains("SHA-256") }.allSatisfy { $0.contains(remedy) })
  }

  /// What cannot be read comes before counts and sums, and names the command that fetches the file.
  @Test func whatCannotBeReadComesFirst() throws {
    let scratch = try Scratch()
    try write(scratch)
    try scratch.write([0, 0, 8, 1, 0, 0, 0, 9], to: "t10k-labels-idx1-ubyte")
    let check = try DatasetCheck(DatasetCatalog.mnist, directory: scratch.path)
    #expect(check.unreadable.count == 1 && check.problems.count == 6)
    let first = try #require(check.problems.first)
    #expect(first.contains("t10k-labels-idx1-ubyte") && first.contains("cut short"))
    #expect(first.contains("run 'timestep data fetch mnist --to \(scratch.path)'"))
    #expect(check.differences.first?.contains("SHA-256") == true)
  }

  @Test func adviceNamesWhatCanBeFetched() throws {
    let scratch = try Scratch()
    let missing = dataError {
      try DatasetCatalog.cifar10.load(split: .train, directory: "\(scratch.path)/new")
    }
    #expect(missing?.remedy?.contains("fetch cifar-10 --to \(scratch.path)/new'") == true)
    let named = dataError {
      try DatasetCatalog.mnist.load(split: .train, directory: "image-folder")
    }
    #expect(named?.remedy?.contains("--dataset") == true)
    let folder = dataError { try DatasetCatalog.imageFolder.resolved(directory: scratch.path) }
    #expect(folder?.remedy?.contains("fetch") == false)
    let made = dataError { try DatasetCheck(DatasetCatalog.twoMoons, directory: scratch.path) }
    #expect(made?.kind == .badConfiguration)
  }

  @Test func damagedAndMissingFilesAreNamed() throws {
    let scratch = try Scratch()
    try write(scratch, label: 12)
    let damaged = try DatasetCheck(DatasetCatalog.mnist, directory: scratch.path)
    #expect(damaged.parts.isEmpty && !damaged.isIncomplete)
    #expect(damaged.problems.contains { $0.contains("label 12") && $0.contains("byte 13") })

    try write(scratch)
    let bytes = gzip(idx([30], [UInt8](repeating: 1, count: 30)))
    try FileManager.default.removeItem(atPath: "\(scratch.path)/train-labels-idx1-ubyte")
    try scratch.write(bytes.dropLast(9), to: "train-labels-idx1-ubyte.gz")
    let short = try DatasetCheck(DatasetCatalog.mnist, directory: scratch.path)
    #expect(short.files[1].state == .unreadable)
    #expect(short.problems.filter { $0.contains("train-labels") }.count == 1, "once, not twice")

    try FileManager.default.removeItem(atPath: "\(scratch.path)/train-images-idx3-ubyte")
    let missing = try DatasetCheck(DatasetCatalog.mnist, directory: scratch.path)
    #expect(missing.files[0].state == .missing && missing.isIncomplete)
    #expect(missing.parts.map(\.split) == [.test])
  }

  @Test func aSetThatIsMadeIsInOrder() throws {
    let check = try DatasetCheck(DatasetCatalog.twoMoons)
    #expect(check.problems.isEmpty && check.directory == nil && check.parts.count == 2)
  }
}
