import TimestepTorch

/// A vector for each symbol of a sequence, `[N, L]` (int64) to `[N, d, L]`.
///
/// The vectors begin as N(0, 1). The symbol `padding` stands for no symbol: its vector is zero and gets no
/// gradient. Robust ResNet, VDCNN; PyTorch's `Embedding`.
public final class Embedding: Layer {
  /// `[V, d]`
  public let weight: Parameter
  /// The symbol whose vector is zero.
  public let padding: Int?
  private let path: ParameterPath

  /// Creates the layer at `path.weight`, for the symbols `0 ..< symbols`.
  public init(
    _ path: ParameterPath, in store: ParameterStore, symbols: Int, width: Int, padding: Int? = 0
  ) throws {
    guard symbols.isLayerSize, width.isLayerSize else {
      throw ShapeError(
        path: path.description,
        problem: "an embedding of \(symbols) symbols as \(width) numbers does not exist")
    }
    if let padding, !(0..<symbols).contains(padding) {
      throw ShapeError(
        path: path.description, problem: "there is no symbol \(padding) of \(symbols)")
    }
    self.path = path
    self.padding = padding
    weight = try store.parameter(
      path / "weight", shape: [symbols, width], fans: Fans(input: symbols, output: width),
      initializer: StandardNormal())
    if let padding { try withoutGradients { try weight.value.selected(padding).fill(0) } }
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try pass.showing(
      weight.value.embedding(input, padding: padding).permuted([0, 2, 1]), of: path)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    guard shape.count == 1, shape[0] > 0 else {
      throw ShapeError(path: path.description, problem: "expects [L], the input is \(shape)")
    }
    let output = [weight.value.shape[1], shape[0]]
    table.add(
      path, "embedding", outputShape: output, parameters: weight.value.count,
      keptElements: shape[0])
    return output
  }
}

/// Normal numbers of deviation 1, whatever the fans.
private struct StandardNormal: Initializer {
  let name = "standard-normal"
  let formula = "N(0, 1)"
  func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
    try generator.fillNormal(tensor)
  }
}
