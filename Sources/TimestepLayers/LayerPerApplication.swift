import TimestepTorch

/// Layers of one kind of which each application of a time step uses its own: PolyNet's two applications of one
/// convolution with a batch norm each.
public final class LayerPerApplication: Layer {
  private let layers: [any Layer]

  /// Joins the layers of the applications 0, 1, ...
  public init(_ layers: [any Layer]) { self.layers = layers }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try layers[pass.application % layers.count](input, pass)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass, then epilogue: Epilogue) throws
    -> Tensor
  { try layers[pass.application % layers.count](input, pass, then: epilogue) }

  /// The rows of all applications: each has parameters, and each is computed once in a step.
  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try layers[table.application % layers.count].trace(shape, &table)
  }
}
