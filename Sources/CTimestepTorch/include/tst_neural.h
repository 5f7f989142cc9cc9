#ifndef TST_NEURAL_H
#define TST_NEURAL_H

#include "tst_types.h"

TST_BEGIN

/// base + size * cross-correlation over `spatial` (1 or 2) axes; the arrays hold one number per axis; bias and base may
/// be NULL. Where the input is bfloat16, weight and bias are rounded to it unless the kernels take them as they are.
int32_t tst_convolution(tst_tensor *out, tst_tensor input, tst_tensor weight, tst_tensor bias,
                        const int64_t *stride, const int64_t *padding, const int64_t *dilation,
                        int32_t spatial, int64_t groups, tst_tensor base, double size);
int32_t tst_convolution_transpose(tst_tensor *out, tst_tensor input, tst_tensor weight,
                                  tst_tensor bias, const int64_t *stride, const int64_t *padding,
                                  const int64_t *output_padding, int32_t spatial, int64_t groups);
/// act(base + size * batch norm); weight, bias and base may be NULL, act is ReLU or nothing. In training the running
/// statistics (may be NULL) are updated in place. With `joins`, and where base was made by this function too, the
/// gradient of base is summed there with that of its other uses, and not seen by tst_gradients for base itself.
int32_t tst_batch_norm(tst_tensor *out, tst_tensor input, tst_tensor weight, tst_tensor bias,
                       tst_tensor running_mean, tst_tensor running_variance, bool training,
                       double momentum, double epsilon, tst_tensor base, double size, bool relu,
                       bool joins);
/// x + k (y - x), k a number or one for each channel.
int32_t tst_blend(tst_tensor *out, tst_tensor x, tst_tensor y, tst_tensor k);
int32_t tst_group_norm(tst_tensor *out, tst_tensor input, int64_t groups, tst_tensor weight,
                       tst_tensor bias, double epsilon);
int32_t tst_max_pool(tst_tensor *out, tst_tensor input, const int64_t *kernel,
                     const int64_t *stride, const int64_t *padding, int32_t spatial);
/// Padding is not counted in the average.
int32_t tst_average_pool(tst_tensor *out, tst_tensor input, const int64_t *kernel,
                         const int64_t *stride, const int64_t *padding, int32_t spatial);
int32_t tst_adaptive_average_pool(tst_tensor *out, tst_tensor input, const int64_t *size,
                                  int32_t spatial);
int32_t tst_adaptive_max_pool(tst_tensor *out, tst_tensor input, const int64_t *size,
                              int32_t spatial);
/// input weight^T + bias; bias may be NULL. A bfloat16 input is computed with in the type of the weight.
int32_t tst_linear(tst_tensor *out, tst_tensor input, tst_tensor weight, tst_tensor bias);
/// Rows of the table; the row `padding` (or -1: none) gets no gradient.
int32_t tst_embedding(tst_tensor *out, tst_tensor table, tst_tensor indices, int64_t padding);
int32_t tst_softmax(tst_tensor *out, tst_tensor input, int64_t axis, bool logarithm);
/// Mean over the batch, of logits [N, classes] and class numbers [N].
int32_t tst_cross_entropy(tst_tensor *out, tst_tensor logits, tst_tensor labels);
int32_t tst_mean_squared_error(tst_tensor *out, tst_tensor prediction, tst_tensor target);

TST_END

#endif
