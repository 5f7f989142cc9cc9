import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// A stage of one kind of field, without a transition: a point of fields x schemes x batch norm.
struct FieldSubject: Sendable, CustomTestStringConvertible {
  static let fields: [any FieldDefinition] = FieldCatalog.all + [ToyField.Definition()]

  static let all: [FieldSubject] = fields.flatMap { field in
    Subject.schemes.flatMap { scheme in
      [true, false].map { FieldSubject(field: field, scheme: scheme, batchNorm: $0) }
    }
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

  /// The shape of one example that the field takes: an image, or a point where it takes no images.
  func inputShape(of field: any ResidualField) -> [Int] {
    let image = [3, 6, 5]
    var table = LayerTable()
    return (try? field.trace(image, &table)) == nil ? [3] : image
  }

  /// A batch of states for a stage.
  func input(for stage: Stage) throws -> Tensor {
    try .normal([4] + inputShape(of: stage.fields[0]), seed: 8)
  }
}
