"""Products of all known cases: J v, u J and H v are what the derivative itself gives when it is multiplied."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wrt import functions as fn
from wrt.derive.engine import bare_symbol, differentiate
from wrt.derive.products import hvp, jvp, vjp
from wrt.expr.build import contract, symbol
from wrt.expr.walk import substitute
from wrt.read import read
from wrt.verify.oracle import verify_equal

CASES = Path(__file__).parents[1] / "cases"
ROWS = [json.loads(line) for line in (CASES / "matrix.jsonl").read_text().splitlines()]
FIRST = [row for row in ROWS if row["order"] == 1]
SECOND = [row for row in ROWS if row["order"] == 2 and not read(row["text"], shapes=row["shapes"]).shape]


def function_of(row):
    formula = read(row["text"], shapes=row["shapes"])
    variable = formula.symbols[row["wrt"]]
    bare = bare_symbol(variable)
    return substitute(formula.node, {variable: bare}), bare


def times(derivative, vector, first):
    """A derivative with its first or its last axes summed against a vector."""
    if not vector.shape:
        return derivative * vector
    axes = tuple(range(derivative.ndim))
    summed = axes[: vector.ndim] if first else axes[derivative.ndim - vector.ndim :]
    kept = tuple(axis for axis in axes if axis not in summed)
    return contract([derivative, vector], [axes, summed], kept, derivative.shape)


@pytest.mark.parametrize("row", FIRST, ids=lambda row: row["id"])
def test_products_with_the_jacobian(row):
    f, x = function_of(row)
    v, u = symbol("direction", x.shape), symbol("weight", f.shape)
    jacobian = differentiate(f, x)
    verify_equal(jvp(f, {x: v}).expr, times(jacobian, v, first=False), points=2)
    verify_equal(vjp(f, [x], u)[x].expr, times(jacobian, u, first=True), points=2)


@pytest.mark.parametrize("row", SECOND, ids=lambda row: row["id"])
def test_products_with_the_hessian(row):
    f, x = function_of(row)
    v = symbol("direction", x.shape)
    verify_equal(hvp(f, {x: v})[x].expr, times(differentiate(f, x, 2), v, first=False), points=2)


def test_steps_along_the_line_hold():
    n = symbol("n", facts=["dimension"])
    x, v = symbol("x", (n,)), symbol("v", (n,))
    f = fn.softmax(x) * fn.tanh(x)
    product = jvp(f, {x: v}, {v: 2 * x})
    line, put = product.root.children
    for step in (*line, put):
        assert step.before.shape == step.after.shape == step.shape
        if step.before is not step.after:
            verify_equal(step.before, step.after, points=2)
    assert product.root.after is put.after is product.expr


def test_the_steps_of_a_hessian_product_are_a_slope_and_its_gradient():
    n = symbol("n", facts=["dimension"])
    x, v = symbol("x", (n,)), symbol("v", (n,))
    slope, gradient = hvp(fn.logsumexp(x), {x: v})[x].root.children
    assert (slope.rule, gradient.rule) == ("Jacobian times vector", "backpropagation")
    assert slope.after is gradient.before.operand
