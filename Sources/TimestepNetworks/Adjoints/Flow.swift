import TimeStepping
import TimestepLayers
import TimestepTorch

/// The steps of a stage as an adjoint sees them: forwards, backwards, and the parameters each of them reads.
///
/// A state is a list of tensors here, the newest first, as ``TimeStepping/SchemeState`` carries it.
struct Flow {
  /// What makes the steps.
  let scheme: any Scheme
  /// The numbers of the steps.
  let steps: Range<Int>
  /// The parameters that the given steps read.
  let parameters: (Range<Int>) -> [Parameter]
  /// Computes what the given steps combine of parameters anew; before they are computed again for gradients.
  let refresh: (Range<Int>) throws -> Void
  /// The state after a step; `isReplay` where it was computed before.
  let step: (_ state: SchemeState<Tensor>, _ isReplay: Bool) throws -> SchemeState<Tensor>
  /// The state before a step, for schemes that have an inverse.
  let stepBack: (_ state: SchemeState<Tensor>) throws -> SchemeState<Tensor>

  /// The state after all given steps.
  func run(_ steps: Range<Int>, from start: SchemeState<Tensor>, isReplay: Bool) throws
    -> SchemeState<Tensor>
  {
    try steps.reduce(start) { state, _ in try step(state, isReplay) }
  }

  /// The gradients of the states before some steps and of what these read, from those of the states after them:
  /// the steps are computed again, recorded, and differentiated.
  ///
  /// - Returns: one gradient for each tensor of `start` and for each of `parameters(steps)`.
  func pullBack(
    _ gradients: [Tensor?], through steps: Range<Int>, from start: SchemeState<Tensor>
  ) throws -> (state: [Tensor?], parameters: [Tensor?]) {
    try withGradients {
      let leaves = try start.tensors.map { tensor in
        let leaf = try tensor.detached()
        try leaf.setRequiresGradient()
        return leaf
      }
      let values = parameters(steps).map(\.value)
      try refresh(steps)
      let end = try run(steps, from: start.replacing(leaves), isReplay: true)
      let used = zip(end.tensors, gradients).compactMap { tensor, gradient in
        gradient.map { (tensor, $0) }
      }
      let results = try Tensor.gradients(
        of: used.map(\.0), seeds: used.map(\.1), withRespectTo: leaves + values)
      return (Array(results[..<leaves.count]), Array(results[leaves.count...]))
    }
  }
}

extension SchemeState<Tensor> {
  /// The newest state and the history.
  var tensors: [Tensor] { [current] + history }

  /// The same step and time with other tensors, as many.
  func replacing(_ tensors: [Tensor]) -> SchemeState {
    var state = self
    state.current = tensors[0]
    state.history = Array(tensors.dropFirst())
    return state
  }
}

/// Gradients of parameters that several steps read, summed.
struct GradientSum {
  private var sums: [ObjectIdentifier: Tensor] = [:]

  /// Adds a gradient where there is one.
  mutating func add(_ parameters: [Parameter], _ gradients: [Tensor?]) throws {
    for (parameter, gradient) in zip(parameters, gradients) {
      guard let gradient else { continue }
      let key = ObjectIdentifier(parameter)
      sums[key] = try sums[key].map { try $0 + gradient } ?? gradient
    }
  }

  /// The sum for a parameter.
  subscript(parameter: Parameter) -> Tensor? { sums[ObjectIdentifier(parameter)] }
}
