"""Random values for every parameter and statistic of a network, for golden files."""

import torch


def randomize(network, gain):
    """Every value differs from its beginning, and all are float32 numbers; `gain` is the weights' variance times the inputs."""
    generator = torch.Generator().manual_seed(7)
    for key, value in network.state_dict().items():
        if key.endswith("num_batches_tracked"):
            value.fill_(12)
        elif key.startswith("ks."):
            value.copy_(1.1 - 0.2 * torch.rand(value.shape, generator=generator))
        elif key.endswith("running_var"):
            value.copy_(torch.rand(value.shape, generator=generator) + 0.5)
        elif value.dim() > 1:
            scale = (gain / value[0].numel()) ** 0.5
            value.copy_(torch.randn(value.shape, generator=generator) * scale)
        else:
            center = 1 if key.endswith("weight") else 0
            value.copy_(center + 0.2 * torch.randn(value.shape, generator=generator))
    return network
