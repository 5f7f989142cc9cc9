#pragma once

#include <ATen/core/Tensor.h>

namespace timestep {

/// x + k (y - x) for a number k or one for each channel of `[N, C, ...]`, in one pass where the kernels serve these
/// tensors; k may be trained.
at::Tensor blended(const at::Tensor &x, const at::Tensor &y, const at::Tensor &k);

} // namespace timestep
