#include "convolution.h"

#include "images.h"
#include "recorded.h"

#include <ATen/ops/add.h>
#include <ATen/ops/alias.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/mul.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <array>

namespace timestep {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

namespace {

/// Whether a base is like the value.
bool is_served_base(const Convolution &convolution) {
  const auto &[x, weight, base, size] = convolution;
  return !base.defined() || (is_type(base, x.scalar_type()) && base.dim() == 4 &&
                             base.size(0) == x.size(0) && base.size(1) == weight.size(0) &&
                             base.sizes().slice(2) == x.sizes().slice(2));
}

/// The one that serves these tensors, if any.
const Convolver *convolver_for(const Loops &kernels, const Convolution &convolution) {
  const auto &[x, weight, base, size] = convolution;
  if (x.dim() != 4 || !is_served_image(x)) return nullptr;
  if (!is_type(weight, at::kFloat) || weight.dim() != 4 || weight.size(1) != x.size(1) ||
      !is_served_base(convolution))
    return nullptr;
  auto fits = [](int64_t channels) { return channels > 0 && channels % widest_lanes == 0; };
  if (!fits(weight.size(0)) || !fits(weight.size(1))) return nullptr;
  if (x.scalar_type() == at::kBFloat16 && has_matrix_tiles()) return nullptr;
  for (const auto *convolver : {&tiled_convolver, &pointwise_convolver})
    if (convolver->is_served(kernels, x, weight)) return convolver;
  return nullptr;
}

at::Tensor scaled(const at::Tensor &a, double size) {
  return size == 1 || !a.defined() ? a : at::mul(a, size);
}

struct ConvolutionBackward : torch::autograd::Node {
  enum Input { at_x, at_weight, at_base };
  SavedVariable x, weight;
  const Convolver *convolver;
  const Loops *kernels; // Others might not serve.
  double size;

  std::string name() const override { return "ConvolutionBackward"; }

  void release_variables() override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto *saved : {&x, &weight}) saved->reset_data();
  }

  variable_list apply(variable_list &&gradients) override {
    std::lock_guard<std::mutex> lock(mutex_);
    auto gradient = std::move(gradients[0]);
    gradients.clear();
    if (!gradient.defined()) return variable_list(3);
    if (c10::GradMode::is_enabled()) return recorded(gradient);
    const bool x_needs = task_should_compute_output(at_x);
    const bool weight_needs = task_should_compute_output(at_weight);
    ConvolutionGradients found;
    if (x_needs || weight_needs) {
      const auto input = x.unpack();
      found = convolver->gradients(*kernels, input, scaled(weight.unpack(), size),
                                   as_image(gradient.to(input.scalar_type())), x_needs,
                                   weight_needs);
    }
    return {std::move(found.x), scaled(found.weight, size), std::move(gradient)};
  }

private:
  /// The same by operations that are recorded, for gradients of gradients.
  variable_list recorded(const at::Tensor &gradient) {
    const variable_list inputs{at::alias(x.unpack()), at::alias(weight.unpack())};
    const std::array<int64_t, 2> one{1, 1}, padding{inputs[1].size(2) / 2, inputs[1].size(3) / 2};
    // In float32, with the weight as it is, also where it was rounded for the value.
    const auto value = at::conv2d(inputs[0].to(at::kFloat), inputs[1], {}, one, padding);
    auto result = recorded_gradients(value, scaled(gradient.to(at::kFloat), size), inputs);
    result.push_back(gradient);
    return result;
  }
};

} // namespace

std::optional<at::Tensor> Convolution::value() const {
  const Loops *kernels = loops();
  const Convolver *convolver = kernels == nullptr ? nullptr : convolver_for(*kernels, *this);
  if (convolver == nullptr) return std::nullopt;
  const variable_list sources{x, weight, base};
  const bool recorded =
      c10::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(sources);
  at::Tensor result;
  {
    c10::NoGradGuard no_gradients;
    result = convolver->value(*kernels, x, scaled(weight, size),
                              base.defined() ? as_image(base) : base);
  }
  if (!recorded) return result;
  auto node = std::shared_ptr<ConvolutionBackward>(new ConvolutionBackward,
                                                   torch::autograd::deleteNode);
  node->set_next_edges(torch::autograd::collect_next_edges(sources));
  node->x = SavedVariable(x, false);
  node->weight = SavedVariable(weight, false);
  node->convolver = convolver;
  node->kernels = kernels;
  node->size = size;
  torch::autograd::set_history(result, node);
  return result;
}

} // namespace timestep
