// Vectors of one instruction set, of TST_VECTOR_BYTES, and how they are read and written; included first.

namespace timestep {
namespace {

typedef float vec __attribute__((vector_size(TST_VECTOR_BYTES)));
typedef float unaligned_vec __attribute__((vector_size(TST_VECTOR_BYTES), aligned(4), may_alias));
constexpr int64_t lanes = TST_VECTOR_BYTES / 4;

#define TST_INLINE static inline __attribute__((always_inline))

typedef uint32_t bits_vec __attribute__((vector_size(TST_VECTOR_BYTES)));
typedef uint16_t half_vec __attribute__((vector_size(TST_VECTOR_BYTES / 2)));
typedef uint16_t unaligned_half_vec
    __attribute__((vector_size(TST_VECTOR_BYTES / 2), aligned(2), may_alias));

/// The bits of floats, rounded to bfloat16 in their upper halves. Of what is not a number one bit is set, lest
/// rounding make it one.
template <typename Bits, typename Value, typename Mask>
TST_INLINE Bits rounded(Bits bits, Value, Mask is_nan) {
  return is_nan ? bits | 0x400000u : bits + 0x7fffu + ((bits >> 16) & 1u);
}

/// One number as a vector of one element, for the columns that fill no vector.
struct Single {
  using Value = float;
  static constexpr int64_t columns = 1;
  TST_INLINE float load(const float *from) { return *from; }
  TST_INLINE void store(float *to, float value) { *to = value; }
  TST_INLINE float load(const bf16 *from) {
    return __builtin_bit_cast(float, static_cast<uint32_t>(from->bits) << 16);
  }
  TST_INLINE void store(bf16 *to, float value) {
    const auto bits = rounded(__builtin_bit_cast(uint32_t, value), value, value != value);
    to->bits = static_cast<uint16_t>(bits >> 16);
  }
};

struct Vector {
  using Value = vec;
  static constexpr int64_t columns = lanes;
  TST_INLINE vec load(const float *from) { return *reinterpret_cast<const unaligned_vec *>(from); }
  TST_INLINE void store(float *to, vec value) { *reinterpret_cast<unaligned_vec *>(to) = value; }
  TST_INLINE vec load(const bf16 *from) {
    const half_vec half = *reinterpret_cast<const unaligned_half_vec *>(from);
    return __builtin_bit_cast(vec, __builtin_convertvector(half, bits_vec) << 16);
  }
#if defined(TST_BFLOAT16)
  // Numbers below 2^-126 become 0.
  TST_INLINE void store(bf16 *to, vec value) {
    const __m256bh half = _mm512_cvtneps_pbh(__builtin_bit_cast(__m512, value));
    *reinterpret_cast<unaligned_half_vec *>(to) = __builtin_bit_cast(half_vec, half);
  }
#else
  TST_INLINE void store(bf16 *to, vec value) {
    const bits_vec bits = rounded(__builtin_bit_cast(bits_vec, value), value, value != value);
    *reinterpret_cast<unaligned_half_vec *>(to) = __builtin_convertvector(bits >> 16, half_vec);
  }
#endif
};

} // namespace
} // namespace timestep
