"""Golden file of single operations in float64, for `TimestepTorchTests`.

Every case is called `<operation>/<name>` and has the keys

  <case>/inputK      K = 0, 1, ...: the arguments in PyTorch's order (for a convolution: input, weight, bias)
  <case>/outputK     the results
  <case>/weightK     where gradients are stored: random weights of the shape of output K
  <case>/gradientK   the gradient of  sum over K of sum(outputK * weightK)  with respect to input K;
                     only for the inputs that have one

and in the metadata, under `<case>`, its options as a JSON object with PyTorch's own names; a list where the option
was given per dimension. Options that are missing have PyTorch's defaults. `cases` is the JSON list of all cases.
The outputs of `batch_norm` are the result, the running mean and the running variance after the call.
Complex tensors, inputs too, have a last dimension of 2 (real, imaginary); their gradients are those with respect to
the real and the imaginary part. Eigenvalues are sorted by real, then by imaginary part.
Nothing here has more than 1,024 elements, so everything is stored whole. Format: see `common.py`.
"""

import json

import torch
from torch.nn import functional

import common

CASES = {}


def case(name, function, *inputs, constant=(), outputs_with_gradient=None, **options):
    """Registers one case; `inputs` are tensors, those at the indices `constant` get no gradient."""
    assert name not in CASES, name
    CASES[name] = (function, inputs, set(constant), outputs_with_gradient, options)


def random(name, *shape):
    """Deterministic values in [-1, 1) for an input."""
    return common.unit(name, shape)


def run(name):
    """The tensors of one case, by key."""
    function, inputs, constant, outputs_with_gradient, options = CASES[name]
    leaves = []
    for index, tensor in enumerate(inputs):
        differentiable = tensor.is_floating_point() and index not in constant and outputs_with_gradient != 0
        leaves.append(tensor.clone().requires_grad_(differentiable))
    # The running statistics are written to: keep what went in.
    tensors = {f"{name}/input{index}": leaf.detach().clone() for index, leaf in enumerate(leaves)}
    outputs = function(*leaves, **options)
    if not isinstance(outputs, tuple):
        outputs = (outputs,)
    for index, output in enumerate(outputs):
        tensors[f"{name}/output{index}"] = output.detach().clone()
    total = 0
    for index, output in enumerate(outputs[:outputs_with_gradient]):
        weight = common.unit(f"{name}/weight{index}", output.shape)
        tensors[f"{name}/weight{index}"] = weight
        total = total + (output * weight).sum()
    if outputs_with_gradient != 0:
        total.backward()
    for index, leaf in enumerate(leaves):
        if leaf.requires_grad:
            tensors[f"{name}/gradient{index}"] = leaf.grad
    return tensors


def batch_norm(x, weight, bias, mean, variance, training, momentum, eps):
    y = functional.batch_norm(x, mean, variance, weight, bias, training, momentum, eps)
    return y, mean, variance


def rfft2(x, **options):
    return torch.view_as_real(torch.fft.rfft2(x, **options))


def irfft2(x, **options):
    return torch.fft.irfft2(torch.view_as_complex(x), **options)


def eigvals(x):
    values = torch.linalg.eigvals(x)
    order = sorted(range(len(values)), key=lambda i: (values[i].real.item(), values[i].imag.item()))
    return torch.view_as_real(values[order])


def register():
    def convolution(name, function, x, weight, bias=True, **options):
        inputs = [random(f"{name}/input0", *x), random(f"{name}/input1", *weight)]
        if bias:
            inputs.append(random(f"{name}/input2", weight[0]))
        case(name, function, *inputs, **options)

    conv2d = functional.conv2d
    convolution("conv2d/padding-1", conv2d, (2, 3, 7, 6), (4, 3, 3, 3), padding=1)
    convolution("conv2d/stride-2-padding-1", conv2d, (2, 3, 8, 7), (4, 3, 3, 3), stride=2, padding=1)
    convolution("conv2d/groups-2", conv2d, (2, 4, 6, 6), (6, 2, 3, 3), padding=1, groups=2)
    convolution("conv2d/dilation-2", conv2d, (2, 3, 8, 8), (2, 3, 3, 3), padding=2, dilation=2)
    convolution("conv2d/projection", conv2d, (2, 4, 6, 6), (8, 4, 1, 1), bias=False, stride=2)
    convolution(
        "conv2d/unequal", conv2d, (2, 2, 7, 8), (3, 2, 3, 2), stride=[2, 1], padding=[1, 0], dilation=[1, 2])
    convolution("conv2d/one-channel-28", conv2d, (1, 1, 28, 28), (2, 1, 5, 5), bias=False, stride=3)
    conv1d = functional.conv1d
    convolution("conv1d/padding-1", conv1d, (2, 3, 9), (4, 3, 3), padding=1)
    convolution("conv1d/stride-2-dilation-2", conv1d, (2, 4, 11), (4, 2, 3), stride=2, dilation=2, groups=2)
    convolution("conv1d/projection", conv1d, (2, 3, 5), (6, 3, 1), bias=False)

    for dimensions, shape in {"2d": (6, 3), "3d": (3, 4, 5), "4d": (3, 4, 3, 2)}.items():
        for mode in ("train", "eval"):
            name = f"batch_norm/{mode}-{dimensions}"
            width = shape[1]
            case(
                name, batch_norm,
                2 * random(f"{name}/input0", *shape) + 0.5,
                1 + 0.1 * random(f"{name}/input1", width), random(f"{name}/input2", width),
                0.1 * random(f"{name}/input3", width), 1 + 0.5 * random(f"{name}/input4", width),
                constant=(3, 4), outputs_with_gradient=1,
                training=mode == "train", momentum=0.1, eps=1e-5)

    def unary(name, function, *shape, scale=1.0, **options):
        case(name, function, scale * random(f"{name}/input0", *shape), **options)

    unary("max_pool2d/2", functional.max_pool2d, 2, 3, 6, 5, kernel_size=2)
    unary("max_pool2d/3-stride-2-padding-1", functional.max_pool2d, 2, 3, 7, 8, kernel_size=3, stride=2, padding=1)
    unary("max_pool1d/3-stride-2-padding-1", functional.max_pool1d, 2, 3, 10, kernel_size=3, stride=2, padding=1)
    unary("avg_pool2d/2", functional.avg_pool2d, 2, 3, 6, 5, kernel_size=2)
    unary("avg_pool2d/3-stride-2-padding-1", functional.avg_pool2d, 2, 3, 7, 8, kernel_size=3, stride=2, padding=1)
    unary("adaptive_avg_pool2d/1", functional.adaptive_avg_pool2d, 2, 3, 5, 4, output_size=1)
    unary("adaptive_avg_pool2d/uneven", functional.adaptive_avg_pool2d, 2, 3, 7, 5, output_size=[3, 2])
    unary("adaptive_max_pool1d/uneven", functional.adaptive_max_pool1d, 2, 3, 11, output_size=4)

    for name, x, bias in (
        ("linear/bias", (4, 5), True), ("linear/no-bias", (4, 5), False), ("linear/3d", (2, 3, 5), True)):
        inputs = [random(f"{name}/input0", *x), random(f"{name}/input1", 3, x[-1])]
        case(name, functional.linear, *inputs, *([random(f"{name}/input2", 3)] if bias else []))

    for name, scale in (("cross_entropy/mean", 2.0), ("cross_entropy/large-logits", 800.0)):
        case(
            name, functional.cross_entropy,
            scale * random(f"{name}/input0", 6, 5), common.integers(f"{name}/input1", (6,), 5))
    for operation, function in (("log_softmax", torch.log_softmax), ("softmax", torch.softmax)):
        unary(f"{operation}/dim-1", function, 4, 5, scale=3.0, dim=1)
        unary(f"{operation}/dim-0-of-3", function, 3, 2, 4, scale=3.0, dim=0)

    for name, a, b in (
        ("matrix", (3, 4), (4, 5)), ("batch", (2, 3, 4), (2, 4, 5)), ("broadcast", (2, 1, 3, 4), (5, 4, 2)),
        ("matrix-vector", (3, 4), (4,)), ("vectors", (4,), (4,))):
        name = f"matmul/{name}"
        case(name, torch.matmul, random(f"{name}/input0", *a), random(f"{name}/input1", *b))

    for operation, function in (("mean", torch.mean), ("sum", torch.sum)):
        unary(f"{operation}/all", function, 3, 4)
        unary(f"{operation}/dims-2-3", function, 2, 3, 4, 5, dim=[2, 3])
        unary(f"{operation}/keepdim", function, 3, 4, 2, dim=[-2], keepdim=True)
    unary("var/all", torch.var, 3, 4)
    unary("var/dims-0-2-biased", torch.var, 3, 4, 2, dim=[0, 2], correction=0)
    unary("var/keepdim", torch.var, 3, 4, 2, dim=[1], correction=1, keepdim=True)

    unary("fft.rfft2/even", rfft2, 2, 4, 6)
    unary("fft.rfft2/odd-ortho", rfft2, 2, 5, 7, norm="ortho")
    for name, options in (
        ("fft.irfft2/even", {"s": [4, 6]}), ("fft.irfft2/odd-ortho", {"s": [5, 7], "norm": "ortho"})):
        # The spectrum of a real signal, so that no implementation's treatment of the rest matters.
        signal = random(f"{name}/signal", 2, *options["s"])
        case(name, irfft2, torch.view_as_real(torch.fft.rfft2(signal)).contiguous(), **options)

    unary("linalg.svdvals/tall", torch.linalg.svdvals, 5, 3)
    unary("linalg.svdvals/wide-batch", torch.linalg.svdvals, 2, 3, 4)
    unary("linalg.eigvals/5", eigvals, 5, 5, outputs_with_gradient=0)
    case(
        "linalg.eigvals/rotation", eigvals, torch.tensor([[0.5, -2.0], [2.0, 0.5]], dtype=torch.float64),
        outputs_with_gradient=0)
    for name, a, b in (("vector", (4, 4), (4,)), ("matrix", (4, 4), (4, 2)), ("batch", (2, 3, 3), (2, 3, 2))):
        name = f"linalg.solve/{name}"
        matrix = random(f"{name}/input0", *a) + 2 * torch.eye(a[-1], dtype=torch.float64)
        case(name, torch.linalg.solve, matrix, random(f"{name}/input1", *b))

    unary("relu/2d", functional.relu, 4, 5)
    unary("tanh/2d", torch.tanh, 4, 5, scale=3.0)
    unary("clamp/both", torch.clamp, 4, 5, min=-0.5, max=0.25)
    unary("clamp/min", torch.clamp, 4, 5, min=0.1)
    condition = common.integers("where/broadcast/input0", (3, 1), 2).bool()
    case(
        "where/broadcast", torch.where, condition,
        random("where/broadcast/input1", 3, 4), random("where/broadcast/input2", 4))


def main():
    options = common.parse("Golden file of single operations.").parse_args()
    common.check_test_values()
    register()
    tensors = {}
    metadata = {"cases": json.dumps(list(CASES))}
    for name in CASES:
        tensors.update(run(name))
        metadata[name] = json.dumps(CASES[name][4])
    assert all(tensor.numel() <= common.WHOLE_LIMIT for tensor in tensors.values())
    folder = common.tests_folder("TimestepTorchTests", "Golden")
    common.finish(options, "operations", folder, tensors, metadata, "operations.py")


if __name__ == "__main__":
    main()
