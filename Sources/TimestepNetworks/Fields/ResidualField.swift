import TimeStepping
import TimestepLayers
import TimestepTorch

/// The vector field of a network at one time: the residual branch with its own weights.
///
/// `f(u; theta_l)` maps `[N, C, ...]` to the space of the next state, which is the same one except in the first
/// step of a stage that changes the shape. A field may hold several functions, its branches: the f and g of a
/// two-stream scheme, the two sides of a Hamiltonian pair.
public protocol ResidualField: Layer {
  /// The number of functions; 1 by default.
  var branches: Int { get }
  /// Whether its functions are the sides of one system, each for a part of the state, and not functions of the same
  /// state; no by default.
  var isSystem: Bool { get }
  /// Whether it is linear in the state, `A u`; no by default.
  var isLinear: Bool { get }
  /// What the field offers to schemes beyond its value; nothing by default.
  var capabilities: Set<FieldCapability> { get }

  /// The value of one of the functions; by default there is only one, the layer itself.
  func callAsFunction(_ u: Tensor, branch: Int, _ pass: ForwardPass) throws -> Tensor
  /// The rows of one of the functions.
  func trace(_ shape: [Int], branch: Int, _ table: inout LayerTable) throws -> [Int]

  /// `(I - c J)^{-1} v`, J the Jacobian at u, for every example by itself.
  func solvingLinearized(_ v: Tensor, factor c: Double, around u: Tensor, _ pass: ForwardPass)
    throws -> Tensor
  /// `L u` with the field's diffusion operator L.
  func stiffOperator(_ u: Tensor) throws -> Tensor
  /// `(I + c L)^{-1} v`.
  func solvingStiff(_ v: Tensor, factor c: Double) throws -> Tensor
}

extension ResidualField {
  public var branches: Int { 1 }
  public var isSystem: Bool { false }
  public var isLinear: Bool { false }
  public var capabilities: Set<FieldCapability> { [] }

  public func callAsFunction(_ u: Tensor, branch: Int, _ pass: ForwardPass) throws -> Tensor {
    try self(u, pass)
  }
  public func trace(_ shape: [Int], branch: Int, _ table: inout LayerTable) throws -> [Int] {
    try trace(shape, &table)
  }
  public func solvingLinearized(
    _ v: Tensor, factor c: Double, around u: Tensor, _ pass: ForwardPass
  ) throws -> Tensor {
    throw MissingCapability(capability: .linearizedSolve)
  }
  public func stiffOperator(_ u: Tensor) throws -> Tensor {
    throw MissingCapability(capability: .stiffSolve)
  }
  public func solvingStiff(_ v: Tensor, factor c: Double) throws -> Tensor {
    throw MissingCapability(capability: .stiffSolve)
  }
}

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
  /// How its layers are normalised.
  public var normalization: Normalization
  /// The function between its linear maps.
  public var activation: Activation
  /// Whether the linear maps have a bias.
  public var bias: Bool
  /// How often a time step applies the same weights.
  public var applications: Int
  /// Whether each application has norms of its own, and not only running statistics.
  public var hasNormPerApplication: Bool

  /// Creates a style.
  public init(
    normalization: Normalization = .batch, activation: Activation = .relu, bias: Bool = false,
    applications: Int = 1, hasNormPerApplication: Bool = false
  ) {
    self.normalization = normalization
    self.activation = activation
    self.bias = bias
    self.applications = applications
    self.hasNormPerApplication = hasNormPerApplication
  }

  /// Creates a style with batch normalisation or without any.
  public init(batchNorm: Bool, bias: Bool) {
    self.init(normalization: batchNorm ? .batch : .none, bias: bias)
  }

  /// The norm for a number of channels, or nil.
  public func norm(_ path: ParameterPath, in store: ParameterStore, channels: Int) throws -> (
    any Layer
  )? {
    try normalization.makeLayer(
      path, in: store, channels: channels, applications: applications,
      areSeparate: hasNormPerApplication)
  }

  /// Whether there is any normalisation.
  public var isNormalized: Bool { normalization != .none }
}

/// The kinds of states that there are.
public enum StateKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// `[d]`: points.
  case points
  /// `[C, L]`: sequences.
  case sequences
  /// `[C, H, W]`: images.
  case images

  /// The kind of an example of the given shape.
  public init?(shape: [Int]) {
    switch shape.count {
    case 1: self = .points
    case 2: self = .sequences
    case 3: self = .images
    default: return nil
    }
  }
}

/// A kind of vector field that networks are made of.
public protocol FieldDefinition: CatalogEntry {
  /// The states it is defined on.
  var states: Set<StateKind> { get }
  /// Whether it begins with normalisation and activation, so that the stage's last state still needs both.
  var isPreActivated: Bool { get }
  /// Whether it can change channels and size, so that it can stand beside a transition on the shortcut.
  var changesShape: Bool { get }
  /// Whether the channels between its layers can be chosen; yes by default.
  var hasHiddenWidth: Bool { get }
  /// The number of functions of a field that is made; 1 by default.
  var branches: Int { get }
  /// What the fields offer to schemes beyond their value; nothing by default.
  var capabilities: Set<FieldCapability> { get }
  /// The linear maps one after the other in one evaluation; 2 by default. Depths of networks count them.
  var layers: Int { get }
  /// The arguments by which it can be varied, `resnext:groups=8`; none by default.
  var arguments: [ArgumentDescription] { get }
  /// The definition with some of its arguments given.
  func configured(_ choice: NamedChoice) throws -> any FieldDefinition
  /// A field with fresh weights below `path`.
  func make(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws -> any ResidualField
}

extension FieldDefinition {
  public var states: Set<StateKind> { [.images] }
  public var isPreActivated: Bool { false }
  public var changesShape: Bool { true }
  public var hasHiddenWidth: Bool { true }
  public var branches: Int { 1 }
  public var layers: Int { 2 }
  public var capabilities: Set<FieldCapability> { [] }
  public var arguments: [ArgumentDescription] { [] }
  public func configured(_ choice: NamedChoice) throws -> any FieldDefinition { self }
}

/// All kinds of vector fields by name; a new one is one file and one line here.
public enum FieldCatalog {
  /// The kinds in the order of the documentation.
  public static let all: [any FieldDefinition] = [
    BasicField.Definition(),
    PreActivationDefinition(),
    DiffusionDefinition.preActivation,
    BottleneckDefinition(),
    PostActivationBottleneckDefinition(),
    ResNeXtDefinition(),
    ConvolutionDefinition(),
    SequenceConvolutionDefinition(),
    DenseField.Definition(),
    SingleField.Definition(),
    AntisymmetricField.Definition(.points),
    AntisymmetricField.Definition(.sequences),
    AntisymmetricField.Definition(.images),
    SymmetricField.Definition(.points),
    SymmetricField.Definition(.sequences),
    SymmetricField.Definition(.images),
    HamiltonianField.Definition(.points),
    HamiltonianField.Definition(.sequences),
    HamiltonianField.Definition(.images),
    DoubleHamiltonianDefinition(.points),
    DoubleHamiltonianDefinition(.sequences),
    DoubleHamiltonianDefinition(.images),
  ]

  /// The kind that a text such as `basic` or `resnext:groups=8` chooses.
  ///
  /// - Throws: `UnknownNameError` or `ArgumentError`.
  public static func definition(named text: String) throws -> any FieldDefinition {
    let choice = try NamedChoice("field", text)
    guard let definition = all.first(where: { $0.name == choice.name }) else {
      throw UnknownNameError(kind: "field", name: choice.name, known: all.map(\.name))
    }
    try choice.check(definition.arguments)
    return try definition.configured(choice)
  }
}
