import TimestepTorch

/// An elementwise function.
public enum Activation: String, Sendable, CaseIterable, Codable {
  /// `max(x, 0)`
  case relu
  /// `x`
  case identity
  /// `tanh x`
  case tanh
  /// `max(x, 0)` with its corner replaced by the parabola `(x + e)^2 / (4 e)` on `[-e, e]`, e = 0.1.
  ///
  /// The parabola meets both branches with their value and slope, so the function is continuously
  /// differentiable (Meganet.m, `smoothReluActivation`).
  case smoothReLU = "smooth-relu"

  /// The half width e of the interval on which ``smoothReLU`` is quadratic.
  public static let smoothing = 0.1

  /// The function's value.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    switch self {
    case .relu: try input.relu()
    case .identity: input
    case .tanh: try input.tanh()
    case .smoothReLU:
      try (input - Self.smoothing).relu()
        + (Self.slope(input) * Self.smoothing).square() / Self.smoothing
    }
  }

  /// The derivative at each element; at the corner of ``relu`` it is 0.
  public func derivative(at input: Tensor) throws -> Tensor {
    switch self {
    case .relu: try input.greater(0).cast(to: input.dataType)
    case .identity: try .ones(input.shape, input.dataType, on: input.device)
    case .tanh: try input.tanh().square() * -1 + 1
    case .smoothReLU: try Self.slope(input)
    }
  }

  /// The function's value in the memory of a tensor that nothing else reads, nor any gradient needs.
  public func overwriting(_ input: Tensor) throws -> Tensor {
    switch self {
    case .relu:
      try input.reluInPlace()
      return input
    case .identity, .tanh, .smoothReLU:
      return try self(input)
    }
  }

  /// Numbers kept for the gradient, for a value of the given shape.
  public func keptElements(_ shape: [Int]) -> Int {
    switch self {
    case .identity: 0
    case .relu, .tanh: shape.reduce(1, *)
    // The argument of the shifted ReLU, the clamped one and its square's.
    case .smoothReLU: 3 * shape.reduce(1, *)
    }
  }

  /// The slope of ``smoothReLU``, `(clamp(x, -e, e) + e) / (2 e)`.
  private static func slope(_ input: Tensor) throws -> Tensor {
    try (input.clamped(-smoothing, smoothing) + smoothing) * (0.5 / smoothing)
  }
}
