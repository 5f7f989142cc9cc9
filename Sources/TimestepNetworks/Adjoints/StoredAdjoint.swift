import TimeStepping
import TimestepTorch

/// Keeps every intermediate value of every step: the ordinary backward pass.
public struct StoredAdjoint: Adjoint {
  public let name = "stored"
  public let title = "every intermediate value is kept"
  public let equation = "memory grows with the number of evaluations"
  public let source = "ordinary back-propagation"

  public let isFrugal = false

  /// Creates the adjoint.
  public init() {}

  public func keptElements(steps: [Int], state: Int) -> Int { steps.reduce(0, +) }

  public func integrate(_ handle: FlowHandle, from start: SchemeState<Tensor>) throws
    -> SchemeState<Tensor>
  {
    try handle.flow.run(handle.flow.steps, from: start, isReplay: false)
  }
}
