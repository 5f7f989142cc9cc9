/// `MResNet` of LM-ResNet's reference code: blocks in one list, and s = 1 - k in place of k.
///
/// ```
/// stem.conv                             conv1
/// stages.S.steps.I.field.norm1, conv1   blocks.L.bn1, conv1
/// stages.S.steps.I.k                    ks.L = 1 - k
/// stages.0.transition.norm, conv        downsample1.downsample.0, .2
/// stages.1.transition, stages.2         downsample21, downsample31
/// head.norm, head.linear                bn, fc
/// ```
///
/// The code also declares layers that it never uses, `bn1` and, without bottlenecks, `downsample1`: they are passed over
/// when read and not written, so that PyTorch has to read a file of ours with `strict=False`.
public struct LMResNetNames: WeightNaming {
  public let name = "lm-resnet"
  public let title = "the networks of LM-ResNet's reference code"
  public let equation =
    "stages.1.steps.0.field.norm1.weight = blocks.3.bn1.weight (depth 20), s = 1 - k"
  public let source = "2prime/LM-ResNet, MResNet.py"

  /// The convention.
  public init() {}

  private static let transitions = ["downsample1", "downsample21", "downsample31"]

  public func obstacle(to network: NamedNetwork) -> String? {
    guard ["lm-resnet", "preresnet"].contains(network.family) else {
      return "its family is neither lm-resnet nor preresnet"
    }
    if let obstacle = network.ordinaryObstacle() { return obstacle }
    if network.steps.count > Self.transitions.count { return "it has more than three stages" }
    if !["pre-activation", "bottleneck"].contains(network.bare(network.options.field)) {
      return "its field is \(network.options.field ?? "")"
    }
    return network.options.transition == "pre-activated"
      ? nil : "its transition is \(network.options.transition ?? "")"
  }

  public func name(of weight: WeightPath, in network: NamedNetwork) -> String? {
    switch weight {
    case .step(let stage, let step, let rest):
      let number = network.number(stage: stage, step: step)
      if rest == "k" { return "ks.\(number)" }
      return PyTorchModule.blockName(rest).map { "blocks.\(number).\($0)" }
    case .stage(let stage, let rest):
      guard Self.transitions.indices.contains(stage) else { return nil }
      return PyTorchModule.renamed(
        rest, ["transition.norm": "downsample.0", "transition.conv": "downsample.2"]
      ).map { "\(Self.transitions[stage]).\($0)" }
    case .network(let path):
      return PyTorchModule.renamed(
        path, ["stem.conv": "conv1", "head.norm": "bn", "head.linear": "fc"])
    }
  }

  public func conversion(of weight: WeightPath) -> WeightConversion {
    if case .step(_, _, "k") = weight { return .oneMinus }
    return .none
  }

  public func isWithoutUse(_ name: String) -> Bool {
    name.hasPrefix("bn1.") || name.hasPrefix("downsample1.")
      || name.hasSuffix(".\(PyTorchModule.batchCount)")
  }
}
