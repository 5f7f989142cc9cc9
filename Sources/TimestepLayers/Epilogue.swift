import TimestepTorch

/// What is done with a layer's value y where it ends a step, or a part of one: `act(base + h y)`.
///
/// A layer that passes over memory anyway, such as ``BatchNorm``, does it in the same pass.
public struct Epilogue {
  /// What the value is added to; nil for nothing.
  public var base: Tensor?
  /// The factor h.
  public var size: Double
  /// The function at the end.
  public var activation: Activation
  /// Whether gradients with respect to the base itself will not be asked for, so that those of its several uses may
  /// be summed where it was made.
  public var joinsGradients = false

  /// Describes `act(base + h y)`.
  public init(base: Tensor? = nil, size: Double = 1, activation: Activation = .identity) {
    self.base = base
    self.size = size
    self.activation = activation
  }

  /// The result for a value.
  ///
  /// - Parameter isFree: whether the value may be overwritten: nothing else reads it, and whatever made it does not
  ///   need it for its gradient, as an activation does.
  public func callAsFunction(_ value: Tensor, isFree: Bool = false) throws -> Tensor {
    if let base { return try activation.overwriting(base.adding(value, scaledBy: size)) }
    if size != 1 { return try activation.overwriting(value * size) }
    return try isFree ? activation.overwriting(value) : activation(value)
  }
}

extension Optional where Wrapped == any Layer {
  /// What an epilogue makes of the layer's value, or of the input itself where there is no layer; then the input, such
  /// as the value of a convolution, must be free to be overwritten.
  public func apply(to input: Tensor, _ pass: ForwardPass, then epilogue: Epilogue) throws -> Tensor
  {
    switch self {
    case .some(let layer): try layer(input, pass, then: epilogue)
    case .none: try epilogue(input, isFree: true)
    }
  }
}
