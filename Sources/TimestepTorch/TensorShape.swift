import CTimestepTorch

extension Tensor {
  /// The same elements in another shape; one length may be -1.
  public func reshaped(_ shape: [Int]) throws -> Tensor {
    try makeTensor("reshaped", [self]) { out in
      shape.withInt64 { tst_reshape(out, handle, $0, $1) }
    }
  }

  /// All axes from the given one on joined into one.
  public func flattened(from axis: Int = 0) throws -> Tensor {
    guard axis >= 0, axis <= rank else {
      throw TensorError(
        operation: "flattened", operands: [summary], message: "there is no axis \(axis)")
    }
    let shape = shape
    return try reshaped(shape[..<axis] + [shape[axis...].reduce(1, &*)])
  }

  /// The axes in another order.
  public func permuted(_ axes: [Int]) throws -> Tensor {
    try makeTensor("permuted", [self]) { out in
      axes.withInt64 { tst_permute(out, handle, $0, $1) }
    }
  }

  /// The last two axes exchanged.
  public func transposed() throws -> Tensor {
    let rank = rank
    guard rank >= 2 else {
      throw TensorError(
        operation: "transposed", operands: [summary], message: "at least two axes are needed")
    }
    return try permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// A view in which axes of length 1 repeat.
  public func expanded(_ shape: [Int]) throws -> Tensor {
    try makeTensor("expanded", [self]) { out in
      shape.withInt64 { tst_expand(out, handle, $0, $1) }
    }
  }

  /// Every `step`-th element of a range along an axis.
  public func sliced(_ range: Range<Int>, axis: Int = 0, step: Int = 1) throws -> Tensor {
    try makeTensor("sliced", [self]) {
      tst_slice(
        $0, handle, Int64(axis), Int64(range.lowerBound), Int64(range.upperBound), Int64(step))
    }
  }

  /// One element along an axis, which disappears.
  public func selected(_ index: Int, axis: Int = 0) throws -> Tensor {
    try makeTensor("selected", [self]) { tst_select($0, handle, Int64(axis), Int64(index)) }
  }

  /// The elements at the given places (int64) along an axis.
  public func gathered(_ indices: Tensor, axis: Int = 0) throws -> Tensor {
    try makeTensor("gathered", [self, indices]) {
      tst_index_select($0, handle, Int64(axis), indices.handle)
    }
  }

  /// Without an axis of length 1.
  public func squeezed(_ axis: Int) throws -> Tensor {
    try makeTensor("squeezed", [self]) { tst_squeeze($0, handle, Int64(axis)) }
  }

  /// With a new axis of length 1.
  public func unsqueezed(_ axis: Int) throws -> Tensor {
    try makeTensor("unsqueezed", [self]) { tst_unsqueeze($0, handle, Int64(axis)) }
  }

  /// Reversed along the given axes.
  public func flipped(_ axes: [Int]) throws -> Tensor {
    try makeTensor("flipped", [self]) { out in axes.withInt64 { tst_flip(out, handle, $0, $1) } }
  }

  /// Constant padding: `(before, after)` of the last axis first, then of the one before it.
  public func padded(_ amounts: [(before: Int, after: Int)], value: Double = 0) throws -> Tensor {
    try makeTensor("padded", [self]) { out in
      amounts.flatMap { [$0.before, $0.after] }.withInt64 { tst_pad(out, handle, $0, $1, value) }
    }
  }

  /// Tensors joined along an existing axis.
  public static func concatenated(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    try makeTensor("concatenated", tensors) { out in
      withHandles(tensors) { tst_cat(out, $0, $1, Int64(axis)) }
    }
  }

  /// Tensors of one shape joined along a new axis.
  public static func stacked(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    try makeTensor("stacked", tensors) { out in
      withHandles(tensors) { tst_stack(out, $0, $1, Int64(axis)) }
    }
  }

  /// Complex numbers as pairs (real, imaginary) along a new last axis.
  public func realPairs() throws -> Tensor {
    try makeTensor("realPairs", [self]) { tst_view_as_real($0, handle) }
  }

  /// Pairs along the last axis as complex numbers.
  public func complexFromPairs() throws -> Tensor {
    try makeTensor("complexFromPairs", [self]) { tst_view_as_complex($0, handle) }
  }
}
