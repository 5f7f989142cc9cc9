import Foundation

/// A drawing with text, as a file in SVG that needs no other.
///
/// It grows with what is drawn. Source: W3C, "Scalable Vector Graphics (SVG) 1.1".
struct SVG {
  /// How a text stands at its place.
  enum Style {
    /// Large, the place is its beginning.
    case title
    /// The place is its beginning, its middle or its end.
    case after, centred, before

    fileprivate var attributes: String {
      switch self {
      case .title: "font-size=\"16\" font-weight=\"bold\""
      case .after: "font-size=\"12\""
      case .centred: "font-size=\"12\" text-anchor=\"middle\""
      case .before: "font-size=\"12\" text-anchor=\"end\""
      }
    }
  }

  private var elements: [String] = []
  private var (right, bottom) = (0, 0)

  /// About as many pixels as a text of usual size takes; letters differ, and fonts.
  static func width(of text: String) -> Int { 8 * text.count }

  /// Writes a line of text; `y` is that of its baseline.
  mutating func text(_ text: String, x: Int, y: Int, _ style: Style) {
    elements.append("<text x=\"\(x)\" y=\"\(y)\" \(style.attributes)>\(Self.escaped(text))</text>")
    switch style {
    case .title: grow(x + 5 * Self.width(of: text) / 4, y + 6)
    case .after: grow(x + Self.width(of: text), y + 6)
    case .centred: grow(x + Self.width(of: text) / 2, y + 6)
    case .before: grow(x, y + 6)
    }
  }

  /// Draws a picture, pixel by pixel; throws `DataError(.ioFailure)` where zlib fails.
  mutating func image(_ picture: Picture, x: Int, y: Int) throws {
    let data = Data(try picture.png()).base64EncodedString()
    elements.append(
      "<image x=\"\(x)\" y=\"\(y)\" width=\"\(picture.width)\" height=\"\(picture.height)\" "
        + "style=\"image-rendering:pixelated\" xlink:href=\"data:image/png;base64,\(data)\"/>")
    grow(x + picture.width, y + picture.height)
  }

  /// Draws the edges of a rectangle.
  mutating func frame(x: Int, y: Int, width: Int, height: Int) {
    elements.append(
      "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" fill=\"none\" "
        + "stroke=\"#888\"/>")
    grow(x + width, y + height)
  }

  /// Draws a disc.
  mutating func disc(x: Double, y: Double, radius: Double, _ color: Picture.Color) {
    let place = String(format: "cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"", x, y, radius)
    elements.append("<circle \(place) fill=\"\(color.hexadecimal)\"/>")
    grow(Int(x + radius) + 1, Int(y + radius) + 1)
  }

  /// Draws what colours mean, one below the other.
  mutating func legend(_ legend: [Legend], x: Int, y: Int) {
    for (index, entry) in legend.enumerated() {
      let line = y + 18 * index
      elements.append(
        "<rect x=\"\(x)\" y=\"\(line)\" width=\"12\" height=\"12\" "
          + "fill=\"\(entry.color.hexadecimal)\"/>")
      text(entry.meaning, x: x + 18, y: line + 10, .after)
    }
  }

  private mutating func grow(_ x: Int, _ y: Int) {
    (right, bottom) = (max(right, x), max(bottom, y))
  }

  /// The whole file.
  func file() -> String {
    let (width, height) = (right + 8, bottom + 8)
    let head =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
      + "width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\" "
      + "font-family=\"sans-serif\">"
    let paper = "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
    return ([head, paper] + elements + ["</svg>", ""]).joined(separator: "\n")
  }

  /// A text as XML has it; what XML 1.0 cannot hold becomes U+FFFD.
  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "\t", "\n", "\r": " "
      case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{fffe}", "\u{ffff}": "\u{fffd}"
      default: String(scalar)
      }
    }.joined()
  }
}

extension Picture.Color {
  /// The colour as SVG and HTML write it.
  fileprivate var hexadecimal: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
