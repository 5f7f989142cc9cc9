#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace timestep {

struct Loops;

/// base + size * (x * w): the convolution of images with stride 1 and as many zeros around as keep their size.
///
/// The weight [outputs, inputs, k, k] is float32, also where the images are bfloat16. Without a base, the product.
struct Convolution {
  at::Tensor x, weight, base;
  double size = 1;

  /// The value; nothing where no kernel serves these tensors or none would pay.
  std::optional<at::Tensor> value() const;
};

/// The gradients of what is convolved; those that nobody needs are undefined.
struct ConvolutionGradients {
  at::Tensor x, weight;
};

/// A way to convolve images. Tensors are 4-dimensional, of float32 or bfloat16 with channels as neighbours, multiples of
/// 16 of them.
struct Convolver {
  /// Whether it serves these tensors, in less time than libtorch's convolution.
  bool (*is_served)(const Loops &kernels, const at::Tensor &x, const at::Tensor &weight);

  /// x * w + base, without base where it is undefined.
  at::Tensor (*value)(const Loops &kernels, const at::Tensor &x, const at::Tensor &weight,
                      const at::Tensor &base);

  /// Given the gradient of the value; at least one is needed.
  ConvolutionGradients (*gradients)(const Loops &kernels, const at::Tensor &x,
                                    const at::Tensor &weight, const at::Tensor &gradient,
                                    bool x_needs, bool weight_needs);
};

/// 3 x 3 taps by minimal filtering, and 1 x 1 taps as products of rows.
extern const Convolver tiled_convolver, pointwise_convolver;

} // namespace timestep
