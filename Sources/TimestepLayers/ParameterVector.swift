import TimestepTorch

/// Some parameters as one vector `[n]`, one after the other in the order of the list, each in row order.
///
/// Methods of optimisation that need scalar products, such as L-BFGS, work on this vector.
public struct ParameterVector {
  /// The parameters.
  public let parameters: [Parameter]
  /// How many numbers there are.
  public let count: Int
  private let dataType: DataType
  private let device: Device

  /// Makes the vector of a list; throws ``ParameterError`` where it is empty or of different types.
  public init(_ parameters: [Parameter]) throws {
    guard let first = parameters.first else {
      throw ParameterError(path: "", problem: "a vector needs at least one parameter")
    }
    (dataType, device) = (try first.value.dataType, try first.value.device)
    for parameter in parameters {
      guard try parameter.value.dataType == dataType, try parameter.value.device == device else {
        throw ParameterError(
          path: parameter.path, problem: "is not of the type and device of \(first.path)")
      }
    }
    self.parameters = parameters
    count = parameters.reduce(0) { $0 + $1.value.count }
  }

  /// The tensors that operations on the parameters are recorded for.
  public var tensors: [Tensor] { parameters.map(\.value) }

  /// A copy of all numbers.
  public func values() throws -> Tensor {
    try withoutGradients { try joined(tensors.map(Optional.some)) }
  }

  /// Overwrites all numbers; throws ``ParameterError`` for a vector of another length.
  public func assign(_ vector: Tensor) throws {
    try withoutGradients {
      for (parameter, part) in zip(parameters, try split(vector)) { try parameter.assign(part) }
    }
  }

  /// One tensor for each parameter as a vector; nil stands for zeros.
  public func joined(_ parts: [Tensor?]) throws -> Tensor {
    try Tensor.concatenated(
      zip(parameters, parts).map { parameter, part in
        try part?.reshaped([-1]) ?? .zeros([parameter.value.count], dataType, on: device)
      })
  }

  /// A vector in the shapes of the parameters, without a copy where its numbers lie without gaps.
  public func split(_ vector: Tensor) throws -> [Tensor] {
    guard vector.shape == [count] else {
      throw ParameterError(
        path: parameters[0].path,
        problem: "begins a vector of \(count) numbers, the given one is \(vector.shape)")
    }
    var start = 0
    return try parameters.map { parameter in
      let end = start + parameter.value.count
      defer { start = end }
      return try vector.sliced(start..<end).reshaped(parameter.value.shape)
    }
  }

  /// The gradient of a recorded scalar as a vector; what it does not depend on has zeros.
  public func gradient(
    of scalar: Tensor, retainGraph: Bool = false, createGraph: Bool = false
  ) throws -> Tensor {
    let gradients = try Tensor.gradients(
      of: [scalar], withRespectTo: tensors, retainGraph: retainGraph, createGraph: createGraph)
    return try createGraph ? joined(gradients) : withoutGradients { try joined(gradients) }
  }
}
