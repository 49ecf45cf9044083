"""Shares add up to 1: sums of softmax along its axis, and of nothing else."""

from __future__ import annotations

import pytest

from wrt.read import read
from wrt.simplify import simplify
from wrt.verify.oracle import equal

SHAPES = {"z": "k", "X": "n k", "y": "k", "a": "n"}
SUMS = {
    "sum(softmax(z))": "1",
    "sum(softmax(X, axis=1))": "n + 0*sum(X)",
    "sum(softmax(X, axis=1), axis=1)": "ones(n)",
    "a @ softmax(X, axis=1) @ ones(k)": "sum(a)",
    "sum(softmax(z)*y) - sum(y)*sum(softmax(z))": "softmax(z) @ y - sum(y)",
    "sum(softmax(X, axis=1), axis=0)": "sum(softmax(X, axis=1), axis=0)",
    "sum(softmax(z)**2)": "sum(softmax(z)**2)",
    "softmax(z) @ y": "softmax(z) @ y",
}


@pytest.mark.parametrize("text", SUMS)
def test_shares_are_summed(text: str) -> None:
    shapes = {name: shape for name, shape in SHAPES.items() if name in text}
    node = read(text, shapes).node
    found = simplify(node)
    assert equal(node, found)
    expected = read(SUMS[text], shapes).node
    assert str(found) == str(simplify(expected))
