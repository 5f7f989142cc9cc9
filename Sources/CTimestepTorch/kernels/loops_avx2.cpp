#include "loops.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define TST_VECTOR_BYTES 32
#define TST_LOOPS avx2_loops
#define TST_NAME "avx2"
#include "loops.inl"
#pragma clang attribute pop
#endif
