import Foundation

/// Two files of fingerprints, row by row: whether two trainings were the same to the byte, and where they parted.
public struct FingerprintComparison: Sendable, Encodable {
  /// A row that differs.
  public struct Difference: Sendable, Encodable, Equatable {
    /// The step, from 1.
    public let step: Int
    /// The tensor's path, or what else was measured.
    public let name: String
    /// What the first training had; nil where it had ended.
    public let first: String?
    /// What the second one had.
    public let second: String?
  }

  /// The steps that both have made.
  public let steps: Int
  /// The tensors and numbers that were compared after each step.
  public let names: Int
  /// The first difference; nil where the files are equal.
  public let difference: Difference?
  /// How many rows of that step differ.
  public let differencesInStep: Int

  /// Whether the trainings were the same.
  public var isDeterministic: Bool { difference == nil }

  private enum CodingKeys: String, CodingKey {
    case steps, names, difference
    case isDeterministic = "deterministic"
    case differencesInStep = "differences_in_step"
  }

  /// Writes the verdict with its details.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(isDeterministic, forKey: .isDeterministic)
    try container.encode(steps, forKey: .steps)
    try container.encode(names, forKey: .names)
    try container.encodeIfPresent(difference, forKey: .difference)
    try container.encode(differencesInStep, forKey: .differencesInStep)
  }

  private struct Row: Equatable {
    let step: Int
    let name: String
    let fingerprint: String
  }

  /// Compares two files that a run has recorded.
  public init(_ first: URL, _ second: URL) throws {
    let (a, b) = (try Self.rows(first), try Self.rows(second))
    let count = max(a.count, b.count)
    func row(_ rows: [Row], _ index: Int) -> Row? {
      rows.indices.contains(index) ? rows[index] : nil
    }
    let different = (0..<count).filter { row(a, $0) != row(b, $0) }
    steps = min(a.last?.step ?? 0, b.last?.step ?? 0)
    names = a.count { $0.step == a.first?.step }
    guard let index = different.first, let place = row(a, index) ?? row(b, index) else {
      difference = nil
      differencesInStep = 0
      return
    }
    difference = Difference(
      step: place.step, name: place.name, first: row(a, index)?.fingerprint,
      second: row(b, index)?.fingerprint)
    differencesInStep = different.count { (row(a, $0) ?? row(b, $0))?.step == place.step }
  }

  private static func rows(_ file: URL) throws -> [Row] {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw RunError(.notFound, "\(file.path): there are no fingerprints")
    }
    return try text.split(separator: "\n").dropFirst().map { line in
      let parts = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3, let step = Int(parts[0]) else {
        throw RunError(.badData, "\(file.path): not a row of fingerprints: \(line)")
      }
      return Row(step: step, name: parts[1], fingerprint: parts[2])
    }
  }
}

extension FingerprintComparison: CustomStringConvertible {
  /// The verdict in a line or two.
  public var description: String {
    guard let difference else {
      return "deterministic: two processes gave the same bytes in \(steps) step"
        + "\(steps == 1 ? "" : "s"), \(names) tensors and numbers after each"
    }
    func short(_ text: String?) -> String { text.map { String($0.prefix(20)) } ?? "nothing" }
    return "not deterministic: step \(difference.step) differs first in \(difference.name) "
      + "(\(short(difference.first)) and \(short(difference.second))), in \(differencesInStep) of \(names) "
      + "tensors and numbers"
  }
}
