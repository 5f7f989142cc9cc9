"""Golden files of the lecture's dynamics for images: Hamiltonian, second-order leapfrog, antisymmetric by RK4.

Format: `network_cases.py`. K is a 3x3 convolution with zeros around, K^T its adjoint (`conv_transpose2d`). The norms
divide each pixel's vector of channels by `sqrt(sum of squares + 1e-4)` and then scale and shift the channels. Stages are
joined by connectors: 1x1 convolution, norm, ReLU, mean over 2x2 pixels, before the first step.
"""

import torch
from torch import nn
from torch.nn import functional

from network_cases import CLASSES, conv1, conv3, run

relu = functional.relu


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, u):
        direction = u / torch.sqrt((u * u).sum(dim=1, keepdim=True) + 1e-4)
        return direction * self.weight[:, None, None] + self.bias[:, None, None]


class Hamiltonian(nn.Module):
    """Z+ = Z - h s(K^T Y + b), Y+ = Y + h s(K Z+ + b) with one K and b, and norms of K^T Y and of K Z."""

    def __init__(self, width):
        super().__init__()
        self.conv = conv3(width, width, bias=True)
        self.norm1, self.norm2 = Norm(width), Norm(width)

    def run(self, steps, y, h):
        z = torch.zeros_like(y)
        for field in steps:
            weight, b = field.conv.weight, field.conv.bias[:, None, None]
            z = z - h * relu(field.norm1(functional.conv_transpose2d(y, weight, padding=1)) + b)
            y = y + h * relu(field.norm2(functional.conv2d(z, weight, padding=1)) + b)
        return y


class Parabolic(nn.Module):
    """f(u) = -K^T s(norm(K u) + b); u_{l+1} = 2 u_l - u_{l-1} + h^2 f(u_l) with u_{-1} = u_0."""

    def __init__(self, width):
        super().__init__()
        self.conv = conv3(width, width, bias=True)
        self.norm = Norm(width)

    def forward(self, u):
        value = self.norm(functional.conv2d(u, self.conv.weight, padding=1)) + self.conv.bias[:, None, None]
        return -functional.conv_transpose2d(relu(value), self.conv.weight, padding=1)

    def run(self, steps, u, h):
        previous = u
        for field in steps:
            u, previous = 2 * u - previous + h * h * field(u), u
        return u


class Antisymmetric(nn.Module):
    """f(u) = s(norm(K u - K^T u - gamma u + b)); classical RK4 with weights constant over the step."""

    def __init__(self, width):
        super().__init__()
        self.conv = conv3(width, width, bias=True)
        self.norm = Norm(width)

    def forward(self, u):
        weight = self.conv.weight
        value = functional.conv2d(u, weight, padding=1) - functional.conv_transpose2d(u, weight, padding=1)
        return relu(self.norm(value - 1e-4 * u + self.conv.bias[:, None, None]))

    def run(self, steps, u, h):
        for f in steps:
            k1 = f(u)
            k2 = f(u + h / 2 * k1)
            k3 = f(u + h / 2 * k2)
            k4 = f(u + h * k3)
            u = u + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return u


class ConvolutionNormReLU(nn.Module):
    def __init__(self, conv, width):
        super().__init__()
        self.conv, self.norm = conv, Norm(width)

    def forward(self, u):
        return relu(self.norm(self.conv(u)))


class Step(nn.Module):
    def __init__(self, field):
        super().__init__()
        self.field = field


class Stage(nn.Module):
    def __init__(self, field, inputs, outputs, count):
        super().__init__()
        if inputs != outputs:
            self.transition = ConvolutionNormReLU(conv1(inputs, outputs, bias=True), outputs)
        self.steps = nn.ModuleList(Step(field(outputs)) for _ in range(count))

    def forward(self, u, h):
        if hasattr(self, "transition"):
            u = functional.avg_pool2d(self.transition(u), 2)
        fields = [step.field for step in self.steps]
        return fields[0].run(fields, u, h)


class Head(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, CLASSES)

    def forward(self, u):
        return self.linear(u.mean(dim=(2, 3)))


class Network(nn.Module):
    def __init__(self, field, widths, count, h):
        super().__init__()
        self.h = h
        self.stem = ConvolutionNormReLU(conv3(3, widths[0], bias=True), widths[0])
        self.stages = nn.ModuleList(
            Stage(field, a, b, count) for a, b in zip([widths[0], *widths], widths))
        self.head = Head(widths[-1])

    def forward(self, x):
        u = self.stem(x)
        for stage in self.stages:
            u = stage(u, self.h)
        return self.head(u)


CASES = {
    f"{name}-6": {
        "network": f"{name}-6", "options": {"widths": "4,5,6", "h": 0.5, "normalization": "tv"},
        "model": lambda field=field: Network(field, [4, 5, 6], 2, 0.5),
        "input_shape": (4, 3, 8, 12), "learning_rate": 0.1, "weight_decay": 0.01,
    }
    for name, field in [("hamiltonian", Hamiltonian), ("leapfrog", Parabolic), ("antisymmetric", Antisymmetric)]
}

if __name__ == "__main__":
    run("Golden files of the lecture's dynamics for images.", "lecture.py", CASES)
