import CTimestepTorch

/// Where a tensor's memory is and its operations run.
public enum Device: Sendable, Hashable, CustomStringConvertible {
  /// The processor.
  case cpu
  /// An NVIDIA GPU by its number; call ``Torch/loadCUDA()`` first.
  case cuda(Int)

  /// The name as in PyTorch, e.g. `cuda:0`.
  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }

  var raw: tst_device {
    switch self {
    case .cpu: tst_device(kind: TST_CPU, index: 0)
    case .cuda(let index): tst_device(kind: TST_CUDA, index: Int32(clamping: index))
    }
  }

  init(_ raw: tst_device) {
    self = raw.kind == TST_CUDA ? .cuda(Int(raw.index)) : .cpu
  }
}

/// The order of a 4-dimensional tensor's elements in memory; the shape is `[N, C, H, W]` either way.
public enum MemoryFormat: Sendable {
  /// Row by row, channel by channel.
  case contiguous
  /// The channels of a pixel side by side (NHWC), which convolutions on the CPU prefer.
  case channelsLast

  var raw: tst_memory_format {
    switch self {
    case .contiguous: TST_CONTIGUOUS
    case .channelsLast: TST_CHANNELS_LAST
    }
  }
}
