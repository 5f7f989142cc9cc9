import Foundation

/// The memory of this process.
public enum ProcessMemory {
  /// The most memory that was resident at any time, in bytes.
  public static func peakBytes() -> Int {
    var usage = rusage()
    #if os(Linux)
      let status = getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return status == 0 ? Int(usage.ru_maxrss) * 1024 : 0
    #else
      return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : 0
    #endif
  }
}
