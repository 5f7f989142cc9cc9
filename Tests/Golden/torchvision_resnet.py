"""Networks of torchvision, for the tests of names and of `--initialize-from`; needs `pip install torchvision`.

It writes into `Tests/TimestepNetworksTests/Golden`

    torchvision-keys.txt              every key of resnet18 to resnet152 with its shape, a line each
    torchvision-resnet18.safetensors  the state_dict of a network with a 32nd of the channels, by Python's safetensors
    torchvision-resnet18-logits.safetensors   an input and what torchvision makes of it in float64
    torchvision-resnet50...           the same

The narrow networks are torchvision's own with narrower layers put in their places. With `--full FOLDER` it writes
resnet18 as it is, for the test that `TIMESTEP_TORCHVISION=FOLDER` switches on; with `--check` it compares and writes
nothing.
"""

import argparse
import os
import sys

import torch
import torchvision
from safetensors.torch import load_file, save_file
from torch import nn

from random_weights import randomize

GOLDEN = os.path.normpath(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "TimestepNetworksTests", "Golden"))
NETWORKS = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
NARROW = ["resnet18", "resnet50"]
FACTOR = 32


def narrow(module):
    """Gives every layer a 32nd of its channels, but for the pictures' three and the classes."""
    for name, child in module.named_children():
        if isinstance(child, nn.Conv2d):
            inputs = child.in_channels if child.in_channels == 3 else child.in_channels // FACTOR
            layer = nn.Conv2d(
                inputs, child.out_channels // FACTOR, child.kernel_size, child.stride, child.padding, bias=False)
        elif isinstance(child, nn.BatchNorm2d):
            layer = nn.BatchNorm2d(child.num_features // FACTOR)
        elif isinstance(child, nn.Linear):
            layer = nn.Linear(child.in_features // FACTOR, child.out_features)
        else:
            narrow(child)
            continue
        setattr(module, name, layer)
    return module


def example(network, shape):
    generator = torch.Generator().manual_seed(8)
    inputs = torch.randn(shape, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        logits = network.double().eval()(inputs)
    return {"inputs": inputs, "logits": logits}


def write(network, name, shape, folder):
    save_file(network.state_dict(), os.path.join(folder, f"{name}.safetensors"), metadata={"format": "pt"})
    save_file(example(network, shape), os.path.join(folder, f"{name}-logits.safetensors"))
    print(f"{folder}/{name}.safetensors")


def keys():
    lines = []
    for name in NETWORKS:
        for key, value in getattr(torchvision.models, name)(weights=None).state_dict().items():
            lines.append(f"{name} {key} {list(value.shape)}\n")
    return "".join(lines)


def main():
    parser = argparse.ArgumentParser(description="Writes networks of torchvision for the tests.")
    parser.add_argument("--full", metavar="FOLDER", help="write resnet18 as it is into this folder")
    parser.add_argument("--check", action="store_true", help="compare with the stored files, write nothing")
    options = parser.parse_args()
    if options.full:
        network = randomize(torchvision.models.resnet18(weights=None), gain=2)
        write(network, "torchvision-resnet18", (2, 3, 224, 224), options.full)
        return
    file = os.path.join(GOLDEN, "torchvision-keys.txt")
    networks = {
        name: randomize(narrow(getattr(torchvision.models, name)(weights=None, num_classes=10)), gain=2) for name in NARROW}
    if not options.check:
        with open(file, "w", encoding="utf-8") as output:
            output.write(keys())
        for name, network in networks.items():
            write(network, f"torchvision-{name}", (2, 3, 33, 40), GOLDEN)
        return
    with open(file, encoding="utf-8") as stored:
        wrong = [] if stored.read() == keys() else [file]
    for name, network in networks.items():
        weights = load_file(os.path.join(GOLDEN, f"torchvision-{name}.safetensors"))
        network.load_state_dict(weights)
        stored = load_file(os.path.join(GOLDEN, f"torchvision-{name}-logits.safetensors"))
        with torch.no_grad():
            logits = network.double().eval()(stored["inputs"])
        difference = (logits - stored["logits"]).abs().max().item()
        print(f"{name}: logits differ by {difference:.1e}")
        if difference > 1e-9:
            wrong.append(name)
    sys.exit(f"differ: {', '.join(wrong)}" if wrong else 0)


if __name__ == "__main__":
    main()
