"""The whole table against the balls: each function equals its definition and has the derivative declared."""

from __future__ import annotations

import pytest

from wrt import functions
from wrt.expr.build import symbol
from wrt.expr.node import Call
from wrt.verify.ball import PRIMITIVES
from wrt.verify.definitions import MATRIX, OVER_AXES
from wrt.verify.oracle import verify_derivative, verify_equal

TABLE = functions.TABLE
n, d = (symbol(name, facts=["dimension"]) for name in "nd")


def _arguments(function):
    """Symbols for the arguments."""
    if function.kind == "matrix":
        return (symbol("A", (n, n)),)
    if function.kind != "elementwise":
        return (symbol("X", (n, d)),)
    return tuple(symbol(name, facts=["integer"] if name == "n" else []) for name in function.arguments)


def test_every_ball_function_is_in_the_table() -> None:
    assert set(PRIMITIVES) <= set(TABLE)
    assert {name for _, name in OVER_AXES} | set(MATRIX) <= set(TABLE)


@pytest.mark.parametrize("name", [name for name, function in TABLE.items() if function.definition is not None])
def test_the_ball_equals_the_definition(name: str) -> None:
    function = TABLE[name]
    args = _arguments(function)
    axes = {"reduction": (1,), "axiswise": (1,)}.get(function.kind)
    call = Call.intern(function, args, axes or ())
    definition = function.definition(*args, *([axes] if axes else []))
    assert verify_equal(call, definition).digits >= 25


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (name, place)
        for name, function in TABLE.items()
        for place, derivative in enumerate(function.derivative)
        if derivative is not None
    ],
)
def test_the_declared_derivative_is_right(name: str, place: int) -> None:
    function = TABLE[name]
    args = _arguments(function)
    axes_tried = {"reduction": [(0,), (1,), (0, 1)], "axiswise": [(0,), (1,)]}.get(function.kind, [()])
    for axes in axes_tried:
        call = Call.intern(function, args, axes)
        claimed = function.derivative[place](*args, *([axes] if axes else []))
        certificate = verify_derivative(call, args[place], claimed)
        assert certificate.oracle == "ball arithmetic"
        assert certificate.digits >= 25
        assert certificate.undefined is None
