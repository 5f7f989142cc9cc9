/// Which layers ``LayerNorms`` looks at; layers are numbered from 1 in the order of evaluation, the stem's being the
/// first.
enum LayerChoice: Hashable {
  /// The second, those at a quarter, a half and three quarters of the depth, and the last before the head's.
  case standard
  /// Every layer.
  case all
  /// These.
  case numbers([Int])

  init?(_ text: String) {
    switch text {
    case "standard": self = .standard
    case "all": self = .all
    default:
      let numbers = text.split(separator: "+", omittingEmptySubsequences: false).map { Int($0) }
      guard !numbers.isEmpty, numbers.allSatisfy({ ($0 ?? 0) > 0 }) else { return nil }
      self = .numbers(numbers.compactMap { $0 })
    }
  }
}
