"""Golden files of the networks of the LM-ResNet paper: LM-ResNet, ResNeXt, LM-ResNeXt, PolyNet, RevNet, FractalNet.

Format: `network_cases.py`. Everything here follows the paper's formulas (section 2.1 of the networks, sections 1.1 to
1.3 of PolyNet, FractalNet and RevNet) and its published code where it settles the first step and the stage boundaries.
"""

import torch
from torch import nn
from torch.nn import functional

from network_cases import CLASSES, BareStem, NormReluConv, PreActivationHead, conv1, conv3, norm, run

relu = functional.relu


class Basic(nn.Module):
    """BN, ReLU, 3x3; BN, ReLU, 3x3."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.norm1, self.conv1 = norm(inputs), conv3(inputs, outputs, stride)
        self.norm2, self.conv2 = norm(outputs), conv3(outputs, outputs)

    def forward(self, u):
        return self.conv2(relu(self.norm2(self.conv1(relu(self.norm1(u))))))


class Grouped(nn.Module):
    """BN, ReLU, 1x1 to c groups of 64 channels where the value has 256; BN, ReLU, grouped 3x3; BN, ReLU, 1x1."""

    def __init__(self, inputs, outputs, stride=1, groups=4):
        super().__init__()
        inside = groups * (outputs * 64 // 256)
        assert inside // groups > 1
        self.norm1, self.conv1 = norm(inputs), conv1(inputs, inside)
        self.norm2, self.conv2 = norm(inside), conv3(inside, inside, stride, groups)
        self.norm3, self.conv3 = norm(inside), conv1(inside, outputs)

    def forward(self, u):
        u = self.conv1(relu(self.norm1(u)))
        u = self.conv2(relu(self.norm2(u)))
        return self.conv3(relu(self.norm3(u)))


class TwiceApplied(nn.Module):
    """`Basic` with one set of convolutions, and norms of each application's own."""

    def __init__(self, width):
        super().__init__()
        self.norm1 = nn.ModuleList(norm(width) for _ in range(2))
        self.conv1 = conv3(width, width)
        self.norm2 = nn.ModuleList(norm(width) for _ in range(2))
        self.conv2 = conv3(width, width)

    def forward(self, u, application):
        u = self.conv1(relu(self.norm1[application](u)))
        return self.conv2(relu(self.norm2[application](u)))


class Pair(nn.Module):
    """The f and g of RevNet, each on half of the channels."""

    def __init__(self, width):
        super().__init__()
        self.branches = nn.ModuleList(Basic(width // 2, width // 2) for _ in range(2))


class Step(nn.Module):
    """A field, and by choice the k of its step."""

    def __init__(self, field, has_k=False):
        super().__init__()
        self.field = field
        if has_k:
            self.k = nn.Parameter(torch.zeros(()))


class Stage(nn.Module):
    """Fields of one width; the first changes the shape where there is a transition."""

    def __init__(self, inputs, outputs, stride, count, change, same, has_k, has_history):
        super().__init__()
        steps = []
        if inputs != outputs or stride != 1:
            self.transition = NormReluConv(inputs, outputs, stride)
            if has_history:
                self.history_transition = NormReluConv(inputs, outputs, stride)
            steps.append(Step(change(inputs, outputs, stride), has_k))
        while len(steps) < count:
            steps.append(Step(same(outputs), has_k))
        self.steps = nn.ModuleList(steps)


class Network(nn.Module):
    """Bare 3x3 convolution, stages, and a head of BN, ReLU, mean and linear map; subclasses say how stages step."""

    has_k = False
    projects_history = False

    def __init__(self, widths, count, first=None, h=1.0):
        super().__init__()
        self.h = h
        inputs = [first or widths[0], *widths[:-1]]
        self.stem = BareStem(3, inputs[0])
        self.stages = nn.ModuleList(
            Stage(
                a, b, 1 if index == 0 else 2, count, self.change, self.same, self.has_k,
                self.projects_history and index > 0)
            for index, (a, b) in enumerate(zip(inputs, widths)))
        self.head = PreActivationHead(widths[-1])

    def change(self, inputs, outputs, stride):
        return Basic(inputs, outputs, stride)

    def same(self, width):
        return Basic(width, width)


class Multistep(Network):
    """u_{n+1} = (1 - k_n) u_n + k_n u_{n-1} + f(u_n).

    The very first block is an Euler step. A block with a transition D is `D(u_n) + f(u_n)`, or with a second transition
    D' of the history `(1 - k) D(u_n) + k D'(u_{n-1}) + f(u_n)`; in both cases the next block takes D(u_n) for u_{n-1}.
    """

    has_k = True

    def forward(self, x):
        u, previous = self.stem(x), None
        for stage in self.stages:
            for index, step in enumerate(stage.steps):
                f = step.field(u)
                mapped = stage.transition(u) if index == 0 and hasattr(stage, "transition") else u
                if index == 0 and hasattr(stage, "history_transition"):
                    after = (1 - step.k) * mapped + step.k * stage.history_transition(previous) + f
                elif previous is None or mapped is not u:
                    after = mapped + f
                else:
                    after = (1 - step.k) * u + step.k * previous + f
                u, previous = after, mapped
        return self.head(u)


class ResNeXt(Network):
    """Forward Euler with grouped bottlenecks."""

    def change(self, inputs, outputs, stride):
        return Grouped(inputs, outputs, stride)

    def same(self, width):
        return Grouped(width, width)

    def forward(self, x):
        u = self.stem(x)
        for stage in self.stages:
            for index, step in enumerate(stage.steps):
                u = (stage.transition(u) if index == 0 else u) + self.h * step.field(u)
        return self.head(u)


class MultistepResNeXt(Multistep):
    projects_history = True
    change, same = ResNeXt.change, ResNeXt.same


class PolyNet(Network):
    """u + F(u) + F(F(u)), F = h f; where the shape changes, an ordinary block."""

    def same(self, width):
        return TwiceApplied(width)

    def forward(self, x):
        u = self.stem(x)
        for stage in self.stages:
            for index, step in enumerate(stage.steps):
                if index == 0 and hasattr(stage, "transition"):
                    u = stage.transition(u) + self.h * step.field(u)
                else:
                    first = self.h * step.field(u, 0)
                    u = u + first + self.h * step.field(first, 1)
        return self.head(u)


class RevNet(Network):
    """X+ = X + h f(Y), Y+ = Y + h g(X+); where the shape changes, an ordinary block."""

    def same(self, width):
        return Pair(width)

    def forward(self, x):
        u = self.stem(x)
        for stage in self.stages:
            for index, step in enumerate(stage.steps):
                if index == 0 and hasattr(stage, "transition"):
                    u = stage.transition(u) + self.h * step.field(u)
                else:
                    f, g = step.field.branches
                    x, y = u.chunk(2, dim=1)
                    x = x + self.h * f(y)
                    y = y + self.h * g(x)
                    u = torch.cat([x, y], dim=1)
        return self.head(u)


class NormedConvolution(nn.Module):
    """Convolution, BN, ReLU; `conv1` and `norm1` inside a column, `conv` and `norm` elsewhere."""

    def __init__(self, conv, suffix=""):
        super().__init__()
        self.names = f"conv{suffix}", f"norm{suffix}"
        self.add_module(self.names[0], conv)
        self.add_module(self.names[1], norm(conv.out_channels))

    def forward(self, u):
        conv, normed = (getattr(self, name) for name in self.names)
        return relu(normed(conv(u)))


class FractalStage(nn.Module):
    """p_1 = K, p_{c+1} = K/2 + (p_c o p_c)/2, every K its own; a 1x1 convolution and a 2x2 mean come before."""

    def __init__(self, inputs, outputs, columns, has_transition):
        super().__init__()
        if has_transition:
            self.transition = NormedConvolution(conv1(inputs, outputs))
        field = nn.Module()
        field.branches = nn.ModuleList(
            NormedConvolution(conv3(outputs, outputs), "1") for _ in range(2**columns - 1))
        self.steps = nn.ModuleList([Step(field)])
        self.columns = columns

    def forward(self, u):
        if hasattr(self, "transition"):
            u = functional.avg_pool2d(self.transition(u), 2)
        # The shortest path of a block first, then its first and its second half.
        return self.block(list(self.steps[0].field.branches), u)

    def block(self, layers, u):
        if len(layers) == 1:
            return layers[0](u)
        half = len(layers) // 2
        long = self.block(layers[1 + half:], self.block(layers[1 : 1 + half], u))
        return (layers[0](u) + long) / 2


class FractalNet(nn.Module):
    def __init__(self, widths, columns):
        super().__init__()
        self.stem = NormedConvolution(conv3(3, widths[0]))
        self.stages = nn.ModuleList(
            FractalStage(a, b, columns, index > 0)
            for index, (a, b) in enumerate(zip([widths[0], *widths], widths)))
        self.head = nn.Module()
        self.head.linear = nn.Linear(widths[-1], CLASSES)

    def forward(self, x):
        u = self.stem(x)
        for stage in self.stages:
            u = stage(u)
        return self.head.linear(u.mean(dim=(2, 3)))


SHAPE = (5, 3, 9, 8)
CASES = {
    "lm-resnet-20": {
        "network": "lm-resnet-20", "options": {"widths": "4,6,8"}, "model": lambda: Multistep([4, 6, 8], 3),
        "input_shape": SHAPE, "learning_rate": 0.1, "weight_decay": 0.01,
    },
    "resnext-29-4x64d": {
        "network": "resnext-29-4x64d", "options": {"widths": "8,12,16", "h": 0.5},
        "model": lambda: ResNeXt([8, 12, 16], 3, first=2, h=0.5),
        "input_shape": SHAPE, "learning_rate": 0.1, "weight_decay": 0.01,
    },
    "lm-resnext-20-4x64d": {
        "network": "lm-resnext-20-4x64d", "options": {"widths": "8,12,16"},
        "model": lambda: MultistepResNeXt([8, 12, 16], 2, first=2),
        "input_shape": SHAPE, "learning_rate": 0.1, "weight_decay": 0.01,
    },
    "polynet-20": {
        "network": "polynet-20", "options": {"widths": "4,6,8", "h": 0.5},
        "model": lambda: PolyNet([4, 6, 8], 3, h=0.5),
        "input_shape": SHAPE, "learning_rate": 0.1, "weight_decay": 0.01,
    },
    "revnet-38": {
        "network": "revnet-38", "options": {"widths": "4,6,8", "h": 0.5},
        "model": lambda: RevNet([4, 6, 8], 3, h=0.5),
        "input_shape": SHAPE, "learning_rate": 0.1, "weight_decay": 0.01,
    },
    "fractalnet-20": {
        "network": "fractalnet-20", "options": {"widths": "3,3,4,4,4"},
        "model": lambda: FractalNet([3, 3, 4, 4, 4], 3),
        "input_shape": (4, 3, 32, 16), "learning_rate": 0.1, "weight_decay": 0.01,
    },
}

if __name__ == "__main__":
    run("Golden files of the networks of the LM-ResNet paper.", "lm_resnet.py", CASES)
