import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// A stage of one kind of field, without a transition: a point of fields x schemes x batch norm.
///
/// The toy field meets every scheme, and every field two of them: what a stage does with a scheme does not depend
/// on the field.
struct FieldSubject: Sendable, CustomTestStringConvertible {
  static let fields: [any FieldDefinition] = FieldCatalog.all + [ToyField.Definition()]

  static let all: [FieldSubject] = fields.flatMap { field in
    schemes(for: field).flatMap { scheme in
      [true, false].map { FieldSubject(field: field, scheme: scheme, batchNorm: $0) }
    }
  }

  private static func schemes(for field: any FieldDefinition) -> [any Scheme] {
    if field.branches > 1 { return [SymplecticEuler.hamiltonian] }
    return field.name == ToyField.Definition().name
      ? Subject.simpleSchemes : Subject.schemes.filter { ["euler", "heun"].contains($0.name) }
  }

  let field: any FieldDefinition
  let scheme: any Scheme
  let batchNorm: Bool

  var testDescription: String {
    "\(field.name), \(scheme.name), \(batchNorm ? "batch norm" : "no batch norm")"
  }

  /// A field with fresh weights.
  func makeField(
    _ path: ParameterPath, in store: ParameterStore, shape: FieldShape = FieldShape(inputs: 3)
  ) throws -> any ResidualField {
    try field.make(
      path, in: store, shape: shape, style: FieldStyle(batchNorm: batchNorm, bias: true))
  }

  /// A stage with a field of its own in each step.
  func makeStage(sizes: [Double], activation: Activation = .identity) throws -> Stage {
    let store = ParameterStore(seed: 4, dataType: .float64)
    let path = ParameterPath.root / "stage"
    return try Stage(
      path, scheme: scheme, grid: TimeGrid(sizes: sizes), activation: activation, transition: nil,
      fields: sizes.indices.map { try makeField(path / "steps" / $0 / "field", in: store) })
  }

  /// The shape of one example that the field takes.
  var inputShape: [Int] { field.smallShape }

  /// A batch of states for a stage.
  func input(for stage: Stage) throws -> Tensor { try .normal([4] + inputShape, seed: 8) }
}

extension FieldDefinition {
  /// A small example of the states that the field is defined on, with three channels.
  var smallShape: [Int] {
    if states.contains(.images) { return [3, 6, 5] }
    return states.contains(.sequences) ? [3, 7] : [3]
  }
}
