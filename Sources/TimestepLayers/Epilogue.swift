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

  /// The result for a value that nothing else reads.
  public func callAsFunction(_ value: Tensor) throws -> Tensor {
    if let base { return try activation.overwriting(base.adding(value, scaledBy: size)) }
    return try activation.overwriting(size == 1 ? value : value * size)
  }
}

extension Optional where Wrapped == any Layer {
  /// What an epilogue makes of the layer's value, or of the input itself where there is no layer and nothing else
  /// reads it.
  public func apply(to input: Tensor, _ pass: ForwardPass, then epilogue: Epilogue) throws -> Tensor
  {
    switch self {
    case .some(let layer): try layer(input, pass, then: epilogue)
    case .none: try epilogue(input)
    }
  }
}
