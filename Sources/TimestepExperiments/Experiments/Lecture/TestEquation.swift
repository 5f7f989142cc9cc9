import Foundation
import TimeStepping
import TimestepDiagnostics

/// `lecture/test-equation`: for which h lambda each scheme is stable.
struct TestEquation: Experiment {
  let id = "lecture/test-equation"
  let title = "stability regions of all schemes"
  let source = "\(Lecture.source), \"Stability: A Simple Example\""
  let assumptions = [
    "Schemes for second-order and for partitioned equations: y'' = lambda^2 y, and X' = lambda Y, Y' = lambda X."
  ]
  /// The schemes that the slides name, for a larger picture.
  private static let slides = [
    "euler", "heun", "rk3", "rk4", "linearly-implicit", "hamiltonian", "leapfrog", "midpoint",
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var diagnostic = StabilityRegions()
    diagnostic.lines = context.scale.choose(smoke: 50, otherwise: 400)
    var figures = try diagnostic.measure(DiagnosticContext(id))
    guard let limits = figures.tables.first, let all = figures.tables.last,
      let plot = figures.plots.first
    else { return ExperimentResult(figures) }
    let regions = all.keeping(as: "slides-regions", "Stability regions of the slides' schemes") {
      $0[0].text.map(Self.slides.contains) ?? false
    }
    figures.tables.append(regions)
    var large = plot
    (large.name, large.title) = (
      "slides-regions", "Where the slides' schemes are stable, |R(z)| <= 1"
    )
    for index in large.layers.indices { large.layers[index].table = regions.name }
    large.facet = .init("panel", columns: 4)
    large.subtitle = Array(StabilityRegions.subtitle.prefix(1))
    (large.width, large.height) = (220, 257)
    figures.plots.insert(large, at: 0)

    func number(_ scheme: String, _ column: String) -> Double {
      guard let index = limits.index(of: column) else { return .nan }
      return limits.rows.first { $0[0] == .text(scheme) }?[index].number ?? .nan
    }
    func limit(_ scheme: String) -> Double { number(scheme, "imaginary_measured") }
    let disagreements = limits.rows.filter { row in
      [("real", "real_measured"), ("imaginary", "imaginary_measured")].contains {
        declared, measured in
        guard let a = limits.index(of: declared).flatMap({ row[$0].number }),
          let b = limits.index(of: measured).flatMap({ row[$0].number })
        else { return false }
        return a != b && !(abs(a - b) <= 2e-3 * max(1, abs(a)))
      }
    }
    figures.summary.append(
      "declared and measured limits differ for \(disagreements.count) of \(limits.rows.count) schemes"
    )
    return ExperimentResult(
      figures,
      claims: [
        Claim(
          "Forward Euler is stable only if |1 + h lambda| <= 1: a disc of radius 1",
          abs(number("euler", "area") / .pi - 1) < 0.02
            && abs(number("euler", "real_measured") - 2) < 1e-3,
          "area \(number("euler", "area").brief), pi expected; limit on the real axis "
            + number("euler", "real_measured").brief),
        Claim(
          "Forward Euler and Heun are unstable on the whole imaginary axis",
          limit("euler") < 0.01 && limit("heun") < 0.01,
          "limits \(limit("euler").brief) and \(limit("heun").brief)"),
        Claim(
          "RK3 and RK4 are stable on a piece of it, up to sqrt 3 and 2.828",
          abs(limit("rk3") - 3.0.squareRoot()) < 1e-3
            && abs(limit("rk4") - 8.0.squareRoot()) < 1e-3,
          "limits \(limit("rk3").brief) and \(limit("rk4").brief)"),
        Claim(
          "The semi-implicit scheme is stable on all of it",
          limit("linearly-implicit") == .infinity,
          "limit \(limit("linearly-implicit"))"),
      ],
      published: [
        PublishedNumber(
          "limit of h |lambda| of forward Euler, lambda < 0", published: 2,
          ours: [number("euler", "real_measured")])
      ])
  }
}
