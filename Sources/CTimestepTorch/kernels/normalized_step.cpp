#include "normalized_step.h"

#include "images.h"
#include "recorded.h"

#include <ATen/ops/add.h>
#include <ATen/ops/alias.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/relu.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <cmath>

namespace timestep {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

namespace {

bool is_per_channel(const at::Tensor &a, int64_t channels) {
  return is_type(a, at::kFloat) && a.dim() == 1 && a.size(0) == channels && a.is_contiguous();
}

/// Whether the fused kernels serve these tensors.
bool is_served(const NormalizedStep &step) {
  const auto &x = step.x;
  if (!is_served_image(x)) return false;
  const int64_t channels = x.size(1);
  if (!is_per_channel(step.weight, channels) || !is_per_channel(step.bias, channels)) return false;
  if (step.running_mean.defined() || step.running_variance.defined() || !step.training)
    if (!is_per_channel(step.running_mean, channels) ||
        !is_per_channel(step.running_variance, channels))
      return false;
  return !step.base.defined() ||
         (is_type(step.base, x.scalar_type()) && step.base.sizes() == x.sizes());
}

std::vector<double> numbers(const at::Tensor &a) {
  const auto *first = values<float>(a);
  return {first, first + a.numel()};
}

at::Tensor per_channel(const std::vector<double> &values, double factor) {
  auto result = at::empty({static_cast<int64_t>(values.size())}, at::TensorOptions(at::kFloat));
  auto *to = writable<float>(result);
  for (size_t c = 0; c < values.size(); ++c) to[c] = static_cast<float>(factor * values[c]);
  return result;
}

/// What a value is made with, and its gradients: scale * (x - center) + shift, where center is the mean as a float, and
/// what it was rounded by is in the shift.
struct Statistics {
  std::vector<double> mean, inverse_deviation, center, scale, shift;
};

/// The columns of a line.
struct Columns {
  std::vector<float> center, slope, offset;

  Columns(const Layout &layout, const std::vector<double> &center,
          const std::vector<double> &slope, const std::vector<double> &offset)
      : center(layout.columns(center)), slope(layout.columns(slope)),
        offset(layout.columns(offset)) {}

  Line line() const { return {center.data(), slope.data(), offset.data()}; }
};

void move(const at::Tensor &running, const std::vector<double> &values, double factor,
          double momentum) {
  auto *to = writable<float>(running);
  for (size_t c = 0; c < values.size(); ++c)
    to[c] = static_cast<float>((1 - momentum) * static_cast<double>(to[c]) +
                               momentum * factor * values[c]);
  running.unsafeGetTensorImpl()->bump_version();
}

Statistics statistics(const NormalizedStep &step, const Loops &loops, const Layout &layout) {
  Statistics result;
  const auto pixels = static_cast<double>(layout.pixels);
  if (step.training) {
    std::vector<double> spread;
    for_type(step.x, [&](auto t) {
      channel_moments(loops.of(t), layout, values<decltype(t)>(step.x), result.mean, spread);
    });
    for (double s : spread)
      result.inverse_deviation.push_back(1 / std::sqrt(s / pixels + step.epsilon));
    if (step.momentum != 0 && step.running_mean.defined()) {
      move(step.running_mean, result.mean, 1, step.momentum);
      move(step.running_variance, spread, 1 / (pixels - 1), step.momentum);
    }
  } else {
    result.mean = numbers(step.running_mean);
    for (double variance : numbers(step.running_variance))
      result.inverse_deviation.push_back(1 / std::sqrt(variance + step.epsilon));
  }
  const auto weight = numbers(step.weight), bias = numbers(step.bias);
  for (size_t c = 0; c < weight.size(); ++c) {
    result.center.push_back(static_cast<float>(result.mean[c]));
    result.scale.push_back(step.size * weight[c] * result.inverse_deviation[c]);
    result.shift.push_back(step.size * bias[c] -
                           (result.mean[c] - result.center[c]) * result.scale[c]);
  }
  return result;
}

/// The node of the graph. It keeps the input, and the value where its sign decides.
///
/// The value's gradient may come in two parts: the second from a step whose base the value is.
struct NormalizedStepBackward : torch::autograd::Node {
  enum Input { at_x, at_weight, at_bias, at_base };
  SavedVariable x, weight, bias, value;
  Statistics statistics;
  bool training, relu, has_base;
  double epsilon, size;

  std::string name() const override { return "NormalizedStepBackward"; }

  void release_variables() override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto *saved : {&x, &weight, &bias, &value}) saved->reset_data();
  }

  variable_list apply(variable_list &&gradients) override {
    std::lock_guard<std::mutex> lock(mutex_);
    auto gradient = std::move(gradients[0]), more = std::move(gradients[1]);
    gradients.clear();
    if (!gradient.defined()) std::swap(gradient, more);
    if (!gradient.defined()) return variable_list(4);
    if (c10::GradMode::is_enabled())
      return recorded(more.defined() ? at::add(gradient, more) : gradient);
    return computed(std::move(gradient), std::move(more));
  }

private:
  variable_list computed(at::Tensor gradient, at::Tensor more) {
    const auto input = x.unpack();
    const auto output = relu && has_base ? value.unpack(shared_from_this()) : at::Tensor();
    const Layout layout = layout_of(input);
    const Loops &kernels = loops_for_gradient();
    const at::ScalarType type = input.scalar_type();
    // A gradient that nothing else holds is memory to write to.
    auto is_free = [&](const at::Tensor &a) {
      return a.defined() && a.use_count() == 1 && a.storage().use_count() == 1 && is_image(a) &&
             a.scalar_type() == type;
    };
    if (is_free(more) && !is_free(gradient)) std::swap(gradient, more);
    const bool is_ours = is_free(gradient);
    gradient = as_image(gradient.to(type));
    if (more.defined()) more = as_image(more.to(type));

    const Columns columns(layout, statistics.center, statistics.scale, statistics.shift);
    Line line = columns.line();
    if (!relu || has_base) line.slope = line.offset = nullptr; // The sign is not that of the line.
    const bool is_masked = output.defined() || more.defined();
    auto masked = gradient;
    if (is_masked && !is_ours) masked = at::empty_like(input);
    std::vector<double> sums, products;
    for_type(input, [&](auto t) {
      using T = decltype(t);
      channel_sums(kernels.of(t), layout, values<T>(gradient), values<T>(more), values<T>(input),
                   values<T>(output), line, is_masked ? writable<T>(masked) : nullptr, sums,
                   products);
    });
    if (is_masked) line.slope = line.offset = nullptr; // What was masked stays so.

    variable_list result(4);
    for (size_t c = 0; c < products.size(); ++c)
      products[c] = statistics.inverse_deviation[c] *
                    (products[c] - (statistics.mean[c] - statistics.center[c]) * sums[c]);
    if (task_should_compute_output(at_weight)) result[at_weight] = per_channel(products, size);
    if (task_should_compute_output(at_bias)) result[at_bias] = per_channel(sums, size);
    const bool base_needs = has_base && task_should_compute_output(at_base);
    if (task_should_compute_output(at_x)) {
      auto [curve, offset] = coefficients(sums, products, static_cast<double>(layout.pixels));
      const bool overwrites = !base_needs && (is_ours || !masked.is_same(gradient));
      auto made = overwrites ? masked : at::empty_like(input);
      const Columns correction(layout, statistics.center, curve, offset);
      for_type(input, [&](auto t) {
        using T = decltype(t);
        input_gradient(kernels.of(t), layout, values<T>(masked), values<T>(input), line,
                       columns.slope.data(), correction.line(), writable<T>(made));
      });
      result[at_x] = std::move(made);
    }
    if (base_needs) result[at_base] = std::move(masked);
    return result;
  }

  /// Of dx = scale (g - mean(g) - xhat mean(g xhat)) all but the first term as a line; in evaluation, zero.
  std::pair<std::vector<double>, std::vector<double>>
  coefficients(const std::vector<double> &sums, const std::vector<double> &products,
               double pixels) const {
    const size_t channels = sums.size();
    std::vector<double> curve(channels), offset(channels);
    if (training)
      for (size_t c = 0; c < channels; ++c) {
        const double scale = statistics.scale[c] / pixels;
        curve[c] = -scale * statistics.inverse_deviation[c] * products[c];
        offset[c] = -scale * sums[c] - curve[c] * (statistics.mean[c] - statistics.center[c]);
      }
    return {curve, offset};
  }

  /// The same by operations that are recorded, for gradients of gradients.
  variable_list recorded(const at::Tensor &gradient) {
    const variable_list sources{x.unpack(), weight.unpack(), bias.unpack()};
    variable_list inputs;
    for (const auto &source : sources) inputs.push_back(at::alias(source));
    at::Tensor mean, variance;
    if (!training) {
      auto deviations = statistics.inverse_deviation;
      for (double &d : deviations) d = 1 / (d * d) - epsilon;
      mean = per_channel(statistics.mean, 1);
      variance = per_channel(deviations, 1);
    }
    auto normalized = at::batch_norm(inputs[0], inputs[1], inputs[2], mean, variance, training, 0,
                                     epsilon, false);
    auto g = gradient;
    if (relu)
      g = at::mul(g, at::gt(has_base ? value.unpack(shared_from_this()).detach()
                                     : at::mul(normalized.detach(), size),
                            0));
    auto result = recorded_gradients(normalized, at::mul(g, size), inputs);
    result.resize(4);
    if (has_base) result[at_base] = g;
    return result;
  }
};

/// Where the gradients of a step's inputs go.
torch::autograd::edge_list edges(const NormalizedStep &step, const variable_list &sources) {
  auto result = torch::autograd::collect_next_edges(sources);
  auto &edge = result[NormalizedStepBackward::at_base];
  if (step.joins && edge.input_nr == 0 &&
      dynamic_cast<NormalizedStepBackward *>(edge.function.get()) != nullptr)
    edge.input_nr = 1;
  return result;
}

} // namespace

at::Tensor NormalizedStep::composed() const {
  auto value = at::batch_norm(x, weight, bias, running_mean, running_variance, training, momentum,
                              epsilon, false);
  if (base.defined()) value = at::add(base.to(value.scalar_type()), value, size);
  else if (size != 1) value = at::mul(value, size);
  return relu ? at::relu_(value) : value;
}

at::Tensor NormalizedStep::value() const {
  const Loops *kernels = loops();
  if (kernels == nullptr || !is_served(*this)) return composed();
  const variable_list sources{x, weight, bias, base};
  const bool recorded =
      c10::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(sources);
  at::Tensor result;
  Statistics made;
  {
    c10::NoGradGuard no_gradients;
    const Layout layout = layout_of(x);
    made = statistics(*this, *kernels, layout);
    const auto summand = base.defined() ? as_image(base) : base;
    result = at::empty_like(x);
    for_type(x, [&](auto t) {
      using T = decltype(t);
      normalize(kernels->of(t), layout, values<T>(x), values<T>(summand), writable<T>(result),
                Columns(layout, made.center, made.scale, made.shift).line(), relu);
    });
  }
  if (!recorded) return result;
  auto node = std::shared_ptr<NormalizedStepBackward>(new NormalizedStepBackward,
                                                      torch::autograd::deleteNode);
  node->set_next_edges(edges(*this, sources));
  node->x = SavedVariable(x, false);
  node->weight = SavedVariable(weight, false);
  node->bias = SavedVariable(bias, false);
  node->statistics = std::move(made);
  node->training = training;
  node->relu = relu;
  node->has_base = base.defined();
  node->epsilon = epsilon;
  node->size = size;
  torch::autograd::set_history(result, node);
  node->add_input_metadata(result); // The second part of the gradient is like the first.
  if (relu && base.defined()) node->value = SavedVariable(result, true);
  return result;
}

} // namespace timestep
