#ifndef TST_RANDOM_H
#define TST_RANDOM_H

#include "tst_types.h"

TST_BEGIN

int32_t tst_generator_create(tst_generator *out, uint64_t seed);
void tst_generator_free(tst_generator generator);
/// The whole state as a uint8 tensor, and back.
int32_t tst_generator_state(tst_tensor *out, tst_generator generator);
int32_t tst_generator_set_state(tst_generator generator, tst_tensor state);

int32_t tst_uniform_(tst_tensor tensor, double low, double high, tst_generator generator);
int32_t tst_normal_(tst_tensor tensor, double mean, double deviation, tst_generator generator);
int32_t tst_bernoulli_(tst_tensor tensor, double probability, tst_generator generator);
int32_t tst_random_permutation(tst_tensor *out, int64_t count, tst_generator generator);

TST_END

#endif
