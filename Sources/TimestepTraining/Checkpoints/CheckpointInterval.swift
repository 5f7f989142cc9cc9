import Foundation

/// How often a training is saved: `500` (steps), `10m` (minutes) or `1e` (epochs).
public enum CheckpointInterval: Sendable, Hashable, CustomStringConvertible {
  /// After so many steps, wherever they end.
  case steps(Int)
  /// After so many minutes.
  case minutes(Double)
  /// After so many epochs and their evaluation.
  case epochs(Int)

  /// Every ten minutes: less than 0.1 % of the time where a checkpoint takes half a second.
  public static let standard = CheckpointInterval.minutes(10)

  /// What a text must look like.
  public static let form = "steps such as 500, minutes such as 10m, or epochs such as 1e"

  /// Reads an interval; nil for any other text.
  public init?(_ text: String) {
    func count(_ digits: some StringProtocol) -> Int? {
      digits.allSatisfy { $0.isASCII && $0.isNumber }
        ? Int(digits).flatMap { $0 > 0 ? $0 : nil } : nil
    }
    switch text.last {
    case "m":
      let digits = text.dropLast()
      guard digits.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }),
        let minutes = Double(digits), minutes > 0, minutes <= 1e6
      else { return nil }
      self = .minutes(minutes)
    case "e":
      guard let epochs = count(text.dropLast()) else { return nil }
      self = .epochs(epochs)
    default:
      guard let steps = count(text) else { return nil }
      self = .steps(steps)
    }
  }

  /// The interval as it is read.
  public var description: String {
    switch self {
    case .steps(let count): "\(count)"
    case .minutes(let minutes):
      minutes == minutes.rounded() ? "\(Int(minutes))m" : "\(minutes)m"
    case .epochs(let count): "\(count)e"
    }
  }
}

/// What a training does when a checkpoint cannot be written.
public enum CheckpointFailureRule: String, Sendable, Codable, CaseIterable {
  /// It ends with the error; the checkpoint before is intact.
  case stop
  /// It says so, goes on, and tries again when the next one is due.
  case `continue`
}
