import Foundation

/// A reader of files, with valid files to damage.
package struct FuzzedReader: Sendable {
  /// What is read.
  package let name: String
  /// Valid files by their paths in a directory.
  package let files: [(path: String, bytes: [UInt8])]
  /// Those of them that are damaged, one at a time.
  package let damaged: [String]
  /// Takes a typed error apart; nil for any other error, which is a fault of the reader.
  package let explain: @Sendable (any Error) -> DamagePlace?
  /// Reads the directory, and everything in it.
  package let read: @Sendable (_ directory: String) throws -> Void

  /// Names a reader; `damaged` nil means all of its files.
  package init(
    name: String, files: [(path: String, bytes: [UInt8])], damaged: [String]? = nil,
    explain: @escaping @Sendable (any Error) -> DamagePlace?,
    read: @escaping @Sendable (_ directory: String) throws -> Void
  ) {
    self.name = name
    self.files = files
    self.damaged = damaged ?? files.map(\.path)
    self.explain = explain
    self.read = read
  }
}

/// Where an error says the damage is.
package struct DamagePlace: Sendable {
  /// The file it names; nil where it names none.
  package let file: String?
  /// The byte it names; nil where it names none.
  package let offset: Int?
  /// Whether it has to name a byte if the file is a regular one.
  package let needsOffset: Bool

  /// What an error says.
  package init(file: String?, offset: Int? = nil, needsOffset: Bool = false) {
    self.file = file
    self.offset = offset
    self.needsOffset = needsOffset
  }
}

/// What a reader made of damaged files.
package struct FuzzReport: CustomStringConvertible {
  /// The reader.
  package let reader: String
  /// Files that were read.
  package var count = 0
  /// Those of them that were refused with a typed error.
  package var refused = 0
  /// The longest reading.
  package var slowest = Duration.zero
  /// Its seed.
  package var slowestSeed = 0
  /// All of them.
  package var total = Duration.zero
  /// By how much the most memory that the process ever held has grown.
  package var memory = 0
  /// What must not happen, with the seed: errors that are not typed, or do not name file and byte.
  package var faults: [String] = []

  /// Numbers in one line.
  package var description: String {
    "\(reader): \(count) files, \(refused) refused, \(faults.count) faults, \(total), the slowest "
      + "\(slowest) (seed \(slowestSeed)), memory \(memory >> 20) MiB more"
  }
}

extension FuzzedReader {
  private static func number(_ variable: String, _ standard: Int) -> Int {
    ProcessInfo.processInfo.environment[variable].flatMap(Int.init) ?? standard
  }

  /// Damages the files again and again, one at a time, and reads them.
  ///
  /// `TIMESTEP_FUZZ` says how many times in place of `count`. The seed of a fault stands in it:
  /// `TIMESTEP_FUZZ_FIRST=seed` begins there.
  package func fuzz(count standard: Int) throws -> FuzzReport {
    var report = FuzzReport(reader: name)
    let scratch = try Scratch()
    for (path, bytes) in files { try scratch.write(bytes, to: path) }
    try read(scratch.url.path)
    let memory = Self.peakMemory()
    let first = Self.number("TIMESTEP_FUZZ_FIRST", 0)
    report.count = Self.number("TIMESTEP_FUZZ", standard)
    for seed in first..<(first + report.count) {
      var random = FuzzRandom(UInt64(seed))
      let path = damaged[random.integer(below: damaged.count)]
      let whole = files.first { $0.path == path }?.bytes ?? []
      let file = scratch.path(path)
      try damage(file, whole, using: &random)
      let start = ContinuousClock.now
      do {
        try read(scratch.url.path)
      } catch {
        if let place = explain(error) {
          report.refused += 1
          let isNamed = place.file?.hasPrefix(scratch.url.path) == true
          let isPlaced =
            place.offset != nil || !place.needsOffset || !Self.isRegular(place.file)
          if !isNamed || !isPlaced { report.faults.append("seed \(seed): \(error)") }
        } else {
          report.faults.append("seed \(seed), \(type(of: error)): \(error)")
        }
      }
      let time = ContinuousClock.now - start
      if time > report.slowest { (report.slowest, report.slowestSeed) = (time, seed) }
      report.total += time
      if unlink(file) != 0 { rmdir(file) }
      try Self.write(whole, to: file)
    }
    report.memory = Self.peakMemory() - memory
    if report.count > 1000 {
      print(report)
      fflush(nil)
    }
    return report
  }

  /// Damages the bytes of a file, or puts something else in its place.
  private func damage(
    _ file: String, _ bytes: [UInt8], using random: inout FuzzRandom
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
    try Self.write(damaged, to: file)
  }

  /// Writes a file without waiting for the disk, as Foundation does.
  private static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "w"), fwrite(bytes, 1, bytes.count, file) == bytes.count,
      fclose(file) == 0
    else { throw CocoaError(.fileWriteUnknown) }
  }

  private static func isRegular(_ path: String?) -> Bool {
    var status = stat()
    guard let path, stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// The most bytes this process has held so far.
  private static func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}
