#ifndef TST_AUTOGRAD_H
#define TST_AUTOGRAD_H

#include "tst_types.h"

TST_BEGIN

int32_t tst_set_requires_grad(tst_tensor tensor, bool required);
int32_t tst_requires_grad(bool *out, tst_tensor tensor);
/// The accumulated gradient; NULL when there is none.
int32_t tst_grad(tst_tensor *out, tst_tensor tensor);
/// Sets the accumulated gradient; NULL removes it.
int32_t tst_set_grad(tst_tensor tensor, tst_tensor gradient);
/// Adds the gradient of the scalar `tensor` (or its product with `gradient`, may be NULL) to all leaves.
int32_t tst_backward(tst_tensor tensor, tst_tensor gradient, bool retain_graph);
/// Gradients of the outputs with respect to the inputs. `output_gradients` may be NULL, or hold NULLs;
/// an input that the outputs do not depend on gives NULL.
int32_t tst_gradients(tst_tensor *out, const tst_tensor *outputs, const tst_tensor *output_gradients,
                      int32_t output_count, const tst_tensor *inputs, int32_t input_count,
                      bool retain_graph, bool create_graph);
/// A backward pass of the caller's: reads the gradients of the outputs (borrowed, NULL where there is none) and hands
/// out gradients of the inputs (owned, NULL for none). After a failure, tst_last_error() is the caller's message.
typedef int32_t (*tst_backward_function)(void *context, const tst_tensor *output_gradients,
                                         int32_t output_count, tst_tensor *input_gradients,
                                         int32_t input_count);
typedef void (*tst_release_function)(void *context);
/// The given values as the results of a recorded operation on the inputs, whose backward pass is the caller's. The
/// context is released, exactly once, when the graph no longer needs it; at once when nothing is recorded.
int32_t tst_custom_function(tst_tensor *out, const tst_tensor *values, int32_t value_count,
                            const tst_tensor *inputs, int32_t input_count,
                            tst_backward_function backward, tst_release_function release,
                            void *context);
/// Sets what tst_last_error() returns on this thread.
void tst_set_last_error(const char *message);
/// Whether this thread records operations for differentiation.
bool tst_grad_mode(void);
void tst_set_grad_mode(bool enabled);

TST_END

#endif
