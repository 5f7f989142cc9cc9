import TimestepDiagnostics
import TimestepNetworks
import TimestepTorch

/// `procrustes/overhead`: the time of projections beside that of training steps.
struct ProjectionOverhead: Experiment {
  let id = "procrustes/overhead"
  let title = "time of projections by Newton-Schulz and SVD over that of training steps, by depth"
  let source = "\(Procrustes.source), section 4"
  let assumptions = [
    "Steps and projections are timed by themselves on random examples, medians of repetitions, in float32 on the threads "
      + "of the process; the share is the time of one projection over that of the steps between two. Times differ from "
      + "machine to machine and from run to run.",
    "The paper's numbers are of GPUs; the values for depth 1001 and for the SVD are lost in the text.",
    "Small: widths 4, 8, 16 inside and 16, 32, 64 outside, images 14 x 14, batches of 128.",
  ]

  /// A network whose steps are timed.
  private struct Subject {
    let n: Int
    var isWide = false
    var batch = 128
    var repetitions = 5
  }

  private static func subjects(_ scale: ExperimentScale) -> [Subject] {
    scale.choose(
      smoke: [Subject(n: 1, batch: 32, repetitions: 2)],
      reduced: [
        Subject(n: 2), Subject(n: 6), Subject(n: 18), Subject(n: 2, isWide: true, repetitions: 3),
        Subject(n: 18, isWide: true, repetitions: 2),
      ],
      full: [2, 9, 18, 30, 70, 111].map { Subject(n: $0, isWide: true, repetitions: 3) })
  }

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "overhead", "Extra time of projections", source: source,
      columns: [
        .text("width", "widths"), .integer("n", "blocks in each stage n"),
        .integer("depth", "depth"), .integer("batch", "examples of a step"),
        .number("step", "training step", unit: "ms"), .text("method", "method"),
        .number("projection", "one projection of all kernels", unit: "ms"),
        .integer("every", "steps from one projection to the next"),
        .number("overhead", "extra time", unit: "%"), .text("line", "widths, method, interval"),
      ])
    for subject in Self.subjects(context.scale) {
      let depth = Procrustes.Architecture.procResNet.depth(steps: subject.n)
      let time = try ProjectionTime(
        "procresnet-\(depth)", widths: subject.isWide ? nil : [4, 8, 16],
        task: subject.isWide ? NetworkTask() : NetworkTask(inputShape: [1, 14, 14]),
        batch: subject.batch, repetitions: subject.repetitions, seed: context.seed)
      let width = subject.isWide ? "full" : "small"
      for method in ProcrustesProjection.Method.allCases {
        for every in [1, 2, 4] {
          try table.append([
            .text(width), .integer(subject.n), .integer(depth), .integer(subject.batch),
            .number(1000 * time.step), .text(method.rawValue),
            .number(1000 * (time.projections[method] ?? .nan)), .integer(every),
            .number(100 * time.overhead(method, every: every)),
            .text("\(width), \(method.rawValue), every \(every)"),
          ])
        }
      }
    }
    let kernels = try kernels(context)
    return ExperimentResult(
      tables: [table, kernels],
      plots: [
        Plot(
          "overhead", "Extra time of projections by depth",
          subtitle: ["time of one projection over that of the steps between two"],
          layers: [
            .init(
              .line(points: true), of: table.name, filter: "datum.every <= 2",
              x: .column("depth", scale: .log), y: .column("overhead", scale: .log),
              color: .column("line"))
          ]),
        Plot(
          "kernels", "Time of one projection by kernel and method",
          layers: [
            .init(
              .point(size: 100), of: kernels.name, x: .column("time", scale: .log),
              y: .column("kernel"), color: .column("method"))
          ], height: 160),
      ], claims: claims(context, table), published: published(table))
  }

  /// The three projected kernels of the full network by themselves.
  private func kernels(_ context: ExperimentContext) throws -> DiagnosticTable {
    var table = DiagnosticTable(
      "kernels", "Time of one projection of each kernel", source: source,
      columns: [
        .text("kernel", "kernel"), .text("method", "method"),
        .integer("iterations", "iterations of Newton-Schulz"),
        .number("time", "one projection", unit: "ms"),
      ])
    let shapes = [
      ("stem, 3x3, 3 to 64", [64, 3, 3, 3], 32),
      ("transition, 1x1, 64 to 128", [128, 64, 1, 1], 16),
      ("transition, 1x1, 128 to 256", [256, 128, 1, 1], 8),
    ]
    for (name, shape, size) in shapes {
      let kernel = try CircularComparison.randomKernel(shape, seed: context.seed)
        .cast(to: .float32)
      for (method, iterations) in [
        (ProcrustesProjection.Method.newtonSchulz, 10), (.newtonSchulz, 15), (.svd, 0),
      ] {
        var projection = ProcrustesProjection()
        projection.method = method
        projection.iterations = max(iterations, 1)
        let seconds = try ProjectionTime.median(context.scale == .smoke ? 3 : 15) {
          _ = try projection(kernel, size: [size, size])
        }
        try table.append([
          .text(name),
          .text(iterations > 0 ? "\(method.rawValue), \(iterations)" : method.rawValue),
          iterations > 0 ? .integer(iterations) : .missing, .number(1000 * seconds),
        ])
      }
    }
    return table
  }

  /// The extra times in percent of networks of some widths, by depth.
  private func overheads(
    _ table: DiagnosticTable, _ width: String, _ method: ProcrustesProjection.Method
  ) -> [(n: Double, percent: Double)] {
    let (depths, shares) = (table.numbers("n"), table.numbers("overhead"))
    return table.rows.indices.filter {
      table["width"][$0] == .text(width) && table["method"][$0] == .text(method.rawValue)
        && table["every"][$0] == 2
    }.map { (depths[$0], shares[$0]) }
  }

  private func claims(_ context: ExperimentContext, _ table: DiagnosticTable) -> [Claim] {
    let wide = overheads(table, "full", .newtonSchulz)
    let paper = wide.first { $0.n == 18 }
    var claims = [
      context.claim(
        "Projecting every second step costs ProcResNet-166 less than 8 % of time",
        paper.map { $0.percent < 8 }, "\((paper?.percent ?? .nan).brief) %")
    ]
    for width in ["small", "full"] {
      let shares = overheads(table, width, .newtonSchulz)
      guard shares.count > 1 else { continue }
      claims.append(
        context.claim(
          "The deeper the network, the smaller the share (\(width) widths)",
          zip(shares, shares.dropFirst()).allSatisfy { $1.percent < $0.percent },
          shares.map { "\($0.percent.brief) % for n = \(Int($0.n))" }.joined(separator: ", ")))
    }
    let pairs = zip(
      wide.isEmpty ? overheads(table, "small", .newtonSchulz) : wide,
      overheads(table, wide.isEmpty ? "small" : "full", .svd))
    claims.append(
      context.claim(
        "Newton-Schulz is faster than the singular value decomposition",
        pairs.allSatisfy { $0.percent < $1.percent },
        pairs.map { "\($0.percent.brief) % against \($1.percent.brief) % for n = \(Int($0.n))" }
          .joined(separator: ", ")))
    return claims
  }

  private func published(_ table: DiagnosticTable) -> [PublishedNumber] {
    [
      PublishedNumber(
        "extra time of the projection, ProcResNet-166, upper bound", unit: "%", published: 8,
        ours: overheads(table, "full", .newtonSchulz).filter { $0.n == 18 }.map(\.percent))
    ]
  }
}
