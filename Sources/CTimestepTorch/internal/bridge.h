#pragma once

// What every file of this target shares: handles to tensors and back, and exceptions to status codes.

#include "CTimestepTorch.h"

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <limits>
#include <string>
#include <vector>

namespace timestep {

/// Keeps the message for tst_last_error() and returns the failure status.
int32_t record_failure(const char *message) noexcept;

/// Runs the body; every exception becomes a status code with its message recorded.
template <typename Body> int32_t guarded(Body &&body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    return record_failure(error.what_without_backtrace());
  } catch (const std::exception &error) {
    return record_failure(error.what());
  } catch (...) {
    return record_failure("an unknown C++ exception");
  }
}

using Handle = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

/// A tensor that shares the borrowed handle's storage; undefined for NULL.
inline at::Tensor tensor(tst_tensor handle) {
  if (handle == nullptr) return {};
  return at::Tensor(
      Handle::unsafe_reclaim_from_nonowning(reinterpret_cast<c10::TensorImpl *>(handle)));
}

/// Hands a tensor to the caller as an owned handle; NULL for an undefined one.
inline tst_tensor give(at::Tensor value) {
  if (!value.defined()) return nullptr;
  return reinterpret_cast<tst_tensor>(value.unsafeReleaseTensorImpl());
}

inline std::optional<at::Tensor> optional(tst_tensor handle) {
  if (handle == nullptr) return std::nullopt;
  return tensor(handle);
}

inline std::vector<at::Tensor> tensors(const tst_tensor *handles, int32_t count) {
  std::vector<at::Tensor> result;
  result.reserve(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; ++i) result.push_back(tensor(handles[i]));
  return result;
}

inline at::IntArrayRef list(const int64_t *values, int32_t count) {
  return {values, static_cast<size_t>(count)};
}

inline at::ScalarType scalar_type(tst_dtype dtype) { return static_cast<at::ScalarType>(dtype); }

inline at::Device device(tst_device device) {
  if (device.kind != TST_CUDA) return at::Device(at::kCPU);
  TORCH_CHECK(device.index >= 0 && device.index <= std::numeric_limits<c10::DeviceIndex>::max(),
              "there is no GPU number ", device.index);
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device.index));
}

inline at::TensorOptions options(tst_dtype dtype, tst_device where) {
  return at::TensorOptions().dtype(scalar_type(dtype)).device(device(where));
}

inline at::MemoryFormat memory_format(tst_memory_format format) {
  return format == TST_CHANNELS_LAST ? at::MemoryFormat::ChannelsLast
                                     : at::MemoryFormat::Contiguous;
}

} // namespace timestep
