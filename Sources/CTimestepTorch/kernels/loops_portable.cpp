#include "loops.h"

#define TST_VECTOR_BYTES 16
#define TST_LOOPS portable_loops
#define TST_NAME "portable"
#include "loops.inl"
