import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Stages that begin in another space.
@Suite struct TransitionTests {
  private let store = ParameterStore(dataType: .float64)
  private let path = ParameterPath.root / "stage"

  private func transition(_ place: Transition.Place) throws -> Transition {
    try Transition(
      ProjectionTransition(
        path / "transition", in: store, from: 2, to: 3, stride: 2,
        style: FieldStyle(batchNorm: true, bias: false)), place)
  }

  private func field(_ step: Int, _ shape: FieldShape) throws -> any ResidualField {
    try BasicField(
      path / "steps" / step / "field", in: store, shape: shape,
      style: FieldStyle(batchNorm: true, bias: false))
  }

  @Test(
    "On the shortcut: relu(T u + h f(u)), then the scheme", arguments: Subject.simpleSchemes.indices
  )
  func shortcut(index: Int) throws {
    let transition = try transition(.shortcut)
    let fields = try [
      field(0, FieldShape(inputs: 2, outputs: 3, stride: 2)), field(1, FieldShape(inputs: 3)),
    ]
    let stage = try Stage(
      path, scheme: Subject.simpleSchemes[index], grid: TimeGrid(sizes: [0.5, 0.25]),
      activation: .relu,
      transition: transition, fields: fields)
    let input = try Tensor.normal([2, 2, 7, 6], seed: 5)
    var states: [Tensor] = []
    let value = try stage(input, .evaluation) { states.append($0) }
    let first = try (transition.map(input, .evaluation) + fields[0](input, .evaluation) * 0.5)
      .relu()
    #expect(first.shape == [2, 3, 4, 3] && states.count == 2)
    #expect(try states[0].relativeError(to: first) <= 1e-14)
    // A scheme with a history takes the mapped state for the one before.
    let scheme = Subject.simpleSchemes[index]
    var start = try scheme.initialState(first, time: 0.5)
    (start.step, start.history) = (
      1, try scheme.history(previous: transition.map(input, .evaluation))
    )
    let field = ClosureField<Tensor> { u, point in try fields[point.step](u, .evaluation) }
    let rest = try scheme.output(scheme.step(start, size: 0.25, field: field)).relu()
    #expect(try value.relativeError(to: rest) <= 1e-14)
  }

  @Test("Before the first step: the scheme from T u on", arguments: Subject.simpleSchemes.indices)
  func before(index: Int) throws {
    let transition = try transition(.before)
    let fields = try [field(0, FieldShape(inputs: 3)), field(1, FieldShape(inputs: 3))]
    let scheme = Subject.simpleSchemes[index]
    let grid = try TimeGrid(steps: 2, size: 0.5)
    let stage = try Stage(
      path, scheme: scheme, grid: grid, activation: .relu, transition: transition, fields: fields)
    let rest = try Stage(
      path, scheme: scheme, grid: grid, activation: .relu, transition: nil, fields: fields)
    let input = try Tensor.normal([2, 2, 7, 6], seed: 5)
    let mapped = try transition.map(input, .evaluation)
    #expect(try stage(input, .evaluation).isIdentical(to: rest(mapped, .evaluation)))
  }

  @Test("A field that does not fit the state is refused by its step")
  func misfit() throws {
    let fields = try [field(0, FieldShape(inputs: 3, outputs: 4)), field(1, FieldShape(inputs: 3))]
    let stage = try Stage(
      path, scheme: ForwardEuler(), grid: TimeGrid(steps: 2, size: 1), activation: .relu,
      transition: nil, fields: fields)
    var table = LayerTable()
    let error = #expect(throws: ShapeError.self) { try stage.trace([3, 4, 4], &table) }
    #expect(
      error?.description
        == "stage.steps.0: the field's value [4, 4, 4] does not have the state's shape [3, 4, 4]")
    #expect(throws: ShapeError.self) {
      try Stage(
        path, scheme: ForwardEuler(), grid: TimeGrid(steps: 3, size: 1), activation: .relu,
        transition: nil, fields: fields)
    }
  }
}
