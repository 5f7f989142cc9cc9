"""The networks that Timestep is measured against: ordinary PyTorch modules with the same layers.

`build(name, h)` gives a module, the shape of an example (None for text), and what is done to parameters after a step.
"""

import torch
from torch import nn
from torch.nn import functional


def convolution(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


class PostActivated(nn.Module):
    """relu(shortcut(u) + h BN(K2 relu(BN(K1 u))))"""

    def __init__(self, inputs, outputs, stride, h):
        super().__init__()
        self.h = h
        self.conv1, self.norm1 = convolution(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.norm2 = convolution(outputs, outputs, 3), nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Identity()
        if inputs != outputs:
            self.shortcut = nn.Sequential(convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, u):
        branch = self.norm2(self.conv2(self.relu(self.norm1(self.conv1(u)))))
        return self.relu(torch.add(self.shortcut(u), branch, alpha=self.h))


def pre_activated(inputs, hidden, outputs, stride, kernels, groups=1):
    """Convolutions, each after batch norm and ReLU; the stride is that of the first 3x3 one."""
    widths = [inputs] + [hidden] * (len(kernels) - 1) + [outputs]
    layers = []
    for index, kernel in enumerate(kernels):
        strided = kernel == 3 and 3 not in kernels[:index]
        layers += [
            nn.BatchNorm2d(widths[index]), nn.ReLU(inplace=True),
            convolution(widths[index], widths[index + 1], kernel, stride if strided else 1,
                        groups if kernel == 3 else 1)]
    # The first ReLU follows a batch norm, so that overwriting spares the state.
    return nn.Sequential(*layers)


def pre_activated_shortcut(inputs, outputs, stride):
    return nn.Sequential(nn.BatchNorm2d(inputs), nn.ReLU(inplace=True), convolution(inputs, outputs, 1, stride))


class PreActivated(nn.Module):
    """shortcut(u) + f(u)"""

    def __init__(self, field, shortcut=None):
        super().__init__()
        self.field, self.shortcut = field, shortcut

    def forward(self, u):
        return (u if self.shortcut is None else self.shortcut(u)) + self.field(u)


class LinearMultistep(nn.Module):
    """u+ = (1 - k) u + k u_before + f(u), the first step without k."""

    def __init__(self, channels, blocks):
        super().__init__()
        inputs = channels[0]
        self.stages, self.k = nn.ModuleList(), nn.ParameterList()
        for width in channels:
            stage = nn.ModuleList()
            for index in range(blocks):
                stage.append(pre_activated(inputs, width, width, 2 if inputs != width else 1, [3, 3]))
                self.k.append(nn.Parameter(torch.empty(()).uniform_(-0.1, 0)))
                inputs = width
            self.stages.append(stage)
        self.shortcuts = nn.ModuleList(
            pre_activated_shortcut(a, b, 2) for a, b in zip(channels, channels[1:]))

    def forward(self, u):
        k = iter(self.k)
        for number, stage in enumerate(self.stages):
            before = None
            for index, field in enumerate(stage):
                factor = next(k)
                if number > 0 and index == 0:
                    u = self.shortcuts[number - 1](u) + field(u)
                elif before is None:
                    before, u = u, u + field(u)
                else:
                    before, u = u, (1 - factor) * u + factor * before + field(u)
        return u


class Reversible(torch.autograd.Function):
    """Steps x += f(y), y += g(x) that keep the last state only (Gomez et al. 2017)."""

    @staticmethod
    def forward(ctx, x, y, fields, *parameters):
        ctx.fields = fields
        with torch.no_grad():
            for f, g in fields:
                x = x + f(y)
                y = y + g(x)
        ctx.save_for_backward(x, y)
        return x, y

    @staticmethod
    def backward(ctx, dx, dy):
        x, y = ctx.saved_tensors
        norms = [m for pair in ctx.fields for field in pair for m in field if isinstance(m, nn.BatchNorm2d)]
        momenta = [norm.momentum for norm in norms]
        for norm in norms:
            norm.momentum = 0
        gradients = []
        for f, g in reversed(ctx.fields):
            with torch.enable_grad():
                x1 = x.detach().requires_grad_()
                gx = g(x1)
            own = torch.autograd.grad(gx, [x1, *g.parameters()], dy)
            dx = dx + own[0]
            y = y - gx.detach()
            with torch.enable_grad():
                y1 = y.detach().requires_grad_()
                fy = f(y1)
            other = torch.autograd.grad(fy, [y1, *f.parameters()], dx)
            dy = dy + other[0]
            x = x - fy.detach()
            gradients = [*other[1:], *own[1:], *gradients]
        for norm, momentum in zip(norms, momenta):
            norm.momentum = momentum
        return dx, dy, None, *gradients


class RevNet(nn.Module):
    def __init__(self, channels, blocks):
        super().__init__()
        self.entries, self.stages = nn.ModuleList(), nn.ModuleList()
        inputs = channels[0]
        for width in channels:
            stage = nn.ModuleList()
            for index in range(blocks):
                if inputs != width:
                    self.entries.append(PreActivated(
                        pre_activated(inputs, width, width, 2, [3, 3]), pre_activated_shortcut(inputs, width, 2)))
                    inputs = width
                else:
                    half = width // 2
                    stage.append(nn.ModuleList(pre_activated(half, half, half, 1, [3, 3]) for _ in range(2)))
            self.stages.append(stage)

    def forward(self, u):
        for number, stage in enumerate(self.stages):
            if number > 0:
                u = self.entries[number - 1](u)
            x, y = u.chunk(2, dim=1)
            if torch.is_grad_enabled():
                x, y = Reversible.apply(x, y, [tuple(pair) for pair in stage], *stage.parameters())
            else:
                for f, g in stage:
                    x = x + f(y)
                    y = y + g(x)
            u = torch.cat([x, y], dim=1)
        return u


class TextBlock(nn.Module):
    """relu(shortcut(u) + h BN(K2 relu(BN(K1 u))))"""

    def __init__(self, inputs, outputs, h):
        super().__init__()
        self.h = h
        self.conv1, self.norm1 = nn.Conv1d(inputs, outputs, 3, padding=1), nn.BatchNorm1d(outputs)
        self.conv2, self.norm2 = nn.Conv1d(outputs, outputs, 3, padding=1), nn.BatchNorm1d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Identity()
        if inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv1d(inputs, outputs, 1, bias=False), nn.BatchNorm1d(outputs))

    def forward(self, u):
        branch = self.norm2(self.conv2(self.relu(self.norm1(self.conv1(u)))))
        return self.relu(torch.add(self.shortcut(u), branch, alpha=self.h))


class VDCNN(nn.Module):
    def __init__(self, steps, h):
        super().__init__()
        self.embedding = nn.Embedding(70, 16, padding_idx=0)
        self.stem = nn.Conv1d(16, 64, 3, padding=1)
        layers, inputs = [], 64
        for width, count in zip((64, 128, 256, 512), steps):
            if width > 64:
                layers.append(nn.MaxPool1d(3, 2, 1))
            for _ in range(count):
                layers.append(TextBlock(inputs, width, h))
                inputs = width
        self.blocks = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.AdaptiveMaxPool1d(8), nn.Flatten(), nn.Linear(512 * 8, 1024), nn.ReLU(inplace=True),
            nn.Linear(1024, 1024), nn.ReLU(inplace=True), nn.Linear(1024, 4))

    def forward(self, u):
        return self.head(self.blocks(self.stem(self.embedding(u).transpose(1, 2))))


def head(width, pre=True):
    norm = [nn.BatchNorm2d(width), nn.ReLU(inplace=True)] if pre else []
    return [*norm, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10)]


def bottlenecks(channels, blocks, inputs, hidden, groups=1, transition="pre-activated"):
    layers = []
    for number, width in enumerate(channels):
        for index in range(blocks):
            first, stride = index == 0, 2 if index == 0 and number > 0 else 1
            shortcut = None
            if first and inputs != width:
                if transition == "before":
                    layers.append(convolution(inputs, width, 1, stride))
                    inputs, stride = width, 1
                else:
                    shortcut = pre_activated_shortcut(inputs, width, stride)
            layers.append(PreActivated(
                pre_activated(inputs, hidden[number], width, stride, [1, 3, 1], groups), shortcut))
            inputs = width
    return layers


def projected(module):
    """The bare 1x1 convolutions brought back to K^T K = (D / C) I."""
    kernels = [m for m in module if isinstance(m, nn.Conv2d) and m.kernel_size == (1, 1)]

    def project():
        for kernel in kernels:
            weight = kernel.weight.data
            matrix = weight.flatten(1)
            left, _, right = torch.linalg.svd(matrix, full_matrices=False)
            weight.copy_((left @ right).view_as(weight) * (matrix.shape[0] / matrix.shape[1]) ** 0.5)

    return project


def build(name, h):
    """The module, the shape of an example, and what happens to parameters after a step."""
    family, _, rest = name.rpartition("-")
    image = (3, 32, 32)
    if name == "resnext-29-8x8d":
        layers = bottlenecks((256, 512, 1024), 3, 64, (64, 128, 256), groups=8)
        return nn.Sequential(convolution(3, 64, 3), *layers, *head(1024)), image, None
    depth = int(rest)
    if family == "resnet":
        blocks, inputs = [], 16
        for width in (16, 32, 64):
            for _ in range((depth - 2) // 6):
                blocks.append(PostActivated(inputs, width, 2 if inputs != width else 1, h))
                inputs = width
        stem = [convolution(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(inplace=True)]
        return nn.Sequential(*stem, *blocks, *head(64, pre=False)), image, None
    if family == "lm-resnet":
        return nn.Sequential(
            convolution(3, 16, 3), LinearMultistep((16, 32, 64), (depth - 2) // 6), *head(64)), image, None
    if family == "procresnet":
        layers = bottlenecks((64, 128, 256), (depth - 4) // 9, 64, (16, 32, 64), transition="before")
        module = nn.Sequential(convolution(3, 64, 3), *layers, *head(256))
        return module, image, projected(module)
    if family == "revnet":
        return nn.Sequential(
            convolution(3, 32, 3), RevNet((32, 64, 112), (depth - 2) // 12), *head(112)), image, None
    if family == "vdcnn":
        return VDCNN({9: (1, 1, 1, 1), 17: (2, 2, 2, 2), 29: (5, 5, 2, 2)}[depth], h), None, None
    raise SystemExit(f"there is no peer for {name}")
