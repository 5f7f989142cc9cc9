import CTimestepTorch

extension Tensor {
  /// Window, stride and padding of a pooling along `axes` spatial axes, lent to the C interface.
  private func pooled(
    _ name: StaticString, _ kernel: Int, _ stride: Int, _ padding: Int, axes: Int,
    _ call: (
      UnsafeMutablePointer<tst_tensor?>?, tst_tensor?, UnsafePointer<Int64>?,
      UnsafePointer<Int64>?, UnsafePointer<Int64>?, Int32
    ) -> Int32
  ) throws -> Tensor {
    try makeTensor(name, [self]) { out in
      [Int](repeating: kernel, count: axes).withInt64 { window, spatial in
        [Int](repeating: stride, count: axes).withInt64 { stride, _ in
          [Int](repeating: padding, count: axes).withInt64 { padding, _ in
            call(out, handle, window, stride, padding, spatial)
          }
        }
      }
    }
  }

  /// The largest element of each window of `[N, C, L]`.
  public func maxPool1D(_ kernel: Int, stride: Int, padding: Int = 0) throws -> Tensor {
    try pooled("maxPool1D", kernel, stride, padding, axes: 1, tst_max_pool)
  }
  /// The largest element of each window of `[N, C, H, W]`.
  public func maxPool2D(_ kernel: Int, stride: Int, padding: Int = 0) throws -> Tensor {
    try pooled("maxPool2D", kernel, stride, padding, axes: 2, tst_max_pool)
  }
  /// The mean of each window of `[N, C, L]`; padding does not count.
  public func averagePool1D(_ kernel: Int, stride: Int, padding: Int = 0) throws -> Tensor {
    try pooled("averagePool1D", kernel, stride, padding, axes: 1, tst_average_pool)
  }
  /// The mean of each window of `[N, C, H, W]`; padding does not count.
  public func averagePool2D(_ kernel: Int, stride: Int, padding: Int = 0) throws -> Tensor {
    try pooled("averagePool2D", kernel, stride, padding, axes: 2, tst_average_pool)
  }

  /// The mean over `[H, W]` windows chosen so that the output has the given size; `[1, 1]` is the global mean.
  public func adaptiveAveragePool(_ size: [Int]) throws -> Tensor {
    try makeTensor("adaptiveAveragePool", [self]) { out in
      size.withInt64 { tst_adaptive_average_pool(out, handle, $0, $1) }
    }
  }
  /// The largest element over windows chosen so that the output has the given size.
  public func adaptiveMaxPool(_ size: [Int]) throws -> Tensor {
    try makeTensor("adaptiveMaxPool", [self]) { out in
      size.withInt64 { tst_adaptive_max_pool(out, handle, $0, $1) }
    }
  }
}
