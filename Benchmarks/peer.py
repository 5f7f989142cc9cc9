"""What Timestep is measured against: ordinary, good PyTorch training of the CIFAR ResNet.

Eager mode, channels-last, fused SGD, no copy of the batch, in-place ReLU, `torch.add` with a factor for the step h.
Prints one JSON line. One image per second counts a whole step: forward, loss, backward, optimiser.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import sys
import time

# What Timestep's own process asks of malloc, as glibc's variables. They count only when a process starts.
MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 31),
    "MALLOC_TOP_PAD_": str(64 << 20),
}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--depth", type=int, default=20, help="6n + 2 (default: 20)")
    parser.add_argument("--h", type=float, default=0.1, help="step size (default: 0.1)")
    parser.add_argument("--steps", type=int, default=20, help="measured steps (default: 20)")
    parser.add_argument("--warmup", type=int, default=5, help="steps before (default: 5)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="default: all")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--channels", type=int, default=3, help="of the images (default: 3)")
    parser.add_argument("--size", type=int, default=32, help="height and width of the images (default: 32)")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--malloc", choices=["on", "off"], default="off", help="keep freed memory (default: off)")
    options = parser.parse_args()
    if options.depth % 6 != 2 or options.depth < 8:
        parser.error("--depth must be 6n + 2")
    for name in ("steps", "threads", "batch_size", "channels", "size"):
        if getattr(options, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be at least 1")
    if options.warmup < 0:
        parser.error("--warmup must be at least 0")
    return options


def set_malloc(wanted):
    """Starts this process anew if its environment is not the wanted one."""
    environment = {key: value for key, value in os.environ.items() if key not in MALLOC}
    if wanted:
        environment.update(MALLOC)
    if environment != dict(os.environ):
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def network(depth, h, channels):
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.norm1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.norm2 = nn.BatchNorm2d(outputs)
            self.relu = nn.ReLU(inplace=True)
            self.shortcut = nn.Identity()
            if inputs != outputs:
                self.shortcut = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

        def forward(self, x):
            branch = self.norm2(self.conv2(self.relu(self.norm1(self.conv1(x)))))
            return self.relu(torch.add(self.shortcut(x), branch, alpha=h))

    blocks, inputs = [], 16
    for width in (16, 32, 64):
        for index in range((depth - 2) // 6):
            blocks.append(Block(inputs, width, 2 if index == 0 and inputs != width else 1))
            inputs = width
    return nn.Sequential(
        nn.Conv2d(channels, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True), *blocks,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def main():
    options = parse()
    set_malloc(options.malloc == "on")
    import torch
    from torch.nn import functional

    torch.set_num_threads(options.threads)
    torch.manual_seed(7)
    model = network(options.depth, options.h, options.channels).to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, fused=True)
    batches = 8
    images = torch.randn(batches * options.batch_size, options.channels, options.size, options.size)
    images = images.contiguous(memory_format=torch.channels_last)
    labels = torch.randint(10, (batches * options.batch_size,))

    seconds = []
    for step in range(options.warmup + options.steps):
        start = time.perf_counter()
        first = step % batches * options.batch_size
        batch = slice(first, first + options.batch_size)
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.precision == "bf16"):
            loss = functional.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        value = loss.item()
        if step >= options.warmup:
            seconds.append(time.perf_counter() - start)

    median = statistics.median(seconds)
    print(json.dumps({
        "engine": "pytorch",
        "network": f"resnet-{options.depth}",
        "parameters": sum(p.numel() for p in model.parameters()),
        "h": options.h,
        "batch_size": options.batch_size,
        "input": [options.channels, options.size, options.size],
        "precision": options.precision,
        "threads": options.threads,
        "malloc": options.malloc,
        "steps": options.steps,
        "warmup": options.warmup,
        "images_per_second": options.batch_size / median,
        "step_seconds": median,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "loss": value,
        "torch": torch.__version__,
        "python": platform.python_version(),
    }))


if __name__ == "__main__":
    main()
