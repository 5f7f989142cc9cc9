import RealModule
import TimeStepping
import TimestepTorch

/// Keeps only the last state and rebuilds each one from the next by the scheme's inverse.
///
/// Memory does not grow with the number of steps; each step is evaluated once more backwards and once more forwards.
/// The rebuilt states differ from the first ones by rounding, which grows by ``ReversibleScheme/inverseErrorGrowth``
/// in every step: where that alone would spoil the gradient, the adjoint is refused. Where the field makes it grow
/// too, the first state that is rebuilt differs from the one that was there, and the backward pass ends with an error
/// instead of a wrong gradient. Source: Gomez et al. (2017), The
/// reversible residual network; Chang et al. (2018).
public struct ReversibleAdjoint: Adjoint {
  public let name = "reversible"
  public let title = "states are rebuilt by the scheme's inverse"
  public let equation = "u_l = inverse(u_{l+1}), memory of one step"
  public let source = "Gomez et al. (2017); Chang et al. (2018)"

  /// The relative error of the first state that is accepted before anything is computed.
  static let expectedBound = 1e-4
  /// The relative error of the first state that is accepted when it was rebuilt.
  ///
  /// Schemes with two streams give gradients that are wrong by about ten times as much, those that take the
  /// difference of two states by about a thousand times (measured; decision 11): some percent at most.
  static func bound(_ scheme: any Scheme) -> Double { scheme is any TwoStepScheme ? 2e-5 : 1e-3 }

  /// Creates the adjoint.
  public init() {}

  public func refusal(_ stage: AdjointContext) -> String? {
    guard let scheme = stage.scheme as? any ReversibleScheme else {
      return "the scheme \(stage.scheme.name) has no inverse; use stored or checkpointed"
    }
    guard stage.activation == .identity else {
      return "the activation \(stage.activation.rawValue) after each step has no inverse; "
        + "use post-activation identity"
    }
    guard scheme.inverseErrorGrowth.isFinite else {
      return "the inverse of the scheme \(scheme.name) divides by a k that may be zero; "
        + "use a constant |k| near 1, or checkpointed"
    }
    if stage.dataType == .bfloat16 {
      return
        "states that are rounded to bfloat16 cannot be rebuilt; use precision fp32, or checkpointed"
    }
    let rounding = stage.dataType == .float64 ? 1.1e-16 : 6e-8
    let error = rounding * .pow(scheme.inverseErrorGrowth, Double(stage.steps))
    guard error <= Self.expectedBound else {
      return "rounding errors grow by \(scheme.inverseErrorGrowth) in each step back, over "
        + "\(stage.steps) steps to \(error) of the state; use |k| nearer to 1, or checkpointed"
    }
    return nil
  }

  public func keptElements(steps: [Int], state: Int) -> Int { state + (steps.max() ?? 0) }

  public func integrate(_ handle: FlowHandle, from start: SchemeState<Tensor>) throws
    -> SchemeState<Tensor>
  {
    let flow = handle.flow
    guard isRecordingGradients, !flow.steps.isEmpty else {
      return try flow.run(flow.steps, from: start, isReplay: false)
    }
    let begin = start.replacing(try start.tensors.map { try $0.detached() })
    let end = try withoutGradients { try flow.run(flow.steps, from: begin, isReplay: false) }
    let first = try StateSample(begin)
    let parameters = flow.parameters(flow.steps)
    let inputs = start.tensors + parameters.map(\.value)
    let count = start.tensors.count
    let outputs = try customGradient(end.tensors, of: inputs) { gradients in
      var (state, gradients) = (end, gradients)
      var sum = GradientSum()
      for step in flow.steps.reversed() {
        state = try withoutGradients { try flow.stepBack(state) }
        let results = try flow.pullBack(gradients, through: step..<step + 1, from: state)
        gradients = results.state
        try sum.add(flow.parameters(step..<step + 1), results.parameters)
      }
      try first.check(state, from: end, flow)
      // A scheme that starts without history gains one: the gradients are those of what it started from.
      return Array(gradients.prefix(count)) + parameters.map { sum[$0] }
    }
    return end.replacing(outputs)
  }
}

/// The first example of a state, to compare with what was rebuilt of it.
private struct StateSample {
  let tensors: [Tensor]

  init(_ state: SchemeState<Tensor>) throws {
    tensors = try state.tensors.map { try $0.sliced(0..<1).copied() }
  }

  /// Throws ``OptionError`` where rounding has grown into something that would spoil gradients.
  ///
  /// The error is relative to the largest part of the first and of the last state: a part that begins at zero has no
  /// size of its own.
  func check(_ rebuilt: SchemeState<Tensor>, from end: SchemeState<Tensor>, _ flow: Flow) throws {
    let (distance, size) = try withoutGradients {
      let parts = try zip(tensors, rebuilt.tensors).map { before, after in
        (try (after.sliced(0..<1) - before).norm(), try before.norm())
      }
      let last = try end.tensors.map { try $0.sliced(0..<1).norm() }
      return (parts.map(\.0).max() ?? 0, (parts.map(\.1) + last).max() ?? 0)
    }
    guard distance <= ReversibleAdjoint.bound(flow.scheme) * size else {
      throw OptionError(
        "adjoint", "reversible",
        "the state rebuilt over \(flow.steps.count) steps differs by \(distance / size) of its size from the one "
          + "that was there, so that gradients would be wrong; use a smaller h, precision fp64 or "
          + "checkpointed")
    }
  }
}

extension Tensor {
  /// The Euclidean norm.
  fileprivate func norm() throws -> Double {
    let values = try cast(to: .float64)
    return try (values * values).sum().scalar().squareRoot()
  }
}
