import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The numbers of parameters in the sources' tables, and those of PyTorch's modules where a source rounds.
@Suite struct PublishedCountTests {
  /// A network and its learned numbers.
  struct Row: Sendable, CustomTestStringConvertible {
    let network: String
    var classes: Int?
    var batchNorm: Bool?
    let parameters: Int

    var testDescription: String {
      network + (classes.map { ", \($0) classes" } ?? "")
        + (batchNorm == false ? ", no batch norm" : "")
    }

    /// The same network for 10 and for 100 classes.
    static func cifar(_ network: String, _ ten: Int, _ hundred: Int) -> [Row] {
      [
        Row(network: network, classes: 10, parameters: ten),
        Row(network: network, classes: 100, parameters: hundred),
      ]
    }

    /// The same network for text with and without batch norm.
    static func text(_ network: String, _ normed: Int, _ bare: Int) -> [Row] {
      [
        Row(network: network, parameters: normed),
        Row(network: network, batchNorm: false, parameters: bare),
      ]
    }

    func make() throws -> ResidualNetwork {
      var options = NetworkOptions()
      options.batchNorm = batchNorm
      let task = classes.map { NetworkTask(inputShape: [3, 32, 32], classes: $0) }
      let (family, resolved) = try NetworkCatalog.resolve(network, options, for: task)
      let store = ParameterStore(dataType: .float64, initializer: Unset())
      return try family.make(resolved, task: task ?? family.defaultTask, in: store)
    }
  }

  /// Leaves large weights as they come: drawing 68 million numbers takes seconds, and memory that nobody writes to
  /// is not even allocated.
  private struct Unset: Initializer {
    let name = "unset"
    let formula = "any"
    func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
      if tensor.count < 100_000 { try tensor.fill(0) }
    }
  }

  /// LM-ResNet, section 2.1, with one k for each step; 100 classes and networks without k from PyTorch's modules.
  static let linearMultistep =
    Row.cifar("lm-resnet-20", 272_387, 278_237) + Row.cifar("lm-resnet-32", 466_825, 472_675)
    + Row.cifar("lm-resnet-44", 661_263, 667_113) + Row.cifar("lm-resnet-56", 855_701, 861_551)
    + Row.cifar("lm-resnet-110", 1_730_672, 1_736_522)
    + Row.cifar("preresnet-164", 1_703_674, 1_726_804)
    + [
      Row(network: "preresnet-20", parameters: 272_378),
      Row(network: "preresnet-110", parameters: 1_730_618),
      Row(network: "lm-resnet-164", classes: 100, parameters: 1_726_858),
      Row(network: "preresnet-1001", classes: 100, parameters: 10_351_252),
    ]

  /// Procrustes, section 3: ResNet and ProcResNet.
  static let procrustes =
    Row.cifar("bottleneck-resnet-20", 219_930, 243_060)
    + Row.cifar("procresnet-22", 231_242, 254_372)
    + Row.cifar("bottleneck-resnet-83", 869_082, 892_212)
    + Row.cifar("procresnet-85", 880_394, 903_524)
    + Row.cifar("bottleneck-resnet-164", 1_703_706, 1_726_836)
    + Row.cifar("procresnet-166", 1_715_018, 1_738_148)
    + Row.cifar("bottleneck-resnet-272", 2_816_538, 2_839_668)
    + Row.cifar("procresnet-274", 2_827_850, 2_850_980)
    + Row.cifar("bottleneck-resnet-632", 6_525_978, 6_549_108)
    + Row.cifar("procresnet-634", 6_537_290, 6_560_420)
    + Row.cifar("bottleneck-resnet-1001", 10_328_154, 10_351_284)
    + Row.cifar("procresnet-1003", 10_339_466, 10_362_596)

  /// Robust ResNet's code for text: 4 classes, linear maps of width 1024.
  static let text =
    Row.text("vdcnn-9", 7_005_732, 7_000_100) + Row.text("vdcnn-17", 9_100_452, 9_090_980)
    + Row.text("vdcnn-29", 9_472_548, 9_460_772) + Row.text("vdcnn-49", 12_604_836, 12_585_636)
    + Row.text("vdcnn-64", 16_794_276, 16_767_396) + Row.text("vdcnn-68", 15_737_124, 15_710_500)

  /// torchvision's `resnet50`, `resnet101` and `resnet152`, and the ResNeXt networks of LM-ResNet's table 2.
  static let large =
    [
      // torchvision's.
      Row(network: "imagenet-resnet-18", parameters: 11_689_512),
      Row(network: "imagenet-resnet-34", parameters: 21_797_672),
      Row(network: "imagenet-resnet-50", parameters: 25_557_032),
      Row(network: "imagenet-resnet-101", parameters: 44_549_160),
      Row(network: "imagenet-resnet-152", parameters: 60_192_808),
    ] + Row.cifar("resnext-29-8x64d", 34_424_778, 34_517_028)
    + Row.cifar("resnext-29-16x64d", 68_153_290, 68_245_540)
    // With a second transition of the history: 35.1 and 68.8 million in the paper.
    + Row.cifar("lm-resnext-29-8x64d", 35_081_683, 35_173_933)
    + Row.cifar("lm-resnext-29-16x64d", 68_810_195, 68_902_445)

  @Test(
    "Networks have as many parameters as the sources say",
    arguments: linearMultistep + procrustes + text + large)
  func count(row: Row) throws {
    let network = try row.make()
    #expect(network.parameters.trainableCount == row.parameters)
    #expect(network.table.parameters == row.parameters)
  }
}
