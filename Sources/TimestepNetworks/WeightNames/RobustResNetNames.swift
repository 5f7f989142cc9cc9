/// The ResNet for CIFAR-10 of Robust ResNet's reference code, which has h too.
///
/// ```
/// stem.conv, stem.norm                  conv1, bn1
/// stages.S.steps.I.field.conv1, norm1   stack{S+1}.I.conv1, bn1
/// stages.S.transition.conv, norm        stack{S+1}.0.shortcut.0, .1
/// head.linear                           linear
/// ```
public struct RobustResNetNames: WeightNaming {
  public let name = "robust-resnet"
  public let title = "the CIFAR-10 networks of Robust ResNet's reference code"
  public let equation = "stages.1.steps.0.field.conv1.weight = stack2.0.conv1.weight"
  public let source = "zjfheart/Robust-ResNet, cifar-10_torch/run.py"

  /// The convention.
  public init() {}

  public func obstacle(to network: NamedNetwork) -> String? {
    guard network.family == "resnet" else { return "its family is not resnet" }
    return network.postActivationObstacle()
  }

  public func name(of weight: WeightPath, in network: NamedNetwork) -> String? {
    switch weight {
    case .step(let stage, let step, let rest):
      PyTorchModule.blockName(rest).map { "stack\(stage + 1).\(step).\($0)" }
    case .stage(let stage, let rest):
      PyTorchModule.renamed(
        rest, ["transition.conv": "shortcut.0", "transition.norm": "shortcut.1"]
      ).map { "stack\(stage + 1).0.\($0)" }
    case .network(let path):
      PyTorchModule.renamed(
        path, ["stem.conv": "conv1", "stem.norm": "bn1", "head.linear": "linear"])
    }
  }
}
