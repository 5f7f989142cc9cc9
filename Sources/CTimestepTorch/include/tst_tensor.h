#ifndef TST_TENSOR_H
#define TST_TENSOR_H

#include "tst_types.h"

TST_BEGIN

void tst_tensor_free(tst_tensor tensor);

// Creation
int32_t tst_empty(tst_tensor *out, const int64_t *shape, int32_t rank, tst_dtype dtype,
                  tst_device device, tst_memory_format format);
int32_t tst_full(tst_tensor *out, const int64_t *shape, int32_t rank, double value, tst_dtype dtype,
                 tst_device device);
int32_t tst_arange(tst_tensor *out, double start, double end, double step, tst_dtype dtype,
                   tst_device device);
/// Wraps memory of the caller; `release(context)` is called once when no tensor uses it any more.
int32_t tst_from_memory(tst_tensor *out, void *data, const int64_t *shape, const int64_t *strides,
                        int32_t rank, tst_dtype dtype, void (*release)(void *context),
                        void *context);

// Properties
int32_t tst_rank(int32_t *out, tst_tensor tensor);
int32_t tst_sizes(int64_t *out, tst_tensor tensor);
int32_t tst_strides(int64_t *out, tst_tensor tensor);
int32_t tst_element_count(int64_t *out, tst_tensor tensor);
int32_t tst_dtype_of(int32_t *out, tst_tensor tensor);
int32_t tst_device_of(tst_device *out, tst_tensor tensor);
int32_t tst_is_contiguous(bool *out, tst_tensor tensor, tst_memory_format format);
/// The address of the first element; the tensor must be on the CPU.
int32_t tst_data(void **out, tst_tensor tensor);
/// The single element as a number.
int32_t tst_item(double *out, tst_tensor tensor);

// Copies and conversions
int32_t tst_to(tst_tensor *out, tst_tensor tensor, tst_dtype dtype, tst_device device);
int32_t tst_contiguous(tst_tensor *out, tst_tensor tensor, tst_memory_format format);
int32_t tst_clone(tst_tensor *out, tst_tensor tensor);
int32_t tst_detach(tst_tensor *out, tst_tensor tensor);
int32_t tst_copy_(tst_tensor destination, tst_tensor source);
int32_t tst_fill_(tst_tensor tensor, double value);

// Views and rearrangements
int32_t tst_reshape(tst_tensor *out, tst_tensor tensor, const int64_t *shape, int32_t rank);
int32_t tst_permute(tst_tensor *out, tst_tensor tensor, const int64_t *axes, int32_t rank);
int32_t tst_expand(tst_tensor *out, tst_tensor tensor, const int64_t *shape, int32_t rank);
int32_t tst_slice(tst_tensor *out, tst_tensor tensor, int64_t axis, int64_t start, int64_t end,
                  int64_t step);
int32_t tst_select(tst_tensor *out, tst_tensor tensor, int64_t axis, int64_t index);
int32_t tst_index_select(tst_tensor *out, tst_tensor tensor, int64_t axis, tst_tensor indices);
int32_t tst_squeeze(tst_tensor *out, tst_tensor tensor, int64_t axis);
int32_t tst_unsqueeze(tst_tensor *out, tst_tensor tensor, int64_t axis);
int32_t tst_flip(tst_tensor *out, tst_tensor tensor, const int64_t *axes, int32_t count);
int32_t tst_cat(tst_tensor *out, const tst_tensor *tensors, int32_t count, int64_t axis);
int32_t tst_stack(tst_tensor *out, const tst_tensor *tensors, int32_t count, int64_t axis);
/// Constant padding; `amounts` holds before and after of the last axis, then of the one before, ...
int32_t tst_pad(tst_tensor *out, tst_tensor tensor, const int64_t *amounts, int32_t count,
                double value);
/// Complex numbers as pairs of reals along a new last axis.
int32_t tst_view_as_real(tst_tensor *out, tst_tensor tensor);
int32_t tst_view_as_complex(tst_tensor *out, tst_tensor tensor);

TST_END

#endif
