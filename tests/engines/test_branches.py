"""The branch that is not taken leaves no trace: no NaN, no overflow, no warning, to second order and in arrays."""

from __future__ import annotations

import warnings
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import wrt

ENTRYWISE = [
    ("where(x > 0, log(x), 0)", [-1.0, 0.0, 2.0]),
    ("where(x > 0, sqrt(x), x)", [-1.0, 0.0, 4.0]),
    ("where(abs(x) < 1, exp(-1/(1 - x**2)), 0)", [-1.0, 0.5, 1.0, 2.0]),
    ("where(x > 2, log2(x), 2*x)", [-1.0, 0.0, 2.0, 3.0]),
    ("where(x != 0, sin(x)/x, 1)", [0.0, 1.0]),
    ("where(x > 0, 1/x, 0)", [-1.0, 0.0, 2.0]),
    ("where(x > 20, x, log(1 + exp(x)))", [-1000.0, 0.0, 1000.0]),
    ("where(x > 0, where(x > 1, log(x - 1), sqrt(x)), 0)", [-1.0, 0.0, 0.5, 1.0, 2.0]),
    ("where(x < 0, exp(x), 1 + x)", [-1000.0, 1000.0]),
    ("where(x > 0, exp(-1/x), 0)", [-1.0, 0.0, 1e-3, 1.0]),
    ("where(x >= 0, 1/(1 + exp(-x)), exp(x)/(1 + exp(x)))", [-1000.0, 0.0, 1000.0]),
    ("where(x > 0, x**x, 1)", [-1.0, 0.0, 1.0]),
    ("where(abs(x) <= 1, asin(x/2), 0)", [-0.5, 1.0, 3.0]),
    ("log(where(x > 0, x, 1))", [-1.0, 0.0, 2.0]),
]
TOGETHER = [
    "sum(where(d > 0, 1/d, 0))",
    "sum(where(d > 0, log(d), 0)**2)",
    "w @ where(d > 0, 1/d, 0)",
    "A @ where(d > 0, sqrt(d), 0)",
    "where(d > 0, sqrt(d), 0)*sum(where(d > 0, 1/d, 0))",
    "norm(A @ where(d > 0, 1/d, w))**2",
]
ENGINES = ["numpy", *(name for name in ("jax", "torch") if find_spec(name))]


def array(engine: str, values: Any) -> Any:
    if engine == "jax":
        jax = import_module("jax")
        jax.config.update("jax_enable_x64", True)
        return jax.numpy.asarray(values)
    return import_module("torch").tensor(values, dtype=import_module("torch").float64) if engine == "torch" else values


def slopes(text: str, order: int, shape: str) -> Any:
    return wrt.derive(text, "x", order=order, verify=False, x=shape) if order else wrt.read(text, x=shape)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize(("text", "points"), ENTRYWISE)
def test_a_branch_that_is_not_taken_leaves_no_trace(text: str, points: list[float], order: int) -> None:
    one_by_one = slopes(text, order, "").compile("scalar")
    together = slopes(f"sum({text})", order, "n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = np.array([one_by_one(x=point) for point in points])
        found = {each: np.asarray(together.compile(each)(x=array(each, np.array(points)))) for each in ENGINES}
    assert np.isfinite(expected).all()
    for value in found.values():
        assert value == pytest.approx([expected.sum(), expected, np.diag(expected)][order], rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("text", TOGETHER)
def test_nor_in_sums_and_matrix_products(text: str, order: int, engine: str) -> None:
    shapes = {"d": "n", "w": "n", "A": "m n"}
    formula: Any = wrt.derive(text, "d", order=order, verify=False, shapes=shapes) if order else wrt.read(text, shapes)
    point = {"d": np.array([0.0, 1.5, -2.0]), "w": np.array([1.0, 2.0, 3.0]), "A": np.arange(6.0).reshape(2, 3)}
    code = formula.compile(engine)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = np.asarray(code(**{name: array(engine, point[name]) for name in code.arguments}))
    assert np.isfinite(found).all()
    if order == 1:
        function, step = wrt.read(text, shapes).compile(), 1e-6 * (point["d"] > 0)
        values = {name: point[name] for name in function.arguments}
        ahead, behind = (function(**values | {"d": point["d"] + sign * step}) for sign in (1, -1))
        assert found @ step == pytest.approx((ahead - behind) / 2, rel=1e-5, abs=1e-12)


@pytest.mark.skipif(not find_spec("jax"), reason="jax is not installed")
@pytest.mark.parametrize(("text", "points"), ENTRYWISE)
def test_jax_differentiates_the_code_without_a_trace(text: str, points: list[float]) -> None:
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    code = wrt.read(text).compile("jax")
    slope = jax.grad(lambda x: code(x=x))
    for point in points:
        assert np.isfinite(slope(point)) and np.isfinite(jax.grad(slope)(point))


def test_an_isolated_point_with_the_limit_of_the_rest_is_no_piece() -> None:
    for order, value in ((1, 0.0), (2, -1 / 3), (3, 0.0), (4, 1 / 5)):
        assert wrt.derive("where(x == 0, 1, sin(x)/x)", "x", order=order, verify=False).at(x=0) == pytest.approx(value)
    (jump,) = wrt.derive("where(x == 0, 2, sin(x)/x)", "x").kinks
    assert jump.kind == "jump"


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_bump_is_flat_at_its_ends(order: int) -> None:
    bump = wrt.derive("where(abs(x) < 1, exp(-1/(1 - x**2)), 0)", "x", order=order, verify=False)
    assert bump.kinks == () and bump.at(x=1) == bump.at(x=-1) == 0
