"""Gradients that PyTorch has clipped and learning rates that it has warmed up, for `TimestepTrainingTests`.

Case k has three gradients `k/before/i` of shapes [3, 4], [5] and [] in float64, their common norm `k/norm`, the limit
`k/limit` and what `torch.nn.utils.clip_grad_norm_` makes of them, `k/after/i`. `warm-up/rates` are the learning rates of
10 steps by `torch.optim.lr_scheduler.LinearLR`, which warms up over 4 epochs of 2 steps from 0.01 of 0.5.
"""

import torch
from torch.nn.utils import clip_grad_norm_

import common

SHAPES = [(3, 4), (5,), ()]


def gradients(case):
    generator = torch.Generator().manual_seed(case)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in SHAPES]


def main():
    options = common.parse(__doc__.splitlines()[0]).parse_args()
    tensors = {}
    for case, (scale, limit) in enumerate([(1.0, 1.0), (1.0, 100.0), (1e-3, 1e-3), (1e150, 0.5), (0.0, 1.0)]):
        parameters = [torch.nn.Parameter(torch.zeros(shape, dtype=torch.float64)) for shape in SHAPES]
        for i, (parameter, gradient) in enumerate(zip(parameters, gradients(case))):
            parameter.grad = gradient * scale
            tensors[f"{case}/before/{i}"] = parameter.grad.clone()
        tensors[f"{case}/norm"] = clip_grad_norm_(parameters, limit)
        tensors[f"{case}/limit"] = torch.tensor(limit, dtype=torch.float64)
        for i, parameter in enumerate(parameters):
            tensors[f"{case}/after/{i}"] = parameter.grad
    sgd = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    schedule = torch.optim.lr_scheduler.LinearLR(sgd, start_factor=0.01, total_iters=8)
    rates = []
    for _ in range(10):
        rates.append(sgd.param_groups[0]["lr"])
        sgd.step()
        schedule.step()
    tensors["warm-up/rates"] = torch.tensor(rates, dtype=torch.float64)
    folder = common.tests_folder("TimestepTrainingTests", "Golden")
    common.finish(options, "clipping", folder, tensors, {"cases": 5}, "clipping.py")


if __name__ == "__main__":
    main()
