#pragma once

// Convolutions of 3 x 3 taps, stride 1 and one pixel of zeros around, of images [count, height, width, channels] in
// memory, by minimal filtering in parallel; see TileLoops. Results do not depend on the number of threads.

#include "loops.h"

namespace timestep {

/// What is convolved: images of `inputs` channels to images of `outputs` channels, multiples of 16.
struct Convolved {
  int64_t count, height, width, inputs, outputs;

  /// The larger number of them.
  int64_t channels() const { return inputs > outputs ? inputs : outputs; }
  Convolved reversed() const { return {count, height, width, outputs, inputs}; }
};

/// How images are cut into tiles of size x size results, rows of those, and blocks of rows whose parts stay in the
/// processor's cache.
struct Tiling {
  Convolved shape;
  int64_t size, points;
  /// Tiles in a row, rows in an image and in all.
  int64_t tiles, image_rows, rows;
  /// Rows in a block, and the number of blocks.
  int64_t block, blocks;

  Tiling(const Convolved &shape, int64_t size);

  /// Filters, and the numbers that their transforms are.
  int64_t filters() const { return shape.inputs * shape.outputs; }
  int64_t transformed() const { return points * filters(); }
  /// Parts that the sums over the tiles are taken in.
  int64_t panels() const;
};

/// What each worker keeps between the transforms, in memory for all of them.
struct TileScratch {
  int64_t parts, columns, line;

  explicit TileScratch(const Tiling &tiling);

  /// Numbers for each worker.
  int64_t size() const;
};

/// The transforms of filters that lie tap by tap, [9, inputs, outputs].
template <typename T>
void transform_filters(const TileLoops<T> &loops, const Tiling &tiling, const float *taps,
                       float *filters);

/// y = x * w + base, with transformed filters, without base where it is null; `scratch` has room for each worker.
template <typename T>
void convolve(const Loops &loops, const TileLoops<T> &tile, const Tiling &tiling, const T *x,
              const float *filters, const T *base, T *y, float *scratch);

/// The gradient of the filters of y = x * w, tap by tap, given that of y; `sums` has room for the transformed filters of
/// each panel. Where `y` is given, so is it, with transformed `filters`: x is transformed once for both.
template <typename T>
void filter_gradient(const Loops &loops, const TileLoops<T> &tile, const Tiling &tiling, const T *x,
                     const T *gradient, float *taps, const float *filters, T *y, float *sums,
                     float *scratch);

} // namespace timestep
