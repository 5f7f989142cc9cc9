"""What the golden files share: deterministic values, the compact form of a tensor, writing and checking.

A golden file is a safetensors file made by PyTorch that the Swift tests compare themselves with. This text is the
format; the Swift reader is written against it. All arithmetic on integers below is modulo 2^64.

Deterministic values
--------------------
No weight is stored: both sides compute it from its name.

  seed(name)     = FNV-1a-64 of the name in UTF-8
                   (start 0xcbf29ce484222325; per byte: exclusive or with the byte, then times 0x100000001b3)
  finalise(z)    = z ^= z >> 30; z *= 0xbf58476d1ce4e5b9; z ^= z >> 27; z *= 0x94d049bb133111eb; z ^= z >> 31
  bits(name, i)  = finalise(seed(name) + (i + 1) * 0x9e3779b97f4a7c15)        i = 0, 1, ... in row-major order
  unit(name, i)  = (bits(name, i) >> 11) * 2^-53 * 2 - 1                      in [-1, 1), float64, exact

  For the tensor `name` of a network, with u = unit(name, i):

  convolution, linear `weight`    u / sqrt(fan_in)    fan_in = product of all dimensions but the first
  convolution, linear `bias`      u / sqrt(fan_in)    fan_in of the weight of the same layer
  norm `weight`                   1 + 0.1 * u
  norm `bias`                     0.1 * u
  norm `running_mean`             0.1 * u
  norm `running_var`              1 + 0.1 * u
  images, name `input`            1.7 * u             [batch, channels, height, width]
  labels, name `labels`           bits mod classes    [batch]

  Test values: seed("input") = 0x1ebbae8f5810b65b, bits("input", 0) = 0x190a9f76a9bd8bf6,
  unit("input", 0) = -0.8043633146849236, the first labels modulo 10 are 5, 5, 2, 3. (The scripts check them.)
  Every case also stores its initial weights under `initial/`, so that a difference in the values shows as such.

Compact form
------------
A tensor called `key` is stored in one of two ways:

  at most 1,024 elements:  `key`            the whole tensor, its own shape (a scalar has shape [])
  more:                    `key#entries`    [256]  elements floor(j * count / 256), j = 0 ... 255, of the flat tensor
                           `key#sketch`     [16]   sketch k = sum over ALL i of sign(i, k) * element i, where
                                                   sign(i, k) = +1 if bit k of finalise(i + 1) is set, else -1
                                                   (bit 0 is the least significant; i counts in row-major order)
                           `key#norm`       [1]    the Euclidean norm of the whole tensor

A sketch cancels, so compare it against the norm, not against itself: |a - b| <= tolerance * norm. A whole tensor or
its entries: max |a - b| <= tolerance * max |b|. A script may choose a smaller limit and fewer entries; readers take
the number of entries from the array.

Dtypes: F64 unless the key starts with `float32/` (F32); labels and other integers I64; truth values BOOL.
Complex tensors are stored as real ones with a last dimension of 2 (real, imaginary).

Metadata
--------
The safetensors header's `__metadata__` maps strings to strings. Always there: `format` = "timestep-golden-1",
`script`, `torch` (version). The rest is described in the script that makes the file.
"""

import argparse
import json
import math
import os
import struct
import sys

import numpy as np
import torch

FORMAT = "timestep-golden-1"
WHOLE_LIMIT = 1024
ENTRIES = 256
SKETCHES = 16
GOLDEN_RATIO = np.uint64(0x9E3779B97F4A7C15)


def seed(name):
    """FNV-1a-64 of a name."""
    value = 0xCBF29CE484222325
    for byte in name.encode("utf-8"):
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def finalise(z):
    """The finaliser of splitmix64, on an array of uint64."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def bits(name, count):
    """The first `count` 64-bit values of a name."""
    index = np.arange(1, count + 1, dtype=np.uint64)
    return finalise(np.uint64(seed(name)) + index * GOLDEN_RATIO)


def unit(name, shape):
    """Uniform float64 values in [-1, 1) for a name."""
    count = math.prod(shape)
    values = (bits(name, count) >> np.uint64(11)).astype(np.float64) * 2.0**-53 * 2 - 1
    return torch.from_numpy(values.reshape(shape))


def integers(name, shape, bound):
    """Integers in [0, bound) for a name."""
    values = (bits(name, math.prod(shape)) % np.uint64(bound)).astype(np.int64)
    return torch.from_numpy(values.reshape(shape))


def check_test_values():
    """The values the format's description promises."""
    # Published values of the two algorithms.
    assert seed("a") == 0xAF63DC4C8601EC8C
    assert int(finalise(np.array([GOLDEN_RATIO]))[0]) == 0xE220A8397B1DCDAF
    # The values of the description above.
    assert seed("input") == 0x1EBBAE8F5810B65B
    assert int(bits("input", 1)[0]) == 0x190A9F76A9BD8BF6
    assert float(unit("input", [1])[0]) == -0.8043633146849236
    assert integers("labels", [4], 10).tolist() == [5, 5, 2, 3]


def compact(key, tensor, whole_limit=WHOLE_LIMIT, entries=ENTRIES):
    """The arrays under which a tensor is stored."""
    array = tensor.detach().contiguous().cpu().numpy()
    if array.size <= whole_limit:
        return {key: array}
    flat = array.reshape(-1)
    count = flat.size
    chosen = [j * count // entries for j in range(entries)]
    mixed = finalise(np.arange(1, count + 1, dtype=np.uint64))
    sums = []
    for k in range(SKETCHES):
        signs = np.where((mixed >> np.uint64(k)) & np.uint64(1), 1.0, -1.0)
        sums.append(math.fsum(signs * flat))
    norm = math.sqrt(math.fsum(flat.astype(np.float64) ** 2))
    return {
        f"{key}#entries": flat[chosen],
        f"{key}#sketch": np.array(sums, dtype=array.dtype),
        f"{key}#norm": np.array([norm], dtype=array.dtype),
    }


NAMES = {"float64": "F64", "float32": "F32", "int64": "I64", "bool": "BOOL"}
TYPES = {name: np.dtype(dtype) for dtype, name in NAMES.items()}


def write(path, arrays, metadata):
    """Writes a safetensors file whose bytes depend on nothing but its content."""
    header = {"__metadata__": {key: str(metadata[key]) for key in sorted(metadata)}}
    # Wide dtypes first, so that every tensor is aligned.
    order = sorted(arrays, key=lambda key: (-arrays[key].dtype.itemsize, key))
    offset = 0
    for key in order:
        array = arrays[key]
        end = offset + array.nbytes
        header[key] = {
            "dtype": NAMES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [offset, end],
        }
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for key in order:
            file.write(np.ascontiguousarray(arrays[key]).tobytes())


def compare(path, arrays, metadata):
    """Compares fresh results with a stored file; returns the largest difference per dtype, or exits."""
    from safetensors import safe_open  # An independent reader, so that `--check` also checks `write`.

    with safe_open(path, framework="numpy") as stored:
        missing = sorted(set(arrays) ^ set(stored.keys()))
        if missing:
            sys.exit(f"{path}: the names differ: {missing[:5]}")
        kept = stored.metadata()
        for key in set(kept) | set(metadata):
            if key != "torch" and kept.get(key) != str(metadata.get(key)):
                sys.exit(f"{path}: metadata {key!r}: {kept.get(key)!r} stored, {metadata.get(key)!r} now")
        worst = {}
        for key, now in arrays.items():
            then = stored.get_tensor(key)
            if then.shape != now.shape or then.dtype != now.dtype:
                sys.exit(f"{path}: {key}: shape or dtype differs")
            if now.dtype.kind != "f":
                if not np.array_equal(then, now):
                    sys.exit(f"{path}: {key}: differs")
                continue
            scale = float(np.abs(then).max())
            if key.endswith("#sketch"):
                scale = float(stored.get_tensor(key.removesuffix("#sketch") + "#norm")[0])
            difference = float(np.abs(then - now).max()) / max(scale, NEGLIGIBLE)
            if difference >= worst.get(now.dtype.name, (-1.0, ""))[0]:
                worst[now.dtype.name] = (difference, key)
    return worst


# What is smaller is compared as if it were so large: it may be the rounding error of something that is zero.
NEGLIGIBLE = 1e-5
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}


def finish(options, name, folder, tensors, metadata, script, whole_limit=WHOLE_LIMIT, entries=ENTRIES):
    """Writes, checks or dumps one golden file, as the options say."""
    metadata = {"format": FORMAT, "script": script, "torch": torch.__version__, **metadata}
    if options.full:
        whole = {key: tensor.detach().contiguous().numpy() for key, tensor in tensors.items()}
        path = os.path.join(options.full, f"{name}.safetensors")
        write(path, whole, metadata)
        print(f"{path}: {os.path.getsize(path):,} bytes, {len(whole)} tensors, in full")
        return
    arrays = {}
    for key, tensor in tensors.items():
        arrays.update(compact(key, tensor, whole_limit, entries))
    path = os.path.join(options.output or folder, f"{name}.safetensors")
    if options.check:
        worst = compare(path, arrays, metadata)
        for dtype, (difference, key) in sorted(worst.items()):
            print(f"{name}: {dtype}: largest relative difference {difference:.1e} ({key})")
            if not difference <= TOLERANCE[dtype]:
                sys.exit(f"{path}: more than {TOLERANCE[dtype]:.0e} from a fresh run")
        return
    write(path, arrays, metadata)
    print(f"{name}: {os.path.getsize(path):,} bytes, {len(arrays)} arrays")


def parse(description):
    """The options both scripts have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--output", metavar="FOLDER", help="write here instead of beside the Swift tests")
    parser.add_argument("--full", metavar="FOLDER", help="write every tensor whole, to this folder")
    parser.add_argument("--check", action="store_true", help="compare with the stored files, write nothing")
    return parser


def tests_folder(*parts):
    """A folder under `Tests`."""
    return os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", *parts))
