"""Keys of the papers' reference code, for the tests of the names of weights.

Give it a folder with checkouts of `zjfheart/Robust-ResNet`, `2prime/LM-ResNet` and `bearpaw/pytorch-classification`,
which are no part of this repository. From each it takes the classes alone, as the files train when they are imported,
and writes every key of their `state_dict` with its shape into `Tests/TimestepNetworksTests/Golden/reference-keys.txt`,
a line each, under the name of our network.

With `--values FOLDER` it writes each network with random values, an input and its logits in float64, for the test that
`TIMESTEP_REFERENCE=FOLDER` switches on.
"""

import argparse
import ast
import os

import torch
from safetensors.torch import save_file
from torch import nn

from random_weights import randomize

GOLDEN = os.path.normpath(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "TimestepNetworksTests", "Golden"))


def classes(checkouts, file, **values):
    """What a file defines, without what it does."""
    with open(os.path.join(checkouts, file), encoding="utf-8") as source:
        tree = ast.parse(source.read())
    kept = (ast.ClassDef, ast.FunctionDef)
    tree.body = [node for node in tree.body if isinstance(node, kept)]
    space = {"torch": torch, "nn": nn, "F": nn.functional, "math": __import__("math"), **values}
    exec(compile(tree, file, "exec"), space)  # pylint: disable=exec-used
    return space


def networks(checkouts):
    robust = classes(checkouts, "Robust-ResNet/cifar-10_torch/run.py", h=0.1)
    text = classes(checkouts, "Robust-ResNet/ag-news_torch/net.py")
    multistep = classes(checkouts, "LM-ResNet/MResNet.py")
    preactivation = classes(checkouts, "pytorch-classification/models/cifar/preresnet.py")
    basic, bottleneck = multistep["BasicBlock"], multistep["Bottleneck"]
    return {
        "robust-resnet resnet-20": robust["ResNet"](robust["BasicBlock"], [3, 3, 3]),
        "robust-vdcnn vdcnn-17": text["VDCNN"](n_classes=4, num_embedding=70, depth=17, n_fc_neurons=1024, h=0.1),
        "lm-resnet lm-resnet-20": multistep["MResNet"](basic, [3, 3, 3], pretrain=False, num_classes=10),
        "lm-resnet lm-resnet-29": multistep["MResNet"](bottleneck, [3, 3, 3], pretrain=False, num_classes=10),
        "pytorch-classification preresnet-20": preactivation["PreResNet"](20, num_classes=10),
    }


def main():
    parser = argparse.ArgumentParser(description="Writes the keys of the papers' reference code.")
    parser.add_argument("checkouts", help="folder with the three checkouts")
    parser.add_argument("--values", metavar="FOLDER", help="write networks and their logits into this folder")
    options = parser.parse_args()
    if not options.values:
        with open(os.path.join(GOLDEN, "reference-keys.txt"), "w", encoding="utf-8") as output:
            for name, network in networks(options.checkouts).items():
                for key, value in network.state_dict().items():
                    output.write(f"{name} {key} {list(value.shape)}\n")
        return
    for name, network in networks(options.checkouts).items():
        naming, ours = name.split()
        randomize(network, gain=1)
        save_file(
            {key: value.clone() for key, value in network.state_dict().items()},
            os.path.join(options.values, f"{ours}.safetensors"), metadata={"names": naming, "network": ours})
        generator = torch.Generator().manual_seed(8)
        if naming == "robust-vdcnn":
            inputs = torch.randint(0, 70, (2, 1024), generator=generator)
        else:
            inputs = torch.randn((2, 3, 32, 32), generator=generator, dtype=torch.float64)
        with torch.no_grad():
            logits = network.double().eval()(inputs)
        save_file(
            {"inputs": inputs.double(), "logits": logits},
            os.path.join(options.values, f"{ours}-logits.safetensors"))
        print(name)


if __name__ == "__main__":
    main()
