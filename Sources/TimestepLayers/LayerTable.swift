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

  /// The layers in order of evaluation.
  public var rows: [Row] = []
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
