import ComplexModule
import RealModule
import TimeStepping

/// The part of the complex plane in which a scheme is stable, `|R(z)| <= 1`, line by line.
///
/// The window is cut into lines of equal height. On the middle of each, |R| is looked at in equally spaced points, and
/// every change is found by bisection.
public struct StabilityRegion: Sendable, Hashable {
  /// An interval of stable points.
  public struct Run: Sendable, Hashable {
    /// From where to where on the real axis.
    public var re: ClosedRange<Double>
    /// The lower and upper edge of the line.
    public var im: ClosedRange<Double>
  }

  /// Rounding in |R|; above `1 + tolerance` a scheme counts as growing.
  public static let tolerance = 1e-12

  /// The scheme's name.
  public let scheme: String
  /// The stable intervals, from the lowest line on.
  public let runs: [Run]

  /// Looks at a scheme in a window.
  ///
  /// - Parameters:
  ///   - lines: how many lines the window has.
  ///   - points: how many points are looked at on each.
  public init(
    _ scheme: any Scheme, re: ClosedRange<Double>, im: ClosedRange<Double>, lines: Int = 81,
    points: Int = 200
  ) {
    self.scheme = scheme.name
    let height = (im.upperBound - im.lowerBound) / Double(lines)
    let width = (re.upperBound - re.lowerBound) / Double(points)
    var runs: [Run] = []
    for line in 0..<lines {
      let low = im.lowerBound + Double(line) * height
      let middle = low + height / 2
      func isStable(_ x: Double) -> Bool {
        Self.isStable(scheme.amplificationFactor(Complex(x, middle)))
      }
      /// The place between two points at which stability changes.
      func edge(_ from: Double, _ to: Double) -> Double {
        var (a, b) = (from, to)
        let first = isStable(a)
        for _ in 0..<30 {
          let center = (a + b) / 2
          if isStable(center) == first { a = center } else { b = center }
        }
        return (a + b) / 2
      }
      var start: Double?
      var previous = re.lowerBound
      for point in 0...points {
        let x = point == points ? re.upperBound : re.lowerBound + Double(point) * width
        switch (isStable(x), start) {
        case (true, nil): start = point == 0 ? x : edge(previous, x)
        case (false, let first?):
          runs.append(Run(re: first...max(first, edge(previous, x)), im: low...low + height))
          start = nil
        default: break
        }
        previous = x
      }
      if let first = start {
        runs.append(Run(re: first...re.upperBound, im: low...low + height))
      }
    }
    self.runs = runs
  }

  /// Whether a growth factor is none.
  static func isStable(_ factor: Complex<Double>) -> Bool { factor.length <= 1 + tolerance }

  /// The area in the window.
  public var area: Double {
    runs.reduce(0) {
      $0 + ($1.re.upperBound - $1.re.lowerBound) * ($1.im.upperBound - $1.im.lowerBound)
    }
  }

  /// The columns of a table of regions and their borders.
  static let columns: [DiagnosticTable.Column] = [
    .text("scheme", "scheme"), .number("re", "Re z"), .number("re_end", "Re z"),
    .number("im", "Im z"), .number("im_end", "Im z"), .text("part", "part"),
  ]

  /// The rows of a table of regions.
  var rows: [[TableValue]] {
    runs.map {
      [
        .text(scheme), .number($0.re.lowerBound), .number($0.re.upperBound),
        .number($0.im.lowerBound), .number($0.im.upperBound), "stable",
      ]
    }
  }

  /// The region of a scheme and its border as a table.
  static func table(
    _ name: String, of scheme: any Scheme, re: ClosedRange<Double>, im: ClosedRange<Double>
  ) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      name, "Stability region of \(scheme.name)",
      source: "Hairer and Wanner, Solving Ordinary Differential Equations II, section IV.2",
      notes: [
        "Stable where |R(z)| <= 1; each row is a rectangle of stable points, or a straight piece of the border."
      ],
      columns: columns)
    let region = StabilityRegion(scheme, re: re, im: im, lines: 161)
    for row in region.rows + StabilityBorder(scheme, re: re, im: im).rows { try table.append(row) }
    return table
  }

  /// The region with its border as layers of a plot of the complex plane.
  static func layers(of table: String, _ x: [JSONValue], _ y: [JSONValue]) -> [Plot.Layer] {
    func layer(_ mark: Plot.Mark, _ part: String, _ color: Plot.Channel) -> Plot.Layer {
      .init(
        mark, of: table, filter: "datum.part == '\(part)'", x: .column("re", domain: x),
        y: .column("im", domain: y), x2: .column("re_end"), y2: .column("im_end"), color: color)
    }
    return [
      layer(.rectangle(), "stable", .value("#c6d5e7")),
      layer(.rule(), "border", .value("#4c78a8")),
    ]
  }
}

extension Scheme {
  /// The largest r such that |R| <= 1 at all looked-at points `r' axis`, r' <= r; infinite if none below 12 is unstable.
  ///
  /// - Parameter axis: -1 for the real axis, i for the imaginary one.
  func measuredLimit(along axis: Complex<Double>) -> Double {
    let step = 1e-3
    // Heun grows by y^4/8 along the imaginary axis: more than rounding would hide that its limit is 0.
    func isStable(_ r: Double) -> Bool {
      amplificationFactor(axis.multiplied(by: r)).length <= 1 + 2e-14
    }
    for index in 1...12_000 where !isStable(Double(index) * step) {
      var (low, high) = (Double(index - 1) * step, Double(index) * step)
      for _ in 0..<40 {
        let middle = (low + high) / 2
        if isStable(middle) { low = middle } else { high = middle }
      }
      return low
    }
    return .infinity
  }
}
