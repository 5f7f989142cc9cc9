import TimeStepping
import TimestepLayers
import TimestepTorch

/// The pre-activation bottleneck whose 3x3 convolution acts on groups of channels by themselves.
///
/// `f(u) = K3 act(BN3(G act(BN2(K1 act(BN1(u))))))`, `[N, C, H, W] -> [N, D, H / stride, W / stride]`, with
/// K1 1x1 to w channels, G 3x3 in `groups` groups with the stride, K3 1x1 to D. `width` counts the channels of a
/// group in the first stage of ResNeXt-29, where D = 256: `w = groups (width D / 256)`, rounded down to at least
/// one channel per group; the shape's hidden channels replace w. Weights at `norm1`, `conv1`, ..., `norm3`,
/// `conv3`. Xie et al. (2017); LM-ResNet, section 2.1 (norm and activation before each convolution).
public struct ResNeXtDefinition: FieldDefinition {
  public let name = "resnext"
  public let title = "1x1, grouped 3x3 and 1x1 convolutions, pre-activation"
  public let equation = "f(u) = K3 act(BN(G act(BN(K1 act(BN(u))))))"
  public let source = "Xie et al. 2017; LM-ResNet, section 2.1"
  public let layers = 3
  public let isPreActivated = true
  public let arguments = [
    ArgumentDescription("groups", standard: "8", "groups of channels of the 3x3 convolution"),
    ArgumentDescription("width", standard: "64", "channels of a group where the value has 256"),
  ]
  /// The cardinality c of `c x 64d`.
  public var groups = 8
  /// The channels of a group where the value has 256.
  public var width = 64

  /// Creates the catalog's entry.
  public init() {}

  public func configured(_ choice: NamedChoice) throws -> any FieldDefinition {
    var copy = self
    copy.groups = try choice.integer("groups", in: 1...1024) ?? groups
    copy.width = try choice.integer("width", in: 1...1024) ?? width
    return copy
  }

  public func make(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws -> any ResidualField {
    guard (1...1_000_000).contains(shape.outputs) else {
      throw ShapeError(
        path: path.description, problem: "a field to \(shape.outputs) channels does not exist")
    }
    let hidden = shape.hidden ?? groups * max(1, width * shape.outputs / 256)
    return try SequentialField.preActivatedBottleneck(
      path, in: store, shape: shape, hidden: hidden, groups: groups, style: style)
  }
}
