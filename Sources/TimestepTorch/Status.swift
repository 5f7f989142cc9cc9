import CTimestepTorch

/// Throws the engine's message, with the operation and its operands, when a call has failed.
///
/// The message and the operands' shapes are fetched on failure only.
@inline(__always)
func check(
  _ status: Int32, _ operation: StaticString, _ operands: @autoclosure () -> [Tensor?] = []
) throws {
  if status != 0 { throw failure(operation, operands()) }
}

@inline(never)
private func failure(_ operation: StaticString, _ operands: [Tensor?]) -> TensorError {
  let message = String(cString: tst_last_error())
  return TensorError(
    operation: operation.description,
    operands: operands.compactMap { $0?.summary },
    message: message)
}

/// Calls an engine function whose first parameter is an owned tensor it hands out.
@inline(__always)
func makeTensor(
  _ operation: StaticString, _ operands: @autoclosure () -> [Tensor?] = [],
  _ call: (UnsafeMutablePointer<tst_tensor?>) -> Int32
) throws -> Tensor {
  var handle: tst_tensor?
  try check(call(&handle), operation, operands())
  guard let handle else {
    throw TensorError(
      operation: operation.description, operands: operands().compactMap { $0?.summary },
      message: "the result is undefined")
  }
  return Tensor(owning: handle)
}

/// Lends the handles of several tensors to an engine function.
func withHandles<Result>(
  _ tensors: [Tensor], _ body: (UnsafePointer<tst_tensor?>?, Int32) throws -> Result
) rethrows -> Result {
  try withExtendedLifetime(tensors) {
    let handles: [tst_tensor?] = tensors.map(\.handle)
    return try handles.withUnsafeBufferPointer { try body($0.baseAddress, Int32($0.count)) }
  }
}

extension [Int] {
  /// Lends the numbers as the C interface wants them.
  func withInt64<Result>(_ body: (UnsafePointer<Int64>?, Int32) throws -> Result) rethrows -> Result
  {
    // Int and Int64 have one layout on the 64-bit systems this package builds for.
    try withUnsafeBufferPointer { buffer in
      try buffer.withMemoryRebound(to: Int64.self) { try body($0.baseAddress, Int32($0.count)) }
    }
  }
}
