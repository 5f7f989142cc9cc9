import RealModule
import TimeStepping

/// `transport`: Lax-Friedrichs' and Lax-Wendroff's schemes for `u_t = c u_x` against the original and their modified
/// equations.
///
/// ```
/// Lax-Friedrichs   u_t - c u_x = dx^2/(2 dt) (1 - r^2) u_xx      diffusion
/// Lax-Wendroff     u_t - c u_x = (c dx^2/6) (1 - r^2) u_xxx      dispersion;   r = c dt/dx
/// ```
///
/// On [0, 1), periodic, from a sum of cosines, each of which all three equations only damp and shift: nothing but the
/// scheme has an error. LM-ResNet, section 3, prints r = 2 dt/dx and the sign of u_t + c u_x = 0.
public struct TransportEquation: Diagnostic {
  /// A scheme in space and time.
  public enum Scheme: String, Sendable, CaseIterable {
    case laxFriedrichs = "Lax-Friedrichs"
    case laxWendroff = "Lax-Wendroff"
  }

  public let name = "transport"
  public let title = "transport equation: two schemes against original and modified equation"
  public let equation =
    "u_t = c u_x;  u_t - c u_x = dx^2/(2 dt) (1 - r^2) u_xx  or  c dx^2/6 (1 - r^2) u_xxx"
  public let source = "LM-ResNet (Lu, Zhong, Li, Dong), section 3"
  public let input = DiagnosticInput.nothing
  public let arguments = [
    ArgumentDescription("cells", standard: "128", "cells of the finest grid, a multiple of 8")
  ]
  /// Cells of the finest grid.
  public var cells = 128
  /// The Courant number r = c dt/dx, with c = 1.
  package static let courant = 0.5
  /// The final time.
  static let end = 1.0
  /// The standard deviation of the bell that the cosines add up to.
  package static let width = 0.12
  package static let waves = 0...20

  /// Creates the diagnostic.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any Diagnostic {
    var copy = self
    copy.cells = try choice.integer("cells", in: 16...4096) ?? cells
    return copy
  }

  /// The solution of `u_t - u_x = a u_xx + b u_xxx` at a point and a time.
  static func solution(_ x: Double, _ t: Double, diffusion a: Double, dispersion b: Double)
    -> Double
  {
    waves.reduce(0) { sum, wave in
      let xi = 2 * Double.pi * Double(wave)
      let amplitude = (wave == 0 ? 1 : 2) * Double.exp(-xi * xi * width * width / 2)
      return sum + amplitude * .exp(-a * xi * xi * t)
        * .cos(xi * (x - 0.5 + t) - b * xi * xi * xi * t)
    }
  }

  /// Diffusion and dispersion of a scheme's modified equation.
  static func modification(_ scheme: Scheme, cells: Int) -> (diffusion: Double, dispersion: Double)
  {
    let dx = 1 / Double(cells)
    let rest = 1 - courant * courant
    switch scheme {
    case .laxFriedrichs: return (dx * dx / (2 * courant * dx) * rest, 0)
    case .laxWendroff: return (0, dx * dx / 6 * rest)
    }
  }

  /// The values in the cells at the final time.
  package static func run(_ scheme: Scheme, cells: Int) -> [Double] {
    let r = courant
    let steps = Int((end * Double(cells) / r).rounded())
    var u = (0..<cells).map {
      solution(Double($0) / Double(cells), 0, diffusion: 0, dispersion: 0)
    }
    for _ in 0..<steps {
      u = u.indices.map { j in
        let (left, right) = (u[(j + cells - 1) % cells], u[(j + 1) % cells])
        switch scheme {
        case .laxFriedrichs: return (left + right) / 2 + r / 2 * (right - left)
        case .laxWendroff:
          return u[j] + r / 2 * (right - left) + r * r / 2 * (right - 2 * u[j] + left)
        }
      }
    }
    return u
  }

  /// The largest differences from the solutions of both equations.
  package static func errors(_ scheme: Scheme, cells: Int) -> (original: Double, modified: Double) {
    let (a, b) = modification(scheme, cells: cells)
    var (original, modified) = (0.0, 0.0)
    for (j, value) in run(scheme, cells: cells).enumerated() {
      let x = Double(j) / Double(cells)
      original = max(original, abs(value - solution(x, end, diffusion: 0, dispersion: 0)))
      modified = max(modified, abs(value - solution(x, end, diffusion: a, dispersion: b)))
    }
    return (original, modified)
  }

  public func measure(_ context: DiagnosticContext) throws -> DiagnosticResult {
    let note =
      "c = 1, r = \(Self.courant), T = \(Self.end), periodic, a bell of width \(Self.width)."
    var orders = DiagnosticTable(
      "transport-orders", "Errors against both equations", source: source, notes: [note],
      columns: [
        .text("scheme", "scheme"), .text("equation", "equation"), .integer("cells", "cells"),
        .number("dx", "cell width dx"), .number("error", "largest error at T"),
        .number("order", "order between this grid and one half as fine"),
      ])
    for scheme in Scheme.allCases {
      let grids = [8, 4, 2, 1].map { cells / $0 }.filter { $0 >= 8 }
      let found = grids.map { Self.errors(scheme, cells: $0) }
      let parts = [("original", found.map(\.original)), ("modified", found.map(\.modified))]
      for (equation, errors) in parts {
        for (index, grid) in grids.enumerated() {
          try orders.append([
            .text(scheme.rawValue), .text(equation), .integer(grid), .number(1 / Double(grid)),
            .number(errors[index]),
            .number(index == 0 ? nil : Double.log2(errors[index - 1] / errors[index])),
          ])
        }
      }
    }
    let profile = try profiles(note)
    return DiagnosticResult(
      tables: [orders, profile],
      plots: [
        Plot(
          "transport", "What two schemes make of a travelling bell",
          subtitle: ["\(cells) cells, after one turn"],
          layers: [
            .init(
              .line(), of: profile.name, x: .column("x"), y: .column("u"),
              color: .column("what", title: "curve"))
          ], facet: Plot.Facet("scheme", columns: 2), width: 340, height: 260),
        Plot(
          "transport-orders", "Error against the original and the modified equation",
          layers: [
            .init(
              .line(points: true), of: orders.name, x: .column("dx", scale: .log),
              y: .column("error", scale: .log), color: .column("scheme"), dash: .column("equation"))
          ]),
      ],
      summary: Scheme.allCases.map { scheme in
        func order(_ equation: String) -> String {
          let row = orders.rows.last { $0[0] == .text(scheme.rawValue) && $0[1] == .text(equation) }
          return (row?[5].number ?? .nan).text
        }
        return "\(scheme.rawValue): order \(order("original")) against the original, "
          + "\(order("modified")) against the modified equation"
      })
  }

  private func profiles(_ note: String) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "transport", "Travelling bells", source: source, notes: [note],
      columns: [
        .text("scheme", "scheme"), .text("what", "what"), .number("x", "x"),
        .number("u", "u(x, T)"),
      ])
    for scheme in Scheme.allCases {
      let (a, b) = Self.modification(scheme, cells: cells)
      let values = Self.run(scheme, cells: cells)
      for (j, value) in values.enumerated() {
        let x = Double(j) / Double(cells)
        let lines = [
          ("original equation", Self.solution(x, Self.end, diffusion: 0, dispersion: 0)),
          ("scheme", value),
          ("modified equation", Self.solution(x, Self.end, diffusion: a, dispersion: b)),
        ]
        for (what, u) in lines {
          try table.append([.text(scheme.rawValue), .text(what), .number(x), .number(u)])
        }
      }
    }
    return table
  }
}
