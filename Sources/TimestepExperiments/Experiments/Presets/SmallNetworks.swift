/// The small relatives of the sources' networks, on which two cores show a claim in minutes.
extension RunOptions {
  /// Post-activation ResNet of depth 6n + 2 with widths 4, 8, 16.
  static func smallResNet(depth: Int, h: Double = 1) -> RunOptions {
    var options = RunOptions()
    options.network = "resnet-\(depth)"
    options.widths = [4, 8, 16]
    options.h = h
    return options
  }

  /// Pre-activation network of depth 6n + 2 with widths 8, 16, 32; of the family `preresnet`, `lm-resnet`, ...
  static func smallPreActivation(_ family: String = "preresnet", depth: Int) -> RunOptions {
    var options = RunOptions()
    options.network = "\(family)-\(depth)"
    options.widths = [8, 16, 32]
    return options
  }

  /// A network of bottlenecks with widths 4, 8, 16 inside and 16, 32, 64 outside.
  static func smallBottleneck(_ network: String) -> RunOptions {
    var options = RunOptions()
    options.network = network
    options.widths = [4, 8, 16]
    return options
  }

  /// VDCNN with widths 8, 16, 32, 64 and linear maps of width 128.
  static func smallTextNetwork(depth: Int, h: Double = 1) -> RunOptions {
    var options = RunOptions()
    options.network = "vdcnn-\(depth)"
    options.widths = [8, 16, 32, 64, 128]
    options.h = h
    return options
  }
}
