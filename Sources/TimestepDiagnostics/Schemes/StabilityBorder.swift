import ComplexModule
import RealModule
import TimeStepping

/// The border `|R(z)| = 1` of the part of the complex plane in which a scheme is stable, in straight pieces.
///
/// A scheme that is stable on a piece of the imaginary axis alone, such as leapfrog, has that piece for its border.
struct StabilityBorder {
  /// The scheme's name.
  let scheme: String
  /// The pieces.
  let pieces: [ContourLines.Piece]
  /// Above this |R| is cut: where it grows without end, no crossing is looked for.
  private static let highest = 4.0

  /// Looks at a scheme in a window, in so many points along each axis.
  init(
    _ scheme: any Scheme, re: ClosedRange<Double>, im: ClosedRange<Double>, points: Int = 241
  ) {
    self.scheme = scheme.name
    func axis(_ range: ClosedRange<Double>) -> [Double] {
      (0..<points).map {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(points - 1)
      }
    }
    let (x, y) = (axis(re), axis(im))
    let values = y.map { y in
      x.map { x in
        let growth = scheme.amplificationFactor(Complex(x, y)).length
        return growth <= Self.highest ? growth : Self.highest
      }
    }
    let end = scheme.measuredLimit(along: Complex(0, 1))
    if end > 0.01, re.contains(0), Self.isOnAxisAlone(scheme, min(end, 1) / 2) {
      let (low, high) = (max(-end, im.lowerBound), min(end, im.upperBound))
      pieces =
        low < high
        ? [ContourLines.Piece(x: 0, y: low, xEnd: 0, yEnd: high, level: 1)] : []
      return
    }
    pieces =
      ContourLines(values, x: x, y: y, levels: [1 + StabilityRegion.tolerance]).pieces
  }

  /// The rows of a table of regions.
  var rows: [[TableValue]] {
    pieces.map {
      [
        .text(scheme), .number($0.x), .number($0.xEnd), .number($0.y), .number($0.yEnd), "border",
      ]
    }
  }

  /// Whether a scheme grows on both sides of a point of the imaginary axis.
  private static func isOnAxisAlone(_ scheme: any Scheme, _ y: Double) -> Bool {
    [-1e-3, 1e-3].allSatisfy {
      !StabilityRegion.isStable(scheme.amplificationFactor(Complex($0, y)))
    }
  }
}
