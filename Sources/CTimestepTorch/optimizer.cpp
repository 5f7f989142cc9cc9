#include "internal/bridge.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/full.h>
#include <c10/core/GradMode.h>

using namespace timestep;

int32_t tst_sgd_step_(const tst_tensor *parameters, const tst_tensor *gradients,
                      const tst_tensor *momenta, int32_t count, double rate, double momentum,
                      double weight_decay, bool nesterov, bool first_step) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    std::vector<at::Tensor> buffers;
    if (momentum != 0) buffers = tensors(momenta, count);
    at::_fused_sgd_(tensors(parameters, count), tensors(gradients, count), buffers, weight_decay,
                    momentum, rate, /*dampening=*/0, nesterov, /*maximize=*/false, first_step);
  });
}

int32_t tst_adam_step_(const tst_tensor *parameters, const tst_tensor *gradients,
                       const tst_tensor *first_moments, const tst_tensor *second_moments,
                       int32_t count, int64_t step, double rate, double beta1, double beta2,
                       double epsilon, double weight_decay) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    std::vector<at::Tensor> steps;
    steps.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; ++i)
      steps.push_back(at::full({}, static_cast<double>(step), at::TensorOptions(at::kFloat)));
    at::_fused_adam_(tensors(parameters, count), tensors(gradients, count),
                     tensors(first_moments, count), tensors(second_moments, count), {}, steps,
                     rate, beta1, beta2, weight_decay, epsilon, /*amsgrad=*/false,
                     /*maximize=*/false);
  });
}

int32_t tst_foreach_add_(const tst_tensor *values, const tst_tensor *others, int32_t count,
                         double alpha) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    at::_foreach_add_(tensors(values, count), tensors(others, count), alpha);
  });
}

int32_t tst_foreach_multiply_(const tst_tensor *values, int32_t count, double factor) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    at::_foreach_mul_(tensors(values, count), factor);
  });
}

int32_t tst_foreach_norms(tst_tensor *out, const tst_tensor *values, int32_t count) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    auto norms = at::_foreach_norm(tensors(values, count), 2);
    for (size_t i = 0; i < norms.size(); ++i) out[i] = give(norms[i]);
  });
}
