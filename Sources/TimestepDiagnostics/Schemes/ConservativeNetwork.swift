import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// The lecture's two networks that are stable in themselves, with one matrix K in all steps, tanh and no bias.
///
/// ```
/// hamiltonian   Z+ = Z - h tanh(K^T Y),  Y+ = Y + h tanh(K Z+),  Z_0 = 0
/// leapfrog      Y_{l+1} = 2 Y_l - Y_{l-1} - h^2 K^T tanh(K Y_l)
/// ```
///
/// The numbers of K are normal with deviation 1/4, those of Y_0 with 1, in float64. Lecture, specification sections 2.5
/// and 6.4.
public struct ConservativeNetwork: Sendable {
  /// Which of the two.
  public enum Kind: String, Sendable, CaseIterable {
    case hamiltonian, leapfrog
  }

  /// Which of the two.
  public let kind: Kind
  /// Numbers in Y.
  public let dimension: Int
  /// Decides on K and Y_0.
  public let seed: UInt64

  /// Describes a network.
  public init(_ kind: Kind, dimension: Int = 16, seed: UInt64) {
    self.kind = kind
    self.dimension = dimension
    self.seed = seed
  }

  /// `|Y|` at the `steps + 1` times of steps of size h.
  public func norms(h: Double, steps: Int) throws -> [Double] {
    let store = ParameterStore(dataType: .float64)
    let style = FieldStyle(normalization: .none, activation: .tanh, bias: false)
    let shape = FieldShape(inputs: dimension)
    let path = ParameterPath.root / "field"
    let field: any ResidualField =
      switch kind {
      case .hamiltonian:
        try HamiltonianField(path, in: store, on: .points, shape: shape, style: style)
      case .leapfrog:
        try SymmetricField(path, in: store, on: .points, shape: shape, style: style)
      }
    let generator = try Generator(seed: seed)
    let start = try Tensor.empty([1, dimension], .float64)
    try generator.fillNormal(start)
    for parameter in store.trainable {
      let values = try Tensor.empty(parameter.value.shape, .float64)
      try generator.fillNormal(values, deviation: 0.25)
      try parameter.assign(values)
    }
    let scheme: any Scheme =
      kind == .hamiltonian ? SymplecticEuler.hamiltonian : SecondOrderLeapfrog.leapfrog
    return try withoutGradients {
      let stage = try Stage(
        .root, scheme: scheme, grid: TimeGrid(steps: steps, size: h), activation: .identity,
        transition: nil, fields: [any ResidualField](repeating: field, count: steps))
      var norms = [try start.length()]
      _ = try stage(start, .evaluation) { norms.append(try $0.length()) }
      return norms
    }
  }
}
