"""Golden file of ProcResNet, with the projection at the start and after every second optimiser step.

Format: `network_cases.py`. The projection follows the paper's algorithm 1, in full complex arithmetic: the kernel is
padded with zeros to the map of the convolution's value, each frequency's d x c matrix is replaced by s U V^H of its
singular value decomposition, and the inverse transform is cut to the kernel's support. The weights under `initial` are
projected already.
"""

import math

import torch
from torch import nn
from torch.nn import functional

from network_cases import BareStem, PreActivationHead, conv1, conv3, norm, run

relu = functional.relu


class Bottleneck(nn.Module):
    """BN, ReLU, 1x1; BN, ReLU, 3x3; BN, ReLU, 1x1."""

    def __init__(self, width):
        super().__init__()
        inside = width // 4
        self.norm1, self.conv1 = norm(width), conv1(width, inside)
        self.norm2, self.conv2 = norm(inside), conv3(inside, inside)
        self.norm3, self.conv3 = norm(inside), conv1(inside, width)

    def forward(self, u):
        u = self.conv1(relu(self.norm1(u)))
        u = self.conv2(relu(self.norm2(u)))
        return self.conv3(relu(self.norm3(u)))


class Convolution(nn.Module):
    """A bare strided 1x1 convolution."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = conv1(inputs, outputs, stride=2)

    def forward(self, u):
        return self.conv(u)


class Step(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.field = Bottleneck(width)


class Stage(nn.Module):
    """The convolution that changes the shape stands before the first block, whose skip is the identity."""

    def __init__(self, inputs, outputs, count):
        super().__init__()
        if inputs != outputs:
            self.transition = Convolution(inputs, outputs)
        self.steps = nn.ModuleList(Step(outputs) for _ in range(count))

    def forward(self, u):
        if hasattr(self, "transition"):
            u = self.transition(u)
        for step in self.steps:
            u = u + step.field(u)
        return u


class ProcResNet(nn.Module):
    """Depth 9n + 4; `inside` are the channels inside the bottlenecks."""

    def __init__(self, inside, count):
        super().__init__()
        widths = [4 * m for m in inside]
        self.stem = BareStem(3, widths[0])
        self.stages = nn.ModuleList(Stage(a, b, count) for a, b in zip([widths[0], *widths], widths))
        self.head = PreActivationHead(widths[-1])

    def forward(self, x):
        u = self.stem(x)
        for stage in self.stages:
            u = stage(u)
        return self.head(u)


def projected(kernel, height, width):
    """The cut polar factors of all frequencies, times sqrt(d / min(c, d))."""
    d, c, rows, columns = kernel.shape
    padded = torch.zeros(d, c, height, width, dtype=torch.complex128)
    padded[:, :, :rows, :columns] = kernel
    spectrum = torch.fft.fft2(padded)
    target = math.sqrt(d / min(c, d))
    for i in range(height):
        for j in range(width):
            u, _, vh = torch.linalg.svd(spectrum[:, :, i, j], full_matrices=False)
            spectrum[:, :, i, j] = target * u @ vh
    result = torch.fft.ifft2(spectrum)[:, :, :rows, :columns]
    assert result.imag.abs().max() < 1e-12
    return result.real


@torch.no_grad()
def project(network):
    height, width = SHAPE[2:]
    for stage in [None, *network.stages]:
        if stage is None:
            kernel = network.stem.conv.weight
        elif hasattr(stage, "transition"):
            # The map that a convolution with stride 2 makes.
            height, width = (height + 1) // 2, (width + 1) // 2
            kernel = stage.transition.conv.weight
        else:
            continue
        kernel.copy_(projected(kernel, height, width))


SHAPE = (4, 3, 9, 8)
CASES = {
    "procresnet-22": {
        "network": "procresnet-22",
        "options": {"widths": "2,3,4", "transition": "norm-preserving:method=svd"},
        "model": lambda: ProcResNet([2, 3, 4], 2), "project": project,
        "input_shape": SHAPE, "learning_rate": 0.1, "weight_decay": 0.01,
    },
}

if __name__ == "__main__":
    run("Golden file of ProcResNet.", "procrustes_resnet.py", CASES)
