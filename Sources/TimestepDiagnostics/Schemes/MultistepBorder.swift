import ComplexModule
import RealModule
import TimeStepping

/// `lm-stability`: the growth of the linear multistep scheme on the real axis over its coefficient k, and the border of
/// stability z = -2(1 - k).
public struct MultistepBorder: Diagnostic {
  public let name = "lm-stability"
  public let title = "stability border of the linear multistep scheme over k"
  public let equation =
    "roots of x^2 = (1 - k + z) x + k;  stable for -2(1 - k) <= z <= 0, |k| <= 1"
  public let source = "LM-ResNet (Lu, Zhong, Li, Dong), section 3"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("cells", standard: "50", "rectangles of the map along each axis")
  ]
  /// Rectangles of the map along each axis.
  public var cells = 50
  /// The coefficients of the border.
  static let coefficients = (0...40).map { -1 + Double($0) / 20 }

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.cells = try choice.integer("cells", in: 2...400) ?? cells
    return copy
  }

  /// The largest r such that the scheme is stable on [-r, 0], found from its stability function.
  static func border(_ k: Double) -> Double {
    LinearMultistep(k: .constant(k)).measuredLimit(along: Complex(-1, 0))
  }

  private static func rounded(_ number: Double) -> Double { (number * 1e6).rounded() / 1e6 }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    var borders = DiagnosticTable(
      "lm-border", "Border of stability", source: source,
      columns: [
        .number("k", "k"), .number("formula", "-2(1 - k)"),
        .number("measured", "measured border z"),
        .number("difference", "difference"),
        .number("imaginary", "measured limit on the imaginary axis"),
      ])
    for k in Self.coefficients {
      let (formula, measured) = (-2 * (1 - k), -Self.border(k))
      try borders.append([
        .number(k), .number(formula), .number(measured), .number(measured - formula),
        .number(LinearMultistep(k: .constant(k)).measuredLimit(along: Complex(0, 1))),
      ])
    }
    var map = DiagnosticTable(
      "lm-growth", "Growth |R| over k and z", source: source,
      notes: ["The larger modulus of the two roots, in the middle of each rectangle."],
      columns: [
        .number("k", "k"), .number("k_end", "k"), .number("z", "z"), .number("z_end", "z"),
        .number("growth", "|R(z)|"),
      ])
    let (wide, high) = (2.4 / Double(cells), 5.0 / Double(cells))
    for column in 0..<cells {
      for row in 0..<cells {
        let (k, z) = (-1.2 + Double(column) * wide, -4.5 + Double(row) * high)
        let scheme = LinearMultistep(k: .constant(k + wide / 2))
        let growth = scheme.amplificationFactor(Complex(z + high / 2, 0)).length
        try map.append([
          // Six decimals: there are thousands of rectangles.
          .number(Self.rounded(k)), .number(Self.rounded(k + wide)), .number(Self.rounded(z)),
          .number(Self.rounded(z + high)), .number(Self.rounded(min(growth, 2))),
        ])
      }
    }
    map.notes.append("Growth above 2 is written as 2.")
    let plot = Plot(
      "lm-stability", "Growth of the linear multistep scheme for real z",
      subtitle: ["line: z = -2(1 - k); points: measured border"],
      layers: [
        .init(
          .rectangle(), of: map.name, x: .column("k", domain: [-1.2, 1.2]),
          y: .column("z", domain: [-4.5, 0.5]), x2: .column("k_end"), y2: .column("z_end"),
          color: .column("growth", colorScheme: "redyellowblue")),
        .init(.line(), of: borders.name, x: .column("k"), y: .column("formula", title: "z")),
        .init(
          .point(filled: false), of: borders.name, x: .column("k"),
          y: .column("measured", title: "z")),
      ], width: 560, height: 420)
    let worst = borders.numbers("difference").map(abs).max() ?? 0
    return DiagnosticResult(
      tables: [borders, map], plots: [plot],
      summary: ["the measured border is within \(worst.text) of -2(1 - k)"])
  }
}
