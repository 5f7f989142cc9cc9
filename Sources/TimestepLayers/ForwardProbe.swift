import TimestepTorch

/// Looks at the values of a network's layers in a forward pass, and at the gradients of the states between its blocks
/// in the backward pass after it, without changing either (but for the rounding of bfloat16 gradients, which are
/// otherwise summed in float32 where they meet).
///
/// ```swift
/// var pass = ForwardPass.training
/// pass.probe = ForwardProbe()
/// try objective.loss(network(inputs, pass), targets).backward()
/// for (path, norm) in pass.probe.gradientNorms { ... }
/// ```
public final class ForwardProbe: @unchecked Sendable {
  // One pass at a time uses a probe, forwards and then backwards.

  /// The path of the first layer, or step, whose value held something that is not a finite number; nil where none did
  /// or values are not looked at.
  public private(set) var firstNonFinite: String?
  private let seesValues: Bool
  private var blocks: [Int: (path: String, square: Double)] = [:]

  /// Creates a probe.
  ///
  /// - Parameter seesValues: whether each layer's value is looked at, for which it is read as a whole.
  public init(seesValues: Bool = false) { self.seesValues = seesValues }

  /// Notes the path if it is the first with a value that is not finite.
  public func see(_ value: Tensor, of path: ParameterPath) throws {
    guard seesValues, firstNonFinite == nil else { return }
    if try !value.isAllFinite { firstNonFinite = path.description }
  }

  /// A state at the end of a block, the same as was given; where gradients are recorded, that of the state will be
  /// measured when it comes.
  ///
  /// - Parameters:
  ///   - block: its number from 1 over the whole network; 0 for the state before the first.
  ///   - path: its place. A state of two streams is given in two parts.
  public func boundary(_ state: Tensor, of block: Int, _ path: ParameterPath) throws -> Tensor {
    try see(state, of: path)
    guard isRecordingGradients, try state.requiresGradient else { return state }
    // Memory is not held: the norm is taken when the gradient passes.
    return try customGradient([state], of: [state]) { [self] gradients in
      if let gradient = gradients[0] {
        let values = try withoutGradients { try gradient.cast(to: .float64) }
        let norm = try Foreach.norm([values])
        blocks[block, default: (path.description, 0)].square += norm * norm
      }
      return gradients
    }[0]
  }

  /// The norm of the loss's gradient with respect to the state after each block, from the first block on; the first
  /// entry is the state before it.
  public var gradientNorms: [(path: String, norm: Double)] {
    blocks.sorted { $0.key < $1.key }.map { ($0.value.path, $0.value.square.squareRoot()) }
  }
}
