import TimestepTorch

/// The number of inputs and outputs that one element of a weight connects.
public struct Fans: Sendable, Hashable {
  /// Inputs that reach one output: input channels per group times taps.
  public let input: Int
  /// Outputs that one input reaches: output channels per group times taps.
  public let output: Int

  /// Creates the pair.
  public init(input: Int, output: Int) {
    self.input = input
    self.output = output
  }
}

/// A distribution from which weights begin.
public protocol Initializer: Sendable {
  /// The name in the catalog, e.g. `he-normal`.
  var name: String { get }
  /// The distribution in a formula.
  var formula: String { get }
  /// Overwrites a float64 tensor.
  func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws
}

/// All initialisers by name.
public enum InitializerCatalog {
  /// One line each; a new initialiser is a new line.
  public static let all: [any Initializer] = [
    PyTorchDefault(),
    XavierUniform(),
    XavierNormal(),
    HeUniform(),
    HeNormal(),
    HeNormalFanOut(),
    Orthogonal(),
  ]
}

/// PyTorch's default for convolutions and linear maps, weights and biases alike.
public struct PyTorchDefault: Initializer {
  public let name = "pytorch"
  public let formula = "U(-1/sqrt(fan_in), 1/sqrt(fan_in))"
  /// Creates the initialiser.
  public init() {}
  public func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
    let bound = 1 / Double(fans.input).squareRoot()
    try generator.fillUniform(tensor, -bound, bound)
  }
}

/// Glorot and Bengio (2010), uniform.
public struct XavierUniform: Initializer {
  public let name = "xavier-uniform"
  public let formula = "U(-b, b), b = sqrt(6 / (fan_in + fan_out))"
  /// Creates the initialiser.
  public init() {}
  public func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
    let bound = (6 / Double(fans.input + fans.output)).squareRoot()
    try generator.fillUniform(tensor, -bound, bound)
  }
}

/// Glorot and Bengio (2010), normal.
public struct XavierNormal: Initializer {
  public let name = "xavier-normal"
  public let formula = "N(0, 2 / (fan_in + fan_out))"
  /// Creates the initialiser.
  public init() {}
  public func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
    try generator.fillNormal(
      tensor, deviation: (2 / Double(fans.input + fans.output)).squareRoot())
  }
}

/// He et al. (2015), uniform, for layers followed by ReLU.
public struct HeUniform: Initializer {
  public let name = "he-uniform"
  public let formula = "U(-b, b), b = sqrt(6 / fan_in)"
  /// Creates the initialiser.
  public init() {}
  public func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
    let bound = (6 / Double(fans.input)).squareRoot()
    try generator.fillUniform(tensor, -bound, bound)
  }
}

/// He et al. (2015), normal, for layers followed by ReLU.
public struct HeNormal: Initializer {
  public let name = "he-normal"
  public let formula = "N(0, 2 / fan_in)"
  /// Creates the initialiser.
  public init() {}
  public func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
    try generator.fillNormal(tensor, deviation: (2 / Double(fans.input)).squareRoot())
  }
}

/// He et al. (2015), normal, by the number of outputs: keeps the size of gradients on their way back.
public struct HeNormalFanOut: Initializer {
  public let name = "he-normal-fan-out"
  public let formula = "N(0, 2 / fan_out)"
  /// Creates the initialiser.
  public init() {}
  public func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
    try generator.fillNormal(tensor, deviation: (2 / Double(fans.output)).squareRoot())
  }
}

/// Saxe et al. (2014): the rows of the weight, seen as a matrix `[out, in x taps]`, or its columns are orthonormal.
public struct Orthogonal: Initializer {
  public let name = "orthogonal"
  public let formula = "Q of the QR factorisation of a normal matrix, signs made unique"
  /// Creates the initialiser.
  public init() {}
  public func fill(_ tensor: Tensor, fans: Fans, generator: Generator) throws {
    let rows = tensor.shape.first ?? 1
    let columns = Swift.max(tensor.count / Swift.max(rows, 1), 1)
    let normal = try Tensor.empty([Swift.max(rows, columns), Swift.min(rows, columns)], .float64)
    try generator.fillNormal(normal)
    let (q, r) = try normal.orthogonalFactorization()
    let size = Swift.min(rows, columns)
    let diagonal = try r * Tensor.identity(size)
    let unique = try q * diagonal.sum([0]).sign()
    let oriented = try rows >= columns ? unique : unique.transposed()
    try tensor.copyInPlace(from: oriented.reshaped(tensor.shape))
  }
}

extension Tensor {
  /// The unit matrix in float64.
  fileprivate static func identity(_ size: Int) throws -> Tensor {
    let numbers = try range(to: Double(size), .float64)
    return try numbers.unsqueezed(0).equal(numbers.unsqueezed(1)).cast(to: .float64)
  }
}
