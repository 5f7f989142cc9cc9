#include "convolution.h"

#include "images.h"
#include "parallel.h"

#include <ATen/ops/empty.h>

#include <algorithm>

namespace timestep {

namespace {

/// Fewer do not pay for packing the weight.
constexpr int64_t least_pixels = 1024;
/// More would not stay in the cache.
constexpr int64_t most_weights = 1 << 16;
/// Pixels that are multiplied, and whose products are summed, before the next.
constexpr int64_t chunk = 128;
constexpr int64_t panel_numbers = 1 << 16, most_panels = 32;

bool is_served(const Loops &kernels, const at::Tensor &x, const at::Tensor &weight) {
  if (weight.size(2) != 1 || weight.size(3) != 1) return false;
  const int64_t inputs = weight.size(1), outputs = weight.size(0);
  if (inputs * outputs > most_weights || x.numel() / inputs < least_pixels) return false;
  return for_type(x, [&](auto t) { return kernels.of(t).rows.multiply != nullptr; });
}

/// Pixels in panels, each some chunks, whose number follows from the size alone.
struct Panels {
  int64_t pixels, length, count;

  Panels(int64_t pixels, int64_t channels) : pixels(pixels) {
    const int64_t wanted = std::clamp<int64_t>(pixels * channels / panel_numbers, 1, most_panels);
    const int64_t chunks = (pixels + chunk - 1) / chunk;
    length = (chunks + wanted - 1) / wanted * chunk;
    count = (pixels + length - 1) / length;
  }

  /// Calls `body(first pixel, pixels)` for the chunks of a panel.
  template <typename Body> void for_chunks(int64_t panel, const Body &body) const {
    const int64_t end = std::min(pixels, (panel + 1) * length);
    for (int64_t first = panel * length; first < end; first += chunk)
      body(first, std::min(chunk, end - first));
  }
};

template <typename T> at::Tensor packed(const RowLoops<T> &loops, const at::Tensor &matrix) {
  const auto type = std::is_same_v<T, float> ? at::kFloat : at::kBFloat16;
  auto result = at::empty(matrix.sizes(), at::TensorOptions(type));
  const auto numbers = matrix.contiguous();
  loops.pack(values<float>(numbers), matrix.size(0), matrix.size(1), writable<T>(result));
  return result;
}

/// The weight as a matrix [outputs, inputs].
at::Tensor matrix(const at::Tensor &weight) { return weight.flatten(1); }

at::Tensor value(const Loops &kernels, const at::Tensor &x, const at::Tensor &weight,
                 const at::Tensor &base) {
  const int64_t inputs = weight.size(1), outputs = weight.size(0);
  auto result = image_like(x, outputs);
  for_type(x, [&](auto t) {
    using T = decltype(t);
    const auto &loops = kernels.of(t).rows;
    const auto factors = packed(loops, matrix(weight).t());
    const auto *from = values<T>(x), *w = values<T>(factors), *more = values<T>(base);
    auto *to = writable<T>(result);
    const Panels panels(x.numel() / inputs, std::max(inputs, outputs));
    parallel(panels.count, [&](int64_t panel) {
      panels.for_chunks(panel, [&](int64_t first, int64_t pixels) {
        loops.multiply(from + first * inputs, w, more == nullptr ? more : more + first * outputs,
                       to + first * outputs, pixels, inputs, outputs);
      });
    });
  });
  return result;
}

ConvolutionGradients gradients(const Loops &kernels, const at::Tensor &x, const at::Tensor &weight,
                               const at::Tensor &gradient, bool x_needs, bool weight_needs) {
  const int64_t inputs = weight.size(1), outputs = weight.size(0), count = inputs * outputs;
  const auto [narrow, wide] = std::minmax({inputs, outputs});
  const bool swaps = outputs < inputs; // The numbers of narrow rows are the ones that are repeated.
  const Panels panels(x.numel() / inputs, wide);
  const at::TensorOptions floats(at::kFloat);
  ConvolutionGradients result;
  if (x_needs) result.x = image_like(x, inputs);
  const auto sums = weight_needs ? at::empty({panels.count, count}, floats) : at::Tensor();
  for_type(x, [&](auto t) {
    using T = decltype(t);
    const auto &loops = kernels.of(t).rows;
    const auto factors = x_needs ? packed(loops, matrix(weight)) : at::Tensor();
    const int64_t room = (chunk + 1) * (inputs + outputs);
    const auto scratch = at::empty({weight_needs ? most_workers() : 0, room}, x.options());
    const auto *from = values<T>(x), *dy = values<T>(gradient), *w = values<T>(factors);
    auto *dx = writable<T>(result.x), *pairs = writable<T>(scratch);
    auto *to = writable<float>(sums);
    parallel_with_workers(panels.count, [&](int64_t panel, int64_t worker) {
      panels.for_chunks(panel, [&](int64_t first, int64_t pixels) {
        const auto *a = from + first * inputs, *b = dy + first * outputs;
        if (x_needs)
          loops.multiply(b, w, static_cast<const T *>(nullptr), dx + first * inputs, pixels,
                         outputs, inputs);
        if (!weight_needs) return;
        loops.accumulate(swaps ? b : a, swaps ? a : b, to + panel * count, pixels, narrow, wide,
                         first == panel * panels.length, pairs + worker * room);
      });
    });
  });
  if (!weight_needs) return result;
  add_panels(writable<float>(sums), panels.count, count);
  const auto sum = sums.select(0, 0).view({narrow, wide});
  result.weight =
      (swaps ? sum : sum.t()).reshape(weight.sizes()).clone(at::MemoryFormat::Contiguous);
  return result;
}

} // namespace

const Convolver pointwise_convolver{is_served, value, gradients};

} // namespace timestep
