import TimestepLayers
import TimestepTorch

/// Layers one after the other: the fields that are chains of convolutions, norms and activations.
public final class SequentialField: ResidualField {
  private let layers: [any Layer]

  /// Joins layers; those that are nil are left out.
  public init(_ layers: [(any Layer)?]) { self.layers = layers.compactMap { $0 } }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try layers.reduce(input) { try $1($0, pass) }
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass, then epilogue: Epilogue) throws
    -> Tensor
  {
    guard let last = layers.last else { return try epilogue(input.scaled(by: 1)) }
    return try last(layers.dropLast().reduce(input) { try $1($0, pass) }, pass, then: epilogue)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try layers.reduce(shape) { try $1.trace($0, &table) }
  }
}

/// A norm, where the style has one, and an activation: `act(norm(x))`.
struct NormActivation: Layer {
  private let path: ParameterPath
  private let norm: (any Layer)?
  private let activation: Activation
  private let ownsInput: Bool

  /// Creates the pair with the norm at `norm<number>` below the path.
  ///
  /// - Parameters:
  ///   - ownsInput: whether the input is another layer's value that nothing else reads. The state that a field is
  ///     given is not, so a field that begins with the activation must not overwrite it.
  ///   - isErased: whether the activation is left out (EraseReLU).
  init(
    _ path: ParameterPath, _ number: Int, in store: ParameterStore, channels: Int,
    style: FieldStyle, ownsInput: Bool = true, isErased: Bool = false
  ) throws {
    activation = isErased ? .identity : style.activation
    self.path = path / "\(activation.rawValue)\(number)"
    self.ownsInput = ownsInput
    norm = try style.norm(path / "norm\(number)", in: store, channels: channels)
  }

  func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    guard let norm else {
      return try ownsInput ? activation.overwriting(input) : activation(input)
    }
    return try norm(input, pass, then: Epilogue(activation: activation))
  }

  func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let shape = try norm?.trace(shape, &table) ?? shape
    if activation != .identity {
      table.add(
        path, activation.rawValue, outputShape: shape,
        keptElements: activation.keptElements(shape))
    }
    return shape
  }
}
