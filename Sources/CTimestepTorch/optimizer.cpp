#include "internal/bridge.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

#include <utility>

using namespace timestep;

namespace {

/// Tensors that lie in memory as their parameters do. The fused kernels walk through memory and check nothing, so
/// what has another order of elements is copied before the step and, if the step changes it, copied back.
struct Aligned {
  std::vector<at::Tensor> originals;
  std::vector<at::Tensor> values;

  /// The parameters themselves.
  explicit Aligned(std::vector<at::Tensor> parameters) : originals(std::move(parameters)) {
    for (const auto &parameter : originals)
      values.push_back(parameter.is_non_overlapping_and_dense() ? parameter
                                                                : parameter.contiguous());
  }

  /// What belongs to the parameters one by one.
  Aligned(std::vector<at::Tensor> tensors, const Aligned &parameters, const char *name)
      : originals(std::move(tensors)) {
    for (size_t i = 0; i < originals.size(); ++i) {
      const auto &own = originals[i], &parameter = parameters.values[i];
      TORCH_CHECK(own.sizes() == parameter.sizes() &&
                      own.scalar_type() == parameter.scalar_type() &&
                      own.device() == parameter.device(),
                  name, " ", i, " is ", own.scalar_type(), " ", own.sizes(),
                  ", its parameter is ", parameter.scalar_type(), " ", parameter.sizes());
      values.push_back(same_order(own, parameter) ? own : at::empty_like(parameter).copy_(own));
    }
  }

  void write_back() const {
    for (size_t i = 0; i < originals.size(); ++i)
      if (!values[i].is_same(originals[i])) originals[i].copy_(values[i]);
  }

private:
  static bool same_order(const at::Tensor &a, const at::Tensor &b) {
    for (int64_t i = 0; i < a.dim(); ++i)
      if (a.size(i) > 1 && a.stride(i) != b.stride(i)) return false;
    return true;
  }
};

} // namespace

int32_t tst_sgd_step_(const tst_tensor *parameters, const tst_tensor *gradients,
                      const tst_tensor *momenta, int32_t count, double rate, double momentum,
                      double weight_decay, bool nesterov, bool first_step) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    Aligned p(tensors(parameters, count));
    Aligned g(tensors(gradients, count), p, "gradient");
    Aligned m(momentum == 0 ? std::vector<at::Tensor>() : tensors(momenta, count), p, "momentum");
    at::_fused_sgd_(p.values, g.values, m.values, weight_decay, momentum, rate, /*dampening=*/0,
                    nesterov, /*maximize=*/false, first_step);
    m.write_back();
    p.write_back();
  });
}

int32_t tst_adam_step_(const tst_tensor *parameters, const tst_tensor *gradients,
                       const tst_tensor *first_moments, const tst_tensor *second_moments,
                       int32_t count, int64_t step, double rate, double beta1, double beta2,
                       double epsilon, double weight_decay) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    Aligned p(tensors(parameters, count));
    std::vector<at::Tensor> steps;
    steps.reserve(static_cast<size_t>(count));
    for (const auto &parameter : p.values)
      steps.push_back(at::full({}, static_cast<double>(step),
                               at::TensorOptions(at::kFloat).device(parameter.device())));
    Aligned g(tensors(gradients, count), p, "gradient");
    Aligned m(tensors(first_moments, count), p, "first moment");
    Aligned v(tensors(second_moments, count), p, "second moment");
    at::_fused_adam_(p.values, g.values, m.values, v.values, {}, steps, rate, beta1, beta2,
                     weight_decay, epsilon, /*amsgrad=*/false, /*maximize=*/false);
    m.write_back();
    v.write_back();
    p.write_back();
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

int32_t tst_foreach_norm(double *out, const tst_tensor *values, int32_t count) {
  return guarded([&] {
    c10::NoGradGuard no_gradients;
    *out = at::linalg_vector_norm(at::stack(at::_foreach_norm(tensors(values, count), 2)), 2)
               .item<double>();
  });
}
