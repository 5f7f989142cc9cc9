import RealModule
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch
import TimestepTraining

/// Residual networks of different depth fitted to one smooth invertible map, and how near their blocks are to the
/// identity.
///
/// ```
/// F(x) = Q (x + a tanh(B x)),  |a B| < 1;     x_{l+1} = x_l + W_2 tanh(W_1 x_l + b_1) + b_2,  W_2 = b_2 = 0 at first
/// delta = max over blocks and states of |dF_l/dx|
/// ```
///
/// F is invertible because the map in brackets is the identity and a contraction; Q is a rotation. The theorem says that
/// fits with `delta = c log(2L) / L` exist; whether gradient descent from the identity finds such ones is what is
/// measured. Source: Zaeemzadeh et al. (2020), theorem 1; F and the fit are our choice.
public struct NearIdentityFit: Sendable {
  /// Coordinates of the states; even.
  public var dimension = 4
  /// Width between the two maps of a block.
  public var hidden = 16
  /// Points of the unit ball.
  public var examples = 256
  /// Steps of Adam on all points, the rate falling linearly to zero.
  public var steps = 300
  /// The first rate times the square root of the blocks: deep networks move as far in function with smaller steps.
  public var rate = 0.02
  /// Points at which Jacobians are taken.
  public var measuredPoints = 32

  /// The fit of the documentation.
  public init() {}

  /// What came out of a fit.
  public struct Measured: Sendable, Hashable {
    public var blocks: Int
    /// `max |dF_l/dx|` over blocks and points.
    public var delta: Double
    /// The extremes of `|dE/dx_l| / |dE/dx_{l+1}|` over blocks and points, E the squared error.
    public var lowest: Double
    public var highest: Double
    /// Root mean square error over that of the identity.
    public var error: Double
  }

  /// Points, uniform in direction and volume in the unit ball, and where F takes them.
  private func problem(_ generator: Generator) throws -> (inputs: Tensor, targets: Tensor) {
    let normal = try Tensor.empty([examples, dimension], .float64)
    try generator.fillNormal(normal)
    let radii = try Tensor.empty([examples, 1], .float64)
    try generator.fillUniform(radii, 0, 1)
    let inputs = try normal / normal.norm([1], keepAxes: true) * radii.power(1 / Double(dimension))
    let b = try Tensor.empty([dimension, dimension], .float64)
    try generator.fillNormal(b)
    let bend = try b * (2 / b.singularValues().max().scalar())
    // a |B| = 0.8
    let bent = try inputs + inputs.matrixProduct(bend.transposed()).tanh() * 0.4
    return (inputs, try bent.matrixProduct(rotation().transposed()))
  }

  /// Turns of pairs of coordinates by 1 radian and less.
  private func rotation() throws -> Tensor {
    var entries = [Double](repeating: 0, count: dimension * dimension)
    for first in stride(from: 0, to: dimension, by: 2) {
      let angle = 1 / (1 + Double(first) / 4)
      let (cosine, sine) = (Double.cos(angle), Double.sin(angle))
      entries[first * dimension + first] = cosine
      entries[(first + 1) * dimension + first + 1] = cosine
      entries[first * dimension + first + 1] = -sine
      entries[(first + 1) * dimension + first] = sine
    }
    return try Tensor(entries, shape: [dimension, dimension])
  }

  /// Fits L blocks and measures them.
  ///
  /// - Parameter seed: decides on F, the points, and the first weights.
  public func callAsFunction(blocks: Int, seed: UInt64) throws -> Measured {
    let (inputs, targets) = try problem(Generator(seed: seed))
    let store = ParameterStore(seed: seed, dataType: .float64)
    let style = FieldStyle(normalization: .none, activation: .tanh, bias: true)
    let path = ParameterPath.root / "blocks"
    let fields = try (0..<blocks).map {
      try DenseField(
        path / $0, in: store, shape: FieldShape(inputs: dimension, hidden: hidden), style: style)
    }
    for parameter in store.all where parameter.path.contains("linear2") {
      try parameter.assign(parameter.value.detached() * 0)
    }
    let stage = try Stage(
      path, scheme: ForwardEuler(), grid: TimeGrid(steps: blocks, size: 1), activation: .identity,
      transition: nil, fields: fields)
    let adam = try Adam(store.trainable)
    let first = rate / Double(blocks).squareRoot()
    for step in 0..<steps {
      try adam.clearGradients()
      try stage(inputs, .training).meanSquaredError(targets).backward()
      try adam.step(rate: first * (1 - Double(step) / Double(steps)))
    }
    try adam.clearGradients()
    return try measure(fields, stage, inputs, targets)
  }

  private func measure(
    _ fields: [DenseField], _ stage: Stage, _ inputs: Tensor, _ targets: Tensor
  ) throws -> Measured {
    let end = try withoutGradients { try stage(inputs, .evaluation) }
    let error = try ((end - targets).norm() / (inputs - targets).norm()).scalar()
    // The Jacobian of every block at every point, by one product of unit vectors for each coordinate.
    var states = try inputs.sliced(0..<min(measuredPoints, examples)).contiguous()
    var jacobians: [Tensor] = []
    for field in fields {
      let x = try states.detached().copied()
      try x.setRequiresGradient()
      let value = try field(x, .evaluation)
      let rows = try (0..<dimension).map { row in
        let seed = try Tensor.unit(dimension).selected(row).expanded(x.shape).contiguous()
        let gradient = try Tensor.gradients(
          of: [value], seeds: [seed], withRespectTo: [x], retainGraph: true)[0]
        return try gradient ?? x.detached() * 0
      }
      jacobians.append(try Tensor.stacked(rows, axis: 1))
      states = try (x + value).detached()
    }
    let delta = try Tensor.stacked(jacobians).singularValues().max().scalar()
    var gradient = try (states - targets.sliced(0..<states.shape[0])).unsqueezed(1)
    var (lowest, highest) = (Double.infinity, 0.0)
    for jacobian in jacobians.reversed() {
      let before = try gradient + gradient.matrixProduct(jacobian)
      let gains = try (before.norm([1, 2]) / gradient.norm([1, 2])).scalars(Double.self)
      lowest = gains.reduce(lowest, min)
      highest = gains.reduce(highest, max)
      gradient = before
    }
    return Measured(
      blocks: fields.count, delta: delta, lowest: lowest, highest: highest, error: error)
  }
}
