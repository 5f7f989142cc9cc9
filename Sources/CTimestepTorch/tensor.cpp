#include "internal/bridge.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/clone.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/view_as_complex.h>
#include <ATen/ops/view_as_real.h>
#include <c10/util/safe_numerics.h>

#include <algorithm>
#include <cmath>
#include <memory>

using namespace timestep;

void tst_tensor_free(tst_tensor handle) {
  if (handle != nullptr) Handle::reclaim(reinterpret_cast<c10::TensorImpl *>(handle));
}

int32_t tst_empty(tst_tensor *out, const int64_t *shape, int32_t rank, tst_dtype dtype,
                  tst_device where, tst_memory_format format) {
  return guarded([&] {
    *out = give(at::empty(list(shape, rank), options(dtype, where), memory_format(format)));
  });
}

int32_t tst_full(tst_tensor *out, const int64_t *shape, int32_t rank, double value,
                 tst_dtype dtype, tst_device where) {
  return guarded([&] { *out = give(at::full(list(shape, rank), value, options(dtype, where))); });
}

int32_t tst_arange(tst_tensor *out, double start, double end, double step, tst_dtype dtype,
                   tst_device where) {
  return guarded([&] {
    // For integers libtorch cuts the step to a whole number, and divides by it.
    TORCH_CHECK(!at::isIntegralType(scalar_type(dtype), true) || std::trunc(step) == step,
                "the step ", step, " is not a whole number");
    *out = give(at::arange(start, end, step, options(dtype, where)));
  });
}

/// at::from_blob ends the process when the size of the memory cannot be computed: refuse that before.
static void check_extent(at::IntArrayRef shape, at::IntArrayRef strides, uint64_t element_size) {
  uint64_t extent = 1;
  bool overflow = false;
  for (size_t i = 0; i < shape.size(); ++i) {
    TORCH_CHECK(shape[i] >= 0 && strides[i] >= 0, "negative numbers in the shape ", shape,
                " or the strides ", strides);
    uint64_t reach = 0;
    overflow |= c10::mul_overflows(static_cast<uint64_t>(std::max<int64_t>(shape[i], 1) - 1),
                                   static_cast<uint64_t>(strides[i]), &reach);
    overflow |= c10::add_overflows(extent, reach, &extent);
  }
  overflow |= c10::mul_overflows(extent, element_size, &extent);
  TORCH_CHECK(!overflow && extent <= INT64_MAX, "the shape ", shape, " with the strides ", strides,
              " is larger than any memory");
}

int32_t tst_from_memory(tst_tensor *out, void *data, const int64_t *shape, const int64_t *strides,
                        int32_t rank, tst_dtype dtype, void (*release)(void *context),
                        void *context) {
  return guarded([&] {
    check_extent(list(shape, rank), list(strides, rank), c10::elementSize(scalar_type(dtype)));
    // The memory stays the caller's when the tensor cannot be made.
    auto ours = std::make_shared<bool>(false);
    auto deleter = [release, context, ours](void *) {
      if (*ours) release(context);
    };
    *out = give(at::from_blob(data, list(shape, rank), list(strides, rank), deleter,
                              at::TensorOptions().dtype(scalar_type(dtype))));
    *ours = true;
  });
}

int32_t tst_rank(int32_t *out, tst_tensor a) {
  return guarded([&] { *out = static_cast<int32_t>(tensor(a).dim()); });
}

int32_t tst_sizes(int64_t *out, tst_tensor a) {
  return guarded([&] {
    auto value = tensor(a);
    std::copy(value.sizes().begin(), value.sizes().end(), out);
  });
}

int32_t tst_strides(int64_t *out, tst_tensor a) {
  return guarded([&] {
    auto value = tensor(a);
    std::copy(value.strides().begin(), value.strides().end(), out);
  });
}

int32_t tst_element_count(int64_t *out, tst_tensor a) {
  return guarded([&] { *out = tensor(a).numel(); });
}

int32_t tst_dtype_of(int32_t *out, tst_tensor a) {
  return guarded([&] { *out = static_cast<int32_t>(tensor(a).scalar_type()); });
}

int32_t tst_device_of(tst_device *out, tst_tensor a) {
  return guarded([&] {
    auto where = tensor(a).device();
    *out = {where.is_cuda() ? TST_CUDA : TST_CPU, where.has_index() ? where.index() : 0};
  });
}

int32_t tst_is_contiguous(bool *out, tst_tensor a, tst_memory_format format) {
  return guarded([&] { *out = tensor(a).is_contiguous(memory_format(format)); });
}

int32_t tst_data(void **out, tst_tensor a) {
  return guarded([&] {
    auto value = tensor(a);
    TORCH_CHECK(value.is_cpu(), "the tensor's memory is on ", value.device(), ", not on the CPU");
    TORCH_CHECK(!value.is_conj() && !value.is_neg(),
                "the tensor is conjugated or negated lazily; call contiguous() first");
    *out = value.mutable_data_ptr();
  });
}

int32_t tst_item(double *out, tst_tensor a) {
  return guarded([&] { *out = tensor(a).item().toDouble(); });
}

int32_t tst_to(tst_tensor *out, tst_tensor a, tst_dtype dtype, tst_device where) {
  return guarded([&] { *out = give(tensor(a).to(device(where), scalar_type(dtype))); });
}

int32_t tst_contiguous(tst_tensor *out, tst_tensor a, tst_memory_format format) {
  return guarded([&] {
    // A lazily conjugated or negated tensor is a view whose memory holds other numbers.
    auto plain = tensor(a).resolve_conj().resolve_neg();
    *out = give(plain.contiguous(memory_format(format)));
  });
}

int32_t tst_clone(tst_tensor *out, tst_tensor a) {
  return guarded([&] { *out = give(at::clone(tensor(a))); });
}

int32_t tst_detach(tst_tensor *out, tst_tensor a) {
  return guarded([&] { *out = give(tensor(a).detach()); });
}

int32_t tst_copy_(tst_tensor destination, tst_tensor source) {
  return guarded([&] { tensor(destination).copy_(tensor(source)); });
}

int32_t tst_fill_(tst_tensor a, double value) {
  return guarded([&] { tensor(a).fill_(value); });
}

int32_t tst_reshape(tst_tensor *out, tst_tensor a, const int64_t *shape, int32_t rank) {
  return guarded([&] { *out = give(tensor(a).reshape(list(shape, rank))); });
}

int32_t tst_permute(tst_tensor *out, tst_tensor a, const int64_t *axes, int32_t rank) {
  return guarded([&] { *out = give(tensor(a).permute(list(axes, rank))); });
}

int32_t tst_expand(tst_tensor *out, tst_tensor a, const int64_t *shape, int32_t rank) {
  return guarded([&] { *out = give(tensor(a).expand(list(shape, rank))); });
}

int32_t tst_slice(tst_tensor *out, tst_tensor a, int64_t axis, int64_t start, int64_t end,
                  int64_t step) {
  return guarded([&] { *out = give(tensor(a).slice(axis, start, end, step)); });
}

int32_t tst_select(tst_tensor *out, tst_tensor a, int64_t axis, int64_t index) {
  return guarded([&] { *out = give(tensor(a).select(axis, index)); });
}

int32_t tst_index_select(tst_tensor *out, tst_tensor a, int64_t axis, tst_tensor indices) {
  return guarded([&] { *out = give(at::index_select(tensor(a), axis, tensor(indices))); });
}

int32_t tst_squeeze(tst_tensor *out, tst_tensor a, int64_t axis) {
  return guarded([&] { *out = give(tensor(a).squeeze(axis)); });
}

int32_t tst_unsqueeze(tst_tensor *out, tst_tensor a, int64_t axis) {
  return guarded([&] { *out = give(tensor(a).unsqueeze(axis)); });
}

int32_t tst_flip(tst_tensor *out, tst_tensor a, const int64_t *axes, int32_t count) {
  return guarded([&] { *out = give(at::flip(tensor(a), list(axes, count))); });
}

int32_t tst_cat(tst_tensor *out, const tst_tensor *values, int32_t count, int64_t axis) {
  return guarded([&] { *out = give(at::cat(tensors(values, count), axis)); });
}

int32_t tst_stack(tst_tensor *out, const tst_tensor *values, int32_t count, int64_t axis) {
  return guarded([&] { *out = give(at::stack(tensors(values, count), axis)); });
}

int32_t tst_pad(tst_tensor *out, tst_tensor a, const int64_t *amounts, int32_t count,
                double value) {
  return guarded([&] { *out = give(at::constant_pad_nd(tensor(a), list(amounts, count), value)); });
}

int32_t tst_view_as_real(tst_tensor *out, tst_tensor a) {
  return guarded([&] { *out = give(at::view_as_real(tensor(a).resolve_conj())); });
}

int32_t tst_view_as_complex(tst_tensor *out, tst_tensor a) {
  return guarded([&] { *out = give(at::view_as_complex(tensor(a))); });
}
