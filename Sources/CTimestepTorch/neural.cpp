#include "internal/bridge.h"
#include "kernels/blend.h"
#include "kernels/convolution.h"
#include "kernels/normalized_step.h"

#include <ATen/ops/adaptive_avg_pool1d.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/adaptive_max_pool1d.h>
#include <ATen/ops/adaptive_max_pool2d.h>
#include <ATen/ops/add.h>
#include <ATen/ops/avg_pool1d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose1d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/max_pool1d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/softmax.h>
#include <c10/core/GradMode.h>

#include <algorithm>

using namespace timestep;

static void check_spatial(int32_t spatial) {
  TORCH_CHECK(spatial == 1 || spatial == 2, "expected 1 or 2 spatial axes, got ", spatial);
}

// The input at the places that a strided convolution of one tap reads, whose stride is then 1.
//
// oneDNN's backward pass of such a convolution writes beyond its buffers for float32 images of 64 x 64 or
// more whose channels are no multiple of 16 (libtorch 2.11 and PyTorch 2.13, AVX-512): the process dies.
static at::Tensor read_places(at::Tensor x, const at::Tensor &w, std::vector<int64_t> &stride,
                              const std::vector<int64_t> &padding) {
  const int64_t spatial = static_cast<int64_t>(stride.size());
  if (x.dim() != spatial + 2 || w.dim() != spatial + 2 || w.size(1) % 16 == 0) return x;
  bool strided = false;
  for (int64_t axis = 0; axis < spatial; ++axis) {
    if (w.size(axis + 2) != 1 || padding[axis] != 0 || stride[axis] < 1) return x;
    strided = strided || stride[axis] > 1;
  }
  if (!strided) return x;
  for (int64_t axis = 0; axis < spatial; ++axis) {
    if (stride[axis] > 1) x = x.slice(axis + 2, 0, std::nullopt, stride[axis]);
    stride[axis] = 1;
  }
  return x.contiguous(x.suggest_memory_format());
}

// A parameter as a convolution of mixed precision takes it: rounded to the input's bfloat16.
static at::Tensor for_input(const at::Tensor &x, const at::Tensor &parameter) {
  return x.scalar_type() == at::kBFloat16 ? parameter.to(at::kBFloat16) : parameter;
}

static std::optional<at::Tensor> for_input(const at::Tensor &x, tst_tensor parameter) {
  auto given = optional(parameter);
  return given ? std::optional(for_input(x, *given)) : std::nullopt;
}

// Sequences as images one pixel high whose channels are neighbours in memory, which oneDNN convolves without
// rearranging them, and whose batch norms are fused; at::conv1d gives the other order.
static at::Tensor convolve_rows(const at::Tensor &x, const at::Tensor &w,
                                const std::optional<at::Tensor> &b, int64_t stride, int64_t padding,
                                int64_t dilation, int64_t groups) {
  const std::array<int64_t, 2> s{1, stride}, p{0, padding}, d{1, dilation};
  return at::conv2d(x.unsqueeze(2).contiguous(at::MemoryFormat::ChannelsLast), w.unsqueeze(2), b,
                    at::IntArrayRef(s), at::IntArrayRef(p), at::IntArrayRef(d), groups)
      .squeeze(2);
}

static bool are_rows(const at::Tensor &x) {
  const auto type = x.scalar_type();
  return x.dim() == 3 && x.device().is_cpu() && (type == at::kFloat || type == at::kBFloat16);
}

// Whether a convolution keeps the size of images as the kernels' do.
static bool is_plain(const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
                     at::IntArrayRef dilation, int64_t groups) {
  bool result = weight.dim() == 4 && groups == 1;
  for (size_t axis = 0; result && axis < 2; ++axis) {
    const int64_t taps = weight.size(static_cast<int64_t>(axis) + 2);
    result = stride[axis] == 1 && dilation[axis] == 1 && taps % 2 == 1 && padding[axis] == taps / 2;
  }
  return result;
}

int32_t tst_convolution(tst_tensor *out, tst_tensor input, tst_tensor weight, tst_tensor bias,
                        const int64_t *stride, const int64_t *padding, const int64_t *dilation,
                        int32_t spatial, int64_t groups, tst_tensor base, double size) {
  return guarded([&] {
    check_spatial(spatial);
    auto s = list(stride, spatial), p = list(padding, spatial), d = list(dilation, spatial);
    auto summand = tensor(base);
    if (spatial == 2 && bias == nullptr && is_plain(tensor(weight), s, p, d, groups))
      if (auto value = Convolution{tensor(input), tensor(weight), summand, size}.value()) {
        *out = give(*std::move(value));
        return;
      }
    auto w = for_input(tensor(input), tensor(weight));
    std::vector<int64_t> strides(s.begin(), s.end());
    auto x = read_places(tensor(input), w, strides, std::vector<int64_t>(p.begin(), p.end()));
    s = strides;
    auto b = for_input(x, bias);
    auto value = spatial == 1 && are_rows(x) && w.dim() == 3
                     ? convolve_rows(x, w, b, s[0], p[0], d[0], groups)
                 : spatial == 1 ? at::conv1d(x, w, b, s, p, d, groups)
                                : at::conv2d(x, w, b, s, p, d, groups);
    if (summand.defined()) value = at::add(summand, value, size);
    else if (size != 1) value = at::mul(value, size);
    *out = give(std::move(value));
  });
}

int32_t tst_convolution_transpose(tst_tensor *out, tst_tensor input, tst_tensor weight,
                                  tst_tensor bias, const int64_t *stride, const int64_t *padding,
                                  const int64_t *output_padding, int32_t spatial,
                                  int64_t groups) {
  return guarded([&] {
    check_spatial(spatial);
    auto s = list(stride, spatial), p = list(padding, spatial), o = list(output_padding, spatial);
    auto x = tensor(input), w = for_input(x, tensor(weight));
    auto b = for_input(x, bias);
    *out = give(spatial == 1 ? at::conv_transpose1d(x, w, b, s, p, o, groups)
                             : at::conv_transpose2d(x, w, b, s, p, o, groups));
  });
}

int32_t tst_batch_norm(tst_tensor *out, tst_tensor input, tst_tensor weight, tst_tensor bias,
                       tst_tensor running_mean, tst_tensor running_variance, bool training,
                       double momentum, double epsilon, tst_tensor base, double size, bool relu,
                       bool joins) {
  return guarded([&] {
    auto x = tensor(input);
    // PyTorch checks this in Python; the unbiased variance of one value is not a number.
    TORCH_CHECK(!training || x.dim() < 2 || x.numel() != x.size(1),
                "training needs more than 1 value per channel");
    *out = give(NormalizedStep{x, tensor(weight), tensor(bias), tensor(running_mean),
                               tensor(running_variance), tensor(base), training, momentum, epsilon,
                               size, relu, joins}
                    .value());
  });
}

int32_t tst_blend(tst_tensor *out, tst_tensor x, tst_tensor y, tst_tensor k) {
  return guarded([&] { *out = give(blended(tensor(x), tensor(y), tensor(k))); });
}

int32_t tst_group_norm(tst_tensor *out, tst_tensor input, int64_t groups, tst_tensor weight,
                       tst_tensor bias, double epsilon) {
  return guarded([&] {
    auto x = tensor(input);
    // In the order channels-last, libtorch's backward writes to the gradient of an input that has none.
    if (c10::GradMode::is_enabled() && !x.requires_grad()) x = x.contiguous();
    *out = give(at::group_norm(x, groups, optional(weight), optional(bias), epsilon, false));
  });
}

int32_t tst_max_pool(tst_tensor *out, tst_tensor input, const int64_t *kernel,
                     const int64_t *stride, const int64_t *padding, int32_t spatial) {
  return guarded([&] {
    check_spatial(spatial);
    auto k = list(kernel, spatial), s = list(stride, spatial), p = list(padding, spatial);
    *out = give(spatial == 1 ? at::max_pool1d(tensor(input), k, s, p)
                             : at::max_pool2d(tensor(input), k, s, p));
  });
}

int32_t tst_average_pool(tst_tensor *out, tst_tensor input, const int64_t *kernel,
                         const int64_t *stride, const int64_t *padding, int32_t spatial) {
  return guarded([&] {
    check_spatial(spatial);
    auto k = list(kernel, spatial), s = list(stride, spatial), p = list(padding, spatial);
    *out = give(spatial == 1 ? at::avg_pool1d(tensor(input), k, s, p, false, false)
                             : at::avg_pool2d(tensor(input), k, s, p, false, false));
  });
}

int32_t tst_adaptive_average_pool(tst_tensor *out, tst_tensor input, const int64_t *size,
                                  int32_t spatial) {
  return guarded([&] {
    check_spatial(spatial);
    auto s = list(size, spatial);
    *out = give(spatial == 1 ? at::adaptive_avg_pool1d(tensor(input), s)
                             : at::adaptive_avg_pool2d(tensor(input), s));
  });
}

int32_t tst_adaptive_max_pool(tst_tensor *out, tst_tensor input, const int64_t *size,
                              int32_t spatial) {
  return guarded([&] {
    check_spatial(spatial);
    auto s = list(size, spatial);
    *out = give(spatial == 1 ? std::get<0>(at::adaptive_max_pool1d(tensor(input), s))
                             : std::get<0>(at::adaptive_max_pool2d(tensor(input), s)));
  });
}

int32_t tst_linear(tst_tensor *out, tst_tensor input, tst_tensor weight, tst_tensor bias) {
  return guarded([&] {
    auto x = tensor(input), w = tensor(weight);
    if (x.scalar_type() == at::kBFloat16) x = x.to(w.scalar_type());
    *out = give(at::linear(x, w, optional(bias)));
  });
}

int32_t tst_embedding(tst_tensor *out, tst_tensor table, tst_tensor indices, int64_t padding) {
  return guarded(
      [&] { *out = give(at::embedding(tensor(table), tensor(indices), padding)); });
}

int32_t tst_softmax(tst_tensor *out, tst_tensor input, int64_t axis, bool logarithm) {
  return guarded([&] {
    *out = give(logarithm ? at::log_softmax(tensor(input), axis) : at::softmax(tensor(input), axis));
  });
}

int32_t tst_cross_entropy(tst_tensor *out, tst_tensor logits, tst_tensor labels) {
  return guarded([&] { *out = give(at::cross_entropy_loss(tensor(logits), tensor(labels))); });
}

int32_t tst_mean_squared_error(tst_tensor *out, tst_tensor prediction, tst_tensor target) {
  return guarded([&] { *out = give(at::mse_loss(tensor(prediction), tensor(target))); });
}
