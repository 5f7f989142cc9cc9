#ifndef TST_MATH_H
#define TST_MATH_H

#include "tst_types.h"

TST_BEGIN

typedef enum : int32_t {
  TST_ABS,
  TST_CONJUGATE,
  TST_COS,
  TST_ERFINV,
  TST_EXP,
  TST_IMAGINARY,
  TST_IS_FINITE,
  TST_LOG,
  TST_LOGICAL_NOT,
  TST_NEGATE,
  TST_REAL,
  TST_RECIPROCAL,
  TST_RELU,
  TST_SIGMOID,
  TST_SIGN,
  TST_SIN,
  TST_SQRT,
  TST_SQUARE,
  TST_TANH,
} tst_unary_operation;

typedef enum : int32_t {
  TST_DIVIDE,
  TST_EQUAL,
  TST_GREATER,
  TST_GREATER_EQUAL,
  TST_LESS,
  TST_LESS_EQUAL,
  TST_MATMUL,
  TST_MAXIMUM,
  TST_MINIMUM,
  TST_MULTIPLY,
  TST_NOT_EQUAL,
  TST_POWER,
} tst_binary_operation;

typedef enum : int32_t {
  TST_ALL,
  TST_ANY,
  TST_ARGMAX,
  TST_ARGMIN,
  TST_LOG_SUM_EXP,
  TST_MAX,
  TST_MEAN,
  TST_MIN,
  TST_NORM,
  TST_STANDARD_DEVIATION,
  TST_SUM,
  TST_VARIANCE,
} tst_reduction;

int32_t tst_unary(tst_tensor *out, tst_unary_operation operation, tst_tensor a);
int32_t tst_binary(tst_tensor *out, tst_binary_operation operation, tst_tensor a, tst_tensor b);
/// The second operand is a number.
int32_t tst_binary_scalar(tst_tensor *out, tst_binary_operation operation, tst_tensor a, double b);
/// a + alpha b
int32_t tst_add(tst_tensor *out, tst_tensor a, tst_tensor b, double alpha);
/// a + b with a number b
int32_t tst_add_scalar(tst_tensor *out, tst_tensor a, double b);
/// a <- a + alpha b
int32_t tst_add_(tst_tensor a, tst_tensor b, double alpha);
/// a <- b a
int32_t tst_multiply_(tst_tensor a, double b);
int32_t tst_relu_(tst_tensor a);
int32_t tst_clamp(tst_tensor *out, tst_tensor a, double low, double high);
int32_t tst_where(tst_tensor *out, tst_tensor condition, tst_tensor a, tst_tensor b);
/// No axes (count 0) means all of them. Variance and standard deviation divide by n, not n - 1.
int32_t tst_reduce(tst_tensor *out, tst_reduction operation, tst_tensor a, const int64_t *axes,
                   int32_t count, bool keep_axes);
/// Whether every element is a finite number.
int32_t tst_all_finite(bool *out, tst_tensor a);
/// The `count` largest elements along the last axis, in descending order, and their indices.
int32_t tst_top_k(tst_tensor *out_values, tst_tensor *out_indices, tst_tensor a, int64_t count);
int32_t tst_einsum(tst_tensor *out, const char *equation, const tst_tensor *operands,
                   int32_t count);

TST_END

#endif
