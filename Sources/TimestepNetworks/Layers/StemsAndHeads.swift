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
    try norm.apply(to: convolution(input, pass), pass, then: Epilogue(activation: .relu))
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
public final class PoolingHead: LinearReadout {
  private let path: ParameterPath
  public let linear: Linear

  /// Creates the layer with weights at `linear` below the path.
  public init(_ path: ParameterPath, in store: ParameterStore, from inputs: Int, to classes: Int)
    throws
  {
    self.path = path
    linear = try Linear(path / "linear", in: store, from: inputs, to: classes)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try linear(features(input, pass), pass)
  }

  public func features(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try input.adaptiveAveragePool([1, 1]).flattened(from: 1)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let pooled = Array(shape.prefix(1))
    table.add(path / "pool", "global average pool", outputShape: pooled)
    return try linear.trace(pooled, &table)
  }
}

/// A linear map of the state, `[N, d] -> [N, classes]`.
public final class LinearHead: LinearReadout {
  public let linear: Linear

  /// Creates the layer with weights at `linear` below the path.
  public init(_ path: ParameterPath, in store: ParameterStore, from inputs: Int, to classes: Int)
    throws
  {
    linear = try Linear(path / "linear", in: store, from: inputs, to: classes)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try linear(input, pass)
  }

  public func features(_ input: Tensor, _ pass: ForwardPass) -> Tensor { input }

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

/// A convolution without anything after it, the first layer of pre-activation networks: `K x`.
public final class ConvolutionStem: Layer {
  private let convolution: Convolution2D

  /// Creates the layer with weights at `conv` below the path, without a bias.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    kernel: Int = 3, stride: Int = 1
  ) throws {
    convolution = try Convolution2D(
      path / "conv", in: store, from: inputs, to: outputs, kernel: kernel, stride: stride,
      bias: false)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try convolution(input, pass)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try convolution.trace(shape, &table)
  }
}

/// The first layers of networks for large images: a 7x7 convolution with stride 2, by choice norm and ReLU, and a 3x3
/// maximum with stride 2; `[N, C, H, W] -> [N, D, H / 4, W / 4]`.
public final class LargeImageStem: Layer {
  private let path: ParameterPath
  private let convolution: Convolution2D
  private let norm: (any Layer)?
  private let activates: Bool

  /// Creates the layer with weights at `conv` and `norm` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    style: FieldStyle, activates: Bool
  ) throws {
    self.path = path
    self.activates = activates
    convolution = try Convolution2D(
      path / "conv", in: store, from: inputs, to: outputs, kernel: 7, stride: 2, bias: false)
    norm =
      activates
      ? try style.normalization.makeLayer(path / "norm", in: store, channels: outputs) : nil
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    var value = try convolution(input, pass)
    if activates {
      value = try norm.apply(to: value, pass, then: Epilogue(activation: .relu))
    }
    return try value.maxPool2D(3, stride: 2, padding: 1)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    var shape = try convolution.trace(shape, &table)
    if activates {
      shape = try norm?.trace(shape, &table) ?? shape
      table.add(
        path / "relu", "relu", outputShape: shape,
        keptElements: Activation.relu.keptElements(shape))
    }
    shape = [shape[0]] + shape[1...].map { ($0 - 1) / 2 + 1 }
    table.add(
      path / "pool", "max pool 3x3, stride 2", outputShape: shape,
      keptElements: shape.reduce(1, *))
    return shape
  }
}

/// The last layers of pre-activation networks: norm, activation, and what a head of the post-activation network does.
public final class PreActivatedHead: LinearReadout {
  private let path: ParameterPath
  private let norm: (any Layer)?
  private let activation: Activation
  private let pooling: PoolingHead

  /// Creates the layers with weights at `norm` and `linear` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to classes: Int,
    style: FieldStyle
  ) throws {
    self.path = path
    activation = style.activation
    norm = try style.normalization.makeLayer(path / "norm", in: store, channels: inputs)
    pooling = try PoolingHead(path, in: store, from: inputs, to: classes)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try pooling(activated(input, pass), pass)
  }

  public var linear: Linear { pooling.linear }

  public func features(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try pooling.features(activated(input, pass), pass)
  }

  private func activated(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let epilogue = Epilogue(activation: activation)
    return try norm.map { try $0(input, pass, then: epilogue) } ?? activation(input)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let shape = try norm?.trace(shape, &table) ?? shape
    table.add(
      path / activation.rawValue, activation.rawValue, outputShape: shape,
      keptElements: activation.keptElements(shape))
    return try pooling.trace(shape, &table)
  }
}

/// The opening layer of networks for points: `act(W x + b)`, `[N, d] -> [N, w]`.
public final class LinearStem: Layer {
  private let path: ParameterPath
  private let linear: Linear
  private let activation: Activation

  /// Creates the layer with weights at `linear` below the path.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to outputs: Int,
    activation: Activation
  ) throws {
    self.path = path
    self.activation = activation
    linear = try Linear(path / "linear", in: store, from: inputs, to: outputs)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try activation.overwriting(linear(input, pass))
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let shape = try linear.trace(shape, &table)
    table.add(
      path / activation.rawValue, activation.rawValue, outputShape: shape,
      keptElements: activation.keptElements(shape))
    return shape
  }
}

/// The last layer of networks that keep the image's size: a linear map at each pixel, by choice after norm and
/// activation, `[N, C, H, W] -> [N, classes, H, W]`.
public final class PixelHead: Layer {
  private let path: ParameterPath
  private let norm: (any Layer)?
  private let activation: Activation?
  private let convolution: Convolution2D

  /// Creates the layers with weights at `norm` and `conv` below the path.
  ///
  /// - Parameter style: the norm and the activation before the map; nil for neither.
  public init(
    _ path: ParameterPath, in store: ParameterStore, from inputs: Int, to classes: Int,
    style: FieldStyle?
  ) throws {
    self.path = path
    activation = style?.activation
    norm = try style?.normalization.makeLayer(path / "norm", in: store, channels: inputs)
    convolution = try Convolution2D(
      path / "conv", in: store, from: inputs, to: classes, kernel: 1, bias: true)
  }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    var value = try norm?(input, pass) ?? input
    if let activation { value = try activation(value) }
    return try convolution(value, pass)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    let shape = try norm?.trace(shape, &table) ?? shape
    if let activation {
      table.add(
        path / activation.rawValue, activation.rawValue, outputShape: shape,
        keptElements: activation.keptElements(shape))
    }
    return try convolution.trace(shape, &table)
  }
}
