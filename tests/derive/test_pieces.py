"""A derivative with kinks is stated piece by piece, with its subdifferential where the pieces meet."""

from __future__ import annotations

import pytest

from wrt import derive
from wrt.derive.pieces import of_result, of_row
from wrt.expr.build import symbol
from wrt.functions.registry import table


def stated(text: str, variable: str, **shapes: str) -> str:
    g = derive(text, variable, **shapes)
    return ", ".join(piece.said(str) for piece in of_result(g.input.node, g.expr.node, g.kinks))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("relu(x)", "0 if x < 0, 1 if x > 0, [0, 1] at x == 0"),
        ("abs(x)", "sign(x), [-1, 1] at x == 0"),
        ("leaky_relu(x)", "0.01 if x < 0, 1 if x > 0, [0.01, 1] at x == 0"),
        ("clip(x, 0, 1)", "1 if 0 < x < 1, 0 if x < 0 or x > 1, [0, 1] at x == 0, [0, 1] at x == 1"),
        ("maximum(x, y)", "0 if x < y, 1 if x > y, [0, 1] at x == y"),
        ("hardswish(x)", "0 if x < -3, x/3 + 1/2 if -3 < x < 3, 1 if x > 3, [-1/2, 0] at x == -3, [1, 3/2] at x == 3"),
        ("3*relu(x)", "0 if x < 0, 3 if x > 0, [0, 3] at x == 0"),
        ("relu(x**2 - 1)", "0 if x**2 < 1, 2*x if x**2 > 1, [-2, 0] at x == -1, [0, 2] at x == 1"),
        ("y*relu(x)", "0 if x < 0, y if x > 0, between 0 and y at x == 0"),
    ],
)
def test_kinks_are_stated(text: str, words: str) -> None:
    assert stated(text, "x") == words


@pytest.mark.parametrize("text", ["x**2", "elu(x)", "relu(x)**2", "sign(x)", "relu(x) + heaviside(x)", "max(x, y, z)"])
def test_what_has_no_kink_of_one_quantity_is_left_as_it_is(text: str) -> None:
    assert stated(text, "x") == ""


def test_kinks_of_every_entry() -> None:
    assert stated("sum(relu(w))", "w", w="n") == "0 if w < 0, 1 if w > 0, [0, 1] at w == 0"


@pytest.mark.parametrize("name", [f.name for f in table().values() if f.kind == "elementwise" and f.kinks is not None])
def test_every_row_with_slopes_states_them(name: str) -> None:
    function = table()[name]
    said = [
        " at " in p.said(str)
        for x, d in zip(function.arguments, function.derivative, strict=True)
        if d is not None
        for p in of_row(name, x)
    ]
    assert function.kinks is not None
    slopes = any(kink.slopes for kink in function.kinks(*map(symbol, function.arguments)))
    assert any(said) == slopes
