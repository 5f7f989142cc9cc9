#ifndef TST_TYPES_H
#define TST_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define TST_BEGIN extern "C" {
#define TST_END }
#else
#define TST_BEGIN
#define TST_END
#endif

typedef struct tst_tensor_opaque *tst_tensor;
typedef struct tst_generator_opaque *tst_generator;

/// Numbers of c10::ScalarType.
typedef enum : int32_t {
  TST_UINT8 = 0,
  TST_INT32 = 3,
  TST_INT64 = 4,
  TST_FLOAT32 = 6,
  TST_FLOAT64 = 7,
  TST_COMPLEX64 = 9,
  TST_COMPLEX128 = 10,
  TST_BOOL = 11,
  TST_BFLOAT16 = 15,
} tst_dtype;

typedef enum : int32_t { TST_CPU = 0, TST_CUDA = 1 } tst_device_kind;

typedef struct {
  tst_device_kind kind;
  int32_t index;
} tst_device;

typedef enum : int32_t { TST_CONTIGUOUS = 0, TST_CHANNELS_LAST = 2 } tst_memory_format;

#endif
