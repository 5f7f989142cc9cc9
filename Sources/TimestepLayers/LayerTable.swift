import TimestepTorch

/// What a network computes, layer by layer, for one example.
public struct LayerTable: Sendable, Codable, Equatable {
  /// One layer.
  public struct Row: Sendable, Codable, Equatable {
    /// Its place in the network.
    public var path: String
    /// What it is, e.g. `conv 3x3, stride 2`.
    public var kind: String
    /// The shape of its value for one example, e.g. `[16, 32, 32]`.
    public var outputShape: [Int]
    /// The learned numbers.
    public var parameters: Int
    /// Multiplications with an addition, in one forward pass.
    public var multiplyAdds: Int
    /// Numbers kept from the forward pass until the gradient has passed.
    public var keptElements: Int
  }

  /// A convolution as a linear map by itself, without its bias; the weight stands at `path.weight`.
  public struct Convolution: Sendable, Equatable {
    /// Its place in the network.
    public var path: String
    /// The shape of its input for one example, `[C, H, W]` or `[C, L]`.
    public var inputShape: [Int]
    /// The shape of its value.
    public var outputShape: [Int]
    /// Stride, padding with zeros, dilation and groups.
    public var options: ConvolutionOptions
    /// Whether the opposite side lies around the image instead of zeros.
    public var isPeriodic: Bool
  }

  /// The layers in order of evaluation.
  public var rows: [Row] = []
  /// The convolutions in order of their first evaluation; one that is evaluated again stands there once.
  public private(set) var convolutions: [Convolution] = []
  /// Which application of the weights is being traced, as ``ForwardPass/application``.
  public var application = 0

  private enum CodingKeys: String, CodingKey { case rows }

  /// Creates an empty table.
  public init() {}

  /// Adds a layer.
  public mutating func add(
    _ path: ParameterPath, _ kind: String, outputShape: [Int], parameters: Int = 0,
    multiplyAdds: Int = 0, keptElements: Int = 0
  ) {
    rows.append(
      Row(
        path: path.description, kind: kind, outputShape: outputShape, parameters: parameters,
        multiplyAdds: multiplyAdds, keptElements: keptElements))
  }

  /// Adds a convolution, unless it is there already.
  public mutating func add(
    convolution path: ParameterPath, from inputShape: [Int], to outputShape: [Int],
    _ options: ConvolutionOptions, isPeriodic: Bool = false
  ) {
    guard !convolutions.contains(where: { $0.path == path.description }) else { return }
    convolutions.append(
      Convolution(
        path: path.description, inputShape: inputShape, outputShape: outputShape,
        options: options, isPeriodic: isPeriodic))
  }

  /// All learned numbers; a layer that is evaluated more than once counts once.
  public var parameters: Int {
    Dictionary(rows.map { ($0.path, $0.parameters) }, uniquingKeysWith: Swift.max)
      .values.reduce(0, +)
  }

  /// All multiplications with an addition for one example.
  public var multiplyAdds: Int { rows.reduce(0) { $0 + $1.multiplyAdds } }

  /// All numbers kept for the gradient of one example.
  public var keptElements: Int { rows.reduce(0) { $0 + $1.keptElements } }
}
