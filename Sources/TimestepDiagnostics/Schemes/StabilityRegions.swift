import ComplexModule
import TimeStepping

/// `stability-regions`: where |R(z)| <= 1 for every scheme of the catalog, from its stability function.
public struct StabilityRegions: Diagnostic {
  public let name = "stability-regions"
  public let title = "stability region of every scheme of the catalog"
  public let equation = "{z : |R(z)| <= 1},  u_{l+1} = R(z) u_l for u' = lambda u, z = h lambda"
  public let source = "lecture \"Residual Neural Networks\"; Hairer and Wanner II, section IV.2"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("scheme", standard: "all", "one scheme without arguments, or all"),
    ArgumentDescription("lines", standard: "161", "lines into which the window is cut"),
  ]
  /// The schemes.
  public var schemes = SchemeCatalog.all
  /// Lines into which the window is cut.
  public var lines = 161
  /// The window on the real axis.
  public static let re = -4.5...1.5
  /// The window on the imaginary axis.
  public static let im = -3.5...3.5

  /// What z is for each equation.
  package static let subtitle = [
    "z = h lambda; u' = lambda u, or where a name says so u'' = lambda^2 u or a pair X' = lambda Y, Y' = lambda X",
    "iterated: a fixed-point iteration cut off, not the implicit scheme itself; L = 0: without the diffusion L that is "
      + "treated implicitly",
  ]

  /// Creates the diagnostic.
  public init() {}

  /// The scheme's name, with what its region is of where that is not the scheme itself on u' = lambda u.
  private static func panel(_ scheme: any Scheme) -> String {
    if let iterated = scheme as? BackwardEuler {
      return "\(scheme.name), \(iterated.iterations) times iterated"
    }
    if scheme is DiffusionImplicit { return "\(scheme.name), L = 0" }
    return switch scheme.equation {
    case .firstOrder: scheme.name
    case .secondOrder: "\(scheme.name), u''"
    case .partitioned: "\(scheme.name), pair"
    }
  }

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    if let name = choice.values["scheme"], name != "all" {
      copy.schemes = [try SchemeCatalog.scheme(named: name)]
    }
    copy.lines = try choice.integer("lines", in: 8...2000) ?? lines
    return copy
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    var regions = DiagnosticTable(
      "stability-regions", "Stability regions", source: source,
      notes: [
        "Window Re z from \(Self.re.lowerBound) to \(Self.re.upperBound), Im z from \(Self.im.lowerBound) to "
          + "\(Self.im.upperBound); each row is a rectangle of stable points, or a straight "
          + "piece of the border.",
        "A scheme that is stable on a piece of the imaginary axis alone has that piece for its border.",
        "For u'' = f(u) lambda^2 is the eigenvalue of f; for a pair X' = f0(Y), Y' = f1(X), of f0 f1.",
      ], columns: StabilityRegion.columns + [.text("panel", "scheme and its equation")])
    var limits = DiagnosticTable(
      "stability-limits", "Stability limits", source: source,
      notes: [
        "Measured: the first point on the axis, in steps of 0.001 up to 12, with |R| above 1 + 2e-14."
      ],
      columns: [
        .text("scheme", "scheme"), .text("title", "name"), .text("equation", "equation"),
        .integer("order", "order"), .integer("evaluations", "evaluations of f in a step"),
        .number("real", "declared limit on the negative real axis"),
        .number("real_measured", "measured limit on the negative real axis"),
        .number("imaginary", "declared limit on the imaginary axis"),
        .number("imaginary_measured", "measured limit on the imaginary axis"),
        .number("area", "stable area in the window"),
      ])
    for scheme in schemes {
      let region = StabilityRegion(scheme, re: Self.re, im: Self.im, lines: lines)
      let border = StabilityBorder(scheme, re: Self.re, im: Self.im)
      let panel = TableValue.text(Self.panel(scheme))
      for row in region.rows + border.rows { try regions.append(row + [panel]) }
      try limits.append([
        .text(scheme.name), .text(scheme.title), .text(scheme.equation.rawValue),
        scheme.order.map { TableValue.integer($0) } ?? .missing,
        .integer(scheme.evaluationsPerStep), .number(scheme.realStabilityLimit),
        .number(scheme.measuredLimit(along: Complex(-1, 0))),
        .number(scheme.imaginaryStabilityLimit),
        .number(scheme.measuredLimit(along: Complex(0, 1))), .number(region.area),
      ])
    }
    let isOne = schemes.count == 1
    let width = isOne ? 480.0 : 180
    let window = PlaneWindow(
      re: [Self.re.lowerBound, Self.re.upperBound], im: [Self.im.lowerBound, Self.im.upperBound],
      margin: 0, highest: 2)
    let plot = Plot(
      "stability-regions", "Where each scheme is stable, |R(z)| <= 1", subtitle: Self.subtitle,
      layers: StabilityRegion.layers(of: regions.name, window.horizontal, window.vertical),
      facet: Plot.Facet("panel", columns: isOne ? 1 : 5), width: width,
      height: window.height(ofWidth: width))
    return DiagnosticResult(
      tables: [limits, regions], plots: [plot],
      summary: ["\(schemes.count) scheme\(isOne ? "" : "s"); limits on both axes in \(limits.name)"]
    )
  }
}
