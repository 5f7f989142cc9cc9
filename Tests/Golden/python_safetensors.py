"""A small safetensors file written by Python's own library, for the exchange test of `TimestepTorchTests`.

It holds a tensor of every type that both sides know, a scalar, an empty tensor, a name and metadata beyond ASCII.
With `--read FILE` it prints what a file written by Swift holds, for a look by eye; with `--json FILE` the same as JSON,
for `PythonExchangeTests`.
"""

import argparse
import json
import os

import torch
from safetensors import safe_open
from safetensors.torch import save_file

PATH = os.path.normpath(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "TimestepTorchTests", "Golden", "python.safetensors")
)


def tensors():
    return {
        "bool": torch.tensor([True, False, True]),
        "uint8": torch.tensor([[0, 1], [128, 255]], dtype=torch.uint8),
        "int32": torch.tensor([-(2**31), -1, 2**31 - 1], dtype=torch.int32),
        "int64": torch.tensor([-(2**63), 7, 2**63 - 1], dtype=torch.int64),
        "bfloat16": torch.tensor([1.0, -2.5, 3.0e38], dtype=torch.bfloat16),
        "float32": torch.tensor([[0.1, -(2.0**-140), float("inf")]], dtype=torch.float32),
        "float64": torch.tensor([0.1, 5e-324, -0.0], dtype=torch.float64),
        "scalar": torch.tensor(2.5, dtype=torch.float64),
        "empty": torch.zeros(2, 0, 3),
        "stages.1/Θ \"quoted\"\n": torch.arange(6, dtype=torch.float32).reshape(2, 3),
    }


def main():
    parser = argparse.ArgumentParser(description="Writes, or reads, a file for the exchange with Python.")
    parser.add_argument("--read", metavar="FILE", help="print what this file holds, write nothing")
    parser.add_argument("--json", metavar="FILE", help="the same as JSON, metadata and tensors as text")
    options = parser.parse_args()
    if options.json:
        with safe_open(options.json, framework="pt") as file:
            texts = {}
            for name in file.keys():
                tensor = file.get_tensor(name)
                texts[name] = f"{tensor.dtype} {list(tensor.shape)} {tensor.tolist()}"
            print(json.dumps({"metadata": file.metadata() or {}, "tensors": texts}))
        return
    if options.read:
        with safe_open(options.read, framework="pt") as file:
            print(file.metadata())
            for name in file.keys():
                tensor = file.get_tensor(name)
                print(repr(name), tensor.dtype, tuple(tensor.shape), tensor.tolist())
        return
    save_file(tensors(), PATH, metadata={"author": "Python", "Ψ": "line 1\nline 2", "empty": ""})
    print(f"{PATH}: {os.path.getsize(PATH)} bytes")


if __name__ == "__main__":
    main()
