import Foundation
import Testing
import TimestepData

/// Damaged files, read by every reader: they end in a `DataError` that names the file and the byte, or are read.
///
/// A short time here; `make fuzz` reads 10,000 files with each reader. The seed of a failure is the number in its
/// message: `TIMESTEP_FUZZ_FIRST=number` begins with it.
@Suite(.serialized) struct FuzzTests {
  private static func number(_ variable: String, _ standard: Int) -> Int {
    ProcessInfo.processInfo.environment[variable].flatMap(Int.init) ?? standard
  }

  @Test(arguments: FuzzedReader.all) func damagedFilesAreRefusedOrRead(
    _ reader: FuzzedReader
  ) throws {
    let scratch = try Scratch()
    for (path, bytes) in reader.files { try scratch.write(bytes, to: path) }
    try reader.read(scratch.path)
    let memory = peakMemory()
    let first = Self.number("TIMESTEP_FUZZ_FIRST", 0)
    var refused = 0
    var slowest = Duration.zero
    let count = Self.number("TIMESTEP_FUZZ", 120)
    for seed in first..<(first + count) {
      var random = RandomStream(seed: UInt64(seed), stream: 0xf022)
      let path = reader.damaged[random.integer(below: reader.damaged.count)]
      let file = "\(scratch.path)/\(path)"
      let whole = try #require(reader.files.first { $0.path == path }).bytes
      try damage(file, whole, using: &random)
      let start = ContinuousClock.now
      do {
        try reader.read(scratch.path)
      } catch let error as DataError {
        refused += 1
        let isWhole = error.file.map { $0.hasPrefix(scratch.path) } == true
        let hasPlace = error.offset != nil || error.kind != .badData || !isRegular(error.file)
        if !isWhole || !hasPlace { Issue.record("\(reader.name), seed \(seed): \(error)") }
      } catch {
        Issue.record("\(reader.name), seed \(seed): \(error)")
      }
      slowest = max(slowest, ContinuousClock.now - start)
      try restore(file, whole)
    }
    if count > 1000 {
      print("\(reader.name): \(refused) of \(count) refused, the slowest in \(slowest)")
    }
    #expect(slowest < .seconds(5), "\(reader.name)")
    // The files are of some kilobytes; the readers' buffers take a few megabytes.
    #expect(peakMemory() - memory < 200 << 20, "\(reader.name)")
    #expect(refused > 0, "\(reader.name)")
  }

  /// Damages the bytes of a file, or puts something else in its place.
  private func damage(
    _ file: String, _ bytes: [UInt8], using random: inout RandomStream
  ) throws {
    var damaged = bytes
    switch random.integer(below: 40) {
    case 0:
      unlink(file)
      mkdir(file, 0o700)
      return
    case 1:
      unlink(file)
      symlink("/nowhere/at/all", file)
      return
    case 2:
      unlink(file)
      symlink("/dev/zero", file)
      return
    case 3:
      unlink(file)
      mkfifo(file, 0o600)
      return
    default:
      for _ in 0...random.integer(below: 2) {
        let kinds = Mutation.allCases
        damaged = kinds[random.integer(below: kinds.count)].apply(to: damaged, using: &random)
      }
    }
    try Data(damaged).write(to: URL(fileURLWithPath: file))
  }

  private func restore(_ file: String, _ bytes: [UInt8]) throws {
    if unlink(file) != 0 { rmdir(file) }
    try Data(bytes).write(to: URL(fileURLWithPath: file))
  }

  private func isRegular(_ path: String?) -> Bool {
    var status = stat()
    guard let path, stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// The most bytes this process has held so far.
  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}
