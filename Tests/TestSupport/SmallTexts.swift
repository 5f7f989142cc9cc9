import Foundation

/// Generated news in the files of AG-NEWS: each class has words of its own.
package enum SmallTexts {
  private static let words = [
    ["peace", "treaty", "minister"], ["goal", "match", "league"], ["stocks", "oil", "market"],
    ["chip", "software", "robot"],
  ]

  /// Writes both files, 40 and 20 records by default, into a directory of the scratch, and returns its path.
  @discardableResult
  package static func write(
    to directory: String, of scratch: Scratch, train: Int = 40, test: Int = 20
  ) throws -> String {
    for (name, count) in [("train", train), ("test", test)] {
      let rows = (0..<count).map { index in
        let words = words[index % 4]
        let word = words[index / 4 % 3]
        return "\"\(index % 4 + 1)\",\"\(words[0]) \(word)\",\"a \(word), \(index) of \(words[1])\""
      }
      try scratch.write(rows.joined(separator: "\n") + "\n", to: "\(directory)/\(name).csv")
    }
    return scratch.path(directory)
  }
}
