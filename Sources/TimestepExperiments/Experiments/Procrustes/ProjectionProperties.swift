import TimestepDiagnostics
import TimestepNetworks
import TimestepTorch

/// `procrustes/projection`: what the norm-preserving projection does to kernels, how exactly the iteration computes it,
/// and what the defect of the published code does.
struct ProjectionProperties: Experiment {
  let id = "procrustes/projection"
  let title =
    "singular values, energy and gain of projected kernels; Newton-Schulz against SVD; the codes' defect"
  let source = "\(Procrustes.source), section 3 and algorithm 1"
  let assumptions = [
    "Kernels of He's normal distribution in float64, of the sizes in the full network; 3x3, 16 to 16 channels, is not in "
      + "it and shows what cutting costs where c = d.",
    "Singular values on the torus; strided 1x1 kernels as without their stride, which changes none of the non-zero ones.",
    "The defect: both published codes conjugate the spectrum before the inverse transform. It was reproduced here, their "
      + "own code was not run.",
  ]

  /// A kernel `[d, c, k, k]` on a map.
  private struct Subject {
    let name: String
    let shape: [Int]
    let size: Int
  }

  private static func subjects(_ scale: ExperimentScale) -> [Subject] {
    scale == .smoke
      ? [
        Subject(name: "3x3, 8 to 16", shape: [16, 8, 3, 3], size: 8),
        Subject(name: "1x1, 8 to 16", shape: [16, 8, 1, 1], size: 8),
      ]
      : [
        Subject(name: "stem, 3x3, 3 to 64", shape: [64, 3, 3, 3], size: 32),
        Subject(name: "stem, 3x3, 1 to 64", shape: [64, 1, 3, 3], size: 28),
        Subject(name: "3x3, 16 to 16", shape: [16, 16, 3, 3], size: 16),
        Subject(name: "transition, 1x1, 64 to 128", shape: [128, 64, 1, 1], size: 16),
        Subject(name: "transition, 1x1, 128 to 256", shape: [256, 128, 1, 1], size: 8),
        Subject(name: "1x1, 64 to 64", shape: [64, 64, 1, 1], size: 16),
      ]
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    let subjects = Self.subjects(context.scale)
    let kernels = try subjects.enumerated().map { index, subject in
      try CircularComparison.randomKernel(subject.shape, seed: context.seed &+ UInt64(index))
    }
    let rounds = try rounds(context, Array(zip(subjects, kernels)))
    let methods = try methods(Array(zip(subjects, kernels)))
    let defect = try defect(subjects[0], kernels[0])
    return ExperimentResult(
      tables: [rounds, methods, defect], plots: plots(rounds, methods, defect),
      claims: claims(rounds, methods, defect))
  }

  /// Kernels after so many projections and cuts.
  private func rounds(_ context: ExperimentContext, _ subjects: [(Subject, Tensor)]) throws
    -> DiagnosticTable
  {
    var table = DiagnosticTable(
      "rounds", "Kernels after projections and cuts", source: source,
      notes: [
        "Energy: of the projection that fills the whole map, what the cut to the kernel's support leaves.",
        "Gain: |dE/dx| / |dE/dy| for gradients without a preferred direction; 1 preserves their norm.",
      ],
      columns: [
        .text("kernel", "kernel"), .integer("k", "k"), .integer("n", "map n"),
        .integer("rounds", "projections and cuts"), .number("target", "target s"),
        .number("smallest", "smallest over s"), .number("largest", "largest over s"),
        .number("deviation", "root mean square of s_j / s - 1"), .number("energy", "energy kept"),
        .number("gain", "gain on the torus"), .number("padded_gain", "gain with zeros around"),
      ])
    let counts = context.scale.choose(
      smoke: [0, 1, 2], reduced: [0, 1, 2, 5, 10, 20], full: [0, 1, 2, 5, 10, 20, 50])
    for (subject, kernel) in subjects {
      for count in counts {
        var projection = ProcrustesProjection()
        projection.method = .svd
        projection.rounds = count
        let size = [subject.size, subject.size]
        let projected = count == 0 ? kernel : try projection(kernel, size: size)
        let it = try ProjectionQuality(
          projected, size: subject.size, projection: projection, seed: context.seed)
        try table.append([
          .text(subject.name), .integer(subject.shape[2]), .integer(subject.size),
          .integer(count), .number(it.target), .number(it.smallest / it.target),
          .number(it.largest / it.target), .number(it.deviation / it.target), .number(it.energy),
          .number(it.gain), .number(it.paddedGain),
        ])
      }
    }
    return table
  }

  /// The iteration against the decomposition.
  private func methods(_ subjects: [(Subject, Tensor)]) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "methods", "Newton-Schulz against singular value decomposition", source: source,
      notes: ["One projection; the largest difference of elements over the largest element."],
      columns: [
        .text("kernel", "kernel"), .integer("k", "k"),
        .number("condition", "largest over smallest singular value before"),
        .integer("iterations", "iterations"), .number("difference", "difference from the SVD"),
      ])
    for (subject, kernel) in subjects {
      let size = [subject.size, subject.size]
      let values = try ProcrustesProjection.singularValues(ofConvolution: kernel, size: size)
        .scalars(Double.self)
      let condition = (values.first ?? .nan) / (values.last ?? .nan)
      var projection = ProcrustesProjection()
      projection.method = .svd
      let exact = try projection(kernel, size: size)
      projection.method = .newtonSchulz
      for iterations in [5, 10, 15, 20] {
        projection.iterations = iterations
        let comparison = try KernelComparison(projection(kernel, size: size), exact)
        try table.append([
          .text(subject.name), .integer(subject.shape[2]), .number(condition),
          .integer(iterations), .number(comparison.difference),
        ])
      }
    }
    return table
  }

  /// The projection and the published codes' of the same kernel.
  private func defect(_ subject: Subject, _ kernel: Tensor) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "defect", "The conjugated spectrum of the published codes", source: source,
      notes: ["Kernel: \(subject.name), on a map of \(subject.size)."],
      columns: [
        .text("sign", "spectrum"), .integer("rounds", "projections and cuts"),
        .number("correlation", "correlation with the kernel before"),
        .number("tap", "share of the energy in the strongest tap"),
        .number("deviation", "root mean square of s_j / s - 1"),
      ])
    for isDefect in [false, true] {
      for count in [1, 2, 5] {
        var projection = ProcrustesProjection()
        projection.method = .svd
        projection.conjugationDefect = isDefect
        projection.rounds = count
        let projected = try projection(kernel, size: [subject.size, subject.size])
        let quality = try ProjectionQuality(
          projected, size: subject.size, projection: projection)
        let comparison = try KernelComparison(kernel, projected)
        try table.append([
          .text(isDefect ? "conjugated, as published" : "right"), .integer(count),
          .number(comparison.correlation), .number(comparison.strongestTap),
          .number(quality.deviation / quality.target),
        ])
      }
    }
    return table
  }
}
