import TimestepLayers
import TimestepTorch

/// The first layer of networks for small images: `relu(BN(K x))` with a 3x3 convolution, `[N, C, H, W] -> [N, D, H, W]`.
public final class ImageStem: Layer {
  private let path: ParameterPath
  private let convolution: Convolution2D
  private let norm: (any Layer)?

  /// Creates the layer with weights at `conv` and `norm` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    style: FieldStyle
  ) throws {
    self.path = path
    convolution = try Convolution2D(
      path / "conv", in: store, from: inputs, to: outputs, kernel: 3, bias: style.bias)
    norm = try style.normalization.makeLayer(path / "norm", in: store, channels: outputs)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let value = try convolution(input, pass)
    return try Activation.relu.overwriting(norm?(value, pass) ?? value)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = try convolution.trace(shape, &table)
    shape = try norm?.trace(shape, &table) ?? shape
    table.add(
      path / "relu", "relu", outputShape: shape, keptElements: Activation.relu.keptElements(shape))
    return shape
  }
}

/// The last layer of networks for images: the mean over all pixels, then a linear map, `[N, C, H, W] -> [N, classes]`.
public final class PoolingHead: Layer {
  private let path: ParameterPath
  private let linear: Linear

  /// Creates the layer with weights at `linear` below the path.
  public init(_ path: ParameterPath, in store: ParameterStore, from inputs: Int, to classes: Int)
    throws
  {
    self.path = path
    linear = try Linear(path / "linear", in: store, from: inputs, to: classes)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try linear(input.adaptiveAveragePool([1, 1]).flattened(from: 1), pass)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let pooled = Array(shape.prefix(1))
    table.add(path / "pool", "global average pool", outputShape: pooled)
    return try linear.trace(pooled, &table)
  }
}

/// A linear map of the state, `[N, d] -> [N, classes]`.
public final class LinearHead: Layer {
  private let linear: Linear

  /// Creates the layer with weights at `linear` below the path.
  public init(_ path: ParameterPath, in store: ParameterStore, from inputs: Int, to classes: Int)
    throws
  {
    linear = try Linear(path / "linear", in: store, from: inputs, to: classes)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try linear(input, pass)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try linear.trace(shape, &table)
  }
}

/// No layer at all: the input is the first state.
public struct Identity: Layer {
  /// Creates the layer.
  public init() {}

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor { input }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] { shape }
}
