import Foundation

/// Transfers by the program curl.
enum Curl {
  /// How a transfer ended.
  enum Outcome {
    /// The file is there to its end.
    case complete
    /// The server has no more bytes than are there already.
    case nothingToResume
    /// The server gives files from their first byte only; what was there is gone.
    case mustStartAnew
    /// It ended too early, for this reason.
    case brokenOff(String)
  }

  /// What curl's exit codes mean where the transfer may be gone on with: too short, too slow, connection lost.
  private static let brokenOff: Set<Int32> = [16, 18, 28, 52, 55, 56, 92]

  /// Fetches an address into a file, from the end of the file on where there is one.
  ///
  /// Throws `DataError`: `.unavailable` where the address cannot be reached, `.cannotCreate` where the file cannot be
  /// written.
  static func fetch(_ address: String, to file: String) throws -> Outcome {
    let ending = try Tool.run(
      "curl",
      [
        "--fail", "--location", "--silent", "--show-error", "--retry", "2", "--connect-timeout",
        "20", "--speed-limit", "100", "--speed-time", "60", "--continue-at", "-", "--output", file,
        "--write-out", "%{http_code}", "--", address,
      ])
    let reason = ending.lastError ?? ""
    switch ending.status {
    case 0: return .complete
    case 22 where ending.output.hasSuffix("416"): return .nothingToResume
    case 33:
      unlink(file)
      return .mustStartAnew
    case let status where brokenOff.contains(status) && ending.output != "000":
      return .brokenOff(reason)
    case 23: throw DataError(.cannotCreate, file: file, problem: "cannot be written: \(reason)")
    default:
      throw DataError(
        .unavailable, file: address, problem: "cannot be fetched: \(reason)",
        remedy: "run the command again with a network that reaches it, or name a place that has "
          + "the file with --mirror URL")
    }
  }
}
