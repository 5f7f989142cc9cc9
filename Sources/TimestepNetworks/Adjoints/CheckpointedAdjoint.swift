import TimeStepping
import TimestepTorch

/// Keeps the state at the beginning of each segment of m steps and computes the segment again in the backward pass.
///
/// Memory is N / m states and the intermediate values of m steps, least for m near the square root of N; the forward
/// pass is computed twice. Source: A. Griewank and A. Walther, Evaluating Derivatives, section 12; T. Chen et al.
/// (2016), Training deep nets with sublinear memory cost.
public struct CheckpointedAdjoint: Adjoint {
  public let name = "checkpointed"
  public let title = "one state is kept every so many steps, the rest is computed again"
  public let equation = "memory N / m states + m steps"
  public let source = "Griewank and Walther; Chen et al. (2016)"
  /// The number m of steps in a segment; 0 for the square root of the number of steps.
  public let segment: Int

  /// Creates the adjoint.
  public init(segment: Int = 0) { self.segment = segment }

  public var arguments: [ArgumentDescription] {
    [
      ArgumentDescription(
        "segment", standard: "0", "steps between kept states; 0 for the square root of their number"
      )
    ]
  }

  public func configured(_ choice: NamedChoice) throws -> any Adjoint {
    CheckpointedAdjoint(segment: try choice.integer("segment", in: 0...1_000_000) ?? segment)
  }

  private func length(_ steps: Int) -> Int {
    segment > 0 ? segment : max(1, Int(Double(steps).squareRoot().rounded()))
  }

  public func keptElements(steps: [Int], state: Int) -> Int {
    let length = length(steps.count)
    let segments = stride(from: 0, to: steps.count, by: length).map {
      steps[$0..<min($0 + length, steps.count)].reduce(0, +)
    }
    return segments.count * state + (segments.max() ?? 0)
  }

  public func integrate(_ handle: FlowHandle, from start: SchemeState<Tensor>) throws
    -> SchemeState<Tensor>
  {
    let flow = handle.flow
    guard isRecordingGradients else {
      return try flow.run(flow.steps, from: start, isReplay: false)
    }
    var state = start
    let length = length(flow.steps.count)
    for first in stride(from: flow.steps.lowerBound, to: flow.steps.upperBound, by: length) {
      let segment = first..<min(first + length, flow.steps.upperBound)
      // Detached: the checkpoint itself must not keep the graph before it alive.
      let begin = state.replacing(try state.tensors.map { try $0.detached() })
      let end = try withoutGradients { try flow.run(segment, from: begin, isReplay: false) }
      let inputs = state.tensors + flow.parameters(segment).map(\.value)
      let outputs = try customGradient(end.tensors, of: inputs) { gradients in
        let results = try flow.pullBack(gradients, through: segment, from: begin)
        return results.state + results.parameters
      }
      state = end.replacing(outputs)
    }
    return state
  }
}
