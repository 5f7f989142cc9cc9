import Foundation
import Yams

/// What differs between two configurations of one run.
public struct ConfigurationDifference: CustomStringConvertible, Sendable {
  /// An option and its values, `none` where it was not given.
  public struct Change: Sendable, Equatable {
    public let option: String
    public let before: String
    public let now: String
  }

  /// Every option that differs, in alphabetical order.
  public let changes: [Change]

  /// What may differ when a run goes on: it decides how far, where and how safely it trains, and not what.
  ///
  /// Other threads or another device compute with other roundings, so that the bytes of the result differ.
  public static let allowed: Set<String> = [
    "epochs", "data", "device", "threads", "output", "checkpoint-every", "on-checkpoint-error",
  ]

  /// Compares two configurations, option by option.
  public init(from before: RunOptions, to now: RunOptions) throws {
    let (before, now) = (try Self.lines(before), try Self.lines(now))
    changes = Set(before.keys).union(now.keys).sorted().compactMap { option in
      let values = (before[option] ?? "none", now[option] ?? "none")
      return values.0 == values.1
        ? nil : Change(option: option, before: values.0, now: values.1)
    }
  }

  /// The changes that a run does not survive.
  public var forbidden: [Change] { changes.filter { !Self.allowed.contains($0.option) } }

  /// `learning-rate 0.1 -> 0.2, seed 0 -> 1`, of those that are forbidden.
  public var description: String {
    forbidden.map { "\($0.option) \($0.before) -> \($0.now)" }.joined(separator: ", ")
  }

  /// The options that were given, each with its value as it stands in a configuration file.
  private static func lines(_ options: RunOptions) throws -> [String: String] {
    guard let mapping = try Yams.compose(yaml: try ConfigurationFile.text(options))?.mapping else {
      return [:]
    }
    var result: [String: String] = [:]
    for (key, value) in mapping {
      let items = value.sequence.map { "[\($0.map { $0.string ?? "" }.joined(separator: ", "))]" }
      result[key.string ?? ""] = value.string ?? items ?? ""
    }
    return result
  }
}
