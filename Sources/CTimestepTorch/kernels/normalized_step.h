#pragma once

#include <ATen/core/Tensor.h>

namespace timestep {

/// `act(base + size * (weight * (x - mean) / sqrt(variance + epsilon) + bias))`, mean and variance per channel.
struct NormalizedStep {
  at::Tensor x, weight, bias;
  /// Move in training, and are mean and variance otherwise; undefined for none.
  at::Tensor running_mean, running_variance;
  /// What the value is added to; undefined for nothing.
  at::Tensor base;
  bool training;
  double momentum, epsilon, size;
  /// Whether act is ReLU.
  bool relu;
  /// Whether the gradient of base goes to whatever step computed it without meeting other gradients of base on the
  /// way: that step sums them in registers. The gradient is then missing from what autograd finds for base itself.
  bool joins = false;

  /// Composed of libtorch's operations.
  at::Tensor composed() const;
  /// By the fused kernels where they serve these tensors, else composed.
  at::Tensor value() const;
};

} // namespace timestep
