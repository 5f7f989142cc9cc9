#pragma once

// The inner loops of the fused kernels, compiled once for each instruction set and chosen at run time.
//
// Values lie as rows of channels, one row for each pixel; several pixels make one wide row of a multiple of 16
// columns, so that few channels fill the registers too. Numbers per channel are repeated for each column.

#include <cstdint>

namespace timestep {

/// A number in bfloat16: the upper half of a float. Loops compute in float and round to the nearest, ties to even; those
/// for AVX-512 BF16 may take numbers below 2^-126 for 0.
struct bf16 {
  uint16_t bits;
};

/// slope * (x - center) + offset, with numbers for each column. The difference is exact where x is near the center, as
/// it is for a variance much smaller than the mean.
struct Line {
  const float *center, *slope, *offset;
};

/// How far apart the (size + 2)^2 parts of a tile lie, and tiles.
struct Spacing {
  int64_t part, tile;
};

/// The steps of a convolution of 3 x 3 taps by minimal filtering (Winograd 1980; Lavin & Gray 2016), for tiles of
/// `size` x `size` results.
///
/// With y = A^T (U * V) A, U = G w G^T and V = B^T x B for each tile, such a tile costs (size + 2)^2 multiplications for
/// each pair of channels in place of 9 size^2. Tiles are transformed in rows of them, as `width` pixels of so many lines
/// of the image; the channels of a pixel or of a part, a multiple of 16, are neighbours.
template <typename T> struct TileLoops {
  int64_t size;

  /// V of a row of tiles, which reads size + 2 lines; `columns` holds 16 * (size + 2) * (width + size + 2) numbers.
  void (*transform_input)(const T *const *lines, int64_t width, int64_t channels, float *parts,
                          Spacing spacing, float *columns);

  /// The results of a row of tiles, in `size` lines, added to those of `bases` where they are given.
  void (*transform_output)(const float *parts, Spacing spacing, int64_t width, int64_t channels,
                           const T *const *bases, T *const *lines);

  /// A dy A^T of the gradients of a row's results, whose products with V are the gradient of U.
  void (*transform_gradient)(const T *const *lines, int64_t width, int64_t channels, float *parts,
                             Spacing spacing);

  /// U, (size + 2)^2 x count, of the filters first ..< end of `count`, which lie tap by tap, 9 x count; the numbers are
  /// multiples of 16.
  void (*transform_filters)(const float *taps, int64_t first, int64_t end, int64_t count,
                            float *parts);

  /// The gradient of filters, tap by tap, given that of U.
  void (*filter_gradient)(const float *parts, int64_t first, int64_t end, int64_t count,
                          float *taps);
};

/// Products of rows of channels in memory, whose numbers are multiples of 16; null where there are none for the type.
template <typename T> struct RowLoops {
  /// A matrix [rows, columns] as `multiply` reads it, rounded to the type.
  void (*pack)(const float *matrix, int64_t rows, int64_t columns, T *packed);

  /// y = x w + base, of [rows, inputs] and a packed [inputs, outputs], without base where it is null.
  void (*multiply)(const T *x, const T *w, const T *base, T *y, int64_t rows, int64_t inputs,
                   int64_t outputs);

  /// sums += x^T gradient, of [rows, inputs] and [rows, outputs], or sums = x^T gradient the first time; `scratch` holds
  /// (rows + 1) * (inputs + outputs) numbers.
  void (*accumulate)(const T *x, const T *gradient, float *sums, int64_t rows, int64_t inputs,
                     int64_t outputs, bool is_first, T *scratch);
};

/// The loops for one instruction set and one type of values in memory.
template <typename T> struct TypedLoops {
  /// Merges `rows` rows into the mean and the sum of squared distances from it that each column has from `before`
  /// rows (Chan et al. 1983); `scratch` holds 3 * width numbers.
  void (*merge_moments)(const T *x, int64_t rows, int64_t width, int64_t before, float *scratch,
                        double *mean, double *spread);

  /// out = act(line(x) + base), without base where it is null; act is ReLU or nothing.
  void (*normalize)(const T *x, const T *base, T *out, Line line, int64_t rows, int64_t width,
                    bool relu);

  /// With g = `gradient` + `more` where the value was positive: sums += g and products += g * (x - center), by
  /// column; `more` may be null.
  ///
  /// The value is `out` where that is given, line(x) where the line has a slope, and else counts as positive. g is
  /// written to `masked` where that is given (it may be `gradient`), as it is with `out` or `more`; `scratch` holds
  /// 2 * width numbers.
  void (*merge_sums)(const T *gradient, const T *more, const T *x, const T *out, Line line,
                     T *masked, int64_t rows, int64_t width, float *scratch, double *sums,
                     double *products);

  /// result = factor * g + correction(x), with g as above; `result` may be `gradient`.
  void (*input_gradient)(const T *gradient, const T *x, Line line, const float *factor,
                         Line correction, T *result, int64_t rows, int64_t width);

  /// out = x + factor * (y - x), with a factor for each column.
  void (*blend)(const T *x, const T *y, const float *factor, T *out, int64_t rows, int64_t width);

  /// dx = (1 - factor) * gradient, dy = factor * gradient and sums += gradient * (y - x), by column; `dx` may be
  /// `gradient`, `scratch` holds `width` numbers.
  void (*blend_gradient)(const T *gradient, const T *x, const T *y, const float *factor, T *dx,
                         T *dy, int64_t rows, int64_t width, float *scratch, double *sums);

  TileLoops<T> small_tiles, large_tiles;
  RowLoops<T> rows;
};

/// The loops for one instruction set.
struct Loops {
  const char *name;
  TypedLoops<float> floats;
  TypedLoops<bf16> bfloats;

  /// out = a b, of [rows, depth] and [depth, columns], with the distances between the rows of a and out; columns are a
  /// multiple of 16, and there is memory for `least_rows` of a and out.
  void (*multiply)(const float *a, int64_t next_a, const float *b, float *out, int64_t next_out,
                   int64_t rows, int64_t depth, int64_t columns);

  /// sums += a^T b, of [rows, depth] and [rows, columns], or sums = a^T b the first time.
  void (*accumulate)(const float *a, int64_t next_a, const float *b, int64_t next_b, float *sums,
                     int64_t rows, int64_t depth, int64_t columns, bool is_first);

  const TypedLoops<float> &of(float) const { return floats; }
  const TypedLoops<bf16> &of(bf16) const { return bfloats; }
};

/// Floats in the widest registers.
constexpr int64_t widest_lanes = 16;

/// As many rows of a product are computed at least.
constexpr int64_t least_rows = 24;

extern const Loops portable_loops, avx2_loops, avx512_loops, avx512_bf16_loops;

/// The loops in use; null where every operation is composed of libtorch's own.
const Loops *loops();

/// Whether the processor multiplies matrices of bfloat16 by tiles (AMX), as libtorch's own convolutions do then.
bool has_matrix_tiles();

} // namespace timestep
