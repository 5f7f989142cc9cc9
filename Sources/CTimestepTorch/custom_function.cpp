#include "internal/bridge.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>

using namespace timestep;
using torch::autograd::variable_list;

namespace {

/// A node of the graph whose backward is the caller's function. The context is released with the graph's buffers.
struct CallerNode : torch::autograd::Node {
  tst_backward_function backward;
  tst_release_function release;
  void *context;

  ~CallerNode() override { release_variables(); }

  std::string name() const override { return "TimestepFunction"; }

  void release_variables() override {
    if (context != nullptr) release(context);
    context = nullptr;
  }

  variable_list apply(variable_list &&gradients) override {
    TORCH_CHECK(context != nullptr,
                "the states of this step were freed by an earlier backward pass");
    // What the caller's function computes is not recorded: a second derivative would silently be zero.
    TORCH_CHECK(!c10::GradMode::is_enabled(),
                "a backward pass of the caller's cannot be differentiated again; use the stored adjoint");
    std::vector<tst_tensor> given;
    for (const auto &gradient : gradients) // Borrowed: `gradients` lives until the call is over.
      given.push_back(gradient.defined()
                          ? reinterpret_cast<tst_tensor>(gradient.unsafeGetTensorImpl())
                          : nullptr);
    std::vector<tst_tensor> made(num_outputs(), nullptr);
    const int32_t status = backward(context, given.data(), static_cast<int32_t>(given.size()),
                                    made.data(), static_cast<int32_t>(made.size()));
    variable_list result;
    for (auto handle : made)
      result.push_back(handle == nullptr ? at::Tensor()
                                         : at::Tensor(Handle::reclaim(
                                               reinterpret_cast<c10::TensorImpl *>(handle))));
    TORCH_CHECK(status == 0, tst_last_error());
    return result;
  }
};

} // namespace

int32_t tst_custom_function(tst_tensor *out, const tst_tensor *values, int32_t value_count,
                            const tst_tensor *inputs, int32_t input_count,
                            tst_backward_function backward, tst_release_function release,
                            void *context) {
  auto node = std::shared_ptr<CallerNode>(); // From here on the node owns the context.
  try {
    node = std::shared_ptr<CallerNode>(new CallerNode, torch::autograd::deleteNode);
  } catch (...) {
    release(context);
    return record_failure("out of memory");
  }
  node->backward = backward;
  node->release = release;
  node->context = context;
  return guarded([&] {
    variable_list sources = tensors(inputs, input_count);
    const bool recorded =
        c10::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(sources);
    if (recorded) node->set_next_edges(torch::autograd::collect_next_edges(sources));
    variable_list results;
    for (const auto &value : tensors(values, value_count)) {
      auto result = value.detach();
      if (recorded) torch::autograd::set_history(result, node);
      results.push_back(std::move(result));
    }
    for (size_t i = 0; i < results.size(); ++i) out[i] = give(std::move(results[i]));
  });
}

void tst_set_last_error(const char *message) { record_failure(message); }
