/// A picture of red, green and blue bytes that is drawn into.
public struct Picture: Sendable, Equatable {
  /// A colour.
  public struct Color: Sendable, Equatable {
    /// Its parts, 0 to 255.
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    /// A colour of these parts.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// The paper.
    public static let white = Color(255, 255, 255)
    /// The colour of a class: the one at its number modulo 10.
    public static func ofClass(_ number: Int) -> Color {
      palette[max(number, 0) % palette.count]
    }
    /// Ten colours that are told apart, those of Tableau.
    public static let palette = [
      Color(31, 119, 180), Color(255, 127, 14), Color(44, 160, 44), Color(214, 39, 40),
      Color(148, 103, 189), Color(140, 86, 75), Color(227, 119, 194), Color(127, 127, 127),
      Color(188, 189, 34), Color(23, 190, 207),
    ]

    /// A colour from blue over a light grey, seen on white, to red for a number from 0 to 1.
    public static func diverging(_ share: Float) -> Color {
      let share = min(max(share.isFinite ? share : 0.5, 0), 1)
      let distance = abs(2 * share - 1)
      let (away, near) = (UInt8(200 * (1 - distance)), UInt8(200 + 55 * distance))
      return share < 0.5 ? Color(away, away, near) : Color(near, away, away)
    }
  }

  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// The pixels, rows from the top, three bytes each.
  public private(set) var bytes: [UInt8]

  /// A picture of one colour, at least one pixel large.
  public init(width: Int, height: Int, color: Color = .white) {
    self.width = max(width, 1)
    self.height = max(height, 1)
    bytes = []
    bytes.reserveCapacity(3 * self.width * self.height)
    for _ in 0..<(self.width * self.height) { bytes += [color.red, color.green, color.blue] }
  }

  /// The colour of a pixel; what lies outside is not drawn, and reads as white.
  public subscript(x: Int, y: Int) -> Color {
    get {
      guard (0..<width).contains(x), (0..<height).contains(y) else { return .white }
      let place = 3 * (y * width + x)
      return Color(bytes[place], bytes[place + 1], bytes[place + 2])
    }
    set {
      guard (0..<width).contains(x), (0..<height).contains(y) else { return }
      let place = 3 * (y * width + x)
      (bytes[place], bytes[place + 1], bytes[place + 2]) = (
        newValue.red, newValue.green, newValue.blue
      )
    }
  }

  /// Fills a rectangle.
  public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
    for row in y..<max(y + height, y) {
      for column in x..<max(x + width, x) { self[column, row] = color }
    }
  }

  /// Draws another picture with its left upper corner at a place.
  public mutating func draw(_ picture: Picture, x: Int, y: Int) {
    for row in 0..<picture.height {
      for column in 0..<picture.width { self[x + column, y + row] = picture[column, row] }
    }
  }

  /// Fills a disc.
  public mutating func disc(x: Double, y: Double, radius: Double, _ color: Color) {
    for row in Int(y - radius)...Int(y + radius + 1) {
      for column in Int(x - radius)...Int(x + radius + 1) {
        let (dx, dy) = (Double(column) - x, Double(row) - y)
        if dx * dx + dy * dy <= radius * radius { self[column, row] = color }
      }
    }
  }
}
