#ifndef CTIMESTEPTORCH_H
#define CTIMESTEPTORCH_H

// The C interface to libtorch. Conventions, the same for every function:
// - the result is 0 on success and 1 on failure; tst_last_error() then holds the message of this thread;
// - out-parameters come first and are written on success only;
// - a tst_tensor that a function hands out is owned by the caller and freed with tst_tensor_free;
// - a tst_tensor that is passed in is borrowed; NULL stands for "none" where the comment says so.

#include "tst_types.h"

#include "tst_autograd.h"
#include "tst_core.h"
#include "tst_linear_algebra.h"
#include "tst_math.h"
#include "tst_neural.h"
#include "tst_optimizer.h"
#include "tst_random.h"
#include "tst_tensor.h"

#endif
