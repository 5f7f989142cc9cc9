#include "convolution.h"

#include "images.h"
#include "parallel.h"
#include "recorded.h"
#include "tiled_images.h"

#include <ATen/ops/alias.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>

namespace timestep {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

namespace {

constexpr int64_t most_channels = 256;
/// With more channels, tiles of 4 x 4 results would err by more than 1e-6 in float32.
constexpr int64_t most_precise_channels = 64;
/// Fewer do not pay for the transforms of the filters.
constexpr int64_t least_tiles = 4 * least_rows;
/// Longer rows of tiles would not stay in the cache.
constexpr int64_t most_row_numbers = 1 << 14;

Convolved shape_of(const at::Tensor &x, const at::Tensor &weight) {
  return {x.size(0), x.size(2), x.size(3), weight.size(1), weight.size(0)};
}

/// Results along an axis of a tile. Those of 4 cost least; their rounding is two or three times that of plain sums, which
/// is far below what bfloat16 does. Those of 2 round less than plain sums do.
int64_t tile_size(const Convolved &shape, bool is_half) {
  return is_half || shape.channels() <= most_precise_channels ? 4 : 2;
}

template <typename T>
const TileLoops<T> &tile_of(const TypedLoops<T> &loops, const Convolved &shape) {
  return tile_size(shape, std::is_same_v<T, bf16>) == 4 ? loops.large_tiles : loops.small_tiles;
}

/// Whether the kernels serve these tensors, in less time than libtorch's convolution.
bool is_served(const at::Tensor &x, const at::Tensor &weight) {
  if (x.dim() != 4 || !is_served_image(x)) return false;
  if (!is_type(weight, at::kFloat) || weight.dim() != 4 || weight.size(2) != 3 ||
      weight.size(3) != 3 || weight.size(1) != x.size(1))
    return false;
  const auto shape = shape_of(x, weight);
  auto fits = [](int64_t channels) {
    return channels % widest_lanes == 0 && channels <= most_channels;
  };
  if (shape.outputs == 0 || !fits(shape.inputs) || !fits(shape.outputs)) return false;
  const bool is_half = x.scalar_type() == at::kBFloat16;
  if (is_half && has_matrix_tiles()) return false;
  const Tiling tiling(shape, tile_size(shape, is_half));
  // Tiles that reach far over the edges are not worth it.
  const int64_t tiles = tiling.rows * tiling.tiles, pixels = tiles * tiling.size * tiling.size;
  return tiles >= least_tiles && 3 * pixels <= 4 * shape.count * shape.height * shape.width &&
         shape.width * shape.channels() <= most_row_numbers;
}

/// Memory for the time of one call.
at::Tensor numbers(int64_t count) {
  return at::empty({count}, at::TensorOptions(at::kFloat));
}

at::Tensor scratch_of(const Tiling &tiling) {
  return numbers(most_workers() * TileScratch(tiling).size());
}

/// The taps of a weight one after the other, [3, 3, inputs, outputs]; reversed, those that lead from outputs to inputs.
at::Tensor taps_of(const at::Tensor &weight) { return weight.permute({2, 3, 1, 0}).contiguous(); }
at::Tensor reversed_taps_of(const at::Tensor &weight) {
  return weight.flip({2, 3}).permute({2, 3, 0, 1}).contiguous();
}
/// The weight with these reversed taps.
at::Tensor weight_of(const at::Tensor &reversed) { return reversed.permute({2, 3, 0, 1}).flip({2, 3}); }

at::Tensor image(const at::Tensor &like, const Convolved &shape, int64_t channels) {
  return at::empty({shape.count, channels, shape.height, shape.width},
                   like.options().memory_format(at::MemoryFormat::ChannelsLast));
}

template <typename T>
at::Tensor transformed(const TileLoops<T> &tile, const Tiling &tiling, const at::Tensor &taps) {
  auto filters = numbers(tiling.transformed());
  transform_filters(tile, tiling, values<float>(taps), writable<float>(filters));
  return filters;
}

/// The convolution with these taps.
at::Tensor convolved(const Loops &kernels, const at::Tensor &x, const Convolved &shape,
                     const at::Tensor &taps) {
  auto result = image(x, shape, shape.outputs);
  for_type(x, [&](auto t) {
    using T = decltype(t);
    const auto &tile = tile_of(kernels.of(t), shape);
    const Tiling tiling(shape, tile.size);
    const auto filters = transformed(tile, tiling, taps), scratch = scratch_of(tiling);
    convolve(kernels, tile, tiling, values<T>(x), values<float>(filters), writable<T>(result),
             writable<float>(scratch));
  });
  return result;
}

/// The gradient of the taps of x * w given that of the value, and x * w itself where `taps` are given.
std::pair<at::Tensor, at::Tensor> taps_gradient(const Loops &kernels, const at::Tensor &x,
                                                const at::Tensor &gradient, const Convolved &shape,
                                                const at::Tensor &taps) {
  const bool both = taps.defined();
  auto value = both ? image(x, shape, shape.outputs) : at::Tensor();
  auto result = numbers(9 * shape.inputs * shape.outputs)
                    .view({3, 3, shape.inputs, shape.outputs});
  for_type(x, [&](auto t) {
    using T = decltype(t);
    const auto &tile = tile_of(kernels.of(t), shape);
    const Tiling tiling(shape, tile.size);
    const auto filters = both ? transformed(tile, tiling, taps) : at::Tensor();
    const auto sums = numbers(tiling.panels() * tiling.transformed()), scratch = scratch_of(tiling);
    filter_gradient(kernels, tile, tiling, values<T>(x), values<T>(gradient),
                    writable<float>(result), values<float>(filters), writable<T>(value),
                    writable<float>(sums), writable<float>(scratch));
  });
  return {result, value};
}

struct TiledConvolutionBackward : torch::autograd::Node {
  enum Input { at_x, at_weight };
  SavedVariable x, weight;

  std::string name() const override { return "TiledConvolutionBackward"; }

  void release_variables() override {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto *saved : {&x, &weight}) saved->reset_data();
  }

  variable_list apply(variable_list &&gradients) override {
    std::lock_guard<std::mutex> lock(mutex_);
    auto gradient = std::move(gradients[0]);
    gradients.clear();
    if (!gradient.defined()) return variable_list(2);
    if (c10::GradMode::is_enabled()) return recorded(gradient);
    const auto input = x.unpack(), taps = weight.unpack();
    const Loops &kernels = loops_for_gradient();
    gradient = as_image(gradient.to(input.scalar_type()));
    // <dy, x * w> = <x, dy * v> with the taps v from outputs to inputs: dy * v is the gradient of x, and the gradient of
    // v for the value's gradient x is that of w.
    const auto shape = shape_of(input, taps).reversed();
    const bool x_needs = task_should_compute_output(at_x);
    const auto reversed = x_needs ? reversed_taps_of(taps) : at::Tensor();
    if (!task_should_compute_output(at_weight))
      return {x_needs ? convolved(kernels, gradient, shape, reversed) : at::Tensor(), {}};
    const auto [ofTaps, ofX] = taps_gradient(kernels, gradient, input, shape, reversed);
    return {ofX, weight_of(ofTaps)};
  }

private:
  /// The same by operations that are recorded, for gradients of gradients.
  variable_list recorded(const at::Tensor &gradient) {
    const variable_list inputs{at::alias(x.unpack()), at::alias(weight.unpack())};
    const std::array<int64_t, 2> one{1, 1};
    // In float32, since the weight is not rounded otherwise either.
    const auto value = at::conv2d(inputs[0].to(at::kFloat), inputs[1], {}, one, one);
    return recorded_gradients(value, gradient.to(at::kFloat), inputs);
  }
};

} // namespace

std::optional<at::Tensor> tiled_convolution(const at::Tensor &x, const at::Tensor &weight) {
  const Loops *kernels = loops();
  if (kernels == nullptr || !is_served(x, weight)) return std::nullopt;
  const variable_list sources{x, weight};
  const bool recorded =
      c10::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(sources);
  at::Tensor result;
  {
    c10::NoGradGuard no_gradients;
    result = convolved(*kernels, x, shape_of(x, weight), taps_of(weight));
  }
  if (!recorded) return result;
  auto node = std::shared_ptr<TiledConvolutionBackward>(new TiledConvolutionBackward,
                                                        torch::autograd::deleteNode);
  node->set_next_edges(torch::autograd::collect_next_edges(sources));
  node->x = SavedVariable(x, false);
  node->weight = SavedVariable(weight, false);
  torch::autograd::set_history(result, node);
  return result;
}

} // namespace timestep
