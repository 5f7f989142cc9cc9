#pragma once

#include <torch/csrc/autograd/autograd.h>

namespace timestep {

/// The gradients of `value` with respect to those of the inputs it was made of that need one, by operations that are
/// recorded: for gradients of gradients.
inline std::vector<at::Tensor> recorded_gradients(const at::Tensor &value, const at::Tensor &gradient,
                                                  const std::vector<at::Tensor> &inputs) {
  std::vector<at::Tensor> result(inputs.size()), wanted;
  for (const auto &input : inputs)
    if (input.requires_grad()) wanted.push_back(input);
  if (wanted.empty()) return result;
  const auto found = torch::autograd::grad({value}, wanted, {gradient}, true, true, true);
  for (size_t i = 0, next = 0; i < inputs.size(); ++i)
    if (inputs[i].requires_grad()) result[i] = found[next++];
  return result;
}

} // namespace timestep
