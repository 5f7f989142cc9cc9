import TimestepTorch

/// A named tensor of a network that outlives the training step: a weight that is learned, or a buffer such as a
/// running mean.
public final class Parameter: @unchecked Sendable {
  /// The name under which it is saved.
  public let path: String
  /// Whether an optimiser changes it.
  public let isTrainable: Bool
  /// Whether weight decay applies to it; not to the coefficients of a scheme.
  public let isDecayed: Bool
  /// The elements; the tensor stays the same object while training changes it in place.
  public private(set) var value: Tensor

  init(path: String, value: Tensor, isTrainable: Bool, isDecayed: Bool = true) throws {
    self.path = path
    self.value = value
    self.isTrainable = isTrainable
    self.isDecayed = isDecayed
    if isTrainable { try value.setRequiresGradient() }
  }

  /// A value that follows from other parameters; the store that made it keeps it up to date.
  init(derived path: String, value: Tensor) {
    self.path = path
    self.value = value
    isTrainable = false
    isDecayed = false
  }

  /// Replaces a derived value.
  func derive(_ value: Tensor) { self.value = value }

  /// Overwrites the elements with those of a tensor of the same shape, converted to this one's type.
  public func assign(_ source: Tensor) throws {
    guard source.shape == value.shape else {
      throw ParameterError(
        path: path, problem: "has shape \(value.shape), the given tensor \(source.shape)")
    }
    try withoutGradients { try value.copyInPlace(from: source) }
  }
}

/// A parameter that cannot be made, found or assigned.
public struct ParameterError: Error, CustomStringConvertible, Sendable {
  /// The parameter's name.
  public let path: String
  /// What is wrong with it.
  public let problem: String

  /// Name and problem in one line.
  public var description: String { "parameter '\(path)' \(problem)" }
}
