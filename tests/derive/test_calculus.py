"""Directional and implicit derivatives."""

from __future__ import annotations

import pytest

from wrt import functions as fn
from wrt.derive.calculus import directional, implicit
from wrt.derive.engine import differentiate
from wrt.errors import ShapeError, WrtError
from wrt.expr.build import add, symbol, total
from wrt.expr.walk import substitute
from wrt.verify.oracle import verify_equal

n, d = (symbol(name, facts=["dimension"]) for name in "nd")
x, y, t = symbol("x"), symbol("y"), symbol("t")
w, v, b = symbol("w", (d,)), symbol("v", (d,)), symbol("b", (d,))
A = symbol("A", (d, d))


def test_directional_derivative_is_that_along_a_line():
    f = fn.logsumexp(A @ w) * total(w**2)
    along = directional(f, {w: v, A: A * 2})
    line = substitute(f, {w: add(w, t * v), A: A * (1 + 2 * t)})
    slope = differentiate(line, t)
    verify_equal(substitute(slope, {t: symbol("zero") * 0}), along, points=4)


def test_direction_has_the_shape_of_its_variable():
    with pytest.raises(ShapeError, match="direction of w"):
        directional(total(w), {w: x})


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        (x**2 + y**2 - 1, -x / y),
        (x**3 + y**3 - 3 * x * y, (y - x**2) / (y**2 - x)),
        (y - fn.sin(x), fn.cos(x)),
        (fn.exp(y) - x, fn.exp(-y)),
    ],
    ids=str,
)
def test_implicit_derivatives_of_textbooks(equation, expected):
    verify_equal(implicit(equation, y, x), expected, points=4)


def test_implicit_derivative_of_a_linear_system():
    found = implicit(A @ w - b, w, b)
    verify_equal(found, fn.inv(A), points=3)


def test_an_equation_without_the_unknown():
    with pytest.raises(WrtError, match="does not determine y"):
        implicit(x**2, y, x)
    with pytest.raises(ShapeError, match="as many equations"):
        implicit(w * y, y, x)
