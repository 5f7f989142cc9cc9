import TimestepTorch

/// An elementwise function.
public enum Activation: String, Sendable, CaseIterable, Codable {
  /// `max(x, 0)`
  case relu
  /// `x`
  case identity
  /// `tanh x`
  case tanh

  /// The function's value.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    switch self {
    case .relu: try input.relu()
    case .identity: input
    case .tanh: try input.tanh()
    }
  }

  /// The function's value in the memory of a tensor that nothing else reads, nor any gradient needs.
  public func overwriting(_ input: Tensor) throws -> Tensor {
    switch self {
    case .relu:
      try input.reluInPlace()
      return input
    case .identity, .tanh:
      return try self(input)
    }
  }

  /// Numbers kept for the gradient, for a value of the given shape.
  public func keptElements(_ shape: [Int]) -> Int {
    self == .identity ? 0 : shape.reduce(1, *)
  }
}
