#include "convolution.h"

#include "images.h"
#include "parallel.h"
#include "tiled_images.h"

#include <ATen/ops/empty.h>

#include <utility>

namespace timestep {

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

bool is_served(const Loops &, const at::Tensor &x, const at::Tensor &weight) {
  if (weight.size(2) != 3 || weight.size(3) != 3) return false;
  const auto shape = shape_of(x, weight);
  if (shape.channels() > most_channels) return false;
  const Tiling tiling(shape, tile_size(shape, x.scalar_type() == at::kBFloat16));
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
at::Tensor weight_of(const at::Tensor &reversed) {
  return reversed.permute({2, 3, 0, 1}).flip({2, 3}).contiguous();
}

template <typename T>
at::Tensor transformed(const TileLoops<T> &tile, const Tiling &tiling, const at::Tensor &taps) {
  auto filters = numbers(tiling.transformed());
  transform_filters(tile, tiling, values<float>(taps), writable<float>(filters));
  return filters;
}

/// The convolution with these taps, added to a base if there is one.
at::Tensor convolved(const Loops &kernels, const at::Tensor &x, const Convolved &shape,
                     const at::Tensor &taps, const at::Tensor &base) {
  auto result = image_like(x, shape.outputs);
  for_type(x, [&](auto t) {
    using T = decltype(t);
    const auto &tile = tile_of(kernels.of(t), shape);
    const Tiling tiling(shape, tile.size);
    const auto filters = transformed(tile, tiling, taps), scratch = scratch_of(tiling);
    convolve(kernels, tile, tiling, values<T>(x), values<float>(filters), values<T>(base),
             writable<T>(result), writable<float>(scratch));
  });
  return result;
}

/// The gradient of the taps of x * w given that of the value, and x * w itself where `taps` are given.
std::pair<at::Tensor, at::Tensor> taps_gradient(const Loops &kernels, const at::Tensor &x,
                                                const at::Tensor &gradient, const Convolved &shape,
                                                const at::Tensor &taps) {
  const bool both = taps.defined();
  auto value = both ? image_like(x, shape.outputs) : at::Tensor();
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

at::Tensor value(const Loops &kernels, const at::Tensor &x, const at::Tensor &weight,
                 const at::Tensor &base) {
  return convolved(kernels, x, shape_of(x, weight), taps_of(weight), base);
}

/// <dy, x * w> = <x, dy * v> with the taps v from outputs to inputs: dy * v is the gradient of x, and the gradient of v
/// for the value's gradient x is that of w.
ConvolutionGradients gradients(const Loops &kernels, const at::Tensor &x, const at::Tensor &weight,
                               const at::Tensor &gradient, bool x_needs, bool weight_needs) {
  const auto shape = shape_of(x, weight).reversed();
  const auto reversed = x_needs ? reversed_taps_of(weight) : at::Tensor();
  if (!weight_needs) return {convolved(kernels, gradient, shape, reversed, {}), {}};
  const auto [of_taps, of_x] = taps_gradient(kernels, gradient, x, shape, reversed);
  return {of_x, weight_of(of_taps)};
}

} // namespace

const Convolver tiled_convolver{is_served, value, gradients};

} // namespace timestep
