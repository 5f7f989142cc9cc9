#include "channels.h"

#include "parallel.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <numeric>

namespace timestep {

namespace {

constexpr int64_t least_columns = 64;       // four of them
constexpr int64_t tile_elements = 8192;     // 32 KiB
constexpr int64_t panel_elements = 1 << 16; // 256 KiB
constexpr int64_t most_panels = 64;

/// Calls `body(first element, rows, width)` for each tile of a panel; the last panel has the pixels that fill no row.
template <typename Body> void for_tiles(const Layout &layout, int64_t panel, const Body &body) {
  const int64_t end = std::min(layout.rows, (panel + 1) * layout.panel);
  for (int64_t row = panel * layout.panel; row < end; row += layout.tile)
    body(row * layout.width, std::min(layout.tile, end - row), layout.width);
}

template <typename Body> void for_rest(const Layout &layout, const Body &body) {
  if (layout.rest > 0) body(layout.rows * layout.width, 1, layout.rest * layout.channels);
}

/// Calls `body(first element, rows, width)` for all tiles in parallel.
template <typename Body> void for_all(const Layout &layout, const Body &body) {
  parallel(layout.panels, [&](int64_t panel) { for_tiles(layout, panel, body); });
  for_rest(layout, body);
}

/// Memory that nobody has written to yet.
template <typename T> std::unique_ptr<T[]> numbers(int64_t count) {
  return std::make_unique_for_overwrite<T[]>(static_cast<size_t>(count));
}

double number(float value) { return value; }
double number(bf16 value) {
  return __builtin_bit_cast(float, static_cast<uint32_t>(value.bits) << 16);
}

} // namespace

Layout::Layout(int64_t pixels, int64_t channels) : pixels(pixels), channels(channels) {
  const int64_t unit = widest_lanes / std::gcd(channels, widest_lanes);
  repeats = unit * ((least_columns + unit * channels - 1) / (unit * channels));
  // Few pixels make one row of their own, and not a row that nothing fills.
  repeats = std::min(repeats, std::max<int64_t>(pixels, 1));
  width = repeats * channels;
  rows = pixels / repeats;
  rest = pixels % repeats;
  tile = std::clamp<int64_t>(tile_elements / width, 32, 128);
  const int64_t wanted = std::clamp<int64_t>(pixels * channels / panel_elements, 1, most_panels);
  const int64_t tiles = (rows + tile - 1) / tile;
  panel = std::max<int64_t>((tiles + wanted - 1) / wanted, 1) * tile;
  panels = (rows + panel - 1) / panel;
}

std::vector<float> Layout::columns(const std::vector<double> &values) const {
  std::vector<float> result(static_cast<size_t>(width));
  for (int64_t j = 0; j < width; j += channels)
    std::transform(values.begin(), values.end(), result.begin() + j,
                   [](double value) { return static_cast<float>(value); });
  return result;
}

template <typename T>
void channel_moments(const TypedLoops<T> &loops, const Layout &layout, const T *x,
                     std::vector<double> &mean, std::vector<double> &spread) {
  const int64_t width = layout.width, channels = layout.channels;
  const auto means = numbers<double>(layout.panels * width);
  const auto spreads = numbers<double>(layout.panels * width);
  const auto scratch = numbers<float>(most_workers() * 3 * width);
  parallel_with_workers(layout.panels, [&](int64_t panel, int64_t worker) {
    double *mean = &means[panel * width], *spread = &spreads[panel * width];
    std::fill_n(mean, width, 0.0);
    std::fill_n(spread, width, 0.0);
    int64_t before = 0;
    for_tiles(layout, panel, [&](int64_t first, int64_t rows, int64_t) {
      loops.merge_moments(x + first, rows, width, before, &scratch[worker * 3 * width], mean,
                          spread);
      before += rows;
    });
  });

  mean.assign(static_cast<size_t>(channels), 0);
  spread.assign(static_cast<size_t>(channels), 0);
  int64_t before = 0;
  // Adds `count` pixels with moments `m` and `s` for each channel to those so far.
  auto merge = [&](int64_t count, auto m, auto s) {
    const double share = static_cast<double>(count) / static_cast<double>(before + count);
    const double weight = static_cast<double>(before) * share;
    for (int64_t c = 0; c < channels; ++c) {
      const auto i = static_cast<size_t>(c);
      const double distance = m(c) - mean[i];
      spread[i] += s(c) + distance * distance * weight;
      mean[i] += distance * share;
    }
    before += count;
  };
  for (int64_t panel = 0; panel < layout.panels; ++panel)
    for (int64_t repeat = 0; repeat < layout.repeats; ++repeat) {
      const int64_t offset = panel * width + repeat * channels;
      merge(
          std::min(layout.panel, layout.rows - panel * layout.panel),
          [&](int64_t c) { return means[offset + c]; },
          [&](int64_t c) { return spreads[offset + c]; });
    }
  for (int64_t pixel = layout.pixels - layout.rest; pixel < layout.pixels; ++pixel)
    merge(
        1, [&](int64_t c) { return number(x[pixel * channels + c]); },
        [](int64_t) { return 0.0; });
}

template <typename T>
void normalize(const TypedLoops<T> &loops, const Layout &layout, const T *x, const T *base,
               T *out, Line line, bool relu) {
  for_all(layout, [&](int64_t first, int64_t rows, int64_t width) {
    loops.normalize(x + first, base == nullptr ? nullptr : base + first, out + first, line, rows,
                    width, relu);
  });
}

namespace {

/// Sums over the pixels of each channel: `add(first element, rows, width, scratch, sums)` adds those of some rows by
/// column to as many sums of each column as there are `results`.
template <typename Add>
void sum_columns(const Layout &layout, std::initializer_list<std::vector<double> *> results,
                 const Add &add) {
  const int64_t count = static_cast<int64_t>(results.size());
  const int64_t stride = count * layout.width, channels = layout.channels;
  // One more for the pixels that fill no row.
  const int64_t parts = layout.panels + 1;
  const auto sums = numbers<double>(parts * stride);
  const auto scratch = numbers<float>(most_workers() * stride);
  /// What adds to the sums of a part, which are 0 then.
  auto adding_to = [&](int64_t part, int64_t worker) {
    double *to = &sums[part * stride];
    std::fill_n(to, stride, 0.0);
    float *room = &scratch[worker * stride];
    return [&add, to, room](int64_t first, int64_t rows, int64_t width) {
      add(first, rows, width, room, to);
    };
  };
  parallel_with_workers(layout.panels, [&](int64_t panel, int64_t worker) {
    for_tiles(layout, panel, adding_to(panel, worker));
  });
  for_rest(layout, adding_to(layout.panels, 0));
  for (auto *result : results) result->assign(static_cast<size_t>(channels), 0);
  for (int64_t index = 0; index < parts; ++index) {
    // The pixels that fill no row have a narrower one.
    const int64_t width = index < layout.panels ? layout.width : layout.rest * channels;
    const double *from = &sums[index * stride];
    for (auto *result : results)
      for (const double *end = from + width; from < end; from += channels)
        for (int64_t c = 0; c < channels; ++c) (*result)[static_cast<size_t>(c)] += from[c];
  }
}

} // namespace

template <typename T>
void channel_sums(const TypedLoops<T> &loops, const Layout &layout, const T *gradient,
                  const T *more, const T *x, const T *out, Line line, T *masked,
                  std::vector<double> &sums, std::vector<double> &products) {
  sum_columns(layout, {&sums, &products},
              [&](int64_t first, int64_t rows, int64_t width, float *scratch, double *to) {
                auto from = [&](auto *data) { return data == nullptr ? nullptr : data + first; };
                loops.merge_sums(gradient + first, from(more), x + first, from(out), line,
                                 from(masked), rows, width, scratch, to, to + width);
              });
}

template <typename T>
void input_gradient(const TypedLoops<T> &loops, const Layout &layout, const T *gradient,
                    const T *x, Line line, const float *factor, Line correction, T *result) {
  for_all(layout, [&](int64_t first, int64_t rows, int64_t width) {
    loops.input_gradient(gradient + first, x + first, line, factor, correction, result + first, rows,
                         width);
  });
}

template <typename T>
void blend(const TypedLoops<T> &loops, const Layout &layout, const T *x, const T *y,
           const float *factor, T *out) {
  for_all(layout, [&](int64_t first, int64_t rows, int64_t width) {
    loops.blend(x + first, y + first, factor, out + first, rows, width);
  });
}

template <typename T>
void blend_gradient(const TypedLoops<T> &loops, const Layout &layout, const T *gradient, const T *x,
                    const T *y, const float *factor, T *dx, T *dy, std::vector<double> &sums) {
  sum_columns(layout, {&sums},
              [&](int64_t first, int64_t rows, int64_t width, float *scratch, double *to) {
                loops.blend_gradient(gradient + first, x + first, y + first, factor, dx + first,
                                     dy + first, rows, width, scratch, to);
              });
}

#define TST_INSTANTIATE(T)                                                                        \
  template void channel_moments(const TypedLoops<T> &, const Layout &, const T *,                 \
                                std::vector<double> &, std::vector<double> &);                    \
  template void normalize(const TypedLoops<T> &, const Layout &, const T *, const T *, T *, Line, \
                          bool);                                                                  \
  template void channel_sums(const TypedLoops<T> &, const Layout &, const T *, const T *,         \
                             const T *, const T *, Line, T *, std::vector<double> &,              \
                             std::vector<double> &);                                              \
  template void input_gradient(const TypedLoops<T> &, const Layout &, const T *, const T *, Line, \
                               const float *, Line, T *);                                         \
  template void blend(const TypedLoops<T> &, const Layout &, const T *, const T *, const float *, \
                      T *);                                                                       \
  template void blend_gradient(const TypedLoops<T> &, const Layout &, const T *, const T *,       \
                               const T *, const float *, T *, T *, std::vector<double> &);
TST_INSTANTIATE(float)
TST_INSTANTIATE(bf16)
#undef TST_INSTANTIATE

} // namespace timestep
