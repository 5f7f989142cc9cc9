import TimestepDiagnostics
import TimestepLayers
import TimestepNetworks

/// `procrustes/fig1`: the blocks of the networks that are compared, drawn from the networks themselves.
struct NetworkDiagrams: Experiment {
  let id = "procrustes/fig1"
  let title =
    "the network and its blocks: identity, original transition, modified transition, plain"
  let source = "\(Procrustes.source), figure 1"
  let assumptions = [
    "Drawn from the tables of layers of plain-resnet-20, bottleneck-resnet-20 and procresnet-22; the stride of the "
      + "original transition is on the 3x3 convolution, as in the published PyTorch code."
  ]

  func result(_ context: ExperimentContext) throws -> ExperimentResult {
    var table = DiagnosticTable(
      "blocks", "Blocks as boxes and lines", source: source, columns: BlockDrawing.columns)
    let procResNet = try Self.rows(.procResNet)
    let (resNet, plain) = (try Self.rows(.resNet), try Self.rows(.plain))
    let (identity, modified) = (
      procResNet.below("stages.0.steps.1.field"), procResNet.below("stages.1.steps.0.field")
    )
    for drawing in [
      BlockDrawing(
        title: "(a) ProcResNet, a stage in a box", branch: Self.outline(procResNet), skip: nil),
      BlockDrawing(title: "(b) identity block", branch: identity, skip: []),
      BlockDrawing(
        title: "(c) original transition block", branch: resNet.below("stages.1.steps.0.field"),
        skip: resNet.below("stages.1.transition")),
      BlockDrawing(
        title: "(d) modified transition block", before: procResNet.below("stages.1.transition"),
        branch: modified, skip: []),
      BlockDrawing(
        title: "(e) plain block", branch: plain.below("stages.0.steps.1.field"), skip: nil),
    ] { try drawing.draw(into: &table) }
    let sizes = try sizes([.plain: plain, .resNet: resNet, .procResNet: procResNet])
    return ExperimentResult(
      tables: [table, sizes],
      plots: [BlockDrawing.plot("blocks", "Blocks of the compared networks", of: table.name)],
      claims: [
        Claim(
          "The modified transition block is an identity block behind a bare convolution",
          modified.map(\.kind) == identity.map(\.kind)
            && procResNet.below("stages.1.transition").map(\.kind.description).count == 1,
          "branch: \(modified.map(\.kind).joined(separator: ", ")); before it: "
            + procResNet.below("stages.1.transition").map(\.kind).joined(separator: ", ")),
        Claim(
          "ResNet has depth 9n + 2, ProcResNet 9n + 4",
          resNet.weighted == 20 && procResNet.weighted == 22,
          "n = 2: \(resNet.weighted) and \(procResNet.weighted) layers with weights on the longest path"
        ),
      ])
  }

  private static func rows(_ architecture: Procrustes.Architecture) throws -> [LayerTable.Row] {
    try NetworkCatalog.make(architecture.network(steps: 2)).table.rows
  }

  /// The network with each stage's steps as one row.
  private static func outline(_ rows: [LayerTable.Row]) -> [LayerTable.Row] {
    var result: [LayerTable.Row] = []
    for row in rows {
      let parts = row.path.split(separator: ".")
      guard parts.count > 2, parts[0] == "stages", parts[2] == "steps" else {
        result.append(row)
        continue
      }
      var stage = row
      stage.path = "stages.\(parts[1])"
      stage.kind = "stage \((Int(parts[1]) ?? 0) + 1): n blocks"
      if result.last?.path == stage.path { result.removeLast() }
      result.append(stage)
    }
    return result
  }

  /// Layers, learned numbers and work of the networks.
  private func sizes(_ networks: [Procrustes.Architecture: [LayerTable.Row]]) throws
    -> DiagnosticTable
  {
    var table = DiagnosticTable(
      "sizes", "The networks with n = 2, for 32 x 32 images of three channels and ten classes",
      source: source,
      columns: [
        Procrustes.network, .integer("depth", "depth"),
        .integer("convolutions", "convolutions"), .integer("parameters", "parameters"),
        .integer("multiply_adds", "multiplications and additions of one image"),
      ])
    for architecture in Procrustes.Architecture.allCases {
      var layers = LayerTable()
      layers.rows = networks[architecture] ?? []
      try table.append([
        architecture.value, .integer(architecture.depth(steps: 2)),
        .integer(layers.rows.filter { $0.kind.hasPrefix("conv") }.count),
        .integer(layers.parameters), .integer(layers.multiplyAdds),
      ])
    }
    return table
  }
}

extension [LayerTable.Row] {
  /// The rows at a path and below.
  fileprivate func below(_ path: String) -> [LayerTable.Row] {
    filter { $0.path == path || $0.path.hasPrefix(path + ".") }
  }

  /// The convolutions and linear maps on the longest path: shortcuts, which have a norm, lie beside it.
  fileprivate var weighted: Int {
    let shortcuts = filter { $0.path.hasSuffix(".transition.norm") }
      .map { $0.path.dropLast("norm".count) }
    return filter { row in
      (row.kind.hasPrefix("conv") || row.kind.hasPrefix("linear"))
        && !shortcuts.contains { row.path.hasPrefix($0) }
    }.count
  }
}
