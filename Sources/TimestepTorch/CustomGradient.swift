import CTimestepTorch
import Synchronization

/// Gives values, computed in whatever way, a backward pass of the caller's.
///
/// ```
/// y = values,  dL/dx = backward(dL/dy)
/// ```
///
/// - Parameters:
///   - values: what the operation has computed; nothing recorded about them is kept.
///   - inputs: what they depend on.
///   - backward: is given one gradient for each value (nil where the loss does not depend on it) and returns one
///     for each input (nil for none). It runs at most once, during a backward pass, and may record and
///     differentiate operations of its own; it is released as soon as it has run. Errors it throws reach the
///     caller of the backward pass.
/// - Returns: the values as results of a recorded operation; without recording where nothing is to be recorded.
public func customGradient(
  _ values: [Tensor], of inputs: [Tensor],
  backward: @escaping ([Tensor?]) throws -> [Tensor?]
) throws -> [Tensor] {
  let context = Unmanaged.passRetained(BackwardPass(backward)).toOpaque()
  var results = [tst_tensor?](repeating: nil, count: values.count)
  let status = results.withUnsafeMutableBufferPointer { results in
    withHandles(values) { values, valueCount in
      withHandles(inputs) { inputs, inputCount in
        tst_custom_function(
          results.baseAddress, values, valueCount, inputs, inputCount, runBackward,
          { context in
            if let context { Unmanaged<BackwardPass>.fromOpaque(context).release() }
          }, context)
      }
    }
  }
  try check(status, "customGradient", values)
  return results.compactMap { $0.map(Tensor.init(owning:)) }
}

private final class BackwardPass {
  let run: ([Tensor?]) throws -> [Tensor?]
  init(_ run: @escaping ([Tensor?]) throws -> [Tensor?]) { self.run = run }
}

/// Runs the Swift closure behind a context between borrowed and owned handles.
private func runBackward(
  _ context: UnsafeMutableRawPointer?, _ given: UnsafePointer<tst_tensor?>?, _ givenCount: Int32,
  _ made: UnsafeMutablePointer<tst_tensor?>?, _ madeCount: Int32
) -> Int32 {
  guard let context else { return 1 }
  let pass = Unmanaged<BackwardPass>.fromOpaque(context).takeUnretainedValue()
  do {
    let gradients = try (0..<Int(givenCount)).map { index in
      try given?[index].map { try Tensor.sharing($0) }
    }
    let results = try pass.run(gradients)
    guard results.count == Int(madeCount) else {
      throw TensorError(
        operation: "customGradient",
        message: "\(results.count) gradients for \(madeCount) inputs")
    }
    for (index, result) in results.enumerated() {
      made?[index] = try result?.handedOut()
    }
    return 0
  } catch {
    BackwardFailure.keep(error)
    tst_set_last_error("\(error)")
    return 1
  }
}

/// The error of a backward closure, on its way through libtorch, which knows only its text.
enum BackwardFailure {
  private static let pending = Mutex<(any Error)?>(nil)

  static func keep(_ error: any Error) { pending.withLock { $0 = error } }

  /// Throws the closure's own error if there is one, and checks the status otherwise.
  static func check(_ status: Int32, _ operation: StaticString, _ operands: [Tensor?]) throws {
    if status == 0 { return }
    let error = pending.withLock { pending in
      defer { pending = nil }
      return pending
    }
    if let error { throw error }
    try TimestepTorch.check(status, operation, operands)
  }
}

extension Tensor {
  /// A tensor of its own that shares the storage of a borrowed handle.
  fileprivate static func sharing(_ handle: tst_tensor) throws -> Tensor {
    try makeTensor("customGradient") { tst_detach($0, handle) }
  }

  /// An owned handle that shares this tensor's storage.
  fileprivate func handedOut() throws -> tst_tensor? {
    var handle: tst_tensor?
    try check(tst_detach(&handle, self.handle), "customGradient", [self])
    return handle
  }
}

/// Runs the closure with operations recorded for differentiation, as inside a backward pass that computes a part of
/// the forward pass again.
public func withGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  let before = tst_grad_mode()
  tst_set_grad_mode(true)
  defer { tst_set_grad_mode(before) }
  return try body()
}

/// Whether operations are being recorded for differentiation.
public var isRecordingGradients: Bool { tst_grad_mode() }
