/// Contour lines of numbers on a grid, as straight pieces in its cells.
///
/// On each edge between two points on different sides of a level the crossing is interpolated linearly; a cell with four
/// crossings (a saddle) is divided by the mean of its corners.
public struct ContourLines: Sendable {
  /// A straight piece of a line.
  public struct Piece: Sendable, Hashable {
    /// From where.
    public var x, y: Double
    /// To where.
    public var xEnd, yEnd: Double
    /// The value on it.
    public var level: Double
  }

  /// The pieces, level after level.
  public let pieces: [Piece]

  /// Looks for lines.
  ///
  /// - Parameters:
  ///   - values: rows for the values of y, columns for those of x.
  ///   - levels: the values on the lines.
  public init(_ values: [[Double]], x: [Double], y: [Double], levels: [Double]) {
    var pieces: [Piece] = []
    for level in levels {
      for row in 0..<max(0, min(values.count, y.count) - 1) {
        for column in 0..<max(0, x.count - 1) where column + 1 < values[row].count {
          let corners = [
            (x[column], y[row], values[row][column] - level),
            (x[column + 1], y[row], values[row][column + 1] - level),
            (x[column + 1], y[row + 1], values[row + 1][column + 1] - level),
            (x[column], y[row + 1], values[row + 1][column] - level),
          ]
          for (from, to) in Self.crossings(corners) {
            pieces.append(Piece(x: from.x, y: from.y, xEnd: to.x, yEnd: to.y, level: level))
          }
        }
      }
    }
    self.pieces = pieces
  }

  private typealias Point = (x: Double, y: Double)

  /// The pieces in a cell whose corners are given one after the other.
  private static func crossings(_ corners: [(x: Double, y: Double, value: Double)]) -> [(
    Point, Point
  )] {
    var points: [Point] = []
    for (index, a) in corners.enumerated() {
      let b = corners[(index + 1) % 4]
      guard (a.value > 0) != (b.value > 0) else { continue }
      let share = a.value / (a.value - b.value)
      points.append((a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)))
    }
    switch points.count {
    case 2: return [(points[0], points[1])]
    case 4:
      let middle = corners.reduce(0) { $0 + $1.value }
      // The lines cut off those corners that are not on the middle's side.
      return (middle > 0) == (corners[0].value > 0)
        ? [(points[0], points[1]), (points[2], points[3])]
        : [(points[3], points[0]), (points[1], points[2])]
    default: return []
    }
  }
}
