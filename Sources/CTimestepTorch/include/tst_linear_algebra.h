#ifndef TST_LINEAR_ALGEBRA_H
#define TST_LINEAR_ALGEBRA_H

#include "tst_types.h"

TST_BEGIN

/// Discrete Fourier transform of the last two axes, zero-padded or cut to `height` x `width`.
int32_t tst_fft2(tst_tensor *out, tst_tensor input, int64_t height, int64_t width, bool inverse);
/// The same for real input, half the spectrum.
int32_t tst_rfft2(tst_tensor *out, tst_tensor input, int64_t height, int64_t width);
/// The inverse of tst_rfft2: real output of `height` x `width`.
int32_t tst_irfft2(tst_tensor *out, tst_tensor input, int64_t height, int64_t width);
/// a = u diag(s) vh, reduced.
int32_t tst_svd(tst_tensor *out_u, tst_tensor *out_s, tst_tensor *out_vh, tst_tensor a);
int32_t tst_singular_values(tst_tensor *out, tst_tensor a);
/// Eigenvalues of a general square matrix, complex.
int32_t tst_eigenvalues(tst_tensor *out, tst_tensor a);
/// Eigenvalues (ascending) and eigenvectors of a Hermitian matrix.
int32_t tst_eigh(tst_tensor *out_values, tst_tensor *out_vectors, tst_tensor a);
/// x with a x = b.
int32_t tst_solve(tst_tensor *out, tst_tensor a, tst_tensor b);
/// a = q r, reduced.
int32_t tst_qr(tst_tensor *out_q, tst_tensor *out_r, tst_tensor a);

TST_END

#endif
