"""Golden files of the Robust ResNet for CIFAR, one per case, for `TimestepNetworksTests`.

The network is written here in plain PyTorch, independently of the Swift code; only the parameter paths are the same.
Values and storage are described in `common.py`. In all cases: 8 images [8, 3, 32, 32], 10 classes, widths 16, 32, 64,
batch norm with epsilon 1e-5 and momentum 0.1 (running variance from the unbiased batch variance), mean cross-entropy,
SGD with momentum (buffer = momentum * buffer + gradient, starting at the gradient; weight -= lr * buffer), without
weight decay, dampening or Nesterov. Steps and gradients use the same batch, in train mode.

Keys of a file; PATH is a parameter's or a buffer's path, such as `stages.1.steps.0.field.conv1.weight`
--------------------------------------------------------------------------------------------------------
  initial/PATH                every parameter and buffer at the start (computed from its name)
  eval/logits                 [8, 10] eval mode, initial weights and buffers
  train/logits                [8, 10] train mode, initial weights and buffers
  train/loss                  []      of train/logits
  gradient/PATH               of train/loss, for every parameter
  buffer-after-forward/PATH   running_mean, running_var after that one train-mode forward (batch norm only)
  losses                      [3]     the loss of each of 3 SGD steps from the initial weights and buffers;
                                      the first equals train/loss
  after3/PATH                 every parameter and buffer after the 3 steps
  after3/eval-logits          [8, 10] eval mode, after the 3 steps
  float32/eval-logits, float32/train-logits, float32/train-loss
                              as above, with weights, buffers and images rounded to float32

Metadata: `case`, `depth`, `h`, `batch_norm` (true, false), `classes`, `widths`, `batch`, `input_shape`, `learning_rate`,
`momentum`, `weight_decay`, `steps`, `norm_epsilon`, `norm_momentum`, `parameters` (their number).
`num_batches_tracked` is not part of a network's state here.
"""

import math

import torch
from torch import nn
from torch.nn import functional

import common

WIDTHS = (16, 32, 64)
NORM_EPSILON = 1e-5
NORM_MOMENTUM = 0.1
MOMENTUM = 0.9
STEPS = 3
COUNTS = {20: 272_474, 44: 661_338, 110: 1_730_714, 218: 3_480_602}

CASES = {
    "resnet-20": {"depth": 20, "h": 0.1, "batch_norm": True, "learning_rate": 0.1},
    "resnet-20-h-1": {"depth": 20, "h": 1.0, "batch_norm": True, "learning_rate": 0.1},
    "resnet-20-no-batch-norm": {"depth": 20, "h": 0.1, "batch_norm": False, "learning_rate": 0.01},
}


def convolution(inputs, outputs, kernel, stride, bias):
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=bias)


def norm(width):
    return nn.BatchNorm2d(width, eps=NORM_EPSILON, momentum=NORM_MOMENTUM, track_running_stats=True)


class ConvolutionAndNorm(nn.Module):
    """`conv` and, with batch norm, `norm`: the stem and the transitions."""

    def __init__(self, inputs, outputs, kernel, stride, batch_norm, bias):
        super().__init__()
        self.conv = convolution(inputs, outputs, kernel, stride, bias)
        self.norm = norm(outputs) if batch_norm else nn.Identity()

    def forward(self, x):
        return self.norm(self.conv(x))


class Field(nn.Module):
    """The right-hand side: the branch of a block, without h."""

    def __init__(self, inputs, outputs, stride, batch_norm):
        super().__init__()
        self.conv1 = convolution(inputs, outputs, 3, stride, bias=not batch_norm)
        self.norm1 = norm(outputs) if batch_norm else nn.Identity()
        self.conv2 = convolution(outputs, outputs, 3, 1, bias=not batch_norm)
        self.norm2 = norm(outputs) if batch_norm else nn.Identity()

    def forward(self, x):
        return self.norm2(self.conv2(functional.relu(self.norm1(self.conv1(x)))))


class Step(nn.Module):
    """ReLU(shortcut + h * field(x)); h multiplies the branch only."""

    def __init__(self, inputs, outputs, stride, batch_norm, h):
        super().__init__()
        self.field = Field(inputs, outputs, stride, batch_norm)
        self.h = h

    def forward(self, x, shortcut):
        return functional.relu(shortcut + self.h * self.field(x))


class Stage(nn.Module):
    """Steps of one width; a stage that changes the width begins with a strided step and a projection."""

    def __init__(self, inputs, outputs, count, batch_norm, h):
        super().__init__()
        self.projects = inputs != outputs
        if self.projects:
            self.transition = ConvolutionAndNorm(inputs, outputs, 1, 2, batch_norm, bias=False)
        first = Step(inputs, outputs, 2 if self.projects else 1, batch_norm, h)
        rest = [Step(outputs, outputs, 1, batch_norm, h) for _ in range(count - 1)]
        self.steps = nn.ModuleList([first, *rest])

    def forward(self, x):
        for index, step in enumerate(self.steps):
            shortcut = self.transition(x) if index == 0 and self.projects else x
            x = step(x, shortcut)
        return x


class Head(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.linear = nn.Linear(width, classes)

    def forward(self, x):
        return self.linear(x.mean(dim=(2, 3)))


class RobustResNet(nn.Module):
    def __init__(self, depth, h, batch_norm=True, classes=10, channels=3):
        super().__init__()
        count = (depth - 2) // 6
        assert depth == 6 * count + 2
        self.stem = ConvolutionAndNorm(channels, WIDTHS[0], 3, 1, batch_norm, bias=not batch_norm)
        inputs = (WIDTHS[0], *WIDTHS[:-1])
        self.stages = nn.ModuleList(Stage(a, b, count, batch_norm, h) for a, b in zip(inputs, WIDTHS))
        self.head = Head(WIDTHS[-1], classes)

    def forward(self, x):
        x = functional.relu(self.stem(x))
        for stage in self.stages:
            x = stage(x)
        return self.head(x)


def state(network):
    """Parameters and buffers by path."""
    return {path: t for path, t in network.state_dict().items() if not path.endswith("num_batches_tracked")}


def value(path, tensors):
    """The initial value of one tensor, from its path."""
    layer, _, kind = path.rpartition(".")
    u = common.unit(path, tensors[path].shape)
    if layer.rpartition(".")[2].startswith("norm"):
        return 1 + 0.1 * u if kind in ("weight", "running_var") else 0.1 * u
    return u / math.sqrt(math.prod(tensors[f"{layer}.weight"].shape[1:]))


def build(case, dtype):
    network = RobustResNet(case["depth"], case["h"], case["batch_norm"]).to(torch.float64)
    tensors = state(network)
    network.load_state_dict({path: value(path, tensors) for path in tensors}, strict=False)
    return network.to(dtype)


def results(case, images, labels):
    """Everything a golden file holds, uncompressed."""
    tensors = {}
    network = build(case, torch.float64)
    for path, tensor in state(network).items():
        tensors[f"initial/{path}"] = tensor.clone()

    with torch.no_grad():
        tensors["eval/logits"] = network.eval()(images)
    logits = network.train()(images)
    loss = functional.cross_entropy(logits, labels)
    loss.backward()
    tensors["train/logits"] = logits
    tensors["train/loss"] = loss
    for path, parameter in network.named_parameters():
        tensors[f"gradient/{path}"] = parameter.grad.clone()
    for path, buffer in network.named_buffers():
        if not path.endswith("num_batches_tracked"):
            tensors[f"buffer-after-forward/{path}"] = buffer.clone()

    network = build(case, torch.float64).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=case["learning_rate"], momentum=MOMENTUM)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    tensors["losses"] = torch.stack(losses)
    for path, tensor in state(network).items():
        tensors[f"after3/{path}"] = tensor.clone()
    with torch.no_grad():
        tensors["after3/eval-logits"] = network.eval()(images)

    network = build(case, torch.float32)
    with torch.no_grad():
        tensors["float32/eval-logits"] = network.eval()(images.float())
        logits = network.train()(images.float())
        tensors["float32/train-logits"] = logits
        tensors["float32/train-loss"] = functional.cross_entropy(logits, labels)
    return {key: tensor.detach() for key, tensor in tensors.items()}


def main():
    parser = common.parse("Golden files of the Robust ResNet.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; default: all")
    options = parser.parse_args()
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    common.check_test_values()
    for depth, count in COUNTS.items():
        assert sum(p.numel() for p in RobustResNet(depth, 0.1).parameters()) == count

    shape = (8, 3, 32, 32)
    images = 1.7 * common.unit("input", shape)
    labels = common.integers("labels", shape[:1], 10)
    for name in options.cases or CASES:
        case = CASES[name]
        parameters = sum(p.numel() for p in build(case, torch.float64).parameters())
        metadata = {
            "case": name,
            "depth": case["depth"],
            "h": case["h"],
            "batch_norm": "true" if case["batch_norm"] else "false",
            "classes": 10,
            "widths": ",".join(map(str, WIDTHS)),
            "batch": shape[0],
            "input_shape": ",".join(map(str, shape)),
            "learning_rate": case["learning_rate"],
            "momentum": MOMENTUM,
            "weight_decay": 0,
            "steps": STEPS,
            "norm_epsilon": NORM_EPSILON,
            "norm_momentum": NORM_MOMENTUM,
            "parameters": parameters,
        }
        folder = common.tests_folder("TimestepNetworksTests", "Golden")
        common.finish(options, name, folder, results(case, images, labels), metadata, "robust_resnet.py")


if __name__ == "__main__":
    main()
