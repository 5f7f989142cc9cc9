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
  /// The time spent on gradients: what measuring adds to a backward pass, but for the calls themselves.
  public private(set) var duration = Duration.zero
  private let seesValues: Bool
  private let keepsStates: Bool
  private var boundaries: [Int: (path: String, square: Double)] = [:]
  private var kept: [Int: (path: String, parts: [Kept])] = [:]

  /// A state between two blocks, or a part of one, and its gradient once that has come.
  private struct Kept {
    let state: Tensor
    var gradient: Tensor?
  }

  /// Creates a probe.
  ///
  /// - Parameters:
  ///   - seesValues: whether each layer's value is looked at, for which it is read as a whole.
  ///   - keepsStates: whether the states between blocks, and their gradients, are copied.
  public init(seesValues: Bool = false, keepsStates: Bool = false) {
    self.seesValues = seesValues
    self.keepsStates = keepsStates
  }

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
    try boundary(state, at: 2 * block, path)
  }

  /// A state between two blocks, as after a transition that stands by itself, and the network's input before block 0.
  public func boundary(_ state: Tensor, before block: Int, _ path: ParameterPath) throws -> Tensor {
    try boundary(state, at: 2 * block - 1, path)
  }

  private func boundary(_ state: Tensor, at place: Int, _ path: ParameterPath) throws -> Tensor {
    try see(state, of: path)
    if keepsStates {
      // Its memory may be used again by what follows.
      let copy = try state.detached().copied()
      kept[place, default: (path.description, [])].parts.append(Kept(state: copy))
    }
    let part = (kept[place]?.parts.count ?? 0) - 1
    guard isRecordingGradients, try state.requiresGradient else { return state }
    // Memory is not held: the norm is taken when the gradient passes.
    return try customGradient([state], of: [state]) { [self] gradients in
      if let gradient = gradients[0] {
        let clock = ContinuousClock.now
        let norm = try Self.norm(gradient)
        boundaries[place, default: (path.description, 0)].square += norm * norm
        duration += ContinuousClock.now - clock
        if part >= 0 { kept[place]?.parts[part].gradient = try gradient.detached().copied() }
      }
      return gradients
    }[0]
  }

  /// The Euclidean norm; in float64 where squares of the gradient's own type are too small or too large, or too few
  /// digits.
  private static func norm(_ gradient: Tensor) throws -> Double {
    try withoutGradients {
      let type = try gradient.dataType
      let isWide = type == .float32 || type == .float64
      let norm = try isWide ? Foreach.norm([gradient]) : 0
      if type == .float64 || (norm.isFinite && norm > 1e-12) { return norm }
      return try Foreach.norm([gradient.cast(to: .float64)])
    }
  }

  /// The norm of the loss's gradient with respect to the state after each block, from the first block on; the first
  /// entry is the state before it, or the network's input where its gradient was asked for.
  public var gradientNorms: [(path: String, norm: Double)] {
    boundaries.sorted { $0.key < $1.key }.map { ($0.value.path, $0.value.square.squareRoot()) }
  }

  /// The states between blocks, in the order of time, and their gradients where these came; both halves of a state of
  /// two streams joined. None where they are not kept.
  public func states() throws -> [(path: String, state: Tensor, gradient: Tensor?)] {
    try kept.sorted { $0.key < $1.key }.map { _, it in
      let gradients = it.parts.compactMap(\.gradient)
      return (
        it.path, try Self.joined(it.parts.map(\.state)),
        gradients.count == it.parts.count ? try Self.joined(gradients) : nil
      )
    }
  }

  private static func joined(_ parts: [Tensor]) throws -> Tensor {
    parts.count == 1 ? parts[0] : try .concatenated(parts, axis: 1)
  }
}
