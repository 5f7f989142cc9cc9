#include "blend.h"

#include "images.h"

#include <ATen/ops/add.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sub.h>
#include <ATen/ExpandUtils.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <numeric>

namespace timestep {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

namespace {

at::Tensor composed(const at::Tensor &x, const at::Tensor &y, const at::Tensor &k) {
  const auto a = x.to(k.scalar_type()), b = y.to(k.scalar_type());
  return at::add(a, at::mul(at::sub(b, a), k)).to(x.scalar_type());
}

/// Whether k is one number or has one for each channel of x, along its own axis or alone.
bool is_factor(const at::Tensor &k, const at::Tensor &x) {
  if (!is_type(k, at::kFloat) || !k.is_contiguous()) return false;
  if (k.numel() == 1) return k.dim() <= x.dim();
  const int64_t channels = x.size(1);
  const int64_t axis = k.dim() - (x.dim() - 1);
  return k.numel() == channels && axis >= 0 && axis < k.dim() && k.size(axis) == channels;
}

bool is_served(const at::Tensor &x, const at::Tensor &y, const at::Tensor &k) {
  return is_served_image(x) && is_type(y, x.scalar_type()) && y.sizes() == x.sizes() && is_factor(k, x);
}

/// k for each column.
std::vector<float> columns(const Layout &layout, const at::Tensor &k) {
  const float *first = values<float>(k);
  std::vector<double> channels(first, first + k.numel());
  if (k.numel() == 1) channels.assign(static_cast<size_t>(layout.channels), channels[0]);
  return layout.columns(channels);
}

struct BlendBackward : torch::autograd::Node {
  enum Input { at_x, at_y, at_k };
  SavedVariable x, y, k;

  std::string name() const override { return "BlendBackward"; }

  void release_variables() override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto *saved : {&x, &y, &k}) saved->reset_data();
  }

  variable_list apply(variable_list &&gradients) override {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto gradient = gradients[0];
    if (!gradient.defined()) return variable_list(3);
    const auto a = x.unpack(), b = y.unpack(), factor = k.unpack();
    if (c10::GradMode::is_enabled()) {
      const auto part = at::mul(gradient, factor).to(a.scalar_type());
      auto change = at::mul(gradient, at::sub(b, a)).to(factor.scalar_type());
      return {at::sub(gradient, part), part, at::sum_to(std::move(change), factor.sizes())};
    }
    const Layout layout = layout_of(a);
    const auto g = as_image(gradient.to(a.scalar_type()));
    auto dx = at::empty_like(a), dy = at::empty_like(a);
    std::vector<double> sums;
    for_type(a, [&](auto t) {
      using T = decltype(t);
      blend_gradient(loops_for_gradient().of(t), layout, values<T>(g), values<T>(a), values<T>(b),
                     columns(layout, factor).data(), writable<T>(dx), writable<T>(dy), sums);
    });
    at::Tensor dk;
    if (task_should_compute_output(at_k)) {
      dk = at::empty_like(factor);
      if (dk.numel() == 1) sums.assign(1, std::accumulate(sums.begin(), sums.end(), 0.0));
      auto *to = writable<float>(dk);
      for (double sum : sums) *to++ = static_cast<float>(sum);
    }
    return {dx, dy, dk};
  }
};

} // namespace

at::Tensor blended(const at::Tensor &x, const at::Tensor &y, const at::Tensor &k) {
  const Loops *kernels = loops();
  if (kernels == nullptr || !is_served(x, y, k)) return composed(x, y, k);
  const variable_list sources{x, y, k};
  at::Tensor result;
  {
    c10::NoGradGuard no_gradients;
    const Layout layout = layout_of(x);
    const auto other = as_image(y);
    result = at::empty_like(x);
    for_type(x, [&](auto t) {
      using T = decltype(t);
      blend(kernels->of(t), layout, values<T>(x), values<T>(other), columns(layout, k).data(),
            writable<T>(result));
    });
  }
  if (!c10::GradMode::is_enabled() || !torch::autograd::any_variable_requires_grad(sources))
    return result;
  auto node = std::shared_ptr<BlendBackward>(new BlendBackward, torch::autograd::deleteNode);
  node->set_next_edges(torch::autograd::collect_next_edges(sources));
  node->x = SavedVariable(x, false);
  node->y = SavedVariable(as_image(y), false);
  node->k = SavedVariable(k, false);
  torch::autograd::set_history(result, node);
  return result;
}

} // namespace timestep
