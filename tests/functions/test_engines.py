"""What a row names in NumPy and in Python's math has the function's values, and formulas for engines equal it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from importlib import import_module
from itertools import product
from typing import Any

import pytest
from flint import arb

from wrt import functions
from wrt.expr.build import symbol
from wrt.expr.function import Function
from wrt.verify.evaluate import evaluate
from wrt.verify.oracle import verify_equal
from wrt.verify.series import PointError, constant, working

ELEMENTWISE = [function for function in functions.TABLE.values() if function.kind == "elementwise"]
GRID = [Fraction(k, 7) + Fraction(1, 1000) for k in range(-30, 31, 3)]
FEW = [Fraction(-4, 5), Fraction(6, 5)]
NAMED = [
    (function, engine)
    for function in ELEMENTWISE
    for engine in ("numpy", "scalar")
    if isinstance(function.engines.get(engine), str) and "{" not in str(function.engines[engine])
]


def _resolve(dotted: str) -> Callable[..., Any]:
    if "." not in dotted:
        return getattr(import_module("builtins"), dotted)
    module, _, name = dotted.rpartition(".")
    return getattr(import_module(module), name)


@pytest.mark.parametrize(("function", "engine"), NAMED, ids=str)
def test_the_named_function_gives_the_same_values(function: Function, engine: str) -> None:
    named = _resolve(str(function.engines[engine]))
    names = tuple(symbol(name) for name in function.arguments)
    node = function(*names)
    tried = 0
    for places in product(GRID, *[FEW] * (len(names) - 1)):
        order = function.arguments[0] == "n"
        exactly = (Fraction(round(places[0])), *places[1:]) if order else places
        with working(120, 1):
            values = [(constant(arb(place.numerator) / place.denominator),) for place in exactly]
            try:
                exact = float(evaluate(node, dict(zip(names, values, strict=True)), {})[0][0].mid())
            except PointError:
                continue
        found = named(*(int(place) if order and k == 0 else float(place) for k, place in enumerate(exactly)))
        assert float(found) == pytest.approx(exact, rel=2e-12, abs=1e-14), places
        tried += 1
    assert tried >= 3


FORMULAS = [(f, e) for f in ELEMENTWISE for e, how in f.engines.items() if callable(how)]
INTERPOLATED = [(f, e) for f, e in FORMULAS if f.name in ("erfcx", "ierfcx", "i2erfcx", "erfc_hazard")]


@pytest.mark.parametrize(("function", "engine"), INTERPOLATED, ids=str)
def test_a_polynomial_for_an_engine_is_the_function_to_double_precision(function: Function, engine: str) -> None:
    x = symbol("x")
    formula = function.engines[engine]
    assert callable(formula)
    for place in [sign * 10.0**k for sign in (-1, 1) for k in range(-12, 13)]:
        if place > -20:
            with working(400, 1):
                values = {x: (constant(arb(place)),)}
                found, exact = (evaluate(node, values, {})[0][0] for node in (formula(x), function(x)))
                assert abs(found / exact - 1) < 1e-15, place


@pytest.mark.parametrize(("function", "engine"), [each for each in FORMULAS if each not in INTERPOLATED], ids=str)
def test_the_formula_for_an_engine_is_the_function(function: Function, engine: str) -> None:
    names = tuple(symbol(name) for name in function.arguments)
    formula = function.engines[engine]
    assert callable(formula)
    assert verify_equal(formula(*names), function(*names)).digits >= 25


@pytest.mark.parametrize("library", ["jax", "torch"])
def test_names_in_other_libraries_exist(library: str) -> None:
    pytest.importorskip(library)
    for function in functions.TABLE.values():
        how = function.engines.get(library)
        if isinstance(how, str):
            assert callable(_resolve(how.partition("(")[0])), (function.name, how)
