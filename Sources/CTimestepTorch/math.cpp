#include "internal/bridge.h"

#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/all.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/amin.h>
#include <ATen/ops/any.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/argmin.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/clamp_max.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/div.h>
#include <ATen/ops/einsum.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/erfinv.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/imag.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/le.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/log.h>
#include <ATen/ops/logical_not.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/lt.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/ne.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/real.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/square.h>
#include <ATen/ops/std.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/var.h>
#include <ATen/ops/where.h>

#include <numeric>

using namespace timestep;

static at::Tensor unary(tst_unary_operation operation, const at::Tensor &a) {
  switch (operation) {
  case TST_ABS: return at::abs(a);
  case TST_CONJUGATE: return a.conj();
  case TST_COS: return at::cos(a);
  case TST_ERFINV: return at::erfinv(a);
  case TST_EXP: return at::exp(a);
  case TST_IMAGINARY: return at::imag(a);
  case TST_IS_FINITE: return at::isfinite(a);
  case TST_LOG: return at::log(a);
  case TST_LOGICAL_NOT: return at::logical_not(a);
  case TST_NEGATE: return at::neg(a);
  case TST_REAL: return at::real(a);
  case TST_RECIPROCAL: return at::reciprocal(a);
  case TST_RELU: return at::relu(a);
  case TST_SIGMOID: return at::sigmoid(a);
  case TST_SIGN: return at::sign(a);
  case TST_SIN: return at::sin(a);
  case TST_SQRT: return at::sqrt(a);
  case TST_SQUARE: return at::square(a);
  case TST_TANH: return at::tanh(a);
  }
  TORCH_CHECK(false, "unknown unary operation ", static_cast<int32_t>(operation));
}

static at::Tensor binary(tst_binary_operation operation, const at::Tensor &a,
                         const at::Tensor &b) {
  switch (operation) {
  case TST_DIVIDE: return at::div(a, b);
  case TST_EQUAL: return at::eq(a, b);
  case TST_GREATER: return at::gt(a, b);
  case TST_GREATER_EQUAL: return at::ge(a, b);
  case TST_LESS: return at::lt(a, b);
  case TST_LESS_EQUAL: return at::le(a, b);
  case TST_MATMUL: return at::matmul(a, b);
  case TST_MAXIMUM: return at::maximum(a, b);
  case TST_MINIMUM: return at::minimum(a, b);
  case TST_MULTIPLY: return at::mul(a, b);
  case TST_NOT_EQUAL: return at::ne(a, b);
  case TST_POWER: return at::pow(a, b);
  }
  TORCH_CHECK(false, "unknown binary operation ", static_cast<int32_t>(operation));
}

static at::Tensor binary_scalar(tst_binary_operation operation, const at::Tensor &a, double b) {
  switch (operation) {
  case TST_DIVIDE: return at::div(a, b);
  case TST_EQUAL: return at::eq(a, b);
  case TST_GREATER: return at::gt(a, b);
  case TST_GREATER_EQUAL: return at::ge(a, b);
  case TST_LESS: return at::lt(a, b);
  case TST_LESS_EQUAL: return at::le(a, b);
  case TST_MAXIMUM: return at::clamp_min(a, b);
  case TST_MINIMUM: return at::clamp_max(a, b);
  case TST_MULTIPLY: return at::mul(a, b);
  case TST_NOT_EQUAL: return at::ne(a, b);
  case TST_POWER: return at::pow(a, b);
  case TST_MATMUL: break;
  }
  TORCH_CHECK(false, "operation ", static_cast<int32_t>(operation), " takes no number");
}

static at::Tensor reduce(tst_reduction operation, const at::Tensor &a, at::IntArrayRef axes,
                         bool keep) {
  auto one_axis = [&]() -> std::optional<int64_t> {
    TORCH_CHECK(axes.size() <= 1, "the reduction takes one axis, or none for all elements");
    return axes.empty() ? std::nullopt : std::optional<int64_t>(axes[0]);
  };
  auto all_axes = [&]() {
    std::vector<int64_t> result(axes.begin(), axes.end());
    if (result.empty()) {
      result.resize(static_cast<size_t>(a.dim()));
      std::iota(result.begin(), result.end(), 0);
    }
    return result;
  };
  switch (operation) {
  case TST_ALL: {
    auto axis = one_axis();
    return axis ? at::all(a, *axis, keep) : at::all(a);
  }
  case TST_ANY: {
    auto axis = one_axis();
    return axis ? at::any(a, *axis, keep) : at::any(a);
  }
  case TST_ARGMAX: return at::argmax(a, one_axis(), keep);
  case TST_ARGMIN: return at::argmin(a, one_axis(), keep);
  case TST_LOG_SUM_EXP: return at::logsumexp(a, all_axes(), keep);
  case TST_MAX: return at::amax(a, axes, keep);
  case TST_MEAN: return at::mean(a, all_axes(), keep);
  case TST_MIN: return at::amin(a, axes, keep);
  case TST_NORM: return at::linalg_vector_norm(a, 2, all_axes(), keep);
  case TST_STANDARD_DEVIATION: return at::std(a, all_axes(), 0, keep);
  case TST_SUM: return at::sum(a, all_axes(), keep);
  case TST_VARIANCE: return at::var(a, all_axes(), 0, keep);
  }
  TORCH_CHECK(false, "unknown reduction ", static_cast<int32_t>(operation));
}

int32_t tst_unary(tst_tensor *out, tst_unary_operation operation, tst_tensor a) {
  return guarded([&] { *out = give(unary(operation, tensor(a))); });
}

int32_t tst_binary(tst_tensor *out, tst_binary_operation operation, tst_tensor a, tst_tensor b) {
  return guarded([&] { *out = give(binary(operation, tensor(a), tensor(b))); });
}

int32_t tst_binary_scalar(tst_tensor *out, tst_binary_operation operation, tst_tensor a,
                          double b) {
  return guarded([&] { *out = give(binary_scalar(operation, tensor(a), b)); });
}

int32_t tst_add(tst_tensor *out, tst_tensor a, tst_tensor b, double alpha) {
  return guarded([&] { *out = give(at::add(tensor(a), tensor(b), alpha)); });
}

int32_t tst_add_scalar(tst_tensor *out, tst_tensor a, double b) {
  return guarded([&] { *out = give(at::add(tensor(a), b)); });
}

int32_t tst_add_(tst_tensor a, tst_tensor b, double alpha) {
  return guarded([&] { tensor(a).add_(tensor(b), alpha); });
}

int32_t tst_multiply_(tst_tensor a, double b) {
  return guarded([&] { tensor(a).mul_(b); });
}

int32_t tst_relu_(tst_tensor a) {
  return guarded([&] { tensor(a).relu_(); });
}

int32_t tst_clamp(tst_tensor *out, tst_tensor a, double low, double high) {
  return guarded([&] { *out = give(at::clamp(tensor(a), low, high)); });
}

int32_t tst_where(tst_tensor *out, tst_tensor condition, tst_tensor a, tst_tensor b) {
  return guarded([&] { *out = give(at::where(tensor(condition), tensor(a), tensor(b))); });
}

int32_t tst_reduce(tst_tensor *out, tst_reduction operation, tst_tensor a, const int64_t *axes,
                   int32_t count, bool keep_axes) {
  return guarded([&] { *out = give(reduce(operation, tensor(a), list(axes, count), keep_axes)); });
}

int32_t tst_top_k(tst_tensor *out_values, tst_tensor *out_indices, tst_tensor a, int64_t count) {
  return guarded([&] {
    auto [values, indices] = at::topk(tensor(a), count);
    *out_values = give(values);
    *out_indices = give(indices);
  });
}

int32_t tst_einsum(tst_tensor *out, const char *equation, const tst_tensor *operands,
                   int32_t count) {
  return guarded([&] { *out = give(at::einsum(equation, tensors(operands, count))); });
}

int32_t tst_all_finite(bool *out, tst_tensor a) {
  return guarded([&] { *out = at::isfinite(tensor(a)).all().item<bool>(); });
}
