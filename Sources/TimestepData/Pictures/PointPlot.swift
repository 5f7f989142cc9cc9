import Foundation

/// Points in a plane, each in the colour of its class or of a number.
public struct PointPlot: Sendable, Equatable {
  /// A point.
  public struct Point: Sendable, Equatable {
    /// To the right.
    public let x: Double
    /// Upwards.
    public let y: Double
    /// Its colour.
    public let color: Picture.Color
  }

  /// What stands above everything.
  public let title: String
  /// The points; later ones cover earlier ones.
  public let points: [Point]
  /// What colours mean.
  public let legend: [Legend]

  /// Pixels around the points.
  private static let margin = 16
  private static let radius = 3.0

  /// The smallest and the largest number; the same twice for one number alone.
  private static func range(_ numbers: [Double]) -> ClosedRange<Double> {
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
    return low...high
  }

  /// A number with as many digits as tell apart hundredths of a range, or three digits where it is one number.
  static func text(_ number: Double, of range: ClosedRange<Double>) -> String {
    let length = range.upperBound - range.lowerBound
    guard length > 0, (1e-6..<1e6).contains(length) else { return String(format: "%.3g", number) }
    let digits = max(0, 2 - Int(log10(length).rounded(.down)))
    let unit = pow(10, Double(digits))
    // Not -0.00.
    return String(format: "%.\(digits)f", (number * unit).rounded() / unit + 0)
  }

  /// The points alone, in a square of so many pixels.
  public func picture(size: Int = 480) -> Picture {
    var picture = Picture(width: size, height: size)
    for (x, y, color) in places(in: size) {
      picture.disc(x: x, y: y, radius: Self.radius, color)
    }
    return picture
  }

  /// The points with axes, a title and a legend, as an SVG file that needs no other.
  public func svg(size: Int = 480) -> String {
    let (left, top) = (56, 40)
    var svg = SVG()
    svg.text(title, x: 12, y: 24, .title)
    svg.frame(x: left, y: top, width: size, height: size)
    for (x, y, color) in places(in: size) {
      svg.disc(x: Double(left) + x, y: Double(top) + y, radius: Self.radius, color)
    }
    let inner = size - 2 * Self.margin
    let (horizontal, vertical) = (Self.range(points.map(\.x)), Self.range(points.map(\.y)))
    for (range, isVertical) in [(horizontal, false), (vertical, true)] {
      let shares = range.lowerBound < range.upperBound ? [0, 0.5, 1] : [0.5]
      for share in shares {
        let value = range.lowerBound + share * (range.upperBound - range.lowerBound)
        let text = Self.text(value, of: range)
        let place = Self.margin + Int(share * Double(inner))
        if isVertical {
          svg.text(text, x: left - 6, y: top + size - place + 4, .before)
        } else {
          svg.text(text, x: left + place, y: top + size + 16, .centred)
        }
      }
    }
    svg.legend(legend, x: left + size + 12, y: top)
    return svg.file()
  }

  /// Where the points lie in a square of so many pixels, rows from the top.
  private func places(in size: Int) -> [(x: Double, y: Double, color: Picture.Color)] {
    let (horizontal, vertical) = (Self.range(points.map(\.x)), Self.range(points.map(\.y)))
    let inner = Double(size - 2 * Self.margin)
    func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
      let length = range.upperBound - range.lowerBound
      return length > 0 ? (value - range.lowerBound) / length : 0.5
    }
    return points.map {
      (
        Double(Self.margin) + inner * share($0.x, horizontal),
        Double(Self.margin) + inner * (1 - share($0.y, vertical)), $0.color
      )
    }
  }
}
