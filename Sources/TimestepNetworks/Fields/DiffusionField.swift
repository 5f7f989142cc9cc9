import TimeStepping
import TimestepLayers
import TimestepTorch

/// The diffusion operator `L = -alpha Laplacian` on periodic images, and the inverse of `I + c L`.
///
/// On images `[N, C, H, W]` it is the 5-point stencil, `(L u)_ij = alpha (4 u_ij - the four neighbours)`, on
/// sequences `[N, C, L]` the 3-point one, each with distance 1 between pixels; on points `[N, d]` it is
/// `alpha I`. It is symmetric and positive semi-definite, so `I + c L` is solved for every c >= 0 by dividing by
/// `1 + c alpha (4 - 2 cos(2 pi k / H) - 2 cos(2 pi l / W))` in Fourier space. Gradients flow through both.
public struct PeriodicLaplacian: Sendable, Hashable {
  /// The alpha.
  public let strength: Double

  /// Creates the operator; throws `OptionError` for a strength below 0, which would be no well-posed diffusion.
  public init(strength: Double) throws {
    guard strength >= 0, strength.isFinite else {
      throw OptionError(
        "diffusion", strength, "the strength must be a finite number, 0 or more")
    }
    self.strength = strength
  }

  private init(constant strength: Double) { self.strength = strength }

  /// A tenth of the Laplacian.
  static let weak = PeriodicLaplacian(constant: 0.1)

  /// `L u`
  public func callAsFunction(_ u: Tensor) throws -> Tensor {
    let shape = u.shape
    guard shape.count > 2 else { return try u * strength }
    var value = try u * (2 * strength * Double(shape.count - 2))
    for axis in 2..<shape.count {
      let length = shape[axis]
      let (first, last) = (
        try u.sliced(0..<1, axis: axis), try u.sliced(length - 1..<length, axis: axis)
      )
      for neighbours in [
        [last, try u.sliced(0..<length - 1, axis: axis)],
        [try u.sliced(1..<length, axis: axis), first],
      ] {
        value = try value.adding(.concatenated(neighbours, axis: axis), scaledBy: -strength)
      }
    }
    return value
  }

  /// `(I + c L)^{-1} v`
  public func solving(_ v: Tensor, factor c: Double) throws -> Tensor {
    let shape = v.shape
    switch shape.count {
    case ...2:
      return try v * (1 / (1 + c * strength))
    case 3:
      // A row of an image one pixel high, along which the Laplacian is zero.
      return try solving(v.unsqueezed(2), factor: c).squeezed(2)
    default:
      let (height, width) = (shape[2], shape[3])
      let rows = try Self.symbol(height, count: height, like: v).unsqueezed(1)
      let columns = try Self.symbol(width, count: width / 2 + 1, like: v)
      let divisor = try (rows + columns) * (c * strength) + 1
      return try (v.realFourierTransform2D(height, width) / divisor)
        .inverseRealFourierTransform2D(height, width).cast(to: v.dataType)
    }
  }

  /// `2 - 2 cos(2 pi k / length)` for the first k.
  private static func symbol(_ length: Int, count: Int, like tensor: Tensor) throws -> Tensor {
    let angles = try Tensor.range(to: Double(count), .float64) * (2 * Double.pi / Double(length))
    return try (angles.cosine() * -2 + 2).cast(to: tensor.dataType).moved(to: tensor.device)
  }
}

/// A field and a diffusion that a scheme may take implicitly: `f(u) = g(u) - L u`.
///
/// L is a ``PeriodicLaplacian``. The value contains the diffusion, so every scheme steps the same equation, and a
/// semi-implicit one may split it: `u + h (f(u) + L u) = u + h g(u)` explicitly, then `(I + h L)^{-1}`. Lecture,
/// section 2.8; Haber et al. (2019), IMEXnet.
public final class DiffusionField: ResidualField {
  private let base: any ResidualField
  private let diffusion: PeriodicLaplacian

  /// Adds a diffusion to a field from a space into itself.
  public init(_ base: any ResidualField, _ diffusion: PeriodicLaplacian) {
    self.base = base
    self.diffusion = diffusion
  }

  public var branches: Int { base.branches }
  public var isSystem: Bool { base.isSystem }
  public var isLinear: Bool { base.isLinear }
  public var capabilities: Set<FieldCapability> { [.stiffSolve] }

  public func callAsFunction(_ input: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try base(input, pass) - diffusion(input)
  }

  public func callAsFunction(_ u: Tensor, branch: Int, _ pass: ForwardPass) throws -> Tensor {
    try base(u, branch: branch, pass) - diffusion(u)
  }

  public func trace(_ shape: [Int], _ table: inout LayerTable) throws -> [Int] {
    try base.trace(shape, &table)
  }

  public func trace(_ shape: [Int], branch: Int, _ table: inout LayerTable) throws -> [Int] {
    try base.trace(shape, branch: branch, &table)
  }

  public func stiffOperator(_ u: Tensor) throws -> Tensor { try diffusion(u) }

  public func solvingStiff(_ v: Tensor, factor c: Double) throws -> Tensor {
    try diffusion.solving(v, factor: c)
  }
}

/// Any kind of field with a diffusion added; where the shape changes, the field alone.
public struct DiffusionDefinition: FieldDefinition {
  /// What the diffusion is added to.
  public let base: any FieldDefinition
  /// The diffusion.
  public let diffusion: PeriodicLaplacian

  /// Adds a diffusion.
  public init(of base: any FieldDefinition, _ diffusion: PeriodicLaplacian) {
    self.base = base
    self.diffusion = diffusion
  }

  public var name: String { "\(base.name)-diffusion" }
  public var title: String { "\(base.title), with diffusion" }
  public var equation: String { "\(base.equation) + \(diffusion.strength) Laplacian u" }
  public var source: String { "\(base.source); IMEXnet, Haber et al. 2019" }
  public var states: Set<StateKind> { base.states }
  public var isPreActivated: Bool { base.isPreActivated }
  public var changesShape: Bool { base.changesShape }
  public var branches: Int { base.branches }
  public var capabilities: Set<FieldCapability> { [.stiffSolve] }
  public var layers: Int { base.layers }
  public var arguments: [ArgumentDescription] {
    base.arguments + [
      ArgumentDescription(
        "strength", standard: "\(diffusion.strength)", "factor of the Laplacian, 0 or more")
    ]
  }

  /// The pre-activation field with a weak diffusion.
  public static let preActivation = DiffusionDefinition(
    of: PreActivationDefinition(), PeriodicLaplacian.weak)

  public func configured(_ choice: NamedChoice) throws -> any FieldDefinition {
    let strength = try choice.number("strength", in: 0...1e6)
    return DiffusionDefinition(
      of: try base.configured(choice),
      try strength.map { try PeriodicLaplacian(strength: $0) } ?? diffusion)
  }

  public func make(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape, style: FieldStyle
  ) throws -> any ResidualField {
    let field = try base.make(path, in: store, shape: shape, style: style)
    guard shape.inputs == shape.outputs, shape.stride == 1 else { return field }
    return DiffusionField(field, diffusion)
  }
}
