/// A part of all trials: number `index` of `count`, from 1, as in `2/4`.
public struct Shard: Sendable, Hashable, CustomStringConvertible {
  /// Which part, from 1.
  public let index: Int
  /// How many parts there are.
  public let count: Int

  /// Reads `i/n`; nil unless 1 <= i <= n.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1, index <= count
    else { return nil }
    self.index = index
    self.count = count
  }

  /// The trials of this part, the same in every process: every `count`-th in the order of their identities.
  package func part(of trials: [Trial]) -> Set<String> {
    let identities = Set(trials.map(\.identity)).sorted()
    return Set(identities.enumerated().filter { $0.offset % count == index - 1 }.map(\.element))
  }

  public var description: String { "\(index)/\(count)" }
}
