import TimestepLayers
import TimestepTorch

/// The first layers of networks for text: a vector for each character, and a convolution over three of them,
/// `[N, L]` to `[N, C, L]`.
public final class TextStem: Layer {
  private let embedding: Embedding
  private let convolution: Convolution1D

  /// Creates the layers with weights at `embedding` and `conv` below the path; symbol 0 is the padding.
  public init(
    _ path: ParameterPath, in store: ParameterStore, symbols: Int, width: Int, channels: Int
  ) throws {
    embedding = try Embedding(path / "embedding", in: store, symbols: symbols, width: width)
    convolution = try Convolution1D(
      path / "conv", in: store, from: width, to: channels, kernel: 3, bias: true)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    // Batches hold numbers of the network's own type; characters are exact in all of them.
    let value = try embedding(input.cast(to: .int64), pass)
    return try convolution(pass.stateType.map { try value.cast(to: $0) } ?? value, pass)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try convolution.trace(embedding.trace(shape, &table), &table)
  }
}

/// The last layers of networks for text: the maximum at 8 positions, and three linear maps with ReLU between,
/// `[N, C, L]` to `[N, classes]`.
public final class TextHead: Layer {
  private let path: ParameterPath
  private let linears: [Linear]
  private let positions = 8

  /// Creates the layers with weights at `linear1`, `linear2` and `linear3` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, channels: Int, hidden: Int, classes: Int
  ) throws {
    self.path = path
    linears = [
      try Linear(path / "linear1", in: store, from: channels * positions, to: hidden),
      try Linear(path / "linear2", in: store, from: hidden, to: hidden),
      try Linear(path / "linear3", in: store, from: hidden, to: classes),
    ]
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    var value = try input.adaptiveMaxPool([positions]).flattened(from: 1)
    for linear in linears.dropLast() {
      value = try Activation.relu.overwriting(linear(value, pass))
    }
    return try linears[linears.count - 1](value, pass)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    guard shape.count == 2 else {
      throw ShapeError(path: path.description, problem: "expects [C, L], the input is \(shape)")
    }
    var shape = [shape[0] * positions]
    table.add(
      path / "pool", "maximum at \(positions) positions", outputShape: shape,
      keptElements: shape[0])
    for (index, linear) in linears.enumerated() {
      shape = try linear.trace(shape, &table)
      if index < linears.count - 1 {
        table.add(
          path / "relu\(index + 1)", "relu", outputShape: shape,
          keptElements: Activation.relu.keptElements(shape))
      }
    }
    return shape
  }
}
