// The transforms of minimal filtering and the products between them; see TileLoops.

namespace timestep {
namespace {

/// Minimal filtering along one axis: `Size` results of three taps.
template <int Size> struct Filtering;

/// F(2, 3), by the points 0, 1, -1 and infinity.
template <> struct Filtering<2> {
  static constexpr int points = 4;
  static constexpr float filter[points][3] = {
      {1, 0, 0}, {.5f, .5f, .5f}, {.5f, -.5f, .5f}, {0, 0, 1}};

  TST_INLINE void input(const vec *d, vec *v) {
    v[0] = d[0] - d[2];
    v[1] = d[1] + d[2];
    v[2] = d[2] - d[1];
    v[3] = d[3] - d[1];
  }

  TST_INLINE void output(const vec *m, vec *y) {
    y[0] = m[0] + (m[1] + m[2]);
    y[1] = m[3] + (m[1] - m[2]);
  }

  TST_INLINE void gradient(const vec *y, vec *m) {
    m[0] = y[0];
    m[1] = y[0] + y[1];
    m[2] = y[0] - y[1];
    m[3] = y[1];
  }
};

/// F(4, 3), by the points 0, a, -a, b, -b and infinity, with a = 5/8 and b = 3/2: they cost half the accuracy of 1 and 2.
template <> struct Filtering<4> {
  static constexpr int points = 6;
  static constexpr float a = 0.625f, b = 1.5f, a2 = a * a, b2 = b * b, a3 = a2 * a, b3 = b2 * b;
  static constexpr float na = 2 * a2 * (a2 - b2), nb = 2 * b2 * (b2 - a2);
  static constexpr float filter[points][3] = {
      {1 / (a2 * b2), 0, 0},         {1 / na, a / na, a2 / na}, {1 / na, -a / na, a2 / na},
      {1 / nb, b / nb, b2 / nb},     {1 / nb, -b / nb, b2 / nb}, {0, 0, 1}};

  TST_INLINE void input(const vec *d, vec *v) {
    const vec even = d[4] - b2 * d[2], odd = a * (d[3] - b2 * d[1]);
    const vec even2 = d[4] - a2 * d[2], odd2 = b * (d[3] - a2 * d[1]);
    v[0] = a2 * b2 * d[0] + (d[4] - (a2 + b2) * d[2]);
    v[1] = even + odd;
    v[2] = even - odd;
    v[3] = even2 + odd2;
    v[4] = even2 - odd2;
    v[5] = a2 * b2 * d[1] + (d[5] - (a2 + b2) * d[3]);
  }

  TST_INLINE void output(const vec *m, vec *y) {
    const vec even = m[1] + m[2], odd = m[1] - m[2], even2 = m[3] + m[4], odd2 = m[3] - m[4];
    y[0] = m[0] + (even + even2);
    y[1] = a * odd + b * odd2;
    y[2] = a2 * even + b2 * even2;
    y[3] = m[5] + (a3 * odd + b3 * odd2);
  }

  TST_INLINE void gradient(const vec *y, vec *m) {
    const vec even = y[0] + a2 * y[2], odd = a * y[1] + a3 * y[3];
    const vec even2 = y[0] + b2 * y[2], odd2 = b * y[1] + b3 * y[3];
    m[0] = y[0];
    m[1] = even + odd;
    m[2] = even - odd;
    m[3] = even2 + odd2;
    m[4] = even2 - odd2;
    m[5] = y[3];
  }
};

/// out[i] = sum over j of matrix[i][j] in[j].
template <int Rows, int Columns>
TST_INLINE void combine(const float (&matrix)[Rows][Columns], const vec *in, vec *out) {
  for (int i = 0; i < Rows; ++i) {
    out[i] = matrix[i][0] * in[0];
    for (int j = 1; j < Columns; ++j) out[i] += matrix[i][j] * in[j];
  }
}

/// out[j] = sum over i of matrix[i][j] in[i].
template <int Rows, int Columns>
TST_INLINE void combine_transposed(const float (&matrix)[Rows][Columns], const vec *in, vec *out) {
  for (int j = 0; j < Columns; ++j) {
    out[j] = matrix[0][j] * in[0];
    for (int i = 1; i < Rows; ++i) out[j] += matrix[i][j] * in[i];
  }
}

/// Transforms the columns of an `In` x `In` tile, then its rows: `read(i, j)`, `step(in, out)`, `write(i, j, value)`.
template <int In, int Out, typename Read, typename Step, typename Write>
TST_INLINE void transform(const Read &read, const Step &step, const Write &write) {
  vec between[Out][In];
  for (int j = 0; j < In; ++j) {
    vec in[In], out[Out];
    for (int i = 0; i < In; ++i) in[i] = read(i, j);
    step(in, out);
    for (int i = 0; i < Out; ++i) between[i][j] = out[i];
  }
  for (int i = 0; i < Out; ++i) {
    vec out[Out];
    step(between[i], out);
    for (int j = 0; j < Out; ++j) write(i, j, out[j]);
  }
}

template <int Size, typename T>
void transform_input(const T *const *lines, int64_t width, int64_t channels, float *parts,
                     Spacing spacing, float *columns) {
  constexpr int points = Filtering<Size>::points;
  const int64_t tiles = (width + Size - 1) / Size, extent = tiles * Size + 2;
  // Neighbours share columns: each is transformed once. The first and those beyond the image are zero.
  auto column = [&](int64_t x, int64_t i) { return columns + (x * points + i) * lanes; };
  for (int64_t x = 0; x < extent; x = x == 0 ? width + 1 : x + 1)
    for (int i = 0; i < points; ++i) Vector::store(column(x, i), vec{});
  for (int64_t c = 0; c < channels; c += lanes) {
    for (int64_t x = 0; x < width; ++x) {
      vec in[points], out[points];
      for (int i = 0; i < points; ++i) in[i] = Vector::load(lines[i] + x * channels + c);
      Filtering<Size>::input(in, out);
      for (int i = 0; i < points; ++i) Vector::store(column(x + 1, i), out[i]);
    }
    for (int64_t tile = 0; tile < tiles; ++tile)
      for (int i = 0; i < points; ++i) {
        vec in[points], out[points];
        for (int j = 0; j < points; ++j) in[j] = Vector::load(column(tile * Size + j, i));
        Filtering<Size>::input(in, out);
        float *to = parts + i * points * spacing.part + tile * spacing.tile + c;
        for (int j = 0; j < points; ++j) Vector::store(to + j * spacing.part, out[j]);
      }
  }
}

template <int Size, bool Base, typename T>
void transform_output_all(const float *parts, Spacing spacing, int64_t width, int64_t channels,
                          const T *const *bases, T *const *lines) {
  constexpr int points = Filtering<Size>::points;
  for (int64_t x = 0; x < width; x += Size) {
    const int64_t extent = width - x;
    for (int64_t c = 0; c < channels; c += lanes) {
      const float *from = parts + x / Size * spacing.tile + c;
      const int64_t to = x * channels + c;
      transform<points, Size>(
          [&](int i, int j) { return Vector::load(from + (i * points + j) * spacing.part); },
          [](const vec *in, vec *out) { Filtering<Size>::output(in, out); },
          [&](int i, int j, vec v) {
            if (j >= extent) return;
            const int64_t at = to + j * channels;
            if constexpr (Base) v += Vector::load(bases[i] + at);
            Vector::store(lines[i] + at, v);
          });
    }
  }
}

template <int Size, typename T>
void transform_output(const float *parts, Spacing spacing, int64_t width, int64_t channels,
                      const T *const *bases, T *const *lines) {
  auto run = bases == nullptr ? transform_output_all<Size, false, T>
                              : transform_output_all<Size, true, T>;
  run(parts, spacing, width, channels, bases, lines);
}

template <int Size, typename T>
void transform_gradient(const T *const *lines, int64_t width, int64_t channels, float *parts,
                        Spacing spacing) {
  constexpr int points = Filtering<Size>::points;
  for (int64_t x = 0; x < width; x += Size) {
    const int64_t extent = width - x;
    for (int64_t c = 0; c < channels; c += lanes) {
      const int64_t from = x * channels + c;
      float *to = parts + x / Size * spacing.tile + c;
      transform<Size, points>(
          [&](int i, int j) {
            return j < extent ? Vector::load(lines[i] + from + j * channels) : vec{};
          },
          [](const vec *in, vec *out) { Filtering<Size>::gradient(in, out); },
          [&](int i, int j, vec v) { Vector::store(to + (i * points + j) * spacing.part, v); });
    }
  }
}

template <int Size>
void transform_filters(const float *taps, int64_t first, int64_t end, int64_t count, float *parts) {
  constexpr int points = Filtering<Size>::points;
  for (int64_t c = first; c < end; c += lanes)
    transform<3, points>(
        [&](int i, int j) { return Vector::load(taps + (i * 3 + j) * count + c); },
        [](const vec *in, vec *out) { combine(Filtering<Size>::filter, in, out); },
        [&](int i, int j, vec v) { Vector::store(parts + (i * points + j) * count + c, v); });
}

template <int Size>
void filter_gradient(const float *parts, int64_t first, int64_t end, int64_t count, float *taps) {
  constexpr int points = Filtering<Size>::points;
  for (int64_t c = first; c < end; c += lanes)
    transform<points, 3>(
        [&](int i, int j) { return Vector::load(parts + (i * points + j) * count + c); },
        [](const vec *in, vec *out) { combine_transposed(Filtering<Size>::filter, in, out); },
        [&](int i, int j, vec v) { Vector::store(taps + (i * 3 + j) * count + c, v); });
}

template <int Size, typename T>
constexpr TileLoops<T> tile_loops{Size,
                                  transform_input<Size, T>,
                                  transform_output<Size, T>,
                                  transform_gradient<Size, T>,
                                  transform_filters<Size>,
                                  filter_gradient<Size>};

/// Sums in registers: as many vectors as leave room for the factors.
constexpr int product_vectors = lanes == 16 ? 24 : 12;

template <int Rows, int U>
TST_INLINE void multiply_block(const float *a, int64_t next_a, const float *b, float *out,
                               int64_t next_out, int64_t depth, int64_t columns) {
  vec sums[Rows][U] = {};
  for (int64_t c = 0; c < depth; ++c) {
    vec factors[U];
    for (int u = 0; u < U; ++u) factors[u] = Vector::load(b + c * columns + u * lanes);
#pragma clang loop unroll(full)
    for (int r = 0; r < Rows; ++r)
      for (int u = 0; u < U; ++u) sums[r][u] += a[r * next_a + c] * factors[u];
  }
  for (int r = 0; r < Rows; ++r)
    for (int u = 0; u < U; ++u) Vector::store(out + r * next_out + u * lanes, sums[r][u]);
}

template <int U>
TST_INLINE int64_t multiply_columns(const float *a, int64_t next_a, const float *b, float *out,
                                    int64_t next_out, int64_t first, int64_t rows, int64_t depth,
                                    int64_t columns) {
  constexpr int unit = product_vectors / U;
  for (; first + U * lanes <= columns; first += U * lanes)
    for (int64_t row = 0; row < rows; row += unit) {
      // The last rows are as many as the others: some are computed twice.
      const int64_t r = row + unit > rows && rows > unit ? rows - unit : row;
      multiply_block<unit, U>(a + r * next_a, next_a, b + first, out + r * next_out + first,
                              next_out, depth, columns);
    }
  return first;
}

void multiply(const float *a, int64_t next_a, const float *b, float *out, int64_t next_out,
              int64_t rows, int64_t depth, int64_t columns) {
  int64_t j = 0;
  if constexpr (lanes == 16) {
    j = multiply_columns<4>(a, next_a, b, out, next_out, j, rows, depth, columns);
    j = multiply_columns<3>(a, next_a, b, out, next_out, j, rows, depth, columns);
  }
  j = multiply_columns<2>(a, next_a, b, out, next_out, j, rows, depth, columns);
  multiply_columns<1>(a, next_a, b, out, next_out, j, rows, depth, columns);
}

template <int Depth, int U>
TST_INLINE void accumulate_block(const float *a, int64_t next_a, const float *b, int64_t next_b,
                                 float *sums, int64_t rows, int64_t columns, bool is_first) {
  vec s[Depth][U] = {};
  if (!is_first)
    for (int c = 0; c < Depth; ++c)
      for (int u = 0; u < U; ++u) s[c][u] = Vector::load(sums + c * columns + u * lanes);
  for (int64_t r = 0; r < rows; ++r) {
    vec factors[U];
    for (int u = 0; u < U; ++u) factors[u] = Vector::load(b + r * next_b + u * lanes);
#pragma clang loop unroll(full)
    for (int c = 0; c < Depth; ++c)
      for (int u = 0; u < U; ++u) s[c][u] += a[r * next_a + c] * factors[u];
  }
  for (int c = 0; c < Depth; ++c)
    for (int u = 0; u < U; ++u) Vector::store(sums + c * columns + u * lanes, s[c][u]);
}

template <int U>
TST_INLINE int64_t accumulate_columns(const float *a, int64_t next_a, const float *b,
                                      int64_t next_b, float *sums, int64_t first, int64_t rows,
                                      int64_t depth, int64_t columns, bool is_first) {
  constexpr int unit = (lanes == 16 ? 16 : 8) / U;
  for (; first + U * lanes <= columns; first += U * lanes)
    for (int64_t c = 0; c < depth; c += unit)
      accumulate_block<unit, U>(a + c, next_a, b + first, next_b, sums + c * columns + first, rows,
                                columns, is_first);
  return first;
}

void accumulate(const float *a, int64_t next_a, const float *b, int64_t next_b, float *sums,
                int64_t rows, int64_t depth, int64_t columns, bool is_first) {
  int64_t j = 0;
  if constexpr (lanes == 16)
    j = accumulate_columns<4>(a, next_a, b, next_b, sums, j, rows, depth, columns, is_first);
  j = accumulate_columns<2>(a, next_a, b, next_b, sums, j, rows, depth, columns, is_first);
  accumulate_columns<1>(a, next_a, b, next_b, sums, j, rows, depth, columns, is_first);
}

} // namespace
} // namespace timestep
