// Included by one file for each instruction set, which defines TST_VECTOR_BYTES and the name of the table. Nothing
// but these loops may be compiled for it: whatever else is inline could be the copy that the linker keeps.

#include "vectors.inl"

#include "tiles.inl"

#include "rows.inl"

namespace timestep {
namespace {

/// Calls `block` for all columns: four vectors, one vector or one number at a time.
#define TST_FOR_COLUMNS(width, block)                                                             \
  int64_t j = 0;                                                                                  \
  for (; j + 4 * lanes <= width; j += 4 * lanes) block(Vector, 4);                                \
  for (; j + lanes <= width; j += lanes) block(Vector, 1);                                        \
  for (; j < width; ++j) block(Single, 1)

/// Rows of at most this many columns are taken together, with the numbers of the columns in registers; wider ones one
/// by one: memory is fastest in its own order.
constexpr int64_t narrow = 64;

/// Calls `body(first row, rows)` for the rows that are taken together.
template <typename Body>
TST_INLINE void for_rows(int64_t rows, int64_t width, const Body &body) {
  if (width <= narrow) return body(0, rows);
  for (int64_t r = 0; r < rows; ++r) body(r, 1);
}

template <typename V, int U, typename T>
TST_INLINE void sum_block(const T *x, int64_t rows, int64_t width, float *sum) {
  typename V::Value s[U];
  for (int u = 0; u < U; ++u) s[u] = V::load(sum + u * V::columns);
  for (int64_t r = 0; r < rows; ++r)
    for (int u = 0; u < U; ++u) s[u] += V::load(x + r * width + u * V::columns);
  for (int u = 0; u < U; ++u) V::store(sum + u * V::columns, s[u]);
}

template <typename V, int U, typename T>
TST_INLINE void spread_block(const T *x, int64_t rows, int64_t width, const float *mean,
                             float *first, float *second) {
  typename V::Value m[U], s[U], q[U];
  for (int u = 0; u < U; ++u) {
    m[u] = V::load(mean + u * V::columns);
    s[u] = V::load(first + u * V::columns);
    q[u] = V::load(second + u * V::columns);
  }
  for (int64_t r = 0; r < rows; ++r)
    for (int u = 0; u < U; ++u) {
      const typename V::Value d = V::load(x + r * width + u * V::columns) - m[u];
      s[u] += d;
      q[u] += d * d;
    }
  for (int u = 0; u < U; ++u) {
    V::store(first + u * V::columns, s[u]);
    V::store(second + u * V::columns, q[u]);
  }
}

template <typename T>
void merge_moments(const T *x, int64_t rows, int64_t width, int64_t before, float *scratch,
                   double *mean, double *spread) {
  float *m = scratch, *s = scratch + width, *q = scratch + 2 * width;
  for (int64_t c = 0; c < 3 * width; ++c) scratch[c] = 0;
#define TST_BLOCK(V, U) sum_block<V, U>(x + r * width + j, count, width, m + j)
  for_rows(rows, width, [&](int64_t r, int64_t count) { TST_FOR_COLUMNS(width, TST_BLOCK); });
#undef TST_BLOCK
  const float part = 1.0f / static_cast<float>(rows);
  for (int64_t c = 0; c < width; ++c) m[c] *= part;
#define TST_BLOCK(V, U) spread_block<V, U>(x + r * width + j, count, width, m + j, s + j, q + j)
  for_rows(rows, width, [&](int64_t r, int64_t count) { TST_FOR_COLUMNS(width, TST_BLOCK); });
#undef TST_BLOCK
  const double n = static_cast<double>(rows), all = n + static_cast<double>(before);
  const double inverse = 1 / n, share = n / all, weight = static_cast<double>(before) * share;
  for (int64_t c = 0; c < width; ++c) {
    const double first = s[c];
    const double distance = m[c] + first * inverse - mean[c];
    spread[c] += q[c] - first * first * inverse + distance * distance * weight;
    mean[c] += distance * share;
  }
}

/// A line on the columns of a block, in registers.
template <typename V, int U> struct Lines {
  typename V::Value center[U], slope[U], offset[U];

  TST_INLINE Lines at(Line line, int64_t column) {
    Lines lines;
    for (int u = 0; u < U; ++u) {
      const int64_t j = column + u * V::columns;
      lines.center[u] = V::load(line.center + j);
      lines.slope[u] = V::load(line.slope + j);
      lines.offset[u] = V::load(line.offset + j);
    }
    return lines;
  }
};

template <typename V, int U, bool Base, bool Relu, typename T>
TST_INLINE void normalize_block(const T *x, const T *base, T *out, Line line,
                                int64_t column, int64_t rows, int64_t width) {
  const auto l = Lines<V, U>::at(line, column);
  for (int64_t r = 0; r < rows; ++r)
    for (int u = 0; u < U; ++u) {
      const int64_t at = r * width + column + u * V::columns;
      typename V::Value value = (V::load(x + at) - l.center[u]) * l.slope[u] + l.offset[u];
      if constexpr (Base) value += V::load(base + at);
      if constexpr (Relu) value = value < 0 ? typename V::Value{} : value; // NaN stays NaN.
      V::store(out + at, value);
    }
}

template <bool Base, bool Relu, typename T>
void normalize_all(const T *x, const T *base, T *out, Line line, int64_t rows,
                   int64_t width) {
#define TST_BLOCK(V, U) normalize_block<V, U, Base, Relu>(x, base, out, line, j, rows, width)
  TST_FOR_COLUMNS(width, TST_BLOCK);
#undef TST_BLOCK
}

template <typename T>
void normalize(const T *x, const T *base, T *out, Line line, int64_t rows, int64_t width,
               bool relu) {
  auto run = base != nullptr
                 ? (relu ? normalize_all<true, true, T> : normalize_all<true, false, T>)
                 : (relu ? normalize_all<false, true, T> : normalize_all<false, false, T>);
  for_rows(rows, width, [&](int64_t r, int64_t count) {
    const int64_t at = r * width;
    run(x + at, base == nullptr ? nullptr : base + at, out + at, line, count, width);
  });
}

/// Where the sign of the value comes from.
enum class Sign { none, input, output };

template <typename V, int U, Sign S, bool More, typename T>
TST_INLINE void sums_block(const T *gradient, const T *more, const T *x, const T *out, Line line,
                           T *masked, int64_t column, int64_t rows, int64_t width, float *sums,
                           float *products) {
  using Value = typename V::Value;
  Value s[U], p[U], center[U];
  Lines<V, U> l;
  if constexpr (S == Sign::input) l = Lines<V, U>::at(line, column);
  for (int u = 0; u < U; ++u) {
    s[u] = V::load(sums + column + u * V::columns);
    p[u] = V::load(products + column + u * V::columns);
    center[u] = V::load(line.center + column + u * V::columns);
  }
  for (int64_t r = 0; r < rows; ++r)
    for (int u = 0; u < U; ++u) {
      const int64_t at = r * width + column + u * V::columns;
      const Value distance = V::load(x + at) - center[u];
      Value g = V::load(gradient + at);
      if constexpr (More) g += V::load(more + at);
      if constexpr (S == Sign::input)
        g = distance * l.slope[u] + l.offset[u] <= 0 ? Value{} : g;
      if constexpr (S == Sign::output) g = V::load(out + at) <= 0 ? Value{} : g;
      if constexpr (More || S == Sign::output) V::store(masked + at, g);
      s[u] += g;
      p[u] += g * distance;
    }
  for (int u = 0; u < U; ++u) {
    V::store(sums + column + u * V::columns, s[u]);
    V::store(products + column + u * V::columns, p[u]);
  }
}

template <Sign S, bool More, typename T>
void sums_all(const T *gradient, const T *more, const T *x, const T *out, Line line, T *masked,
              int64_t rows, int64_t width, float *s, float *p) {
#define TST_BLOCK(V, U)                                                                           \
  sums_block<V, U, S, More>(gradient, more, x, out, line, masked, j, rows, width, s, p)
  TST_FOR_COLUMNS(width, TST_BLOCK);
#undef TST_BLOCK
}

template <bool More, typename T> auto sums_run(const T *out, Line line) {
  return out != nullptr          ? sums_all<Sign::output, More, T>
         : line.slope != nullptr ? sums_all<Sign::input, More, T>
                                 : sums_all<Sign::none, More, T>;
}

template <typename T>
void merge_sums(const T *gradient, const T *more, const T *x, const T *out, Line line, T *masked,
                int64_t rows, int64_t width, float *scratch, double *sums, double *products) {
  float *s = scratch, *p = scratch + width;
  for (int64_t c = 0; c < 2 * width; ++c) scratch[c] = 0;
  auto run = more != nullptr ? sums_run<true>(out, line) : sums_run<false>(out, line);
  auto from = [](auto *first, int64_t at) { return first == nullptr ? nullptr : first + at; };
  for_rows(rows, width, [&](int64_t r, int64_t count) {
    const int64_t at = r * width;
    run(gradient + at, from(more, at), x + at, from(out, at), line, from(masked, at), count, width,
        s, p);
  });
  for (int64_t c = 0; c < width; ++c) {
    sums[c] += s[c];
    products[c] += p[c];
  }
}

template <typename V, int U, bool Masked, typename T>
TST_INLINE void gradient_block(const T *gradient, const T *x, Line line, const float *factor,
                               Line correction, T *result, int64_t column, int64_t rows,
                               int64_t width) {
  using Value = typename V::Value;
  const auto c = Lines<V, U>::at(correction, column);
  Lines<V, U> l;
  if constexpr (Masked) l = Lines<V, U>::at(line, column);
  Value k[U];
  for (int u = 0; u < U; ++u) k[u] = V::load(factor + column + u * V::columns);
  for (int64_t r = 0; r < rows; ++r)
    for (int u = 0; u < U; ++u) {
      const int64_t at = r * width + column + u * V::columns;
      const Value distance = V::load(x + at) - c.center[u];
      Value g = V::load(gradient + at);
      if constexpr (Masked) g = distance * l.slope[u] + l.offset[u] <= 0 ? Value{} : g;
      V::store(result + at, k[u] * g + (distance * c.slope[u] + c.offset[u]));
    }
}

template <bool Masked, typename T>
void gradient_all(const T *gradient, const T *x, Line line, const float *factor, Line correction,
                  T *result, int64_t rows, int64_t width) {
#define TST_BLOCK(V, U)                                                                           \
  gradient_block<V, U, Masked>(gradient, x, line, factor, correction, result, j, rows, width)
  TST_FOR_COLUMNS(width, TST_BLOCK);
#undef TST_BLOCK
}

template <typename T>
void input_gradient(const T *gradient, const T *x, Line line, const float *factor, Line correction,
                    T *result, int64_t rows, int64_t width) {
  auto run = line.slope != nullptr ? gradient_all<true, T> : gradient_all<false, T>;
  for_rows(rows, width, [&](int64_t r, int64_t count) {
    const int64_t at = r * width;
    run(gradient + at, x + at, line, factor, correction, result + at, count, width);
  });
}

template <typename V, int U, typename T>
TST_INLINE void blend_block(const T *x, const T *y, const float *factor, T *out, int64_t column,
                            int64_t rows, int64_t width) {
  using Value = typename V::Value;
  Value k[U];
  for (int u = 0; u < U; ++u) k[u] = V::load(factor + column + u * V::columns);
  for (int64_t r = 0; r < rows; ++r)
    for (int u = 0; u < U; ++u) {
      const int64_t at = r * width + column + u * V::columns;
      const Value a = V::load(x + at);
      V::store(out + at, a + k[u] * (V::load(y + at) - a));
    }
}

template <typename T>
void blend(const T *x, const T *y, const float *factor, T *out, int64_t rows, int64_t width) {
#define TST_BLOCK(V, U) blend_block<V, U>(x + at, y + at, factor, out + at, j, count, width)
  for_rows(rows, width, [&](int64_t r, int64_t count) {
    const int64_t at = r * width;
    TST_FOR_COLUMNS(width, TST_BLOCK);
  });
#undef TST_BLOCK
}

template <typename V, int U, typename T>
TST_INLINE void blend_gradient_block(const T *gradient, const T *x, const T *y, const float *factor,
                                     T *dx, T *dy, int64_t column, int64_t rows, int64_t width,
                                     float *sums) {
  using Value = typename V::Value;
  Value k[U], s[U];
  for (int u = 0; u < U; ++u) {
    k[u] = V::load(factor + column + u * V::columns);
    s[u] = V::load(sums + column + u * V::columns);
  }
  for (int64_t r = 0; r < rows; ++r)
    for (int u = 0; u < U; ++u) {
      const int64_t at = r * width + column + u * V::columns;
      const Value g = V::load(gradient + at), part = k[u] * g;
      s[u] += g * (V::load(y + at) - V::load(x + at));
      V::store(dx + at, g - part);
      V::store(dy + at, part);
    }
  for (int u = 0; u < U; ++u) V::store(sums + column + u * V::columns, s[u]);
}

template <typename T>
void blend_gradient(const T *gradient, const T *x, const T *y, const float *factor, T *dx, T *dy,
                    int64_t rows, int64_t width, float *scratch, double *sums) {
  for (int64_t c = 0; c < width; ++c) scratch[c] = 0;
#define TST_BLOCK(V, U)                                                                           \
  blend_gradient_block<V, U>(gradient + at, x + at, y + at, factor, dx + at, dy + at, j, count,   \
                             width, scratch)
  for_rows(rows, width, [&](int64_t r, int64_t count) {
    const int64_t at = r * width;
    TST_FOR_COLUMNS(width, TST_BLOCK);
  });
#undef TST_BLOCK
  for (int64_t c = 0; c < width; ++c) sums[c] += scratch[c];
}

template <typename T>
constexpr TypedLoops<T> typed{merge_moments<T>,  normalize<T>, merge_sums<T>,
                              input_gradient<T>, blend<T>,     blend_gradient<T>,
                              tile_loops<2, T>,  tile_loops<4, T>, make_row_loops<T>()};

} // namespace

const Loops TST_LOOPS = {TST_NAME, typed<float>, typed<bf16>, multiply, accumulate};

} // namespace timestep
