"""Laws of simplification on random expressions: the same value and shape, no longer, and not shorter when repeated."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from wrt import functions
from wrt.errors import Unsolved, WrtError
from wrt.expr import build
from wrt.expr.build import symbol
from wrt.expr.node import Expr
from wrt.expr.walk import nodes
from wrt.notation import size
from wrt.simplify import recognise, simplify
from wrt.verify.oracle import equal

N, M = symbol("n", (), ["dimension"]), symbol("m", (), ["dimension"])
x, y, t = symbol("x"), symbol("y"), symbol("t", (), ["positive"])
SCALARS = [x, y, t, x + 1, x - y, 1 - x**2]
TENSORS = [symbol("u", (N,)), symbol("v", (N,)), symbol("A", (N, N)), symbol("X", (N, M))]
NUMBERS = [build.number(Fraction(*pair)) for pair in [(1, 1), (2, 1), (-1, 1), (1, 2), (-3, 2), (4, 1)]]
CALLS = [each for each in functions.TABLE.values() if each.kind == "elementwise" and each.arity == (1, 1)]
PAIRS = [functions.maximum, functions.minimum]


def forget(root: Expr) -> None:
    """Drop what is remembered, so that simplification starts anew."""
    for node in nodes(root):
        object.__setattr__(node, "_memo", None)


@st.composite
def scalars(draw: st.DrawFn) -> Expr:
    """Sums, products, powers, calls and pieces of a few scalars."""
    made: list[Expr] = []
    for _ in range(draw(st.integers(2, 8))):
        source = made[-3:] * 3 + SCALARS + NUMBERS
        left, right = draw(st.sampled_from(source)), draw(st.sampled_from(source))
        try:
            match draw(st.integers(0, 9)):
                case 0 | 1:
                    made.append(left + right)
                case 2:
                    made.append(left - right)
                case 3 | 4:
                    made.append(left * right)
                case 5:
                    made.append(left / right)
                case 6:
                    exponents = [2, 3, -1, -2, Fraction(1, 2), Fraction(-1, 2), Fraction(3, 2)]
                    made.append(build.power(left, draw(st.sampled_from(exponents))))
                case 7 | 8:
                    made.append(draw(st.sampled_from(CALLS))(left))
                case 9:
                    op = draw(st.sampled_from(["<", "<=", ">", ">="]))
                    pieces = build.where(build.compare(op, left, right), left, draw(st.sampled_from(source)))
                    made.append(draw(st.sampled_from([pieces, functions.maximum(left, right)])))
        except WrtError:
            continue
    return made[-1] if made else x


@st.composite
def tensors(draw: st.DrawFn) -> Expr:
    """Elementwise expressions and sums of einsums."""
    made: list[Expr] = []
    for _ in range(draw(st.integers(2, 7))):
        source = made[-3:] * 3 + TENSORS + [x, t] + NUMBERS
        left, right = draw(st.sampled_from(source)), draw(st.sampled_from(source))
        try:
            match draw(st.integers(0, 9)):
                case 0 | 1 | 2:
                    made.append(left + right)
                case 3:
                    made.append(left * right)
                case 4 | 5:
                    made.append(left @ right)
                case 6:
                    made.append(left.T)
                case 7:
                    made.append(build.total(left, axis=draw(st.sampled_from([None, 0]))))
                case 8:
                    made.append(draw(st.sampled_from([functions.sigmoid, functions.exp, functions.tanh]))(left))
                case 9:
                    made.append(draw(st.sampled_from([build.diag, build.trace, lambda a: build.outer(a, a)]))(left))
        except WrtError:
            continue
    return made[-1] if made else TENSORS[0]


def check(expression: Expr) -> None:
    forget(expression)
    result = simplify(expression)
    assert result.shape == expression.shape
    assert size(result) <= size(expression), f"{expression} became {result}"
    forget(result)
    assert size(simplify(result)) == size(result), f"{expression}: {result} became {simplify(result)}"
    try:
        assert equal(result, expression), f"{expression} became {result}"
    except Unsolved:
        assume(False)


SETTINGS = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(scalars())
def test_a_simplified_scalar_is_equal_and_no_longer(expression):
    check(expression)


@SETTINGS
@given(tensors())
def test_a_simplified_tensor_is_equal_and_no_longer(expression):
    check(expression)


@SETTINGS
@given(scalars())
def test_what_is_recognised_is_equal(expression):
    try:
        assert equal(recognise(expression), expression)
    except Unsolved:
        assume(False)


@pytest.mark.parametrize("function", CALLS, ids=str)
def test_a_derivative_of_the_table_stays_what_it_is(function):
    (derivative,) = function.derivative or (None,)
    if derivative is not None:
        check(derivative(x))
