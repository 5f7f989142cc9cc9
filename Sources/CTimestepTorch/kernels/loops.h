#pragma once

// The inner loops of the fused kernels, compiled once for each instruction set and chosen at run time.
//
// Values lie as rows of channels, one row for each pixel; several pixels make one wide row of a multiple of 16
// columns, so that few channels fill the registers too. Numbers per channel are repeated for each column.

#include <cstdint>

namespace timestep {

/// slope * (x - center) + offset, with numbers for each column. The difference is exact where x is near the center, as
/// it is for a variance much smaller than the mean.
struct Line {
  const float *center, *slope, *offset;
};

/// The loops for one instruction set.
struct Loops {
  const char *name;

  /// Merges `rows` rows into the mean and the sum of squared distances from it that each column has from `before`
  /// rows (Chan et al. 1983); `scratch` holds 3 * width numbers.
  void (*merge_moments)(const float *x, int64_t rows, int64_t width, int64_t before,
                        float *scratch, double *mean, double *spread);

  /// out = act(line(x) + base), without base where it is null; act is ReLU or nothing.
  void (*normalize)(const float *x, const float *base, float *out, Line line, int64_t rows,
                    int64_t width, bool relu);

  /// With g = `gradient` where the value was positive: sums += g and products += g * (x - center), by column.
  ///
  /// The value is `out` where that is given, line(x) where the line has a slope, and else counts as positive. g is
  /// written to `masked` where `out` is given (it may be `gradient`); `scratch` holds 2 * width numbers.
  void (*merge_sums)(const float *gradient, const float *x, const float *out, Line line,
                     float *masked, int64_t rows, int64_t width, float *scratch, double *sums,
                     double *products);

  /// result = factor * g + correction(x), with g as above; `result` may be `gradient`.
  void (*input_gradient)(const float *gradient, const float *x, Line line, const float *factor,
                         Line correction, float *result, int64_t rows, int64_t width);
};

extern const Loops portable_loops, avx2_loops, avx512_loops;

/// The loops in use; null where every operation is composed of libtorch's own.
const Loops *loops();

} // namespace timestep
