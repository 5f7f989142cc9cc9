#include "loops.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512bf16,avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#define TST_VECTOR_BYTES 64
#define TST_BFLOAT16
#define TST_LOOPS avx512_bf16_loops
#define TST_NAME "avx512-bf16"
#include "loops.inl"
#pragma clang attribute pop
#endif
