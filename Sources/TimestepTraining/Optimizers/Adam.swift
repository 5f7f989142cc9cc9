import TimestepLayers
import TimestepTorch

/// Adam (Kingma and Ba 2015) with its usual constants 0.9, 0.999 and 1e-8:
///
/// ```
/// m <- b1 m + (1 - b1) g,   v <- b2 v + (1 - b2) g^2
/// p <- p - rate (m / (1 - b1^n)) / (sqrt(v / (1 - b2^n)) + epsilon)
/// ```
///
/// With weight decay g is `g + weightDecay p`, except of parameters that weight decay does not apply to.
public final class Adam: Optimizer {
  public let name = "adam"
  public private(set) var steps = 0
  private let parameters: [Parameter]
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let weightDecay: Double
  private let first: [Tensor]
  private let second: [Tensor]

  /// Creates the rule for some parameters.
  public init(
    _ parameters: [Parameter], beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) throws {
    self.parameters = parameters
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    first = try parameters.zeros()
    second = try parameters.zeros()
  }

  public func step(rate: Double) throws {
    let groups = try parameters.groups(weightDecay: weightDecay)
    steps += 1
    for group in groups {
      try Foreach.adamStep(
        parameters: group.values, gradients: group.gradients,
        firstMoments: group.indices.map { first[$0] },
        secondMoments: group.indices.map { second[$0] }, step: steps, rate: rate, beta1: beta1,
        beta2: beta2, epsilon: epsilon, weightDecay: group.weightDecay)
    }
  }

  public func clearGradients() throws { try parameters.clearGradients() }

  public func restore(_ saved: Safetensors, steps: Int) throws {
    try restoreTensors(saved)
    self.steps = steps
  }

  public var state: [(name: String, tensor: Tensor)] {
    zip(parameters, first).map { ("first/\($0.path)", $1) }
      + zip(parameters, second).map { ("second/\($0.path)", $1) }
  }
}
