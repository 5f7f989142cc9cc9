"""What Timestep is measured against: ordinary, good PyTorch training.

Channels-last, fused SGD, no copy of the batch, in-place ReLU, `torch.add` with a factor for the step h, autocast for
bfloat16, inference mode for evaluation. Prints one JSON line. One image per second counts a whole step: forward, loss,
backward, optimiser; with --evaluate, a forward pass.
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
    parser.add_argument("--network", default="resnet-20", help="a name of networks.py (default: resnet-20)")
    parser.add_argument("--h", type=float, default=0.1, help="step size (default: 0.1)")
    parser.add_argument("--steps", type=int, default=20, help="measured steps (default: 20)")
    parser.add_argument("--warmup", type=int, default=5, help="steps before (default: 5)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="default: all")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--evaluate", action="store_true", help="forward passes only")
    parser.add_argument("--compile", action="store_true", help="torch.compile")
    parser.add_argument("--malloc", choices=["on", "off"], default="off", help="keep freed memory (default: off)")
    options = parser.parse_args()
    for name in ("steps", "threads", "batch_size"):
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


def main():
    options = parse()
    set_malloc(options.malloc == "on")
    import torch
    from torch.nn import functional

    import networks

    torch.set_num_threads(options.threads)
    torch.manual_seed(7)
    model, shape, finish = networks.build(options.network, options.h)
    examples, classes = 8 * options.batch_size, 10
    if shape is None:
        classes, inputs = 4, torch.randint(1, 70, (examples, 1024))
    else:
        model = model.to(memory_format=torch.channels_last)
        inputs = torch.randn(examples, *shape).contiguous(memory_format=torch.channels_last)
    labels = torch.randint(classes, (examples,))
    model.train(not options.evaluate)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, fused=True)
    parameters = sum(p.numel() for p in model.parameters())
    function = torch.compile(model) if options.compile else model

    def autocast():
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.precision == "bf16")

    def train(batch):
        optimizer.zero_grad(set_to_none=True)
        with autocast():
            loss = functional.cross_entropy(function(inputs[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        if finish:
            finish()
        return loss.item()

    def evaluate(batch):
        with torch.inference_mode(), autocast():
            return functional.cross_entropy(function(inputs[batch]), labels[batch]).item()

    seconds = []
    for step in range(options.warmup + options.steps):
        start = time.perf_counter()
        first = step % 8 * options.batch_size
        value = (evaluate if options.evaluate else train)(slice(first, first + options.batch_size))
        if step >= options.warmup:
            seconds.append(time.perf_counter() - start)

    median = statistics.median(seconds)
    print(json.dumps({
        "engine": "pytorch",
        "network": options.network,
        "parameters": parameters,
        "h": options.h,
        "batch_size": options.batch_size,
        "precision": options.precision,
        "evaluate": options.evaluate,
        "compile": options.compile,
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
