#include "internal/bridge.h"
#include "internal/pool.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/headeronly/version.h>

#include <cstring>
#include <dlfcn.h>
#include <malloc.h>

namespace timestep {

static thread_local std::string last_error;

int32_t record_failure(const char *message) noexcept {
  try {
    last_error = message;
    // c10::Error is clean already; other exceptions of libtorch carry their origin behind this mark.
    if (auto end = last_error.find("\nException raised from"); end != std::string::npos)
      last_error.resize(end);
  } catch (...) {
  }
  return 1;
}

} // namespace timestep

using namespace timestep;

const char *tst_last_error(void) { return last_error.c_str(); }

const char *tst_libtorch_version(void) { return TORCH_VERSION; }

int32_t tst_cpu_capability(const char **out) {
  return guarded([&] {
    static const std::string capability = at::get_cpu_capability();
    *out = capability.c_str();
  });
}

int32_t tst_get_threads(int32_t *out) {
  return guarded([&] { *out = at::get_num_threads(); });
}

int32_t tst_set_threads(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}

int32_t tst_keep_freed_memory(void) {
  return guarded([&] {
    // Each fresh page costs about a microsecond; a training step frees and allocates hundreds of megabytes.
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 2147483647);
    mallopt(M_TOP_PAD, 64 << 20);
    pool_large_tensors();
  });
}

int32_t tst_return_freed_memory(void) {
  // A fixed threshold: by itself, glibc raises it with every large block that is freed, and the heap fragments.
  return guarded([&] {
    mallopt(M_MMAP_THRESHOLD, 64 << 10);
    empty_pool();
  });
}

int32_t tst_load_cuda(bool *out_usable) {
  return guarded([&] {
    static void *library = nullptr;
    if (library == nullptr) library = dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL);
    TORCH_CHECK(library != nullptr, "libtorch_cuda.so could not be opened: ", dlerror());
    *out_usable = at::globalContext().hasCUDA();
  });
}
