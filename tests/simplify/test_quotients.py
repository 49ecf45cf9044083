"""What hangs on an index and is divided there by itself cancels."""

from __future__ import annotations

import pytest

import wrt
from wrt.read import read
from wrt.simplify import simplify
from wrt.verify.oracle import equal

SHAPES = {"A": "k n", "P": "n m", "x": "m", "w": "n"}
QUOTIENTS = {
    "A @ (sum(P, axis=1)/sum(P, axis=1))": "sum(A, axis=1)",
    "(P @ x)/(P @ x)*w": "w",
    "sum(P/(P @ x)[:, None], axis=1)/sum(P, axis=1)": "1/(P @ x)",
    "A @ ((P @ x)**2/(P @ x)**3)": "A @ (1/(P @ x))",
    "A @ (sum(P, axis=1)/(P @ x))": "A @ (sum(P, axis=1)/(P @ x))",
}


@pytest.mark.parametrize("text", QUOTIENTS)
def test_quotients_cancel(text: str) -> None:
    shapes = {name: shape for name, shape in SHAPES.items() if name in text}
    node = read(text, shapes).node
    found = simplify(node)
    assert equal(node, found)
    assert str(found) == QUOTIENTS[text]


def test_the_gradient_of_mutual_information() -> None:
    text = "sum(P*log(P/outer(sum(P, axis=1), sum(P, axis=0))))"
    found = wrt.derive(text, "P", P="n m, >0")
    assert str(found.expr) == "log(P/sum(P, axis=0)/sum(P, axis=1, keepdims=True)) - 1"


def test_powers_are_taken_of_each_tensor_that_is_multiplied_entry_by_entry() -> None:
    shapes = {"A": "n m", "x": "m", "y": "k"}
    assert read("outer(A @ x, y)**-2", shapes).node is read("outer((A @ x)**-2, y**-2)", shapes).node
    assert read("(A @ x)**2", shapes).node is not read("A**2 @ x**2", shapes).node
