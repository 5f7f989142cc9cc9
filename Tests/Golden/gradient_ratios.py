"""Gradient norms at the boundaries of blocks by PyTorch's hooks, for `TimestepDiagnosticsTests`.

The networks are those of `robust_resnet.py` and `procrustes_resnet.py`, small, in float64 and in train mode. A hook on
the tensor at each boundary stores the norm of the gradient of the mean cross-entropy with respect to it.

Keys of a file
--------------
  weights/PATH      every parameter and buffer, whole
  input, labels     the batch
  norms             [boundaries] norms of the gradients: of the images, of the state before the first block, after each
                    transition that stands by itself and after each step
  loss              []

Metadata: `case`, `network`, `option.h`, `option.widths`, `classes`, `input_shape`, and `paths`, the names of the
boundaries separated by commas.
"""

import torch
from torch.nn import functional

import common
import network_cases
import procrustes_resnet
import robust_resnet

CLASSES = 3
# So many numbers that everything is stored whole.
WHOLE = 1 << 20


def robust(network, x):
    """The states at the boundaries of a post-activation network, and the logits."""
    u = functional.relu(network.stem(x))
    yield "stem", u
    for number, stage in enumerate(network.stages):
        for index, step in enumerate(stage.steps):
            shortcut = stage.transition(u) if index == 0 and stage.projects else u
            u = step(u, shortcut)
            yield f"stages.{number}.steps.{index}", u
    yield None, network.head(u)


def procrustes(network, x):
    """The same of a network whose transitions stand before the first step."""
    u = network.stem(x)
    yield "stem", u
    for number, stage in enumerate(network.stages):
        if hasattr(stage, "transition"):
            u = stage.transition(u)
            yield f"stages.{number}.transition", u
        for index, step in enumerate(stage.steps):
            u = u + step.field(u)
            yield f"stages.{number}.steps.{index}", u
    yield None, network.head(u)


def small_robust():
    robust_resnet.WIDTHS = (4, 6, 8)
    return robust_resnet.RobustResNet(14, 0.1, classes=CLASSES)


CASES = {
    "gradient-ratios-resnet": {
        "network": "resnet-14", "h": 0.1, "widths": "4,6,8", "model": small_robust, "states": robust,
        "input_shape": (8, 3, 12, 10),
    },
    "gradient-ratios-procresnet": {
        "network": "procresnet-22", "h": 1.0, "widths": "2,3,4",
        "model": lambda: procrustes_resnet.ProcResNet([2, 3, 4], 2), "states": procrustes,
        "input_shape": (4, 3, 9, 8),
    },
}


def results(case):
    network = network_cases.build(case).train()
    tensors = {f"weights/{path}": t.clone() for path, t in network_cases.state(network).items()}
    shape = case["input_shape"]
    x = network_cases.images(shape)
    labels = common.integers("labels", shape[:1], CLASSES)
    tensors["input"], tensors["labels"] = x.clone(), labels
    x.requires_grad_()
    paths, norms = [], {}

    def hook(path, tensor):
        paths.append(path)
        tensor.register_hook(lambda gradient: norms.__setitem__(path, gradient.norm()))

    hook("input", x)
    for path, u in case["states"](network, x):
        if path is not None:
            hook(path, u)
    loss = functional.cross_entropy(u, labels)
    loss.backward()
    tensors["norms"] = torch.stack([norms[path] for path in paths])
    tensors["loss"] = loss
    return {key: t.detach() for key, t in tensors.items()}, paths


def main():
    options = common.parse("Gradient norms at the boundaries of blocks.").parse_args()
    common.check_test_values()
    for name, case in CASES.items():
        tensors, paths = results(case)
        metadata = {
            "case": name, "network": case["network"], "option.h": case["h"],
            "option.widths": case["widths"], "classes": CLASSES,
            "input_shape": ",".join(map(str, case["input_shape"])), "paths": ",".join(paths),
        }
        folder = common.tests_folder("TimestepDiagnosticsTests", "Golden")
        common.finish(options, name, folder, tensors, metadata, "gradient_ratios.py", whole_limit=WHOLE)


if __name__ == "__main__":
    main()
