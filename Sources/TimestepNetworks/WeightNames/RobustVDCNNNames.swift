/// The text network of Robust ResNet's reference code: blocks and pools numbered in one list.
///
/// ```
/// stem.embedding, stem.conv             embed, layers.0
/// stages.S.steps.I.field.conv1, norm1   layers.L.conv1, bn1
/// stages.S.transition.conv, norm        layers.L.downsample.0, .1 of the stage's first block
/// head.linear1, 2, 3                    fc_layers.0, .2, .4
/// ```
public struct RobustVDCNNNames: WeightNaming {
  public let name = "robust-vdcnn"
  public let title = "the text networks of Robust ResNet's reference code"
  public let equation = "stages.1.steps.0.field.conv1.weight = layers.3.conv1.weight (depth 9)"
  public let source = "zjfheart/Robust-ResNet, ag-news_torch/net.py"

  /// The convention.
  public init() {}

  public func obstacle(to network: NamedNetwork) -> String? {
    guard network.family == "vdcnn" else { return "its family is not vdcnn" }
    if let obstacle = network.ordinaryObstacle() { return obstacle }
    return network.options.transition == "projection-1d"
      ? nil : "its transition is \(network.options.transition ?? "")"
  }

  public func name(of weight: WeightPath, in network: NamedNetwork) -> String? {
    // The stem is number 0; after each stage stands a pool.
    func layer(_ stage: Int, _ step: Int) -> String {
      "layers.\(1 + network.number(stage: stage, step: step) + stage)"
    }
    switch weight {
    case .step(let stage, let step, let rest):
      return PyTorchModule.blockName(rest).map { "\(layer(stage, step)).\($0)" }
    case .stage(let stage, let rest):
      return PyTorchModule.renamed(
        rest, ["transition.conv": "downsample.0", "transition.norm": "downsample.1"]
      ).map { "\(layer(stage, 0)).\($0)" }
    case .network(let path):
      return PyTorchModule.renamed(
        path,
        [
          "stem.embedding": "embed", "stem.conv": "layers.0", "head.linear1": "fc_layers.0",
          "head.linear2": "fc_layers.2", "head.linear3": "fc_layers.4",
        ])
    }
  }
}
