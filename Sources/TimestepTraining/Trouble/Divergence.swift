/// Why a training ended before its time: the first number that was not finite, and where it came from.
public struct Divergence: Sendable, Codable {
  /// What was not finite.
  public enum Quantity: String, Sendable, Codable {
    /// The loss over a batch.
    case loss
    /// The gradient, while the loss was finite.
    case gradient
    /// The loss over the test set, while that of the last batch was finite.
    case testLoss = "test loss"
  }

  /// Where the first infinite number or NaN stood.
  public enum Origin: String, Sendable, Codable {
    /// In a learned parameter, before the forward pass.
    case parameter
    /// In the examples.
    case input
    /// In the value of a layer, or the state after a step, whose inputs were finite.
    case value
    /// In the gradient of a parameter, the first in the order of the backward pass.
    case gradient
    /// In the loss of finite outputs.
    case loss
    /// It was not found: a second evaluation was finite.
    case unknown
  }

  /// What was not finite.
  public var quantity: Quantity
  /// Its value: `nan`, `inf` or `-inf`.
  public var value: String
  /// The step in which it happened, from 1, or after which, for the test loss.
  public var step: Int
  /// The epoch, from 1.
  public var epoch: Int
  /// Where it came from.
  public var origin: Origin
  /// The path of the layer, step or parameter where it came from; nil where it is none.
  public var layer: String?
  /// The last gradient-norm ratios that were measured; nil where there were none.
  public var ratios: GradientRatios?

  private enum CodingKeys: String, CodingKey {
    case quantity, value, step, epoch, origin, layer
    case ratios = "gradient_norm_ratios"
  }

  /// A place in a network.
  typealias Place = (origin: Origin, layer: String?)

  /// Notes what was not finite; the sign of a NaN says nothing.
  init(
    _ quantity: Quantity, _ value: Double, step: Int, epoch: Int, at place: Place?,
    ratios: GradientRatios?
  ) {
    self.quantity = quantity
    self.value = value.isNaN ? "nan" : "\(value)"
    self.step = step
    self.epoch = epoch
    (origin, layer) = place ?? (.unknown, nil)
    self.ratios = ratios
  }

  /// What may help.
  public var hint: String {
    switch origin {
    case .input:
      "look at the data set, its normalisation and its corruption"
    case .parameter where step <= 1 && quantity != .testLoss:
      "it was so at the beginning: look at the file of --initialize-from"
    case .parameter:
      "a smaller learning rate may help, or --gradient-clip or --warm-up"
    case _ where step <= 1 && quantity != .testLoss:
      "nothing was learned before, so that a smaller step size h or another initialization may help"
    case .value, .gradient, .loss, .unknown:
      "a smaller step size h or learning rate may help, or --gradient-clip or --warm-up"
    }
  }

  /// What, when, where and what may help, in one line.
  public var description: String {
    let relation = quantity == .testLoss ? "after" : "at"
    return
      "the \(quantity.rawValue) was \(value) \(relation) step \(step) (epoch \(epoch)), \(place); "
      + hint
  }

  private var place: String {
    let layer = layer ?? "?"
    return switch origin {
    case .parameter: "after the parameter \(layer) was not finite"
    case .input: "as the examples are not finite"
    case .value: "first in the value of \(layer)"
    case .gradient: "first in the gradient of \(layer)"
    case .loss: "while the network's outputs were finite"
    case .unknown: "while a second evaluation was finite"
    }
  }
}
