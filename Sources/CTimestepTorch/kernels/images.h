#pragma once

// Tensors as the kernels see them: images [N, C, ...] whose channels are neighbours in memory.

#include "channels.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/movedim.h>

namespace timestep {

// The typed accessors are templates whose names GCC, which made libtorch, and clang mangle differently.
template <typename T> const T *values(const at::Tensor &a) {
  return a.defined() ? static_cast<const T *>(a.const_data_ptr()) : nullptr;
}
template <typename T> T *writable(const at::Tensor &a) {
  return a.defined() ? static_cast<T *>(a.mutable_data_ptr()) : nullptr;
}

/// What `body` gives for a value of the C++ type of the elements.
template <typename Body> auto for_type(const at::Tensor &a, const Body &body) {
  return a.scalar_type() == at::kBFloat16 ? body(bf16{}) : body(float{});
}

/// Whether the channels of a pixel are neighbours in memory, and the pixels of `[N, C, ...]` follow each other.
inline bool is_image(const at::Tensor &a) {
  int64_t expected = 1;
  auto follows = [&](int64_t axis) {
    if (a.size(axis) != 1 && a.stride(axis) != expected) return false;
    expected *= a.size(axis);
    return true;
  };
  if (!follows(1)) return false;
  for (int64_t axis = a.dim() - 1; axis > 1; --axis)
    if (!follows(axis)) return false;
  return follows(0);
}

/// The same in that order of memory.
inline at::Tensor as_image(const at::Tensor &a) {
  return is_image(a) ? a : a.movedim(1, -1).contiguous().movedim(-1, 1);
}

/// A fresh image [N, channels, H, W] of the size and type of another.
inline at::Tensor image_like(const at::Tensor &a, int64_t channels) {
  return at::empty({a.size(0), channels, a.size(2), a.size(3)},
                   a.options().memory_format(at::MemoryFormat::ChannelsLast));
}

/// Whether the elements are in this process's memory and of this type.
inline bool is_type(const at::Tensor &a, at::ScalarType type) {
  return a.defined() && a.device().is_cpu() && a.scalar_type() == type &&
         a.layout() == at::kStrided;
}

/// Whether the kernels serve a tensor: float32 or bfloat16, of at least one element, with channels as neighbours.
inline bool is_served_image(const at::Tensor &x) {
  return (is_type(x, at::kFloat) || is_type(x, at::kBFloat16)) && x.dim() >= 2 && x.numel() > 0 &&
         is_image(x);
}

/// How the kernels cut an image.
inline Layout layout_of(const at::Tensor &x) { return {x.numel() / x.size(1), x.size(1)}; }

/// The loops for the gradient of what loops have computed: those in use, or any where none is in use any more.
inline const Loops &loops_for_gradient() {
  const Loops *chosen = loops();
  return chosen == nullptr ? portable_loops : *chosen;
}

} // namespace timestep
