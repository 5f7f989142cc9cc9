import CTimestepTorch

extension Tensor {
  /// The elements in row order, converted to the given type.
  public func scalars<Scalar: TensorScalar>(_ type: Scalar.Type) throws -> [Scalar] {
    let plain = try detached().moved(to: .cpu).cast(to: Scalar.dataType).contiguous()
    let count = plain.count
    return try plain.withMutableBytes { bytes in
      [Scalar](unsafeUninitializedCapacity: count) { target, initialized in
        UnsafeMutableRawBufferPointer(target).copyMemory(from: UnsafeRawBufferPointer(bytes))
        initialized = count
      }
    }
  }

  /// The single element as a number.
  public func scalar() throws -> Double { try read("scalar", into: 0, tst_item) }

  /// Lends the memory of a tensor that is contiguous (in either order) and on the CPU.
  public func withMutableBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard try isContiguous() || (rank == 4 && isContiguous(.channelsLast)) else {
      throw TensorError(
        operation: "withMutableBytes", operands: [summary],
        message: "the elements do not lie without gaps; call contiguous() first")
    }
    let size = try count * dataType.byteCount
    let start = try read("withMutableBytes", into: nil as UnsafeMutableRawPointer?, tst_data)
    return try withExtendedLifetime(self) {
      try body(UnsafeMutableRawBufferPointer(start: size == 0 ? nil : start, count: size))
    }
  }

  /// A copy with elements of another type; the tensor itself if it has that type already.
  public func cast(to type: DataType) throws -> Tensor {
    let device = try device
    return try makeTensor("cast", [self]) { tst_to($0, handle, type.raw, device.raw) }
  }

  /// A copy on another device; the tensor itself if it is there already.
  public func moved(to device: Device) throws -> Tensor {
    let type = try dataType
    return try makeTensor("moved", [self]) { tst_to($0, handle, type.raw, device.raw) }
  }

  /// A tensor whose elements lie without gaps in the given order; the tensor itself if they do.
  public func contiguous(_ format: MemoryFormat = .contiguous) throws -> Tensor {
    try makeTensor("contiguous", [self]) { tst_contiguous($0, handle, format.raw) }
  }

  /// A copy with memory of its own.
  public func copied() throws -> Tensor {
    try makeTensor("copied", [self]) { tst_clone($0, handle) }
  }

  /// The same elements outside the record of operations: no gradient flows through.
  public func detached() throws -> Tensor {
    try makeTensor("detached", [self]) { tst_detach($0, handle) }
  }

  /// Overwrites the elements with those of another tensor of the same (or a broadcastable) shape.
  public func copyInPlace(from source: Tensor) throws {
    try check(tst_copy_(handle, source.handle), "copyInPlace", [self, source])
  }

  /// Overwrites every element.
  public func fill(_ value: Double) throws { try check(tst_fill_(handle, value), "fill", [self]) }
}
