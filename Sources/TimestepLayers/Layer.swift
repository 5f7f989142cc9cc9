import TimestepTorch

/// What a forward pass is for.
public struct ForwardPass: Sendable {
  /// Whether batch statistics and noise are used, as opposed to running statistics and expectations.
  public var isTraining: Bool
  /// Whether this computes again what an earlier pass has computed, for its gradients: running statistics must
  /// not move a second time.
  public var isReplay = false
  /// How often the weights at hand were applied before in the same time step; layers with statistics of their own
  /// for each application choose by it.
  public var application = 0
  /// The type in which the states of images and sequences are kept and their convolutions computed; nil for the
  /// parameters' own.
  public var stateType: DataType?
  /// Where noise is drawn from; nil leaves it to the network's own source.
  public var randomness: Generator?

  /// What looks at values and gradients on their way; nil in all but a few passes.
  public var probe: ForwardProbe?
  /// The block, from 1 over the whole network, whose field is left out, as if stochastic depth had dropped it; nil for
  /// none.
  public var leftOutBlock: Int?

  /// A pass whose gradients will be used.
  public static let training = ForwardPass(isTraining: true)
  /// A pass for prediction.
  public static let evaluation = ForwardPass(isTraining: false)

  /// Creates a pass.
  public init(isTraining: Bool) { self.isTraining = isTraining }
}

extension ForwardPass {
  /// The value of the layer at a path, after the probe has looked at it.
  func showing(_ value: Tensor, of path: ParameterPath) throws -> Tensor {
    if let probe { try probe.see(value, of: path) }
    return value
  }
}

/// A layer that draws random numbers in training.
public protocol RandomLayer: Layer {
  /// Where it draws them from.
  var randomness: Generator { get }
}

/// A part of a network: a function of one tensor with parameters at explicit paths.
public protocol Layer {
  /// The layer's value; `[N, ...]` to `[N, ...]`.
  func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor
  /// What an epilogue makes of the layer's value, which nothing else may read; by default one after the other.
  func callAsFunction(_ input: Tensor, _ pass: ForwardPass, then epilogue: Epilogue) throws
    -> Tensor
  /// Adds the layer's rows to a table and gives the shape of its value; shapes without the batch axis.
  ///
  /// Throws ``ShapeError`` where the layer would not accept the shape. Nothing is computed.
  func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int]
}

extension Layer {
  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass, then epilogue: Epilogue) throws
    -> Tensor
  { try epilogue(self(input, pass)) }
}

extension Int {
  /// Whether a layer can have so many channels or taps: the product of three cannot overflow.
  var isLayerSize: Bool { (1...1_000_000).contains(self) }
}

/// An input whose shape a layer does not accept.
public struct ShapeError: Error, CustomStringConvertible, Sendable {
  /// The layer's path.
  public let path: String
  /// What it expected and what it got.
  public let problem: String

  /// Creates the error.
  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  /// Path and problem in one line.
  public var description: String { "\(path): \(problem)" }
}
