import TimestepLayers
import TimestepTorch

/// The parameters of a network moved along directions from where they are: `theta = theta_0 + sum_i a_i d_i`.
///
/// Buffers, such as running means, stay.
public struct ParameterPlane {
  /// A direction: a tensor for each parameter, in their order.
  public typealias Direction = [Tensor]

  private let parameters: [Parameter]
  private let center: [Tensor]

  /// The plane through the present values of the learned parameters of a store.
  public init(_ store: ParameterStore) throws {
    parameters = store.trainable
    center = try withoutGradients { try store.trainable.map { try $0.value.detached().copied() } }
  }

  /// A random direction with the length of every filter: for each output channel, or row of a matrix, of each weight
  ///
  /// ```
  /// d_i <- d_i |theta_i| / |d_i|,   d normal
  /// ```
  ///
  /// Parameters with fewer than two axes, biases and the scales and shifts of norms, do not move. Source: Li, Xu, Taylor,
  /// Studer, Goldstein, "Visualizing the Loss Landscape of Neural Nets" (2018), section 4.
  public func randomDirection(_ generator: Generator) throws -> Direction {
    try withoutGradients {
      try center.map { weight in
        guard weight.rank >= 2 else { return try weight * 0 }
        let drawn = try Tensor.empty(weight.shape, .float64)
        try generator.fillNormal(drawn)
        let axes = Array(1..<weight.rank)
        let length = try weight.cast(to: .float64).moved(to: .cpu).norm(axes, keepAxes: true)
        let own = try drawn.norm(axes, keepAxes: true).maximum(.leastNormalMagnitude)
        return try (drawn * (length / own)).cast(to: weight.dataType).moved(to: weight.device)
      }
    }
  }

  /// The direction that leads to the parameters of a file, at a = 1.
  ///
  /// - Throws: ``MismatchedParameters`` for the parameters of another network.
  public func direction(to file: Safetensors, named name: String) throws -> Direction {
    let given = Dictionary(
      file.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { a, _ in a })
    let missing = parameters.map(\.path).filter { given[$0] == nil }
    let misshapen = parameters.compactMap { parameter in
      given[parameter.path].flatMap {
        $0.shape == parameter.value.shape
          ? nil : "\(parameter.path) \($0.shape) instead of \(parameter.value.shape)"
      }
    }
    guard missing.isEmpty, misshapen.isEmpty else {
      throw MismatchedParameters(
        file: name, missing: missing, unexpected: [], misshapen: misshapen)
    }
    return try withoutGradients {
      try zip(parameters, center).map { parameter, start in
        guard let end = given[parameter.path] else { return try start * 0 }
        return try end.cast(to: start.dataType).moved(to: start.device) - start
      }
    }
  }

  /// Calls a closure for each point `(a_1, ..., a_m)` with the parameters moved there, and brings them back in the end,
  /// to the bit, whatever the closure throws.
  public func visit<Value>(
    _ points: [[Double]], along directions: [Direction], _ body: ([Double]) throws -> Value
  ) throws -> [Value] {
    defer {
      // Of the same shapes and types, which copying cannot refuse.
      for (parameter, value) in zip(parameters, center) { try? parameter.assign(value) }
    }
    return try points.map { point in
      for (index, parameter) in parameters.enumerated() {
        var value = center[index]
        try withoutGradients {
          for (a, direction) in zip(point, directions) where a != 0 {
            value = try value.adding(direction[index], scaledBy: a)
          }
        }
        try parameter.assign(value)
      }
      return try body(point)
    }
  }
}
