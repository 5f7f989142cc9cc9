import TimestepTorch

/// A batch as tensors.
public struct TensorBatch: Sendable {
  /// `[N, C, H, W]` in channels-last memory, `[N, features]` or `[N, characters]`.
  public let inputs: Tensor
  /// Class numbers, `[N]` (int64).
  public let labels: Tensor
  /// Number of examples.
  public let count: Int
}

extension HostBatch {
  /// The batch as tensors that share the host's memory, without a copy for float32 on the CPU.
  public func tensors(_ type: DataType = .float32, on device: Device = .cpu) throws -> TensorBatch {
    let strides: [Int]
    if shape.count == 4 {
      let (channels, height, width) = (shape[1], shape[2], shape[3])
      strides = [channels * height * width, 1, width * channels, channels]
    } else {
      strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    }
    let (inputBuffer, labelBuffer) = (inputs, labels)
    let inputs = try Tensor(
      wrapping: inputBuffer.baseAddress, shape: shape, strides: strides, .float32,
      release: { withExtendedLifetime(inputBuffer) {} })
    let labels = try Tensor(
      wrapping: labelBuffer.baseAddress, shape: [count], strides: [1], .int64,
      release: { withExtendedLifetime(labelBuffer) {} })
    return TensorBatch(
      inputs: try inputs.cast(to: type).moved(to: device),
      labels: try labels.moved(to: device), count: count)
  }
}
