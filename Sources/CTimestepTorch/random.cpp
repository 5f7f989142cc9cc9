#include "internal/bridge.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randperm.h>
#include <c10/core/GradMode.h>

using namespace timestep;

static at::Generator &generator(tst_generator handle) {
  return *reinterpret_cast<at::Generator *>(handle);
}

int32_t tst_generator_create(tst_generator *out, uint64_t seed) {
  return guarded([&] {
    *out = reinterpret_cast<tst_generator>(new at::Generator(at::detail::createCPUGenerator(seed)));
  });
}

void tst_generator_free(tst_generator handle) { delete reinterpret_cast<at::Generator *>(handle); }

int32_t tst_generator_state(tst_tensor *out, tst_generator handle) {
  return guarded([&] { *out = give(generator(handle).get_state()); });
}

int32_t tst_generator_set_state(tst_generator handle, tst_tensor state) {
  return guarded([&] { generator(handle).set_state(tensor(state)); });
}

int32_t tst_uniform_(tst_tensor a, double low, double high, tst_generator handle) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    tensor(a).uniform_(low, high, generator(handle));
  });
}

int32_t tst_normal_(tst_tensor a, double mean, double deviation, tst_generator handle) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    tensor(a).normal_(mean, deviation, generator(handle));
  });
}

int32_t tst_bernoulli_(tst_tensor a, double probability, tst_generator handle) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    tensor(a).bernoulli_(probability, generator(handle));
  });
}

int32_t tst_random_permutation(tst_tensor *out, int64_t count, tst_generator handle) {
  return guarded(
      [&] { *out = give(at::randperm(count, generator(handle), at::TensorOptions(at::kLong))); });
}
