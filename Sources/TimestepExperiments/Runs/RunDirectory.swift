import Foundation
import TimestepData
import TimestepTorch
import TimestepTraining

/// A run on disk.
///
/// ```
/// RUN/config.yaml    RUN/metrics.csv    RUN/summary.json    RUN/checkpoints/
/// ```
/// and, where asked for, a row for every so many steps in `RUN/steps.csv`, the same for TensorBoard in
/// `RUN/events.out.tfevents.0.timestep`, and fingerprints of every tensor in `RUN/fingerprints.csv`,
/// and `RUN/skipped-files.txt` where damaged files of the data set were passed over.
public struct RunDirectory: Sendable {
  /// The directory.
  public let url: URL

  public var configuration: URL { url.appendingPathComponent("config.yaml") }
  public var metrics: URL { url.appendingPathComponent("metrics.csv") }
  public var summary: URL { url.appendingPathComponent("summary.json") }
  public var skippedFiles: URL { url.appendingPathComponent("skipped-files.txt") }
  public var steps: URL { url.appendingPathComponent(StepLog.fileName) }
  public var events: URL { url.appendingPathComponent(TensorBoardLog.fileName) }
  public var fingerprints: URL { url.appendingPathComponent("fingerprints.csv") }
  public var checkpoints: URL { url.appendingPathComponent("checkpoints") }

  /// Refers to a directory, whether or not it exists.
  public init(_ url: URL) { self.url = url }

  /// Makes the directory of a new run; one that holds a run already is refused.
  ///
  /// Without a path it is `runs/NETWORK-DATASET-N` with the first free number N.
  public static func create(_ path: String?, for configuration: RunConfiguration) throws
    -> RunDirectory
  {
    let files = FileManager.default
    if let path {
      let run = RunDirectory(URL(fileURLWithPath: path))
      try run.refuseRun()
      try run.makeDirectories()
      return run
    }
    let base = "\(configuration.networkName)-\(configuration.dataset.name)"
    let parent = URL(fileURLWithPath: "runs")
    do {
      try files.createDirectory(at: parent, withIntermediateDirectories: true)
    } catch { throw cannotCreate(parent, error) }
    for number in 1...1_000_000 {
      let url = parent.appendingPathComponent("\(base)-\(number)")
      // mkdir succeeds for one process only, so two that start together get different runs.
      if mkdir(url.path, 0o755) == 0 {
        let run = RunDirectory(url)
        try run.makeDirectories()
        return run
      }
      if errno != EEXIST {
        throw RunError(.cannotCreate, "\(url.path): \(String(cString: strerror(errno)))")
      }
    }
    throw RunError(.cannotCreate, "\(parent.path): no free name \(base)-N; choose an --output")
  }

  /// Throws ``RunError`` where there is a run already, or what is left of one.
  func refuseRun() throws {
    if holdsRun {
      throw RunError(
        .cannotCreate,
        "\(url.relativePath): holds a run already; go on with it by --resume or "
          + "'timestep resume \(url.relativePath)', choose another --output, or remove it")
    }
    guard saved.names.isEmpty else {
      throw RunError(
        .cannotCreate,
        "\(checkpoints.relativePath): holds checkpoints of a run whose config.yaml is missing; choose "
          + "another --output")
    }
  }

  private func makeDirectories() throws {
    do {
      try FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: true)
    } catch { throw Self.cannotCreate(url, error) }
    guard access(url.path, W_OK) == 0 else {
      throw RunError(.cannotCreate, "\(url.path): \(String(cString: strerror(errno)))")
    }
  }

  private static func cannotCreate(_ url: URL, _ error: any Error) -> RunError {
    RunError(.cannotCreate, "\(url.path): cannot be created: \(error.localizedDescription)")
  }

  /// Writes the whole configuration.
  public func write(_ options: RunOptions) throws {
    try AtomicFile.write(Data(try ConfigurationFile.text(options).utf8), to: configuration)
  }

  /// Whether there is a run in it.
  public var holdsRun: Bool { FileManager.default.fileExists(atPath: configuration.path) }

  /// Every choice of a saved run as it stands in its file.
  func savedOptions() throws -> RunOptions {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw RunError(.notFound, "\(url.path): there is no such run")
    }
    guard holdsRun else {
      throw RunError(.notFound, "\(url.path): is not a run, it has no config.yaml")
    }
    return try ConfigurationFile.read(configuration)
  }

  /// Reads what a saved run was made with.
  ///
  /// - Parameter datasets: the data sets that it may name.
  public func readConfiguration(datasets: [DatasetDescriptor] = DatasetCatalog.all) throws
    -> RunConfiguration
  {
    var options = try savedOptions()
    options.initializeFrom = nil  // Only what was saved counts now.
    do {
      return try RunConfiguration(resolving: options, datasets: datasets)
    } catch {
      throw RunError(.configuration, "\(configuration.path): \(error)")
    }
  }

  /// What a saved run goes on with: its own configuration but for the choices given here.
  ///
  /// - Parameter datasets: the data sets that it may name.
  public func configuration(
    changing given: RunOptions, datasets: [DatasetDescriptor] = DatasetCatalog.all
  ) throws -> RunConfiguration {
    let saved = try savedOptions()
    do {
      _ = try RunConfiguration(resolving: saved, datasets: datasets)
    } catch {
      throw RunError(.configuration, "\(configuration.path): \(error)")
    }
    return try RunConfiguration(resolving: given.over(saved), datasets: datasets)
  }

  /// The checkpoints.
  public var saved: CheckpointDirectory { CheckpointDirectory(checkpoints) }

  /// The newest whole checkpoint, and what is wrong with newer ones; nil where no checkpoint was written yet.
  ///
  /// Throws ``RunError`` where there are checkpoints and none is whole.
  public func newestCheckpoint() throws -> (checkpoint: Checkpoint, damaged: [CheckpointError])? {
    let (newest, damaged) = saved.newest()
    if let newest { return (newest, damaged) }
    guard let first = damaged.first else { return nil }
    throw RunError(
      .badData,
      "\(url.path): no checkpoint is whole (\(damaged.count) damaged); the newest: \(first)")
  }

  /// The newest saved parameters; those of an older checkpoint never stand for damaged ones.
  public func parametersFile() throws -> URL {
    guard let newest = try newestCheckpoint() else {
      throw RunError(.notFound, "\(url.path): has no checkpoint; was training stopped early?")
    }
    if let damaged = newest.damaged.first {
      throw RunError(
        .badData,
        "\(damaged); 'timestep resume \(url.relativePath)' goes on from \(newest.checkpoint.name), which is whole; "
          + "with the damaged checkpoint moved away its weights are used")
    }
    return newest.checkpoint.url.appendingPathComponent(Checkpoint.parametersFile)
  }
}
