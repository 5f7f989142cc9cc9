"""What the golden files of whole networks share, beyond `common.py`: values by name, training steps, storage.

A script defines its networks in plain PyTorch from the papers; parameter paths are those of the Swift package. A case
names the Swift network (`network`) and the choices (`option.NAME`) that make the same one.

Values, in addition to those of `common.py` (the layer `norm1.0` is a norm: a number belongs to the name before it)
-------------------------------------------------------------------------------------------------------------------
  coefficient `k`                 0.5 * u
  embedding `weight`              u, row 0 is zero
  characters, name `input`        bits mod 70 [batch, length]; the first of the first text is 69, its last eight are 0

Keys of a file
--------------
  initial                  all parameters and buffers at the start, flattened and joined in the order of their paths
  eval/logits              eval mode, initial weights and buffers
  train/logits             train mode, initial weights and buffers
  train/loss               []
  gradient/PATH            of train/loss, for every parameter that has one (a k that no step uses has none)
  buffers-after-forward    all buffers after that one forward in train mode, joined like `initial`; none: absent
  losses                   [3] the loss of each of 3 steps of SGD with momentum
  after3/PATH              every parameter after the 3 steps
  after3-buffers           all buffers after the 3 steps, joined
  after3-logits            eval mode, after the 3 steps

Files are to be small: a tensor of at most 128 elements is stored whole, the entries of others are 24 (`common.py`: 1,024
and 256). Metadata: `case`, `network`, `option.*`, `classes`, `batch`, `input_shape`, `learning_rate`, `momentum`,
`weight_decay`, `steps`, `parameters`.

A gradient that is zero in exact arithmetic, as that of a bias which a norm removes, is rounding error: tensors whose
elements are all below 1e-5 are compared as if their largest were 1e-5.
"""

import math

import torch
from torch import nn
from torch.nn import functional

import common

STEPS = 3
MOMENTUM = 0.9
CLASSES = 3
WHOLE_LIMIT = 128
ENTRIES = 24


def norm(width):
    return nn.BatchNorm2d(width, eps=1e-5, momentum=0.1)


def conv3(inputs, outputs, stride=1, groups=1, bias=False):
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1, groups=groups, bias=bias)


def conv1(inputs, outputs, stride=1, bias=False):
    return nn.Conv2d(inputs, outputs, 1, stride, bias=bias)


class NormReluConv(nn.Module):
    """The projection shortcut of pre-activation networks: `conv(relu(norm(u)))`."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.norm = norm(inputs)
        self.conv = conv1(inputs, outputs, stride)

    def forward(self, u):
        return self.conv(functional.relu(self.norm(u)))


class PreActivationHead(nn.Module):
    """Norm, ReLU, mean over the pixels, linear map."""

    def __init__(self, width, classes=CLASSES):
        super().__init__()
        self.norm = norm(width)
        self.linear = nn.Linear(width, classes)

    def forward(self, u):
        return self.linear(functional.relu(self.norm(u)).mean(dim=(2, 3)))


class BareStem(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = conv3(inputs, outputs)

    def forward(self, x):
        return self.conv(x)


def state(network):
    """Parameters and buffers by path."""
    return {path: t for path, t in network.state_dict().items() if not path.endswith("num_batches_tracked")}


def buffers(network):
    trained = {path for path, _ in network.named_parameters()}
    return {path: t for path, t in state(network).items() if path not in trained}


def joined(tensors):
    """All tensors in one, in the order of their paths."""
    return torch.cat([tensors[path].detach().reshape(-1) for path in sorted(tensors)])


def value(path, tensors):
    """The initial value of one tensor, from its path."""
    names = path.split(".")
    kind = names.pop()
    u = common.unit(path, tensors[path].shape)
    if kind == "k":
        return 0.5 * u
    layer = ".".join(names)
    while names[-1].isdigit():
        names.pop()
    if names[-1].startswith("norm"):
        return 1 + 0.1 * u if kind in ("weight", "running_var") else 0.1 * u
    if names[-1] == "embedding":
        u[0] = 0
        return u
    return u / math.sqrt(math.prod(tensors[f"{layer}.weight"].shape[1:]))


def build(case):
    network = case["model"]().to(torch.float64)
    tensors = state(network)
    network.load_state_dict({path: value(path, tensors) for path in tensors}, strict=False)
    if "project" in case:
        case["project"](network)
    return network


def optimizer(case, network):
    """SGD with momentum; weight decay leaves the coefficients k alone."""
    named = list(network.named_parameters())
    is_k = lambda path: path.rpartition(".")[2] == "k"
    groups = [
        {"params": [p for path, p in named if not is_k(path)], "weight_decay": case.get("weight_decay", 0)},
        {"params": [p for path, p in named if is_k(path)], "weight_decay": 0},
    ]
    return torch.optim.SGD(
        [group for group in groups if group["params"]], lr=case["learning_rate"], momentum=MOMENTUM)


def results(case, inputs, labels):
    """Everything a golden file holds, uncompressed."""
    network = build(case)
    tensors = {"initial": joined(state(network))}
    with torch.no_grad():
        tensors["eval/logits"] = network.eval()(inputs)
    logits = network.train()(inputs)
    loss = functional.cross_entropy(logits, labels)
    loss.backward()
    tensors["train/logits"] = logits
    tensors["train/loss"] = loss
    for path, parameter in network.named_parameters():
        if parameter.grad is not None:
            tensors[f"gradient/{path}"] = parameter.grad.clone()
    if buffers(network):
        tensors["buffers-after-forward"] = joined(buffers(network))

    network = build(case).train()
    sgd = optimizer(case, network)
    losses = []
    for step in range(1, STEPS + 1):
        sgd.zero_grad()
        loss = functional.cross_entropy(network(inputs), labels)
        loss.backward()
        sgd.step()
        if "project" in case and step % 2 == 0:
            case["project"](network)
        losses.append(loss.detach())
    tensors["losses"] = torch.stack(losses)
    for path, parameter in network.named_parameters():
        tensors[f"after3/{path}"] = parameter.detach().clone()
    if buffers(network):
        tensors["after3-buffers"] = joined(buffers(network))
    with torch.no_grad():
        tensors["after3-logits"] = network.eval()(inputs)
    return {key: tensor.detach() for key, tensor in tensors.items()}


def images(shape):
    return 1.7 * common.unit("input", shape)


def characters(shape, symbols=70):
    values = common.integers("input", shape, symbols)
    values[0, 0] = symbols - 1
    values[0, -8:] = 0
    return values


def run(description, script, cases):
    """The command line of a script whose cases are a table by name."""
    parser = common.parse(description)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(cases)}; default: all")
    options = parser.parse_args()
    unknown = set(options.cases) - set(cases)
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    common.check_test_values()
    for name in options.cases or cases:
        case = cases[name]
        shape = case["input_shape"]
        inputs = case.get("inputs", images)(shape)
        labels = common.integers("labels", shape[:1], CLASSES)
        metadata = {
            "case": name,
            "network": case["network"],
            **{f"option.{key}": value for key, value in case["options"].items()},
            "classes": CLASSES,
            "batch": shape[0],
            "input_shape": ",".join(map(str, shape)),
            "learning_rate": case["learning_rate"],
            "momentum": MOMENTUM,
            "weight_decay": case.get("weight_decay", 0),
            "steps": STEPS,
            "parameters": sum(p.numel() for p in build(case).parameters()),
        }
        folder = common.tests_folder("TimestepNetworksTests", "Golden")
        common.finish(
            options, name, folder, results(case, inputs, labels), metadata, script, WHOLE_LIMIT, ENTRIES)
