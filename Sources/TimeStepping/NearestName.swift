/// The known name that a mistyped one was probably meant to be.
public enum NearestName {
  /// Returns the number of single-character insertions, deletions, substitutions and swaps of
  /// neighbours that turn `first` into `second` (optimal string alignment distance).
  public static func distance(_ first: String, _ second: String) -> Int {
    let (x, y) = (Array(first), Array(second))
    var beforeLast: [Int] = []
    var last = Array(0...y.count)
    for i in x.indices {
      var row = [i + 1]
      for j in y.indices {
        var best = min(last[j] + (x[i] == y[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, x[i] == y[j - 1], x[i - 1] == y[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      (beforeLast, last) = (last, row)
    }
    return last[y.count]
  }

  /// Returns the candidate nearest to `name`, or nil if none is near: more than a third of the
  /// characters of the longer of the two, rounded up, would have to change. Case does not count; of
  /// equally near ones, the first.
  public static func nearest(to name: String, in candidates: [String]) -> String? {
    let (lowercased, count) = (name.lowercased(), name.count)
    return
      candidates
      // Lengths alone say that most are not near: a name may be a file of a megabyte.
      .filter { 3 * abs($0.count - count) < max(count, $0.count) + 3 }
      .map { ($0, distance(lowercased, $0.lowercased())) }
      .filter { candidate, distance in 3 * distance < max(count, candidate.count) + 3 }
      .min { $0.1 < $1.1 }?.0
  }
}

/// A name that no member of a catalog has, with what was probably meant.
public struct UnknownNameError: Error, Hashable, CustomStringConvertible {
  /// What the name should name, such as `scheme`.
  public let kind: String
  /// The name that was given.
  public let name: String
  /// The names that are known.
  public let known: [String]

  /// Reports that `name` is not one of the names of a `kind` that are `known`.
  public init(kind: String, name: String, known: [String]) {
    self.kind = kind
    self.name = name
    self.known = known
  }

  /// The known name that was probably meant, if one is near.
  public var nearest: String? { NearestName.nearest(to: name, in: known) }

  /// The error in words.
  public var description: String {
    let question = nearest.map { ": did you mean '\($0)'?" } ?? "."
    let shown = known.prefix(30).joined(separator: ", ")
    let rest = known.count > 30 ? "..., see 'timestep list \(kind)s'" : ""
    let start = name.prefix(80)
    let given = start.endIndex == name.endIndex ? name : start + "..."
    return "unknown \(kind) '\(given)'\(question) Known: \(shown)\(rest)"
  }
}
