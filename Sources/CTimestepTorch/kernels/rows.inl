// Products of rows of channels, which convolutions of one tap are; see RowLoops. Unlike those between tiles they take
// numbers of either type, in pairs where instructions do, any number of rows, and a base.

namespace timestep {
namespace {

/// How products of numbers of one type are summed: `step` at a time, of neighbours.
template <typename T> struct Product {
  static constexpr int step = 0; // Not for this type.
};

template <> struct Product<float> {
  static constexpr int step = 1;
  using Factors = vec;
  TST_INLINE Factors load(const float *from) { return Vector::load(from); }
  TST_INLINE vec added(vec sum, const float *a, Factors b) { return sum + *a * b; }
};

#if defined(TST_BFLOAT16)
template <> struct Product<bf16> {
  static constexpr int step = 2;
  using Factors = __m512bh;
  TST_INLINE Factors load(const bf16 *from) {
    return __builtin_bit_cast(__m512bh, _mm512_loadu_si512(from));
  }
  TST_INLINE vec added(vec sum, const bf16 *a, Factors b) {
    int pair;
    __builtin_memcpy(&pair, a, sizeof pair);
    return _mm512_dpbf16_ps(sum, __builtin_bit_cast(__m512bh, _mm512_set1_epi32(pair)), b);
  }
};
#endif

template <typename T>
void pack(const float *weight, int64_t rows, int64_t columns, T *packed) {
  constexpr int step = Product<T>::step;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      Single::store(packed + (r / step * columns + c) * step + r % step, weight[r * columns + c]);
}

template <int Rows, int U, typename T>
TST_INLINE void row_block(const T *x, const T *factors, const T *base, T *y, int64_t inputs,
                          int64_t outputs) {
  using P = Product<T>;
  vec sums[Rows][U] = {};
  for (int64_t c = 0; c < inputs; c += P::step) {
    typename P::Factors f[U];
    for (int u = 0; u < U; ++u) f[u] = P::load(factors + c * outputs + u * lanes * P::step);
#pragma clang loop unroll(full)
    for (int r = 0; r < Rows; ++r)
      for (int u = 0; u < U; ++u) sums[r][u] = P::added(sums[r][u], x + r * inputs + c, f[u]);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < Rows; ++r)
    for (int u = 0; u < U; ++u) {
      const int64_t at = r * outputs + u * lanes;
      Vector::store(y + at, base == nullptr ? sums[r][u] : sums[r][u] + Vector::load(base + at));
    }
}

template <int U, typename T>
TST_INLINE int64_t row_columns(const T *x, const T *factors, const T *base, T *y, int64_t first,
                               int64_t rows, int64_t inputs, int64_t outputs) {
  constexpr int unit = product_vectors / U;
  for (; first + U * lanes <= outputs; first += U * lanes) {
    auto block = [&]<int Rows>(int64_t r) {
      const int64_t at = r * outputs + first;
      row_block<Rows, U>(
          x + r * inputs, factors + first * Product<T>::step,
          base == nullptr ? nullptr : base + at, y + at, inputs, outputs);
    };
    // The last rows are as many as the others: some are computed twice.
    if (rows >= unit)
      for (int64_t r = 0; r < rows; r += unit)
        block.template operator()<unit>(r + unit > rows ? rows - unit : r);
    else
      for (int64_t r = 0; r < rows; ++r) block.template operator()<1>(r);
  }
  return first;
}

template <typename T>
void multiply_rows(const T *x, const T *factors, const T *base, T *y, int64_t rows, int64_t inputs,
                   int64_t outputs) {
  int64_t j = 0;
  if constexpr (lanes == 16) {
    j = row_columns<4>(x, factors, base, y, j, rows, inputs, outputs);
    j = row_columns<3>(x, factors, base, y, j, rows, inputs, outputs);
  }
  j = row_columns<2>(x, factors, base, y, j, rows, inputs, outputs);
  row_columns<1>(x, factors, base, y, j, rows, inputs, outputs);
}

/// Rows as products take them: each number beside as many of the next rows, with zeros where those lack.
TST_INLINE const float *paired(const float *x, int64_t, int64_t, float *) { return x; }

#if defined(TST_BFLOAT16)
TST_INLINE const bf16 *paired(const bf16 *x, int64_t rows, int64_t columns, bf16 *to) {
  typedef uint16_t pairs_vec __attribute__((vector_size(64), aligned(2), may_alias));
  auto load = [](const bf16 *from) { return *reinterpret_cast<const unaligned_half_vec *>(from); };
  for (int64_t r = 0; r < rows; r += 2)
    for (int64_t c = 0; c < columns; c += lanes) {
      const bf16 *from = x + r * columns + c;
      const half_vec one = load(from), next = r + 1 < rows ? load(from + columns) : half_vec{};
      *reinterpret_cast<pairs_vec *>(to + r * columns + 2 * c) = __builtin_shufflevector(
          one, next, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26,
          11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
  return to;
}
#endif

template <int Depth, int U, typename T>
TST_INLINE void row_sums(const T *a, const T *b, float *sums, int64_t rows, int64_t inputs,
                         int64_t outputs, bool is_first) {
  using P = Product<T>;
  vec s[Depth][U] = {};
  for (int64_t r = 0; r < rows; r += P::step) {
    typename P::Factors f[U];
    for (int u = 0; u < U; ++u) f[u] = P::load(b + r * outputs + u * lanes * P::step);
#pragma clang loop unroll(full)
    for (int c = 0; c < Depth; ++c)
      for (int u = 0; u < U; ++u)
        s[c][u] = P::added(s[c][u], a + r * inputs + c * P::step, f[u]);
  }
  // Sums of these rows by themselves, which round less than one long sum.
#pragma clang loop unroll(full)
  for (int c = 0; c < Depth; ++c)
    for (int u = 0; u < U; ++u) {
      float *to = sums + c * outputs + u * lanes;
      Vector::store(to, is_first ? s[c][u] : s[c][u] + Vector::load(to));
    }
}

template <int U, typename T>
TST_INLINE int64_t row_sum_columns(const T *a, const T *b, float *sums, int64_t first, int64_t rows,
                                   int64_t inputs, int64_t outputs, bool is_first) {
  constexpr int unit = (lanes == 16 ? 16 : 8) / U, step = Product<T>::step;
  for (; first + U * lanes <= outputs; first += U * lanes)
    for (int64_t c = 0; c < inputs; c += unit)
      row_sums<unit, U>(a + c * step, b + first * step, sums + c * outputs + first, rows, inputs,
                        outputs, is_first);
  return first;
}

template <typename T>
void accumulate_rows(const T *x, const T *gradient, float *sums, int64_t rows, int64_t inputs,
                     int64_t outputs, bool is_first, T *scratch) {
  const T *a = paired(x, rows, inputs, scratch);
  const T *b = paired(gradient, rows, outputs, scratch + (rows + 1) * inputs);
  int64_t j = 0;
  if constexpr (lanes == 16) j = row_sum_columns<4>(a, b, sums, j, rows, inputs, outputs, is_first);
  j = row_sum_columns<2>(a, b, sums, j, rows, inputs, outputs, is_first);
  row_sum_columns<1>(a, b, sums, j, rows, inputs, outputs, is_first);
}

template <typename T> constexpr RowLoops<T> make_row_loops() {
  if constexpr (Product<T>::step == 0) return {};
  else return {pack<T>, multiply_rows<T>, accumulate_rows<T>};
}

} // namespace
} // namespace timestep
