import TimestepDiagnostics

extension ProjectionProperties {
  /// The pictures of the three tables.
  func plots(
    _ rounds: DiagnosticTable, _ methods: DiagnosticTable, _ defect: DiagnosticTable
  ) -> [Plot] {
    let (x, kernel) = (Plot.Channel.column("rounds"), Plot.Channel.column("kernel"))
    let title = "singular values over the target"
    return [
      Plot(
        rounds.name, "Singular values of kernels after projections and cuts",
        subtitle: ["band: smallest to largest; dashed: the target; rings: gain with zeros around"],
        layers: [
          .init(
            .area(), of: rounds.name, x: x, y: .column("smallest", title: title),
            y2: .column("largest")),
          .init(.rule(dashed: true), of: rounds.name, y: .datum(1)),
          .init(
            .point(filled: false), of: rounds.name, x: x, y: .column("padded_gain", title: title),
            color: .datum("gain of white gradients")),
        ], facet: Plot.Facet("kernel", columns: 3), width: 200, height: 160),
      Plot(
        methods.name, "Newton-Schulz against singular value decomposition",
        subtitle: ["relative difference of projected kernels"],
        layers: [
          .init(
            .line(points: true), of: methods.name, x: .column("iterations"),
            y: .column("difference", scale: .log), color: kernel)
        ]),
      Plot(
        defect.name, "The conjugated spectrum of the published codes",
        subtitle: ["correlation of the projected kernel with the one before"],
        layers: [
          .init(
            .line(points: true), of: defect.name, x: x,
            y: .column("correlation", includesZero: true), color: .column("sign")),
          .init(
            .line(points: true, dashed: true), of: defect.name, x: x,
            y: .column(
              "tap", includesZero: true,
              title: "correlation; dashed: share of the strongest tap"), color: .column("sign")),
        ], width: 420),
    ]
  }

  /// What the tables say.
  func claims(
    _ rounds: DiagnosticTable, _ methods: DiagnosticTable, _ defect: DiagnosticTable
  ) -> [Claim] {
    [exact(rounds), repeated(rounds), gain(rounds), iteration(methods)] + sign(defect)
  }

  /// The rows of a table as the numbers of some columns.
  private func rows(_ table: DiagnosticTable, _ columns: String...) -> [[Double]] {
    let numbers = columns.map { table.numbers($0) }
    return table.rows.indices.map { row in numbers.map { $0[row] } }
  }

  private func exact(_ table: DiagnosticTable) -> Claim {
    let deviations = rows(table, "k", "rounds", "deviation").filter { $0[0] == 1 && $0[1] >= 1 }
      .map { $0[2] }
    return Claim(
      "One projection brings all singular values of a 1x1 kernel to the target",
      !deviations.isEmpty && deviations.allSatisfy { $0 < 1e-9 },
      "root mean square deviation up to \((deviations.max() ?? .nan).brief)")
  }

  private func repeated(_ table: DiagnosticTable) -> Claim {
    let wide = rows(table, "k", "rounds", "deviation").filter { $0[0] > 1 }
    let once = wide.filter { $0[1] == 1 }.map { $0[2] }
    let most = wide.map { $0[1] }.max() ?? 0
    let last = wide.filter { $0[1] == most }.map { $0[2] }
    return Claim(
      "Larger kernels come nearer to the target when projection and cut are repeated, as training does",
      most > 1 ? zip(once, last).allSatisfy { $1 < $0 } : nil,
      "deviation after one: \(once.map(\.brief).joined(separator: ", ")); after \(Int(most)): "
        + last.map(\.brief).joined(separator: ", "))
  }

  private func gain(_ table: DiagnosticTable) -> Claim {
    let gains = rows(table, "rounds", "padded_gain")
    let before = gains.filter { $0[0] == 0 }.map { abs($0[1] - 1) }
    let after = gains.filter { $0[0] == 1 }.map { abs($0[1] - 1) }
    return Claim(
      "One projection brings the gain of white gradients near 1",
      zip(before, after).allSatisfy { $1 < $0 } && after.allSatisfy { $0 < 0.35 },
      "|gain - 1| \(before.map(\.brief).joined(separator: ", ")) before, "
        + "\(after.map(\.brief).joined(separator: ", ")) after")
  }

  private func iteration(_ table: DiagnosticTable) -> Claim {
    let all = rows(table, "k", "condition", "iterations", "difference").filter { $0[2] == 20 }
    let decisive = all.filter { $0[0] == 1 && $0[1] <= 100 }.map { $0[3] }
    return Claim(
      "20 iterations of Newton-Schulz agree with the SVD to 1e-6 for 1x1 kernels of condition up to 100",
      decisive.isEmpty ? nil : decisive.allSatisfy { $0 < 1e-6 },
      all.map { "condition \($0[1].brief): \($0[3].brief)" }.joined(separator: "; "))
  }

  private func sign(_ table: DiagnosticTable) -> [Claim] {
    let all = rows(table, "correlation", "tap")
    let right = zip(table["sign"], all).filter { $0.0 == "right" }.map(\.1)
    let wrong = zip(table["sign"], all).filter { $0.0 != "right" }.map(\.1)
    return [
      Claim(
        "The projected kernel stays near the one before it: correlation above 0.95",
        (right.first?[0]).map { $0 > 0.95 },
        "correlation \((right.first?[0] ?? .nan).brief) after one projection"),
      Claim(
        "With the published codes' sign it does not, and one corner tap is left",
        wrong.isEmpty ? nil : (wrong.first?[0] ?? 1) < 0.5 && (wrong.last?[1] ?? 0) > 0.9,
        "correlation \((wrong.first?[0] ?? .nan).brief) after one projection; the strongest tap has "
          + "\((wrong.last?[1] ?? .nan).percent) of the energy after five"),
    ]
  }
}
