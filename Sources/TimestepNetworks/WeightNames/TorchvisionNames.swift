/// `torchvision.models.resnet18` to `resnet152`, and the ResNets for CIFAR that follow them.
///
/// ```
/// stem.conv, stem.norm                  conv1, bn1
/// stages.S.steps.I.field.conv1, norm1   layer{S+1}.I.conv1, bn1
/// stages.S.transition.conv, norm        layer{S+1}.0.downsample.0, .1
/// head.linear                           fc
/// ```
public struct TorchvisionNames: WeightNaming {
  public let name = "torchvision"
  public let title = "torchvision's resnet18 to resnet152; ResNets for CIFAR of the same layout"
  public let equation = "stages.1.steps.0.field.conv1.weight = layer2.0.conv1.weight"
  public let source =
    "torchvision.models.resnet; bearpaw/pytorch-classification, models/cifar/resnet.py"

  /// The convention.
  public init() {}

  public func obstacle(to network: NamedNetwork) -> String? {
    guard ["imagenet-resnet", "resnet"].contains(network.family) else {
      return "its family is neither imagenet-resnet nor resnet"
    }
    return network.postActivationObstacle()
  }

  public func name(of weight: WeightPath, in network: NamedNetwork) -> String? {
    switch weight {
    case .step(let stage, let step, let rest):
      PyTorchModule.blockName(rest).map { "layer\(stage + 1).\(step).\($0)" }
    case .stage(let stage, let rest):
      PyTorchModule.renamed(
        rest, ["transition.conv": "downsample.0", "transition.norm": "downsample.1"]
      ).map { "layer\(stage + 1).0.\($0)" }
    case .network(let path):
      PyTorchModule.renamed(path, ["stem.conv": "conv1", "stem.norm": "bn1", "head.linear": "fc"])
    }
  }
}

extension NamedNetwork {
  /// What keeps a network from being `relu(T u + h f(u))` with norms after convolutions.
  func postActivationObstacle() -> String? {
    if let obstacle = ordinaryObstacle() { return obstacle }
    if options.bias == true { return "its convolutions have a bias" }
    if !["basic", "bottleneck-post"].contains(bare(options.field)) {
      return "its field is \(options.field ?? "")"
    }
    return options.transition == "projection"
      ? nil : "its transition is \(options.transition ?? "")"
  }
}
