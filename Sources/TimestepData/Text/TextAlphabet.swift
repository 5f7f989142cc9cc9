/// The number that stands for each character of a text.
///
/// 0 is the padding, 1 to 68 the characters of the alphabet, 69 every other character. Letters are made lower-case
/// first. Source: Robust ResNet (2019), reference code (spec 3.1).
///
/// Four characters of that alphabet are typographic: the quotes U+2018 and U+2019, the circumflex U+02C6 and the
/// tilde U+02DC. Their ASCII forms are unknown characters in the reference, and in `.reference`.
public struct TextAlphabet: Sendable, Equatable {
  /// The characters, from number 1 on.
  public static let characters =
    "abcdefghijklmnopqrstuvwxyz0123456789"
    + "-,;.!?:\u{2019}\"/|_#$%\u{2c6}&*\u{2dc}\u{2018}+=<>()[]{} \\"
  /// The number after the end of a text.
  public static let padding: UInt8 = 0
  /// The number of every character that is not in the alphabet.
  public static let unknown: UInt8 = 69
  /// How many numbers there are, with the padding and the unknown one.
  public static let symbols = 70

  /// The alphabet of the reference code.
  public static let reference = TextAlphabet()
  /// The same, with `'`, `^`, `~` and the back-quote as the typographic characters they stand for.
  public static let ascii = TextAlphabet(alsoKnown: [
    "'": "\u{2019}", "^": "\u{2c6}", "~": "\u{2dc}", "`": "\u{2018}",
  ])

  /// The numbers of the ASCII characters, lower-case and upper-case letters alike.
  private let table: [UInt8]
  /// The numbers of the other characters of the alphabet.
  private let others: [Unicode.Scalar: UInt8]

  private init(alsoKnown: [Unicode.Scalar: Unicode.Scalar] = [:]) {
    var numbers: [Unicode.Scalar: UInt8] = [:]
    for (index, scalar) in Self.characters.unicodeScalars.enumerated() {
      numbers[scalar] = UInt8(index + 1)
    }
    for (scalar, known) in alsoKnown { numbers[scalar] = numbers[known] }
    table = (0..<128).map { (byte: UInt8) in
      let isUpperCase = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      return numbers[Unicode.Scalar(isUpperCase ? byte + 32 : byte)] ?? Self.unknown
    }
    others = numbers.filter { !$0.key.isASCII }
  }

  /// The numbers of at most the first `limit` characters (Unicode scalars) of a text, without padding.
  public func numbers(of text: String, limit: Int = .max) -> [UInt8] {
    var numbers: [UInt8] = []
    append(Array(text.utf8)[...], to: &numbers, limit: limit)
    return numbers
  }

  /// Appends the numbers of a text in UTF-8 until there are `limit` of them.
  ///
  /// As in the reference, which reads files in Python's text mode, CR LF is one character. What is no UTF-8 is
  /// unknown.
  func append(_ text: ArraySlice<UInt8>, to numbers: inout [UInt8], limit: Int) {
    let carriageReturn = UInt8(ascii: "\r")
    let lineFeed = UInt8(ascii: "\n")
    text.withUnsafeBufferPointer { text in
      var position = 0
      while position < text.count, numbers.count < limit {
        let byte = text[position]
        guard byte >= 128 else {
          numbers.append(table[Int(byte)])
          position += 1
          if byte == carriageReturn, position < text.count, text[position] == lineFeed {
            position += 1
          }
          continue
        }
        let start = position
        while position < text.count, text[position] >= 128 { position += 1 }
        for scalar in String(decoding: text[start..<position], as: UTF8.self).unicodeScalars {
          // The lower-case form of one scalar may be several, and may be in ASCII: the kelvin sign becomes k.
          for lower in scalar.properties.lowercaseMapping.unicodeScalars where numbers.count < limit
          {
            numbers.append(
              lower.isASCII ? table[Int(lower.value)] : others[lower] ?? Self.unknown)
          }
        }
      }
    }
  }
}

extension TextAlphabet {
  /// The text of a row of numbers: lower-case, unknown characters as U+FFFD, without padding.
  public static func text(of numbers: some Sequence<UInt8>) -> String {
    let known = Array(characters.unicodeScalars)
    var text = String.UnicodeScalarView()
    for number in numbers where number != padding {
      text.append(number <= known.count ? known[Int(number) - 1] : "\u{fffd}")
    }
    return String(text)
  }
}
