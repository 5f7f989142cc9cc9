"""Golden file of ResNet-50 for large images, as torchvision defines it: the stride is on the 3x3 convolution.

Format: `network_cases.py`. He et al. (2016), table 1, with few channels.
"""

from torch import nn
from torch.nn import functional

from network_cases import CLASSES, conv1, conv3, norm, run

relu = functional.relu


class Bottleneck(nn.Module):
    def __init__(self, inputs, inside, stride):
        super().__init__()
        self.conv1, self.norm1 = conv1(inputs, inside), norm(inside)
        self.conv2, self.norm2 = conv3(inside, inside, stride), norm(inside)
        self.conv3, self.norm3 = conv1(inside, 4 * inside), norm(4 * inside)

    def forward(self, u):
        u = relu(self.norm1(self.conv1(u)))
        u = relu(self.norm2(self.conv2(u)))
        return self.norm3(self.conv3(u))


class ConvolutionNorm(nn.Module):
    def __init__(self, conv):
        super().__init__()
        self.conv, self.norm = conv, norm(conv.out_channels)

    def forward(self, u):
        return self.norm(self.conv(u))


class Step(nn.Module):
    def __init__(self, field):
        super().__init__()
        self.field = field


class Stage(nn.Module):
    """The first block has a projection on its shortcut, also where only the channels change."""

    def __init__(self, inputs, inside, stride, count):
        super().__init__()
        self.transition = ConvolutionNorm(conv1(inputs, 4 * inside, stride))
        self.steps = nn.ModuleList(
            Step(Bottleneck(inputs if i == 0 else 4 * inside, inside, stride if i == 0 else 1))
            for i in range(count))

    def forward(self, u):
        for index, step in enumerate(self.steps):
            u = relu((self.transition(u) if index == 0 else u) + step.field(u))
        return u


class ResNet(nn.Module):
    def __init__(self, inside, counts):
        super().__init__()
        self.stem = ConvolutionNorm(nn.Conv2d(3, inside[0], 7, stride=2, padding=3, bias=False))
        inputs = [inside[0], *(4 * m for m in inside)]
        self.stages = nn.ModuleList(
            Stage(a, m, 1 if index == 0 else 2, count)
            for index, (a, m, count) in enumerate(zip(inputs, inside, counts)))
        self.head = nn.Module()
        self.head.linear = nn.Linear(4 * inside[-1], CLASSES)

    def forward(self, x):
        u = functional.max_pool2d(relu(self.stem(x)), 3, stride=2, padding=1)
        for stage in self.stages:
            u = stage(u)
        return self.head.linear(u.mean(dim=(2, 3)))


CASES = {
    "imagenet-resnet-50": {
        "network": "imagenet-resnet-50", "options": {"widths": "2,2,3,3"},
        "model": lambda: ResNet([2, 2, 3, 3], [3, 4, 6, 3]),
        "input_shape": (4, 3, 37, 50), "learning_rate": 0.01, "weight_decay": 0.01,
    },
}

if __name__ == "__main__":
    run("Golden file of ResNet-50 for large images.", "imagenet_resnet.py", CASES)
