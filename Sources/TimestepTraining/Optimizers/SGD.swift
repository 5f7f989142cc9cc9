import TimestepLayers
import TimestepTorch

/// Stochastic gradient descent with momentum, as in PyTorch:
///
/// ```
/// g <- g + weightDecay p,   m <- momentum m + g  (m = g at the first step),   p <- p - rate m
/// ```
///
/// With Nesterov's momentum the last one is `p <- p - rate (g + momentum m)`. The decay is 0 for parameters that
/// weight decay does not apply to.
public final class SGD: Optimizer {
  public let name = "sgd"
  public private(set) var steps = 0
  private let parameters: [Parameter]
  private let momentum: Double
  private let weightDecay: Double
  private let nesterov: Bool
  private let momenta: [Tensor]

  /// Creates the rule for some parameters.
  public init(
    _ parameters: [Parameter], momentum: Double = 0.9, weightDecay: Double = 0,
    nesterov: Bool = false
  ) throws {
    self.parameters = parameters
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.nesterov = nesterov
    momenta = momentum == 0 ? [] : try parameters.zeros()
  }

  public func step(rate: Double) throws {
    // The buffers begin at zero, so that the first step gives m = g without a special case, also for a
    // parameter that has its first gradient later.
    for group in try parameters.groups(weightDecay: weightDecay) {
      try Foreach.sgdStep(
        parameters: group.values, gradients: group.gradients,
        momenta: momentum == 0 ? [] : group.indices.map { momenta[$0] }, rate: rate,
        momentum: momentum, weightDecay: group.weightDecay, nesterov: nesterov, firstStep: false)
    }
    steps += 1
  }

  public func clearGradients() throws { try parameters.clearGradients() }

  public func restore(_ saved: Safetensors, steps: Int) throws {
    try restoreTensors(saved)
    self.steps = steps
  }

  public var state: [(name: String, tensor: Tensor)] {
    zip(parameters, momenta).map { ("momentum/\($0.path)", $1) }
  }
}
