import TimestepDiagnostics

/// `procrustes/thm3`: the singular values of convolutions by the Fourier transform against those of whole matrices.
struct FourierSingularValues: Experiment {
  let id = "procrustes/thm3"
  let title = "singular values of convolutions by the Fourier transform against dense matrices"
  let source = "\(Procrustes.source), theorem 3; Sedghi, Gupta and Long (2019)"
  let assumptions = [
    "Kernels of He's normal distribution in float64. The theorem is about convolutions on a torus; what zeros around the "
      + "map change, as networks have them, stands beside it."
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let size = context.scale == .smoke ? 4 : 8
    let channels = context.scale.choose(
      smoke: [(2, 3)], otherwise: [(1, 1), (1, 8), (4, 4), (3, 8), (8, 3), (8, 8)])
    var table = DiagnosticTable(
      "differences", "Fourier transform against dense matrix", source: source,
      columns: [
        .text("kernel", "kernel"), .integer("k", "k"), .integer("c", "input channels c"),
        .integer("d", "output channels d"), .integer("n", "map n"),
        .integer("count", "singular values"), .number("largest", "largest"),
        .number("smallest", "smallest"),
        .number("difference", "largest difference, transform against matrix"),
        .number("padding", "largest difference that zeros around make, over the largest value"),
      ])
    var values = DiagnosticTable(
      "singular-values", "Singular values, transform and matrix", source: source,
      notes: ["64 of each of the larger kernels, equally spaced in their number."],
      columns: [
        .text("kernel", "kernel"), .number("share", "share of the singular values that are larger"),
        .number("transformed", "by the Fourier transform"), .number("dense", "of the dense matrix"),
        .number("padded", "of the matrix with zeros around"),
      ])
    for k in context.scale == .smoke ? [3] : [1, 3, 5] {
      for (c, d) in channels {
        let kernel = try CircularComparison.randomKernel(
          [d, c, k, k], seed: context.seed &+ UInt64(100 * k + 10 * c + d))
        let it = try CircularComparison(kernel, size: size)
        let name = "\(k)x\(k), \(c) to \(d)"
        try table.append([
          .text(name), .integer(k), .integer(c), .integer(d), .integer(size),
          .integer(it.transformed.count), .number(it.transformed.first),
          .number(it.transformed.last), .number(it.difference), .number(it.paddingEffect),
        ])
        // A picture of them all would be too large.
        guard c * d >= 24 || context.scale == .smoke else { continue }
        let last = it.transformed.count - 1
        for place in Set((0...63).map { $0 * last / 63 }).sorted() {
          try values.append([
            .text(name), .number(last > 0 ? Double(place) / Double(last) : 0),
            .number(it.transformed[place]), .number(it.dense[place]), .number(it.padded[place]),
          ])
        }
      }
    }
    let worst = table.numbers("difference").max() ?? .nan
    let title = "singular value"
    let x = Plot.Channel.column("share")
    return ExperimentResult(
      tables: [table, values],
      plots: [
        Plot(
          values.name, "Singular values of convolutions, Fourier transform and dense matrix",
          subtitle: ["map \(size) x \(size); transform and matrix lie on each other"],
          layers: [
            .init(
              .line(), of: values.name, x: x, y: .column("padded", title: title),
              color: .datum("matrix, zeros around")),
            .init(
              .line(), of: values.name, x: x, y: .column("transformed", title: title),
              color: .datum("Fourier transform")),
            .init(
              .point(filled: false, size: 24), of: values.name, x: x,
              y: .column("dense", title: title), color: .datum("matrix, torus")),
          ], facet: Plot.Facet("kernel", columns: 3, independentY: true), width: 220, height: 150)
      ],
      claims: [
        Claim(
          "The singular values of a convolution on a torus are those of its kernel's transform, frequency by frequency",
          worst < 1e-6,
          "\(table.rows.count) kernels, largest difference \(worst.brief)"),
        Claim(
          "With zeros around, it is an approximation",
          context.scale == .smoke
            ? nil
            : zip(table.numbers("k"), table.numbers("padding")).allSatisfy {
              $0 == 1 ? $1 < 1e-6 : $1 < 0.5
            },
          "the values differ by up to \((table.numbers("padding").max() ?? .nan).percent) of the largest; "
            + "for 1x1 not at all"),
      ])
  }
}
