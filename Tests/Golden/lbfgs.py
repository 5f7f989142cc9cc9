"""Iterates of `torch.optim.LBFGS` with strong Wolfe line search, for `TimestepTrainingTests`.

Case k has the points `k/points` `[iterations + 1, n]`, the objective at them `k/values`, the steps `k/steps` and the number
of evaluations of each iteration `k/evaluations`, all in float64, and the number of pairs that are kept, `k/memory`. The
objectives are `objective` below.
"""

import torch

import common


def rosenbrock(x):
    """sum of 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2"""
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def quadratic(x):
    """1/2 sum of i^2 x_i^2 - sum of x_i, i from 1"""
    numbers = torch.arange(1, len(x) + 1, dtype=torch.float64)
    return 0.5 * (numbers**2 * x**2).sum() - x.sum()


def smooth(x):
    """sum of log cosh(i x_i + x_{i-1} - 1), with x_{-1} the last"""
    numbers = torch.arange(1, len(x) + 1, dtype=torch.float64)
    y = numbers * x + x.roll(1) - 1
    return torch.log(torch.cosh(y)).sum()


CASES = [
    ("rosenbrock-2", rosenbrock, [-1.2, 1.0], 10, 30),
    ("rosenbrock-10", rosenbrock, [-1.2, 1.0] * 5, 10, 45),
    ("rosenbrock-memory-3", rosenbrock, [-1.2, 1.0, 0.5, -0.5], 3, 25),
    ("quadratic-12", quadratic, [1.0] * 12, 5, 25),
    ("smooth-6", smooth, [0.3] * 6, 10, 13),
]


def main():
    options = common.parse(__doc__.splitlines()[0]).parse_args()
    tensors = {}
    for name, objective, start, memory, iterations in CASES:
        x = torch.nn.Parameter(torch.tensor(start, dtype=torch.float64))
        optimizer = torch.optim.LBFGS(
            [x], max_iter=1, max_eval=26, history_size=memory, tolerance_grad=0, tolerance_change=0,
            line_search_fn="strong_wolfe")  # fmt: skip
        points, values, steps, evaluations = [x.detach().clone()], [objective(x).item()], [0.0], [0]

        def closure():
            optimizer.zero_grad()
            value = objective(x)
            value.backward()
            return value

        state = optimizer.state[x]
        for _ in range(iterations):
            before = state.get("func_evals", 0)
            optimizer.step(closure)
            points.append(x.detach().clone())
            values.append(objective(x).item())
            steps.append(float(state["t"]))
            # Less the evaluation of the last point, which each call repeats.
            evaluations.append(state["func_evals"] - before - 1)
        tensors[f"{name}/points"] = torch.stack(points)
        tensors[f"{name}/values"] = torch.tensor(values, dtype=torch.float64)
        tensors[f"{name}/steps"] = torch.tensor(steps, dtype=torch.float64)
        tensors[f"{name}/evaluations"] = torch.tensor(evaluations)
        tensors[f"{name}/memory"] = torch.tensor(memory)
    folder = common.tests_folder("TimestepTrainingTests", "Golden")
    common.finish(options, "lbfgs", folder, tensors, {"cases": len(CASES)}, "lbfgs.py", whole_limit=10**6)


if __name__ == "__main__":
    main()
