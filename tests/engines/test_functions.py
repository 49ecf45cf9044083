"""Every function of the table, compiled, against ball arithmetic: alone, in forms with stable variants, over axes."""

from __future__ import annotations

import warnings
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from flint import arb

from wrt import functions
from wrt.engines import compile as compile_
from wrt.expr.build import symbol
from wrt.expr.function import Function
from wrt.expr.node import Expr
from wrt.functions.stable import STABLE_FORMS
from wrt.verify.evaluate import evaluate
from wrt.verify.series import PointError, UnsupportedError, constant, working

TABLE = list(functions.TABLE.values())
ELEMENTWISE = [function for function in TABLE if function.kind == "elementwise"]
GRID = [Fraction(k, 7) + Fraction(1, 1000) for k in (*range(-30, -2, 4), *range(-2, 9), *range(9, 31, 4))]
FEW = [Fraction(-4, 5), Fraction(6, 5)]

n, d = symbol("n", facts=["dimension"]), symbol("d", facts=["dimension"])


def exactly(node: Expr, point: dict[Expr, Fraction]) -> float | None:
    """The value by ball arithmetic; None outside the domain."""
    with working(160, 1):
        values = {name: (constant(arb(place.numerator) / place.denominator),) for name, place in point.items()}
        try:
            return float(evaluate(node, values, {})[0][0].mid())
        except (PointError, UnsupportedError):
            return None


def points(function: Function) -> list[tuple[Fraction, ...]]:
    whole = function.arguments[0] == "n"
    return [
        (Fraction(round(first)), *rest) if whole else (first, *rest)
        for first, *rest in product(GRID, *[FEW] * (len(function.arguments) - 1))
    ]


@pytest.mark.parametrize("engine", ["numpy", "scalar"])
@pytest.mark.parametrize("function", ELEMENTWISE, ids=str)
def test_a_function_has_its_values(function: Function, engine: str) -> None:
    names = tuple(symbol(name) for name in function.arguments)
    node = function(*names)
    compiled = compile_(node, engine=engine)
    tried = 0
    for point in points(function):
        exact = exactly(node, dict(zip(names, point, strict=True)))
        if exact is None:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = compiled(**{name: float(place) for name, place in zip(function.arguments, point, strict=True)})
        assert found == pytest.approx(exact, rel=3e-12, abs=1e-14), point
        tried += 1
    assert tried >= 3


@pytest.mark.parametrize("function", ELEMENTWISE, ids=str)
def test_arrays_are_taken_entry_by_entry(function: Function) -> None:
    names = tuple(symbol(name, (n, d)) for name in function.arguments)
    scalars = tuple(symbol(name) for name in function.arguments)
    one, every = compile_(function(*scalars)), compile_(function(*names))
    inside = [
        point
        for point in points(function)
        if exactly(function(*scalars), dict(zip(scalars, point, strict=True))) is not None
    ]
    inside = inside[: len(inside) // 2 * 2]
    arrays = [np.array([float(point[k]) for point in inside]).reshape(-1, 2) for k in range(len(names))]
    found = every(*arrays)
    assert found.shape == arrays[0].shape
    assert found.ravel().tolist() == pytest.approx([one(*map(float, point)) for point in inside], rel=1e-14)


@pytest.mark.parametrize(("function", "form"), [(each, form) for each in ELEMENTWISE for form in each.stable], ids=str)
@pytest.mark.parametrize("engine", ["numpy", "scalar"])
def test_forms_around_a_function_keep_their_digits(function: Function, form: str, engine: str) -> None:
    names = tuple(symbol(name) for name in function.arguments)
    node = STABLE_FORMS[form].build(function, *names)
    compiled = compile_(node, engine=engine)
    far = [Fraction(-30), Fraction(-1, 10**9), Fraction(1, 10**9), Fraction(30)]
    for point in [*points(function), *(product(far, *[FEW] * (len(names) - 1)))]:
        exact = exactly(node, dict(zip(names, point, strict=True)))
        if exact is not None and abs(exact) < 1e290:
            found = compiled(**{name: float(place) for name, place in zip(function.arguments, point, strict=True)})
            assert found == pytest.approx(exact, rel=1e-9, abs=2e-15), point


@pytest.mark.parametrize("function", [each for each in TABLE if each.kind in ("reduction", "axiswise")], ids=str)
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_functions_over_axes(function: Function, axis: int | None) -> None:
    X = symbol("X", (n, d))
    node = function(X, axis=axis)
    array = np.random.default_rng(0).normal(size=(4, 3))
    found = compile_(node)(array)
    with working(160, 1):
        entries = evaluate(node, {X: [constant(arb(float(each))) for each in array.ravel()]}, {n: 4, d: 3})
        exact = np.array([float(each[0].mid()) for each in entries])
    assert np.ravel(found).tolist() == pytest.approx(exact.tolist(), rel=1e-13)
    assert np.shape(found) == tuple({n: 4, d: 3}[size] for size in node.shape)
