import Testing
import TimeStepping
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// A stage is its scheme on its fields.
@Suite struct StageTests {
  private static let sizes = [0.3, 0.1, 0.7, 0.2]

  /// The states after each step, the first before them.
  private func states(
    _ stage: Stage, _ input: Tensor, _ pass: ForwardPass = .evaluation
  ) throws -> [Tensor] {
    var states = [input]
    _ = try stage(input, pass) { states.append($0) }
    return states
  }

  @Test("With h = 0 and no activation a stage is the identity", arguments: FieldSubject.all)
  func identity(subject: FieldSubject) throws {
    guard subject.scheme.order != nil else { return }
    let stage = try subject.makeStage(sizes: [0, 0, 0])
    let input = try subject.input(for: stage)
    for pass in [ForwardPass.training, .evaluation] {
      #expect(try stage(input, pass).relativeError(to: input) <= 1e-15)
    }
  }

  @Test("The scheme run on a closure gives the same states", arguments: FieldSubject.all)
  func closure(subject: FieldSubject) throws {
    let stage = try subject.makeStage(sizes: Self.sizes)
    let input = try subject.input(for: stage)
    let field = ClosureField<Tensor> { u, point in
      try stage.fields[point.step](u, branch: point.branch, .evaluation)
    }
    let expected = try trajectory(input, field: field, scheme: subject.scheme, grid: stage.grid)
    let states = try states(stage, input)
    #expect(states.count == expected.count)
    for (state, expected) in zip(states, expected) {
      let error = try state.relativeError(to: expected)
      Worst.scheme.note(error, subject.testDescription)
      #expect(error <= 1e-14)
    }
  }

  @Test("The activation follows each step", arguments: FieldSubject.all)
  func activation(subject: FieldSubject) throws {
    guard subject.scheme.statesCarried == 1 else { return }
    for activation in Activation.allCases {
      let stage = try subject.makeStage(sizes: Self.sizes, activation: activation)
      let states = try states(stage, subject.input(for: stage))
      for step in 0..<stage.grid.steps {
        let single = try Stage(
          ParameterPath.root, scheme: subject.scheme, grid: TimeGrid(sizes: [Self.sizes[step]]),
          activation: .identity, transition: nil, fields: [stage.fields[step]])
        let expected = try activation(single(states[step], .evaluation))
        #expect(try states[step + 1].relativeError(to: expected) <= 1e-15)
      }
    }
  }

  private static let euler = FieldSubject.all.filter { $0.scheme.name == ForwardEuler().name }

  @Test("Forward Euler is a loop over the fields", arguments: euler)
  func loop(subject: FieldSubject) throws {
    let stage = try subject.makeStage(sizes: Self.sizes, activation: .relu)
    let input = try subject.input(for: stage)
    var u = input
    for (h, field) in zip(Self.sizes, stage.fields) {
      u = try (u + field(u, .evaluation) * h).relu()
    }
    #expect(try stage(input, .evaluation).relativeError(to: u) <= 1e-14)
  }

  @Test(
    "Without activation, x_N = x_n + h (F(x_n) + ... + F(x_{N-1})) for every n", arguments: euler)
  func telescoping(subject: FieldSubject) throws {
    for h in [1, 0.1, 20] {
      let stage = try subject.makeStage(sizes: [h, h, h, h, h])
      for pass in [ForwardPass.evaluation, .training] {
        let states = try states(stage, subject.input(for: stage), pass)
        var sum = try Tensor.zeros(states[0].shape, .float64)
        for n in (0..<stage.grid.steps).reversed() {
          sum = try sum + stage.fields[n](states[n], pass)
          let error = try states[n].adding(sum, scaledBy: h).relativeError(to: states[5])
          Worst.telescoping.note(error, subject.testDescription)
          #expect(error <= 1e-12)
        }
      }
    }
  }

  @Test("A step size of zero keeps also a whole network's states", arguments: Subject.all)
  func network(subject: Subject) throws {
    let network = try subject.make(h: 0)
    var state = try network.stem(subject.input(), .evaluation)
    for stage in network.stages {
      guard stage.scheme.name == ForwardEuler().name, stage.activation == .identity,
        stage.transition?.place != .absent, stage.noise.name == NoNoise().name
      else { return }
      state = try stage.inlet?(state, .evaluation) ?? state
      let mapped = try stage.transition?.map(state, .evaluation) ?? state
      state = try stage(state, .evaluation)
      #expect(try state.isIdentical(to: mapped))
    }
  }
}
