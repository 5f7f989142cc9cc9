#include "loops.h"

#if defined(__x86_64__)
// Features, not a processor: for those named after one, clang prefers vectors of half the width.
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#define TST_VECTOR_BYTES 64
#define TST_LOOPS avx512_loops
#define TST_NAME "avx512"
#include "loops.inl"
#pragma clang attribute pop
#endif
