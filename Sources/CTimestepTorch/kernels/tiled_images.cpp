#include "tiled_images.h"

#include "parallel.h"

#include <algorithm>
#include <array>

namespace timestep {

namespace {

constexpr int64_t most_points = 6;       // along an axis
constexpr int64_t part_numbers = 41472;  // of one side of a block: 162 KiB
constexpr int64_t sum_numbers = 1 << 20; // of all panels, where there are few filters
constexpr int64_t least_panels = 8, most_panels = 32;
constexpr int64_t filter_chunk = 1024;

/// A worker's part of the scratch memory.
template <typename T> struct Worker {
  const Tiling &tiling;
  float *read, *written, *columns;
  /// A line of zeros, and one of numbers that nobody reads.
  T *zeros, *rest;

  Worker(const Tiling &tiling, float *scratch, int64_t index) : tiling(tiling) {
    const TileScratch part(tiling);
    read = scratch + index * part.size();
    written = read + part.parts;
    columns = written + part.parts;
    float *ends = columns + part.columns;
    std::fill(ends, ends + part.line, 0.0f);
    zeros = reinterpret_cast<T *>(ends);
    rest = reinterpret_cast<T *>(ends + part.line);
  }

  /// The parts of a tile follow each other.
  Spacing spacing(int64_t channels) const { return {channels, tiling.points * channels}; }
  float *parts(float *first, int64_t row, int64_t channels) const {
    return first + row * tiling.tiles * tiling.points * channels;
  }

  /// The lines of a row of tiles from `margin` above it; `outside` stands for those that are not in the image.
  template <typename Element>
  std::array<Element *, most_points> lines(int64_t row, int64_t margin, Element *images,
                                           int64_t channels, Element *outside) const {
    const auto &shape = tiling.shape;
    std::array<Element *, most_points> result;
    Element *image = images + row / tiling.image_rows * shape.height * shape.width * channels;
    int64_t y = row % tiling.image_rows * tiling.size - margin;
    for (auto &line : result) {
      line = y >= 0 && y < shape.height ? image + y * shape.width * channels : outside;
      ++y;
    }
    return result;
  }

  void transform_input(const TileLoops<T> &tile, const T *x, int64_t channels, int64_t first,
                       int64_t end) const {
    for (int64_t row = first; row < end; ++row)
      tile.transform_input(lines<const T>(row, 1, x, channels, zeros).data(), tiling.shape.width,
                           channels, parts(read, row - first, channels), spacing(channels),
                           columns);
  }

  void transform_gradient(const TileLoops<T> &tile, const T *dy, int64_t channels, int64_t first,
                          int64_t end) const {
    for (int64_t row = first; row < end; ++row)
      tile.transform_gradient(lines<const T>(row, 0, dy, channels, zeros).data(),
                              tiling.shape.width, channels,
                              parts(written, row - first, channels), spacing(channels));
  }

  /// The products with the filters of tiles that are transformed, transformed back and added to `base`, if any.
  void convolve(const Loops &loops, const TileLoops<T> &tile, const float *filters, const T *base,
                T *y, int64_t first, int64_t end) const {
    const int64_t inputs = tiling.shape.inputs, outputs = tiling.shape.outputs;
    for (int64_t point = 0; point < tiling.points; ++point)
      loops.multiply(read + point * inputs, tiling.points * inputs,
                     filters + point * inputs * outputs, written + point * outputs,
                     tiling.points * outputs, (end - first) * tiling.tiles, inputs, outputs);
    for (int64_t row = first; row < end; ++row) {
      std::array<const T *, most_points> bases;
      if (base != nullptr) bases = lines<const T>(row, 0, base, outputs, zeros);
      tile.transform_output(parts(written, row - first, outputs), spacing(outputs),
                            tiling.shape.width, outputs, base == nullptr ? nullptr : bases.data(),
                            lines<T>(row, 0, y, outputs, rest).data());
    }
  }

  /// Adds the products of tiles that are transformed with their gradient to that of the transformed filters.
  void accumulate(const Loops &loops, const TileLoops<T> &tile, const T *dy, float *sums,
                  int64_t first, int64_t end, bool is_first) const {
    const int64_t inputs = tiling.shape.inputs, outputs = tiling.shape.outputs;
    transform_gradient(tile, dy, outputs, first, end);
    for (int64_t point = 0; point < tiling.points; ++point)
      loops.accumulate(read + point * inputs, tiling.points * inputs, written + point * outputs,
                       tiling.points * outputs, sums + point * inputs * outputs,
                       (end - first) * tiling.tiles, inputs, outputs, is_first);
  }
};

/// Calls `body(first, end)` for pieces of the filters, in parallel.
template <typename Body> void for_filters(const Tiling &tiling, const Body &body) {
  const int64_t count = tiling.filters();
  parallel((count + filter_chunk - 1) / filter_chunk, [&](int64_t chunk) {
    body(chunk * filter_chunk, std::min(count, (chunk + 1) * filter_chunk));
  });
}

} // namespace

Tiling::Tiling(const Convolved &shape, int64_t size)
    : shape(shape), size(size), points((size + 2) * (size + 2)),
      tiles((shape.width + size - 1) / size), image_rows((shape.height + size - 1) / size),
      rows(shape.count * image_rows) {
  block = std::max<int64_t>(1, part_numbers / (points * shape.channels() * tiles));
  blocks = (rows + block - 1) / block;
}

int64_t Tiling::panels() const {
  const int64_t wanted = std::clamp(sum_numbers / transformed(), least_panels, most_panels);
  return std::min(wanted, blocks);
}

TileScratch::TileScratch(const Tiling &tiling)
    : parts(std::max(tiling.block * tiling.tiles, least_rows) * tiling.points *
            tiling.shape.channels()),
      columns(widest_lanes * most_points * (tiling.shape.width + most_points)),
      line(tiling.shape.width * tiling.shape.channels()) {}

int64_t TileScratch::size() const { return 2 * parts + columns + 2 * line; }

template <typename T>
void transform_filters(const TileLoops<T> &loops, const Tiling &tiling, const float *taps,
                       float *filters) {
  for_filters(tiling, [&](int64_t first, int64_t end) {
    loops.transform_filters(taps, first, end, tiling.filters(), filters);
  });
}

template <typename T>
void convolve(const Loops &loops, const TileLoops<T> &tile, const Tiling &tiling, const T *x,
              const float *filters, const T *base, T *y, float *scratch) {
  parallel_with_workers(tiling.blocks, [&](int64_t block, int64_t worker) {
    const int64_t first = block * tiling.block, end = std::min(tiling.rows, first + tiling.block);
    const Worker<T> mine(tiling, scratch, worker);
    mine.transform_input(tile, x, tiling.shape.inputs, first, end);
    mine.convolve(loops, tile, filters, base, y, first, end);
  });
}

template <typename T>
void filter_gradient(const Loops &loops, const TileLoops<T> &tile, const Tiling &tiling, const T *x,
                     const T *gradient, float *taps, const float *filters, T *y, float *sums,
                     float *scratch) {
  const int64_t panels = tiling.panels(), numbers = tiling.transformed();
  parallel_with_workers(panels, [&](int64_t panel, int64_t index) {
    const Worker<T> worker(tiling, scratch, index);
    const int64_t start = panel * tiling.blocks / panels * tiling.block;
    const int64_t last = std::min(tiling.rows, (panel + 1) * tiling.blocks / panels * tiling.block);
    for (int64_t first = start; first < last; first += tiling.block) {
      const int64_t end = std::min(last, first + tiling.block);
      worker.transform_input(tile, x, tiling.shape.inputs, first, end);
      if (y != nullptr) worker.convolve(loops, tile, filters, nullptr, y, first, end);
      worker.accumulate(loops, tile, gradient, sums + panel * numbers, first, end, first == start);
    }
  });
  add_panels(sums, panels, numbers);
  for_filters(tiling, [&](int64_t first, int64_t end) {
    tile.filter_gradient(sums, first, end, tiling.filters(), taps);
  });
}

#define TST_INSTANTIATE(T)                                                                        \
  template void transform_filters(const TileLoops<T> &, const Tiling &, const float *, float *);  \
  template void convolve(const Loops &, const TileLoops<T> &, const Tiling &, const T *,          \
                         const float *, const T *, T *, float *);                                 \
  template void filter_gradient(const Loops &, const TileLoops<T> &, const Tiling &, const T *,   \
                                const T *, float *, const float *, T *, float *, float *);
TST_INSTANTIATE(float)
TST_INSTANTIATE(bf16)
#undef TST_INSTANTIATE

} // namespace timestep
