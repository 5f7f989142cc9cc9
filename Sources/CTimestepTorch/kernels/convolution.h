#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace timestep {

/// The convolution of images by 3 x 3 taps with stride 1 and one pixel of zeros around, by minimal filtering; nothing
/// where that does not serve these tensors or would not pay.
///
/// The weight [outputs, inputs, 3, 3] is float32, also where the images are bfloat16: it is never rounded.
std::optional<at::Tensor> tiled_convolution(const at::Tensor &x, const at::Tensor &weight);

} // namespace timestep
