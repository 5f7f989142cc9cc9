#ifndef TST_CORE_H
#define TST_CORE_H

#include "tst_types.h"

TST_BEGIN

/// The message of this thread's last failure, without libtorch's stack trace; valid until the next one.
const char *tst_last_error(void);

/// The libtorch version this library was compiled against, e.g. "2.11.0".
const char *tst_libtorch_version(void);

/// The vector instruction set libtorch's kernels use, e.g. "AVX512".
int32_t tst_cpu_capability(const char **out);

int32_t tst_get_threads(int32_t *out);
int32_t tst_set_threads(int32_t count);

/// Makes malloc keep large blocks instead of returning them to the system at every free, and those of tensors apart.
int32_t tst_keep_freed_memory(void);
/// Has the allocator give large blocks back to the system as soon as they are freed.
int32_t tst_return_freed_memory(void);

/// Which fused kernels are used from now on: auto, reference (none), portable, avx2, avx512 or avx512-bf16. The
/// environment variable TIMESTEP_KERNELS chooses those at first.
int32_t tst_set_kernels(const char *name);
/// The name of those in use.
const char *tst_kernels(void);

/// Opens libtorch_cuda.so; the out-parameter says whether a GPU is usable then.
int32_t tst_load_cuda(bool *out_usable);

TST_END

#endif
