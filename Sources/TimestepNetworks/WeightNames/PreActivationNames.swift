/// The pre-activation ResNet for CIFAR of `pytorch-classification`, whose projections have no norm.
///
/// ```
/// stem.conv                             conv1
/// stages.S.steps.I.field.norm1, conv1   layer{S+1}.I.bn1, conv1
/// stages.S.transition.conv              layer{S+1}.0.downsample.0
/// head.norm, head.linear                bn, fc
/// ```
public struct PreActivationNames: WeightNaming {
  public let name = "pytorch-classification"
  public let title = "pre-activation ResNets for CIFAR with --transition projection:norm=no"
  public let equation = "stages.1.steps.0.field.norm1.weight = layer2.0.bn1.weight"
  public let source = "bearpaw/pytorch-classification, models/cifar/preresnet.py"

  /// The convention.
  public init() {}

  public func obstacle(to network: NamedNetwork) -> String? {
    guard network.family == "preresnet" else { return "its family is not preresnet" }
    if let obstacle = network.ordinaryObstacle() { return obstacle }
    guard network.options.transition == "projection:norm=no" else {
      return "its transition is not projection:norm=no"
    }
    return ["pre-activation", "bottleneck"].contains(network.bare(network.options.field))
      ? nil : "its field is \(network.options.field ?? "")"
  }

  public func name(of weight: WeightPath, in network: NamedNetwork) -> String? {
    switch weight {
    case .step(let stage, let step, let rest):
      PyTorchModule.blockName(rest).map { "layer\(stage + 1).\(step).\($0)" }
    case .stage(let stage, let rest):
      PyTorchModule.renamed(rest, ["transition.conv": "downsample.0"])
        .map { "layer\(stage + 1).0.\($0)" }
    case .network(let path):
      PyTorchModule.renamed(path, ["stem.conv": "conv1", "head.norm": "bn", "head.linear": "fc"])
    }
  }
}
