/// Ways to damage the bytes of a valid file.
package enum Mutation: CaseIterable {
  case truncated, extended, bitsFlipped, bytesReplaced, hostileNumber, rangeZeroed, spliced, doubled
  case emptied, random, notUTF8, otherMagic
  case hostileWord, lineDoubled, nested

  /// Numbers that readers like least.
  private static let hostile: [UInt32] = [
    0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe,
    0xffff_ffff,
  ]

  /// Words that readers of text like least.
  private static let words = [
    "null", "~", "true", "nan", ".nan", "-.inf", "1e999", "-1", "-0", "0.5", "99999999999999999999",
    "9223372036854775807", "18446744073709551616", "0x7f", "1_000", "\"", "'", "\\", "\\ud800",
    "{", "}", "[", "]", ":", ": ", ",", "#", "- ", "? ", "&a ", "*a ", "!!binary ", "%", "|", ">",
    "<<", "\t", "\r", "\u{0}", "\u{feff}", "e\u{301}", "../", "/dev/zero", "%n", "$(x)",
  ]

  /// The bytes damaged in this way, at places that chance chooses; the beginning, where headers are, most often.
  package func apply(to bytes: [UInt8], using random: inout FuzzRandom) -> [UInt8] {
    var result = bytes
    guard !bytes.isEmpty else { return (0..<random.integer(below: 20)).map { UInt8($0) } }
    func place() -> Int {
      random.integer(below: random.integer(below: 2) == 0 ? min(64, bytes.count) : bytes.count)
    }
    func byte() -> UInt8 { UInt8(truncatingIfNeeded: random.next()) }
    switch self {
    case .truncated: result.removeLast(bytes.count - place())
    case .extended: result += (0..<(1 + random.integer(below: 5000))).map { _ in byte() }
    case .bitsFlipped:
      for _ in 0...random.integer(below: 8) { result[place()] ^= 1 << random.integer(below: 8) }
    case .bytesReplaced: for _ in 0...random.integer(below: 16) { result[place()] = byte() }
    case .hostileNumber:
      let number = Self.hostile[random.integer(below: Self.hostile.count)]
      let size = [1, 2, 4][random.integer(below: 3)]
      let start = place()
      for index in 0..<size where start + index < bytes.count {
        result[start + index] = UInt8(truncatingIfNeeded: number >> (8 * (size - 1 - index)))
      }
    case .rangeZeroed:
      let start = place()
      for index in start..<min(start + random.integer(below: 400), bytes.count) {
        result[index] = 0
      }
    case .spliced:
      let (from, to) = (place(), place())
      let count = random.integer(below: min(bytes.count - from, 300) + 1)
      result.insert(contentsOf: bytes[from..<(from + count)], at: to)
    case .doubled: result += bytes
    case .emptied: result = []
    case .random: result = (0..<random.integer(below: 3000)).map { _ in byte() }
    case .notUTF8:
      let start = place()
      result.insert(contentsOf: [0xff, 0xc0, 0xed, 0xa0, 0x80, 0xf8], at: start)
    case .hostileWord:
      let start = place()
      let end = min(bytes.count, start + random.integer(below: 12))
      let word = Self.words[random.integer(below: Self.words.count)]
      result.replaceSubrange(start..<end, with: Array(word.utf8))
    case .lineDoubled:
      let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
      let line = Array(lines[random.integer(below: lines.count)]) + [10]
      let before = lines.prefix(random.integer(below: lines.count)).reduce(0) { $0 + $1.count + 1 }
      result.insert(contentsOf: line, at: min(before, bytes.count))
    case .nested:
      let opening = ["[", "{\"a\":", "- ", "? ", "&a [*a,"][random.integer(below: 5)]
      let depth = 1 << random.integer(below: 15)
      result.insert(
        contentsOf: Array(String(repeating: opening, count: depth).utf8), at: place())
    case .otherMagic:
      let magics: [[UInt8]] = [
        [0x1f, 0x8b, 8, 0], [0xff, 0xd8, 0xff, 0xe0], [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
        [0, 0, 8, 3], [0, 0, 8, 1], [0x50, 0x4b, 3, 4], [0xef, 0xbb, 0xbf],
      ]
      let magic = magics[random.integer(below: magics.count)]
      result.replaceSubrange(0..<min(magic.count, bytes.count), with: magic)
    }
    return result
  }
}
