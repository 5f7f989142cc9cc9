"""Golden file of VDCNN-9, the network for text of the Robust ResNet paper's code.

Format: `network_cases.py`. Characters are numbers from 0, the padding, to 69. The convolutions have biases beside batch
norm, whose gradients are zero but for rounding.
"""

from torch import nn
from torch.nn import functional

from network_cases import CLASSES, characters, run

relu = functional.relu


def norm(width):
    return nn.BatchNorm1d(width, eps=1e-5, momentum=0.1)


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv1d(inputs, outputs, 3, padding=1)
        self.norm1 = norm(outputs)
        self.conv2 = nn.Conv1d(outputs, outputs, 3, padding=1)
        self.norm2 = norm(outputs)

    def forward(self, u):
        return self.norm2(self.conv2(relu(self.norm1(self.conv1(u)))))


class Projection(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, 1, bias=False)
        self.norm = norm(outputs)

    def forward(self, u):
        return self.norm(self.conv(u))


class Step(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.field = Block(inputs, outputs)


class Stage(nn.Module):
    def __init__(self, inputs, outputs, count):
        super().__init__()
        if inputs != outputs:
            self.transition = Projection(inputs, outputs)
        self.steps = nn.ModuleList(Step(inputs if i == 0 else outputs, outputs) for i in range(count))

    def forward(self, u, h):
        for index, step in enumerate(self.steps):
            shortcut = self.transition(u) if index == 0 and hasattr(self, "transition") else u
            u = relu(shortcut + h * step.field(u))
        return u


class Stem(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.embedding = nn.Embedding(70, 16, padding_idx=0)
        self.conv = nn.Conv1d(16, width, 3, padding=1)

    def forward(self, x):
        return self.conv(self.embedding(x).transpose(1, 2))


class Head(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.linear1 = nn.Linear(8 * width, hidden)
        self.linear2 = nn.Linear(hidden, hidden)
        self.linear3 = nn.Linear(hidden, CLASSES)

    def forward(self, u):
        u = functional.adaptive_max_pool1d(u, 8).flatten(1)
        return self.linear3(relu(self.linear2(relu(self.linear1(u)))))


class VDCNN(nn.Module):
    def __init__(self, widths, hidden, counts, h):
        super().__init__()
        self.h = h
        self.stem = Stem(widths[0])
        self.stages = nn.ModuleList(
            Stage(a, b, count) for a, b, count in zip([widths[0], *widths], widths, counts))
        self.head = Head(widths[-1], hidden)

    def forward(self, x):
        u = self.stem(x)
        for index, stage in enumerate(self.stages):
            if index > 0:
                u = functional.max_pool1d(u, 3, stride=2, padding=1)
            u = stage(u, self.h)
        return self.head(u)


CASES = {
    "vdcnn-9": {
        "network": "vdcnn-9", "options": {"widths": "4,5,6,7,9", "h": 0.5},
        "model": lambda: VDCNN([4, 5, 6, 7], 9, [1, 1, 1, 1], 0.5),
        # 72 characters make 9 positions in the last stage, so that the 8 maxima overlap.
        "input_shape": (4, 72), "inputs": characters, "learning_rate": 0.05, "weight_decay": 0.01,
    },
}

if __name__ == "__main__":
    run("Golden file of VDCNN-9.", "vdcnn.py", CASES)
