import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Theorem 2 of the Procrustes paper on the linearised blocks of each stage.
extension NormPreservation {
  /// Theorem 2 for the blocks of each stage; nil where all states are too large for matrices.
  func theorem2(_ measured: [Measured], _ pass: ForwardPass) throws -> DiagnosticTable? {
    var table = DiagnosticTable(
      "theorem-2", "Theorem 2: delta = c / L for L >= 3 gamma", source: source,
      notes: [
        "About linear networks; for others it is applied to the product of the linearised blocks of a stage.",
        "The theorem says that a network with such a delta exists.",
      ],
      columns: [
        .text("part", "part of the network"), .integer("blocks", "blocks L"),
        .number("delta", "measured delta, max s_max(M)"), .number("gamma", "gamma"),
        .number("constant", "c"), .number("bound", "bound c / L"),
        .flag("is_linear", "linear network"), .flag("applies", "L >= 3 gamma"),
        .flag("holds", "delta within the bound"),
      ])
    let identities = measured.filter { $0.branch != nil }
    for stage in Set(identities.map(\.block.stage)).sorted() {
      let blocks = identities.filter { $0.block.stage == stage }
      guard let extremes = try product(blocks, pass) else { continue }
      let theorem = ProcrustesBounds.Linear(
        largest: extremes.largest, smallest: extremes.smallest ?? 0, blocks: blocks.count)
      let isLinear = blocks.allSatisfy { $0.block.field?.isLinear == true }
      let delta = blocks.compactMap { $0.branch?.largest }.max() ?? 0
      let holds: TableValue = theorem.applies ? .flag(delta <= theorem.delta) : .missing
      try table.append([
        .text("stages.\(stage)"), .integer(blocks.count), .number(delta), .number(theorem.gamma),
        .number(theorem.constant), .number(theorem.delta), .flag(isLinear),
        .flag(theorem.applies), holds,
      ])
    }
    return table.rows.isEmpty ? nil : table
  }

  /// The extreme singular values of `(I + M_L) ... (I + M_1)`; nil for states too large for matrices.
  private func product(_ blocks: [Measured], _ pass: ForwardPass) throws -> OperatorExtremes? {
    guard let first = blocks.first, try first.block.input.count <= limits.matrix else { return nil }
    var matrix: Tensor?
    for it in blocks {
      guard let field = it.block.field else { continue }
      let h = it.block.size
      let factor = try LinearOperator(
        jacobianOf: { u in try u.adding(field(u, pass), scaledBy: h) }, at: it.block.input
      ).matrix()
      matrix = try matrix.map { try factor.matrixProduct($0) } ?? factor
    }
    return try matrix.map { matrix in
      let transposed = try matrix.transposed()
      return try OperatorExtremes(
        of: LinearOperator(
          linear: { try $0.matrixProduct(transposed) }, from: [matrix.shape[1]],
          on: matrix.device), limits: limits)
    }
  }
}
