#include "internal/bridge.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

using namespace timestep;

int32_t tst_set_requires_grad(tst_tensor a, bool required) {
  return guarded([&] {
    auto value = tensor(a);
    TORCH_CHECK(required || value.is_leaf(),
                "the result of a recorded operation cannot stop requiring a gradient; detach it");
    value.set_requires_grad(required);
  });
}

int32_t tst_requires_grad(bool *out, tst_tensor a) {
  return guarded([&] { *out = tensor(a).requires_grad(); });
}

int32_t tst_grad(tst_tensor *out, tst_tensor a) {
  return guarded([&] { *out = give(tensor(a).grad()); });
}

int32_t tst_set_grad(tst_tensor a, tst_tensor gradient) {
  return guarded([&] {
    auto value = tensor(a), grad = tensor(gradient);
    if (grad.defined())
      TORCH_CHECK(grad.sizes() == value.sizes() && grad.scalar_type() == value.scalar_type() &&
                      grad.device() == value.device(),
                  "a gradient has the shape, type and device of its tensor");
    value.mutable_grad() = grad;
  });
}

int32_t tst_backward(tst_tensor a, tst_tensor gradient, bool retain_graph) {
  return guarded([&] { torch::autograd::backward({tensor(a)}, {tensor(gradient)}, retain_graph); });
}

int32_t tst_gradients(tst_tensor *out, const tst_tensor *outputs,
                      const tst_tensor *output_gradients, int32_t output_count,
                      const tst_tensor *inputs, int32_t input_count, bool retain_graph,
                      bool create_graph) {
  return guarded([&] {
    std::vector<at::Tensor> seeds;
    if (output_gradients != nullptr) seeds = tensors(output_gradients, output_count);
    auto result =
        torch::autograd::grad(tensors(outputs, output_count), tensors(inputs, input_count), seeds,
                              retain_graph, create_graph, /*allow_unused=*/true);
    for (size_t i = 0; i < result.size(); ++i) out[i] = give(result[i]);
  });
}

bool tst_grad_mode(void) { return c10::GradMode::is_enabled(); }

void tst_set_grad_mode(bool enabled) { c10::GradMode::set_enabled(enabled); }
