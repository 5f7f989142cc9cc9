#ifndef TST_OPTIMIZER_H
#define TST_OPTIMIZER_H

#include "tst_types.h"

TST_BEGIN

/// One step of SGD on all parameters at once, in place:
/// g <- g + weight_decay p;  m <- momentum m + g (first step: m <- g);  p <- p - rate (nesterov ? g + momentum m : m).
int32_t tst_sgd_step_(const tst_tensor *parameters, const tst_tensor *gradients,
                      const tst_tensor *momenta, int32_t count, double rate, double momentum,
                      double weight_decay, bool nesterov, bool first_step);
/// One step of Adam on all parameters at once, in place; `step` counts from 1.
int32_t tst_adam_step_(const tst_tensor *parameters, const tst_tensor *gradients,
                       const tst_tensor *first_moments, const tst_tensor *second_moments,
                       int32_t count, int64_t step, double rate, double beta1, double beta2,
                       double epsilon, double weight_decay);
/// tensors[i] <- tensors[i] + alpha others[i]
int32_t tst_foreach_add_(const tst_tensor *tensors, const tst_tensor *others, int32_t count,
                         double alpha);
/// tensors[i] <- factor tensors[i]
int32_t tst_foreach_multiply_(const tst_tensor *tensors, int32_t count, double factor);
/// Euclidean norms, one scalar tensor each.
int32_t tst_foreach_norms(tst_tensor *out, const tst_tensor *tensors, int32_t count);
/// The Euclidean norm of all tensors together, computed in their own type.
int32_t tst_foreach_norm(double *out, const tst_tensor *tensors, int32_t count);

TST_END

#endif
