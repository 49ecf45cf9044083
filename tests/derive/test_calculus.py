"""Implicit derivatives."""

from __future__ import annotations

import pytest

from wrt import functions as fn
from wrt.derive.calculus import implicit
from wrt.errors import ShapeError, WrtError
from wrt.expr.build import symbol
from wrt.verify.oracle import verify_equal

n, d = (symbol(name, facts=["dimension"]) for name in "nd")
x, y = symbol("x"), symbol("y")
w, b = symbol("w", (d,)), symbol("b", (d,))
A = symbol("A", (d, d))


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
