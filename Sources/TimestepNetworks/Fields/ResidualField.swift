import TimestepLayers
import TimestepTorch

/// The vector field of a network at one time: the residual branch with its own weights.
///
/// `f(u; theta_l)` maps `[N, C, ...]` to the space of the next state, which is the same one except in the first
/// step of a stage that changes the shape.
public protocol ResidualField: Layer {}

/// The shape change of one evaluation, and what may vary inside a field.
public struct FieldShape: Sendable, Hashable {
  /// Channels (or features) of the state the field is given.
  public var inputs: Int
  /// Channels of its value.
  public var outputs: Int
  /// Pixels of the input per pixel of the value along each axis.
  public var stride: Int
  /// Channels between its layers; nil where the kind of field decides.
  public var hidden: Int?

  /// A field from a space into itself, unless outputs or stride say otherwise.
  public init(inputs: Int, outputs: Int? = nil, stride: Int = 1, hidden: Int? = nil) {
    self.inputs = inputs
    self.outputs = outputs ?? inputs
    self.stride = stride
    self.hidden = hidden
  }
}

/// What the layers of a field have in common.
public struct FieldStyle: Sendable, Hashable {
  /// Whether batch normalisation follows each linear map.
  public var batchNorm: Bool
  /// Whether the linear maps have a bias.
  public var bias: Bool

  /// Creates a style.
  public init(batchNorm: Bool, bias: Bool) {
    self.batchNorm = batchNorm
    self.bias = bias
  }
}

/// A kind of vector field that networks are made of.
public protocol FieldDefinition: CatalogEntry {
  /// A field with fresh weights below `path`.
  func make(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws -> any ResidualField
}

/// All kinds of vector fields by name; a new one is one file and one line here.
public enum FieldCatalog {
  /// The kinds in the order of the documentation.
  public static let all: [any FieldDefinition] = [
    BasicField.Definition(),
    DenseField.Definition(),
  ]
}
