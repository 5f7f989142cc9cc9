import CTimestepTorch

/// Stride, padding, dilation and groups of a convolution, the same along every spatial axis.
public struct ConvolutionOptions: Sendable, Hashable {
  /// Distance between neighbouring outputs, in input pixels.
  public var stride: Int
  /// Zeros added on each side.
  public var padding: Int
  /// Distance between neighbouring taps, in input pixels.
  public var dilation: Int
  /// Number of independent blocks of channels.
  public var groups: Int

  /// Creates options; by default a dense convolution with stride 1 and no padding.
  public init(stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1) {
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }
}

extension Tensor {
  /// Cross-correlation of `[N, C, L]` with a weight `[D, C / groups, k]` to `[N, D, L']`.
  public func convolution1D(
    _ weight: Tensor, bias: Tensor? = nil, _ options: ConvolutionOptions = .init()
  ) throws -> Tensor { try convolution(weight, bias, options, nil, 1, axes: 1, "convolution1D") }

  /// Cross-correlation of `[N, C, H, W]` with a weight `[D, C / groups, k, k]` to `[N, D, H', W']`.
  ///
  /// - Parameters:
  ///   - base: what the value is added to, `base + size * value`, without another pass over memory where kernels serve.
  ///   - size: the factor of the value.
  public func convolution2D(
    _ weight: Tensor, bias: Tensor? = nil, _ options: ConvolutionOptions = .init(),
    addedTo base: Tensor? = nil, size: Double = 1
  ) throws -> Tensor {
    try convolution(weight, bias, options, base, size, axes: 2, "convolution2D")
  }

  private func convolution(
    _ weight: Tensor, _ bias: Tensor?, _ options: ConvolutionOptions, _ base: Tensor?,
    _ size: Double, axes: Int, _ name: StaticString
  ) throws -> Tensor {
    try makeTensor(name, [self, weight, bias, base]) { out in
      [Int](repeating: options.stride, count: axes).withInt64 { stride, spatial in
        [Int](repeating: options.padding, count: axes).withInt64 { padding, _ in
          [Int](repeating: options.dilation, count: axes).withInt64 { dilation, _ in
            tst_convolution(
              out, handle, weight.handle, bias?.handle, stride, padding, dilation, spatial,
              Int64(options.groups), base?.handle, size)
          }
        }
      }
    }
  }

  /// The adjoint of ``convolution2D(_:bias:_:)``: `[N, D, H', W']` to `[N, C, H, W]`.
  ///
  /// - Parameter outputPadding: rows and columns added at the end when the stride left some out.
  public func convolutionTranspose2D(
    _ weight: Tensor, bias: Tensor? = nil, _ options: ConvolutionOptions = .init(),
    outputPadding: Int = 0
  ) throws -> Tensor {
    try transposedConvolution(
      weight, bias, options, outputPadding, axes: 2, "convolutionTranspose2D")
  }

  /// The adjoint of ``convolution1D(_:bias:_:)``: `[N, D, L']` to `[N, C, L]`.
  public func convolutionTranspose1D(
    _ weight: Tensor, bias: Tensor? = nil, _ options: ConvolutionOptions = .init(),
    outputPadding: Int = 0
  ) throws -> Tensor {
    try transposedConvolution(
      weight, bias, options, outputPadding, axes: 1, "convolutionTranspose1D")
  }

  private func transposedConvolution(
    _ weight: Tensor, _ bias: Tensor?, _ options: ConvolutionOptions, _ outputPadding: Int,
    axes: Int, _ name: StaticString
  ) throws -> Tensor {
    try makeTensor(name, [self, weight, bias]) { out in
      [Int](repeating: options.stride, count: axes).withInt64 { stride, spatial in
        [Int](repeating: options.padding, count: axes).withInt64 { padding, _ in
          [Int](repeating: outputPadding, count: axes).withInt64 { extra, _ in
            tst_convolution_transpose(
              out, handle, weight.handle, bias?.handle, stride, padding, extra, spatial,
              Int64(options.groups))
          }
        }
      }
    }
  }

  /// Batch normalisation per channel (axis 1): `scale * (x - mean) / sqrt(variance + epsilon) + shift`.
  ///
  /// In training, mean and variance are the batch's, and the running statistics move towards them in place
  /// (`r <- (1 - momentum) r + momentum b`, with the unbiased variance); otherwise they are the running ones.
  ///
  /// - Parameters:
  ///   - base: what the value is added to, `base + size * value`, in the same pass over memory.
  ///   - size: the factor of the value.
  ///   - relu: whether `max(x, 0)` is taken of all that.
  ///   - joinsGradients: where `base` was made by this function too, sums the gradient that it gets here with those of
  ///     its other uses there, without a pass of its own. ``gradients(of:seeds:withRespectTo:retainGraph:createGraph:)``
  ///     with respect to `base` itself then misses this part.
  public func batchNormalized(
    scale: Tensor?, shift: Tensor?, runningMean: Tensor?, runningVariance: Tensor?, training: Bool,
    momentum: Double = 0.1, epsilon: Double = 1e-5, addedTo base: Tensor? = nil, size: Double = 1,
    relu: Bool = false, joinsGradients: Bool = false
  ) throws -> Tensor {
    try makeTensor("batchNormalized", [self, scale, shift, runningMean, runningVariance, base]) {
      tst_batch_norm(
        $0, handle, scale?.handle, shift?.handle, runningMean?.handle, runningVariance?.handle,
        training, momentum, epsilon, base?.handle, size, relu, joinsGradients)
    }
  }

  /// `self + k (other - self)` for a number k or one for each channel (axis 1), in one pass over memory; k is float32
  /// where the tensors are bfloat16.
  public func blended(with other: Tensor, coefficient k: Tensor) throws -> Tensor {
    try makeTensor("blended", [self, other, k]) { tst_blend($0, handle, other.handle, k.handle) }
  }

  /// Normalisation over groups of channels of each sample; one group per channel is instance normalisation.
  public func groupNormalized(
    groups: Int, scale: Tensor?, shift: Tensor?, epsilon: Double = 1e-5
  ) throws -> Tensor {
    try makeTensor("groupNormalized", [self, scale, shift]) {
      tst_group_norm($0, handle, Int64(groups), scale?.handle, shift?.handle, epsilon)
    }
  }

  /// The product with a weight `[out, in]` and a bias `[out]` along the last axis.
  public func linear(_ weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
    try makeTensor("linear", [self, weight, bias]) {
      tst_linear($0, handle, weight.handle, bias?.handle)
    }
  }

  /// Rows of this table `[entries, width]`; the row `padding` gets no gradient.
  public func embedding(_ indices: Tensor, padding: Int? = nil) throws -> Tensor {
    try makeTensor("embedding", [self, indices]) {
      tst_embedding($0, handle, indices.handle, Int64(padding ?? -1))
    }
  }

  /// `exp(x_i) / sum_j exp(x_j)` along an axis.
  public func softmax(_ axis: Int = -1) throws -> Tensor {
    try makeTensor("softmax", [self]) { tst_softmax($0, handle, Int64(axis), false) }
  }

  /// The logarithm of ``softmax(_:)``.
  public func logSoftmax(_ axis: Int = -1) throws -> Tensor {
    try makeTensor("logSoftmax", [self]) { tst_softmax($0, handle, Int64(axis), true) }
  }

  /// Mean cross-entropy of logits `[N, classes]` against class numbers `[N]` (int64).
  public func crossEntropy(_ labels: Tensor) throws -> Tensor {
    try makeTensor("crossEntropy", [self, labels]) { tst_cross_entropy($0, handle, labels.handle) }
  }

  /// The mean of `(x - y)^2`.
  public func meanSquaredError(_ target: Tensor) throws -> Tensor {
    try makeTensor("meanSquaredError", [self, target]) {
      tst_mean_squared_error($0, handle, target.handle)
    }
  }
}
