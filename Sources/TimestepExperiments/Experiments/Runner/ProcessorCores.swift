import Foundation

/// The cores that a process may run on.
public enum ProcessorCores {
  /// The numbers of the cores that this process may run on, in ascending order.
  public static var available: [Int] {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let key = "Cpus_allowed_list:"
    let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
    let cores = line.map { list(String($0.dropFirst(key.count))) } ?? []
    return cores.isEmpty
      ? Array(0..<ProcessInfo.processInfo.activeProcessorCount) : cores
  }

  /// The numbers of a list such as `0-3,8`.
  package static func list(_ text: String) -> [Int] {
    text.trimmingCharacters(in: .whitespaces).split(separator: ",").flatMap { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return [Int]() }
      return Array(first...last)
    }
  }

  /// The program that keeps another on some cores; nil where it is not installed.
  static let pinning = ["/usr/bin/taskset", "/bin/taskset"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// What a worker is told by the process that started it.
public enum WorkerProcess {
  private static let parent = ProcessInfo.processInfo
    .environment[ProcessExecutor.parentVariable].flatMap { Int32($0) }

  /// Whether the process that started this one is gone, so that nobody waits for its result.
  public static var isOrphan: Bool { parent.map { getppid() != $0 } ?? false }
}
