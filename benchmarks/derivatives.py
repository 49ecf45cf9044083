"""Compiled derivatives against JAX, PyTorch and HIPS autograd: same functions, data and cores, alternating.

    python benchmarks/derivatives.py [--cores 1] [--rounds 15] [--only logistic]

Everything is float64 and runs on the same cores: the process is bound to them before any library is loaded, and each
library's pool has as many threads. JAX runs under `jit`, PyTorch through `torch.func`; a peer that is not installed is
left out. The values of all contenders are compared first. In each round every contender runs once (short calls many
times); the table has medians, and the ratio of wrt's to that of the fastest peer. A case that takes long has fewer
rounds, but at least three. The softmax Hessian has fewer rows and columns than the gradient: 784 columns make half a
gigabyte of it.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Function = Callable[..., Any]
Arrays = dict[str, Any]
LEAST_SECONDS = 0.002  # that one measurement takes
MOST_SECONDS = 15.0  # that a case goes on for, once each contender has had LEAST_ROUNDS turns
LEAST_ROUNDS = 3


@dataclass(frozen=True)
class Case:
    """A derivative: the function as wrt's text and as Python over a library, the data, and what is asked of it."""

    name: str
    kind: str  # gradient, hessian, jacobian or structure
    text: str
    variable: str
    shapes: dict[str, str]
    function: Function  # of the library's operations and the values of the shapes, in their order
    sizes: dict[str, int]
    target: str

    def arrays(self) -> Arrays:
        """Random data; labels are 1 or -1, and targets of a softmax one-hot."""
        import numpy as np

        rng = np.random.default_rng(0)
        found: Arrays = {}
        for name, shape in self.shapes.items():
            dims = [self.sizes[size] for size in shape.split(",")[0].split()]
            match name:
                case "y" if "logistic" in self.name:
                    found[name] = rng.choice([-1.0, 1.0], size=dims)
                case "Y":
                    found[name] = np.eye(dims[1])[rng.integers(0, dims[1], size=dims[0])]
                case _:
                    found[name] = rng.normal(size=dims) / max(1, dims[-1] if len(dims) else 1) ** 0.5
        return found


def _logistic(m: Any, X: Any, w: Any, y: Any) -> Any:
    return m.sum(m.softplus(-y * (X @ w)))


def _factorisation(m: Any, A: Any, U: Any, V: Any) -> Any:
    return m.sum((A - U @ V.T) ** 2)


def _softmax_regression(m: Any, X: Any, W: Any, Y: Any) -> Any:
    Z = X @ W
    return m.sum(m.logsumexp(Z) - m.sum_rows(Y * Z)) / X.shape[0]


def _network(m: Any, W1: Any, b: Any, W2: Any, x: Any, t: Any) -> Any:
    return m.sum((W2 @ m.tanh(W1 @ x + b) - t) ** 2)


LOGISTIC = dict(
    text="sum(log(1 + exp(-y*(X @ w))))", variable="w", shapes={"X": "n d", "w": "d", "y": "n"}, function=_logistic
)
FACTORISATION = dict(
    text="norm(A - U @ V.T)**2", variable="U", shapes={"A": "m n", "U": "m k", "V": "n k"}, function=_factorisation
)
SOFTMAX = dict(
    text="Z = X @ W; mean(logsumexp(Z, axis=1) - sum(Y*Z, axis=1))",
    variable="W",
    shapes={"X": "n d", "W": "d k", "Y": "n k"},
    function=_softmax_regression,
)

CASES = (
    Case("logistic gradient", "gradient", **LOGISTIC, sizes=dict(n=10_000, d=100), target="≤ 1.0"),
    Case("logistic Hessian", "hessian", **LOGISTIC, sizes=dict(n=10_000, d=100), target="≤ 0.7"),
    Case("factorisation Hessian", "hessian", **FACTORISATION, sizes=dict(m=200, n=200, k=10), target="≤ 0.7"),
    Case("factorisation, structure", "structure", **FACTORISATION, sizes=dict(m=200, n=200, k=10), target="≤ 0.01"),
    Case("softmax gradient", "gradient", **SOFTMAX, sizes=dict(n=5000, d=784, k=10), target="≤ 1.0"),
    Case("softmax Hessian", "hessian", **SOFTMAX, sizes=dict(n=2000, d=50, k=10), target="≤ 0.7"),
    Case(
        "network Hessian",
        "hessian",
        "sum((W2 @ tanh(W1 @ x + b) - t)**2)",
        "W1",
        {"W1": "h d", "b": "h", "W2": "k h", "x": "d", "t": "k"},
        _network,
        dict(d=20, h=30, k=5),
        "≤ 0.7",
    ),
    Case(
        "softmax∘linear Jacobian",
        "jacobian",
        "softmax(W @ x + b)",
        "x",
        {"W": "k d", "x": "d", "b": "k"},
        lambda m, W, x, b: m.softmax(W @ x + b),
        dict(k=100, d=200),
        "≤ 0.7",
    ),
    Case(
        "Rosenbrock gradient, n = 10",
        "gradient",
        "sum(100*(x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)",
        "x",
        {"x": "10"},
        lambda m, x: m.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2),
        {"10": 10},
        "≤ 1.0",
    ),
)


@dataclass(frozen=True)
class Library:
    """A peer: its operations, how arrays get in, and its compiled derivative of each kind by one argument."""

    name: str
    operations: Any
    array: Callable[[Any], Any]
    derivative: Callable[[str, Function, int], Function]
    wait: Callable[[Any], Any]


class Operations:
    """The operations that the cases use, under one name each."""

    def __init__(self, **operations: Function) -> None:
        self.__dict__.update(operations)


def jax_library(cores: int) -> Library:
    """JAX in float64 under jit."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    kinds = {"gradient": jax.grad, "hessian": jax.hessian, "structure": jax.hessian, "jacobian": jax.jacfwd}
    operations = Operations(
        sum=jnp.sum,
        sum_rows=lambda Z: jnp.sum(Z, axis=1),
        tanh=jnp.tanh,
        softplus=jax.nn.softplus,
        softmax=jax.nn.softmax,
        logsumexp=lambda Z: jax.scipy.special.logsumexp(Z, axis=1),
    )
    return Library(
        "JAX", operations, jnp.asarray, lambda kind, f, at: jax.jit(kinds[kind](f, at)), jax.block_until_ready
    )


def torch_library(cores: int) -> Library:
    """PyTorch through torch.func."""
    import torch

    torch.set_num_threads(cores)
    kinds = {
        "gradient": torch.func.grad,
        "hessian": torch.func.hessian,
        "structure": torch.func.hessian,
        "jacobian": torch.func.jacfwd,
    }
    operations = Operations(
        sum=torch.sum,
        sum_rows=lambda Z: torch.sum(Z, 1),
        tanh=torch.tanh,
        softplus=torch.nn.functional.softplus,
        softmax=lambda z: torch.softmax(z, 0),
        logsumexp=lambda Z: torch.logsumexp(Z, 1),
    )
    return Library("PyTorch", operations, torch.tensor, lambda kind, f, at: kinds[kind](f, at), lambda value: value)


def autograd_library(cores: int) -> Library:
    """HIPS autograd."""
    import autograd
    import autograd.numpy as anp
    from autograd.scipy.special import logsumexp

    kinds = {
        "gradient": autograd.grad,
        "hessian": autograd.hessian,
        "structure": autograd.hessian,
        "jacobian": autograd.jacobian,
    }
    operations = Operations(
        sum=anp.sum,
        sum_rows=lambda Z: anp.sum(Z, axis=1),
        tanh=anp.tanh,
        softplus=lambda u: anp.logaddexp(0, u),
        softmax=lambda z: anp.exp(z - logsumexp(z)),
        logsumexp=lambda Z: logsumexp(Z, axis=1),
    )
    return Library("autograd", operations, lambda a: a, lambda kind, f, at: kinds[kind](f, at), lambda value: value)


LIBRARIES = {"jax": jax_library, "torch": torch_library, "autograd": autograd_library}


def contenders(case: Case, libraries: list[Library]) -> dict[str, Callable[[], Any]]:
    """For wrt and each library a call without arguments that computes the derivative."""
    import wrt

    values = case.arrays()
    order = 2 if case.kind in ("hessian", "structure") else 1
    result = wrt.derive(case.text, case.variable, order=order, shapes=case.shapes)
    form = "structure" if case.kind == "structure" else "dense"
    ours = result.compile(form=form)
    calls: dict[str, Callable[[], Any]] = {"wrt": lambda: ours(**values)}
    at = list(case.shapes).index(case.variable)
    for library in libraries:
        inputs = [library.array(values[name]) for name in case.shapes]
        function = library.derivative(case.kind, lambda *args, m=library.operations: case.function(m, *args), at)
        calls[library.name] = lambda f=function, args=inputs, wait=library.wait: wait(f(*args))
    found = {name: call() for name, call in calls.items()}
    if form == "structure":
        found["wrt"] = _repeated(found["wrt"], result.compile()(**values))
    _agree(found.pop("wrt"), found)
    return calls


def _repeated(parts: Any, dense: Any) -> Any:
    """The array whose diagonal blocks all are the one part of a structure, in the shape of the dense array."""
    import numpy as np

    (block,) = parts if isinstance(parts, tuple) else (parts,)
    side = math.isqrt(dense.size)
    return np.kron(np.eye(side // len(block)), block).reshape(dense.shape)


def rosenbrock(libraries: list[Library]) -> dict[str, Callable[[], Any]]:
    """The gradient of Rosenbrock's function of two numbers, both partial derivatives at once."""
    import wrt

    f = wrt.read("(1 - x)**2 + 100*(y - x**2)**2")
    ours = wrt.compile([wrt.derive(f, "x"), wrt.derive(f, "y")], engine="scalar")
    calls: dict[str, Callable[[], Any]] = {"wrt": lambda: ours(1.2, 0.7)}
    for library in libraries:
        point = library.array(_numpy([1.2, 0.7]))
        function = library.derivative(
            "gradient", lambda p, m=library.operations: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2, 0
        )
        calls[library.name] = lambda f=function, p=point, wait=library.wait: wait(f(p))
    _agree(_numpy(ours(1.2, 0.7)), {name: call() for name, call in calls.items()})
    return calls


def _numpy(value: Any) -> Any:
    import numpy as np

    return np.asarray(value, dtype=float)


def _agree(expected: Any, found: Mapping[str, Any]) -> None:
    import numpy as np

    for name, value in found.items():
        np.testing.assert_allclose(np.asarray(value), expected, rtol=1e-7, atol=1e-9, err_msg=name)


def medians(calls: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Seconds for one call of each contender: medians over rounds in which each has its turn."""
    number = {}
    for name, call in calls.items():
        start = time.perf_counter()
        call()
        number[name] = max(1, int(LEAST_SECONDS / (time.perf_counter() - start)))
    times: dict[str, list[float]] = {name: [] for name in calls}
    end = time.perf_counter() + MOST_SECONDS
    for done in range(rounds):
        if done >= LEAST_ROUNDS and time.perf_counter() > end:
            break
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(number[name]):
                call()
            times[name].append((time.perf_counter() - start) / number[name])
    return {name: statistics.median(each) for name, each in times.items()}


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-4 else f"{seconds * 1e6:.2f} µs"


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cores", type=int, default=1, help="cores and threads for every contender")
    parser.add_argument("--rounds", type=int, default=15, help="measurements of each contender")
    parser.add_argument("--only", default="", help="cases with this in their name")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(options.cores)
    libraries = [make(options.cores) for name, make in LIBRARIES.items() if importlib.util.find_spec(name)]
    names = [library.name for library in libraries]
    print(f"float64, {options.cores} core(s), medians of up to {options.rounds} rounds")
    _line("", "sizes", "wrt", names, "ratio", "asked")
    _line("-" * 28, "-" * 18, "-" * 10, ["-" * 10] * len(names), "-" * 7, "-" * 6)
    rows = [(case.name, case.sizes, case.target, lambda case=case: contenders(case, libraries)) for case in CASES]
    rows.append(("Rosenbrock gradient, x and y", {}, "≤ 2 µs", lambda: rosenbrock(libraries)))
    for name, sizes, target, make in rows:
        if options.only not in name:
            continue
        found = medians(make(), options.rounds)
        ratio = found["wrt"] / min(found[peer] for peer in names) if names else float("nan")
        written = " ".join(f"{key}={value}" for key, value in sizes.items() if not key.isdigit())
        times = [_duration(found.get(peer)) for peer in names]
        _line(name, written, _duration(found["wrt"]), times, f"{ratio:.2g}", target)


def _line(name: str, sizes: str, ours: str, peers: list[str], ratio: str, target: str) -> None:
    cells = [
        f"{name:28}",
        f"{sizes:18}",
        f"{ours:>10}",
        *(f"{peer:>10}" for peer in peers),
        f"{ratio:>7}",
        f"{target:6}",
    ]
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
