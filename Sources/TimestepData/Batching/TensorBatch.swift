import TimestepTorch

/// A batch as tensors.
public struct TensorBatch: Sendable {
  /// `[N, C, H, W]` in channels-last memory, `[N, features]` or `[N, characters]`.
  public let inputs: Tensor
  /// Class numbers, `[N]` or `[N, H, W]` (int64), or numbers, `[N, outputs]`.
  public let targets: Tensor
  /// Number of examples.
  public let count: Int

  /// Joins inputs and targets of so many examples.
  public init(inputs: Tensor, targets: Tensor, count: Int) {
    self.inputs = inputs
    self.targets = targets
    self.count = count
  }
}

extension HostBatch {
  /// Those of contiguous memory, the last axis running fastest.
  private static func strides(of shape: [Int]) -> [Int] {
    shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
  }

  /// The batch as tensors that share the host's memory, without a copy for float32 on the CPU.
  public func tensors(_ type: DataType = .float32, on device: Device = .cpu) throws -> TensorBatch {
    let strides: [Int]
    if shape.count == 4 {
      let (channels, height, width) = (shape[1], shape[2], shape[3])
      strides = [channels * height * width, 1, width * channels, channels]
    } else {
      strides = Self.strides(of: shape)
    }
    let (inputBuffer, targetBuffer) = (inputs, targets)
    let inputs = try Tensor(
      wrapping: inputBuffer.baseAddress, shape: shape, strides: strides, .float32,
      release: { withExtendedLifetime(inputBuffer) {} })
    let targets = try Tensor(
      wrapping: targetBuffer.baseAddress, shape: targetShape,
      strides: Self.strides(of: targetShape), .float32,
      release: { withExtendedLifetime(targetBuffer) {} })
    return TensorBatch(
      inputs: try inputs.cast(to: type).moved(to: device),
      targets: try targets.cast(to: task == .regression ? type : .int64).moved(to: device),
      count: count)
  }
}
