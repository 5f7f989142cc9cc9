/// Pictures of one size in rows and columns, with what is to be written at them.
public struct ContactSheet: Sendable, Equatable {
  /// Pictures side by side.
  public struct Row: Sendable, Equatable {
    /// What stands before them.
    public let title: String
    /// The pictures.
    public let tiles: [Picture]
  }

  /// What stands above everything.
  public let title: String
  /// What stands above the columns; none where they have nothing in common.
  public let columns: [String]
  /// The rows, from the top.
  public let rows: [Row]
  /// What colours mean, where they mean something.
  public let legend: [Legend]

  init(title: String, columns: [String] = [], rows: [Row], legend: [Legend] = []) {
    (self.title, self.columns, self.rows, self.legend) = (title, columns, rows, legend)
  }

  /// The paper between tiles, in pixels.
  private static let gap = 4

  private var tileSize: (width: Int, height: Int) {
    let first = rows.lazy.flatMap(\.tiles).first
    return (first?.width ?? 1, first?.height ?? 1)
  }

  /// Where a tile begins in the picture.
  private func place(row: Int, column: Int) -> (x: Int, y: Int) {
    let (width, height) = tileSize
    return (Self.gap + column * (width + Self.gap), Self.gap + row * (height + Self.gap))
  }

  /// The pictures alone, with a little paper between them.
  public func picture() -> Picture {
    let end = place(row: rows.count, column: rows.map(\.tiles.count).max() ?? 0)
    var picture = Picture(width: end.x, height: end.y)
    for (row, line) in rows.enumerated() {
      for (column, tile) in line.tiles.enumerated() {
        let (x, y) = place(row: row, column: column)
        picture.draw(tile, x: x, y: y)
      }
    }
    return picture
  }

  /// The pictures with everything that is written at them, as an SVG file that needs no other.
  ///
  /// Throws `DataError(.ioFailure)` where zlib fails.
  public func svg() throws -> String {
    let picture = picture()
    let (width, height) = tileSize
    let left = 16 + (rows.map { SVG.width(of: $0.title) }.max() ?? 0)
    let top = columns.isEmpty ? 40 : 60
    var svg = SVG()
    svg.text(title, x: 12, y: 24, .title)
    try svg.image(picture, x: left, y: top)
    for (column, heading) in columns.enumerated() {
      svg.text(
        heading, x: left + place(row: 0, column: column).x + width / 2, y: top - 4, .centred)
    }
    for (row, line) in rows.enumerated() {
      svg.text(
        line.title, x: left - 4, y: top + place(row: row, column: 0).y + height / 2 + 4, .before)
    }
    svg.legend(legend, x: left + picture.width + 12, y: top + Self.gap)
    return svg.file()
  }
}

/// A colour and what it means.
public struct Legend: Sendable, Equatable {
  /// The colour.
  public let color: Picture.Color
  /// What it means.
  public let meaning: String

  /// The colours of classes.
  static func classes(_ names: [String]) -> [Legend] {
    names.enumerated().map { Legend(color: .ofClass($0.offset), meaning: $0.element) }
  }
}
