import CTimestepTorch

extension Tensor {
  /// Whether operations on the tensor are recorded for differentiation.
  public var requiresGradient: Bool {
    get throws { try read("requiresGradient", into: false, tst_requires_grad) }
  }

  /// Starts or stops recording operations on a tensor that is not itself the result of one.
  public func setRequiresGradient(_ required: Bool = true) throws {
    try check(tst_set_requires_grad(handle, required), "setRequiresGradient", [self])
  }

  /// The gradient that ``backward(_:retainGraph:)`` has accumulated.
  public var gradient: Tensor? {
    get throws {
      let handle = try read("gradient", into: nil as tst_tensor?, tst_grad)
      return handle.map(Tensor.init(owning:))
    }
  }

  /// Replaces the accumulated gradient; nil removes it and frees its memory.
  public func setGradient(_ gradient: Tensor?) throws {
    try check(tst_set_grad(handle, gradient?.handle), "setGradient", [self, gradient])
  }

  /// Adds the gradient of this scalar to every leaf it depends on (or, for any shape, of its product with a
  /// given gradient).
  public func backward(_ gradient: Tensor? = nil, retainGraph: Bool = false) throws {
    try BackwardFailure.check(
      tst_backward(handle, gradient?.handle, retainGraph), "backward", [self, gradient])
  }

  /// The gradients of `sum_i <outputs_i, seeds_i>` with respect to the inputs, without touching accumulated ones.
  ///
  /// - Parameters:
  ///   - seeds: one per output; may be left out when every output is a scalar.
  ///   - createGraph: record the computation, so that the gradients can be differentiated again.
  /// - Returns: one gradient per input; nil where no output depends on it.
  public static func gradients(
    of outputs: [Tensor], seeds: [Tensor]? = nil, withRespectTo inputs: [Tensor],
    retainGraph: Bool = false, createGraph: Bool = false
  ) throws -> [Tensor?] {
    if let seeds, seeds.count != outputs.count {
      throw TensorError(
        operation: "gradients", message: "\(seeds.count) seeds for \(outputs.count) outputs")
    }
    var results = [tst_tensor?](repeating: nil, count: inputs.count)
    let status = results.withUnsafeMutableBufferPointer { results in
      withHandles(outputs) { outputs, outputCount in
        withHandles(seeds ?? []) { seedHandles, _ in
          withHandles(inputs) { inputs, inputCount in
            tst_gradients(
              results.baseAddress, outputs, seeds == nil ? nil : seedHandles, outputCount, inputs,
              inputCount, retainGraph || createGraph, createGraph)
          }
        }
      }
    }
    try BackwardFailure.check(status, "gradients", outputs)
    return results.map { $0.map(Tensor.init(owning:)) }
  }
}

/// Runs the closure without recording operations for differentiation.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  let before = tst_grad_mode()
  tst_set_grad_mode(false)
  defer { tst_set_grad_mode(before) }
  return try body()
}
