#include "internal/bridge.h"

#include <ATen/ops/fft_fft2.h>
#include <ATen/ops/fft_ifft2.h>
#include <ATen/ops/fft_irfft2.h>
#include <ATen/ops/fft_rfft2.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_eigvals.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/linalg_svdvals.h>

#include <array>

using namespace timestep;

// libtorch transforms no bfloat16.
static at::Tensor in_float(const at::Tensor &x) {
  return x.scalar_type() == at::kBFloat16 ? x.to(at::kFloat) : x;
}

int32_t tst_fft2(tst_tensor *out, tst_tensor input, int64_t height, int64_t width, bool inverse) {
  return guarded([&] {
    std::array<int64_t, 2> size{height, width};
    *out = give(inverse ? at::fft_ifft2(tensor(input), size) : at::fft_fft2(tensor(input), size));
  });
}

int32_t tst_rfft2(tst_tensor *out, tst_tensor input, int64_t height, int64_t width) {
  return guarded([&] {
    std::array<int64_t, 2> size{height, width};
    *out = give(at::fft_rfft2(in_float(tensor(input)), size));
  });
}

int32_t tst_irfft2(tst_tensor *out, tst_tensor input, int64_t height, int64_t width) {
  return guarded([&] {
    std::array<int64_t, 2> size{height, width};
    *out = give(at::fft_irfft2(tensor(input), size));
  });
}

int32_t tst_svd(tst_tensor *out_u, tst_tensor *out_s, tst_tensor *out_vh, tst_tensor a) {
  return guarded([&] {
    auto [u, s, vh] = at::linalg_svd(tensor(a), false);
    *out_u = give(u);
    *out_s = give(s);
    *out_vh = give(vh);
  });
}

int32_t tst_singular_values(tst_tensor *out, tst_tensor a) {
  return guarded([&] { *out = give(at::linalg_svdvals(tensor(a))); });
}

int32_t tst_eigenvalues(tst_tensor *out, tst_tensor a) {
  return guarded([&] { *out = give(at::linalg_eigvals(tensor(a))); });
}

int32_t tst_eigh(tst_tensor *out_values, tst_tensor *out_vectors, tst_tensor a) {
  return guarded([&] {
    auto [values, vectors] = at::linalg_eigh(tensor(a));
    *out_values = give(values);
    *out_vectors = give(vectors);
  });
}

int32_t tst_solve(tst_tensor *out, tst_tensor a, tst_tensor b) {
  return guarded([&] { *out = give(at::linalg_solve(tensor(a), tensor(b))); });
}

int32_t tst_qr(tst_tensor *out_q, tst_tensor *out_r, tst_tensor a) {
  return guarded([&] {
    auto [q, r] = at::linalg_qr(tensor(a));
    *out_q = give(q);
    *out_r = give(r);
  });
}
