"""Networks of many layers: the code of their gradients grows by the same operations with each layer."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wrt

Network = tuple[str, dict[str, str], list[str]]


def plain(layers: int) -> Network:
    """h = tanh(W @ h + b), and a squared error."""
    steps = range(1, layers + 1)
    lines = [f"h{i} = tanh(W{i} @ {f'h{i - 1}' if i > 1 else 'x'} + b{i})" for i in steps]
    shapes = {"x": "d0", "t": f"d{layers}"}
    shapes |= {f"W{i}": f"d{i} d{i - 1}" for i in steps} | {f"b{i}": f"d{i}" for i in steps}
    return "; ".join([*lines, f"sum((h{layers} - t)**2)"]), shapes, [f"W{i}" for i in steps]


def residual(layers: int) -> Network:
    """h + tanh(W @ h + b), and a squared error."""
    steps = range(1, layers + 1)
    lines = [f"h{i} = h{i - 1} + tanh(W{i} @ h{i - 1} + b{i})" for i in steps]
    shapes = {"x": "d", "t": "d"} | {f"W{i}": "d d" for i in steps} | {f"b{i}": "d" for i in steps}
    return "; ".join(["h0 = x", *lines, f"sum((h{layers} - t)**2)"]), shapes, [f"W{i}" for i in steps]


def batch(layers: int) -> Network:
    """relu(X @ W + b) with a softmax head and cross-entropy, by weights and offsets."""
    steps = range(1, layers + 1)
    lines = [f"H{i} = relu(H{i - 1} @ W{i} + b{i})" for i in steps[:-1]]
    shapes = {"X": "n d0", "Y": f"n d{layers}"}
    shapes |= {f"W{i}": f"d{i - 1} d{i}" for i in steps} | {f"b{i}": f"d{i}" for i in steps}
    head = f"P = softmax(H{layers - 1} @ W{layers} + b{layers}, axis=1); -sum(Y*log(P))/n"
    return "; ".join(["H0 = X", *lines, head]), shapes, [f"{name}{i}" for name in "Wb" for i in steps]


NETWORKS = (plain, residual, batch)


def compiled(network: Callable[[int], Network], layers: int) -> Any:
    """The loss and its gradients as one function."""
    text, shapes, names = network(layers)
    f = wrt.read(text, shapes=shapes)
    return wrt.compile([f, *wrt.derive(f, names, verify=False).values()])


def operations(source: str) -> int:
    """How many operators and calls a source has, but for signs."""
    return sum(isinstance(node, ast.BinOp | ast.Call | ast.Compare) for node in ast.walk(ast.parse(source)))


@pytest.mark.parametrize("network", NETWORKS)
def test_each_layer_adds_as_many_operations(network: Callable[[int], Network]) -> None:
    few, more, many = (operations(compiled(network, layers).source) for layers in (50, 100, 200))
    assert many - more == pytest.approx(2 * (more - few), rel=0.03)  # what is shared falls here and there
    assert more - few < 50 * 20


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("layers", [2, 30])
def test_gradients_are_slopes(network: Callable[[int], Network], layers: int) -> None:
    _, shapes, names = network(layers)
    function = compiled(network, layers)
    rng = np.random.default_rng(1)
    sizes = {name: 3 + place % 3 for place, name in enumerate(sorted({s for t in shapes.values() for s in t.split()}))}
    point = {name: rng.normal(size=[sizes[size] for size in shape.split()]) / 2 for name, shape in shapes.items()}
    _, *gradients = function(**point)
    for name, gradient in zip(names, gradients, strict=True):
        direction, step = rng.normal(size=gradient.shape), 1e-6
        ahead, behind = (function(**point | {name: point[name] + t * direction})[0] for t in (step, -step))
        assert np.vdot(gradient, direction) == pytest.approx((ahead - behind) / (2 * step), rel=1e-5, abs=1e-7)
