import Foundation
import TimestepData
import TimestepTorch

/// What carries out one trial; several of its calls may run side by side.
public protocol TrialExecutor: Sendable {
  /// Trains, or goes on with what is there; returns when the run has ended, however it ended.
  ///
  /// - Parameters:
  ///   - directory: the trial's run.
  ///   - worker: which of the workers this is, from 0.
  ///   - shouldStop: is asked often; the trial saves itself and returns.
  /// - Throws: ``RunError`` where it could not be carried out. A divergence is no error.
  func run(
    _ trial: Trial, in directory: RunDirectory, worker: Int,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws
}

/// Trains in this process; for one worker.
public struct InProcessExecutor: TrialExecutor {
  private let version: String

  /// Trains as this version of the program.
  public init(version: String) { self.version = version }

  public func run(
    _ trial: Trial, in directory: RunDirectory, worker: Int,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws {
    let run = TrainingRun(trial.configuration, version: version)
    if directory.holdsRun {
      _ = try run.resume(directory, shouldStop: shouldStop)
    } else {
      _ = try run.start(output: directory.url.path, shouldStop: shouldStop)
    }
  }
}

/// Trains by `timestep-torch train --resume`, a process for each trial.
///
/// Small networks gain little from a second thread, so that two trials on one thread each beat one after the other on
/// two. Every worker has cores of its own.
public struct ProcessExecutor: TrialExecutor {
  /// The program.
  public let executable: URL
  /// Threads of each trial.
  public let threads: Int
  /// The cores of each worker; empty where the system decides.
  public let cores: [[Int]]

  /// The environment variable that names the process whose end ends a worker.
  public static let parentVariable = "TIMESTEP_PARENT"

  /// Divides the cores among workers.
  ///
  /// - Parameters:
  ///   - threads: threads of each trial; nil for the cores of a worker.
  public init(executable: URL, workers: Int, threads: Int? = nil) {
    self.executable = executable
    let available = ProcessorCores.available
    let share = max(1, available.count / max(workers, 1))
    self.threads = threads ?? share
    cores =
      workers * share <= available.count && self.threads <= share
      ? (0..<workers).map { Array(available[($0 * share)..<(($0 + 1) * share)]) } : []
  }

  public func run(
    _ trial: Trial, in directory: RunDirectory, worker: Int,
    shouldStop: @escaping @Sendable () -> Bool
  ) throws {
    let parent = directory.url.deletingLastPathComponent()
    try parent.makeDirectory()
    Self.removeLeftovers(in: parent)
    let base = parent.appendingPathComponent(".\(directory.url.lastPathComponent)-\(getpid())")
    let file = base.appendingPathExtension("yaml")
    try AtomicFile.write(
      Data(ConfigurationFile.text(trial.configuration.options).utf8), to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    if directory.holdsRun { try directory.awaitRelease(shouldStop: shouldStop) }

    var command = [
      executable.path, "train", "--config", file.path, "--output", directory.url.path, "--resume",
      "--quiet", "--threads", "\(threads)",
    ]
    if cores.indices.contains(worker), let pinning = ProcessorCores.pinning {
      let list = cores[worker].map(String.init).joined(separator: ",")
      command = [pinning, "--cpu-list", list] + command
    }
    var environment = ProcessInfo.processInfo.environment
    environment["OMP_NUM_THREADS"] = "\(threads)"
    environment[Self.parentVariable] = "\(getpid())"
    let process = ChildProcess(
      URL(fileURLWithPath: command[0]), Array(command.dropFirst()), environment: environment)
    let ending: ChildProcess.Ending
    do { ending = try process.run(shouldStop: shouldStop) } catch {
      throw RunError(.unavailable, "\(executable.path): cannot be started: \(error)")
    }
    // A training that diverged, with code 3, has ended as well.
    let isDone = [0, 3].contains(ending.status)
    guard !isDone, !(ending.wasStopped && [130, 143].contains(ending.status)) else { return }
    let kind: RunError.Kind =
      switch ending.status {
      case 66: .notFound
      case 69: .unavailable
      case 73: .cannotCreate
      case 74: .inputOutput
      default: .badData
      }
    throw RunError(
      kind,
      "trial \(trial.name) (\(trial.values.map(\.description).joined(separator: ", "))): "
        + (ending.lastError ?? "ended with code \(ending.status)"))
  }
}

extension ProcessExecutor {
  /// Removes the files of runners that were killed: hidden ones whose names end with a process that is gone.
  private static func removeLeftovers(in folder: URL) {
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: folder.path)) ?? []
    where name.hasPrefix(".") && name.hasSuffix(".yaml") {
      let stem = name.split(separator: ".").first ?? ""
      guard let process = stem.split(separator: "-").last.flatMap({ Int32($0) }),
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      try? files.removeItem(at: folder.appendingPathComponent(name))
    }
  }
}

extension RunDirectory {
  /// Waits until a trial that outlived its runner has saved itself.
  func awaitRelease(shouldStop: () -> Bool) throws {
    for attempt in 0... {
      do {
        _ = try RunLock(self)
        return
      } catch let error as RunError {
        if attempt >= 300 || shouldStop() { throw error }
        usleep(100_000)
      }
    }
  }
}
