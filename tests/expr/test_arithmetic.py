"""Sums, products and powers: canonical, exact, and equal in value to what was written."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrt.errors import DomainError, LimitError, WrtError
from wrt.expr.build import INFINITY, ONE, ZERO, E, add, as_expr, mul, number, power, symbol
from wrt.expr.facts import is_nonnegative, is_positive
from wrt.expr.walk import nodes, rebuild, substitute
from wrt.verify.oracle import equal

x, y, a = symbol("x"), symbol("y"), symbol("a", facts=["positive"])


def expressions(depth: int = 3):
    leaves = st.sampled_from([x, y, a, number(2), number(Fraction(-1, 3))])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.just(add), inner, inner),
            st.tuples(st.just(mul), inner, inner),
            st.tuples(st.just(power), inner, st.sampled_from([2, 3, -1])),
        ).map(_build),
        max_leaves=depth * 3,
    )


def _build(parts):
    make, left, right = parts
    if make is power and left is ZERO:
        left = x
    return make(left, right)


@given(expressions(), expressions(), expressions())
def test_laws_of_arithmetic_hold_as_identity(p, q, r):
    assert p + q is q + p
    assert (p + q) + r is p + (q + r)
    assert p * q is q * p
    assert (p * q) * r is p * (q * r)
    assert p - p is ZERO
    assert p + 0 is p
    assert p * 1 is p
    assert p * 0 is ZERO
    assert (-p) * -1 is p
    assert p - q is -(q - p)


@given(expressions())
def test_rebuilding_changes_nothing(p):
    assert rebuild(p, lambda node: node) is p
    for node in nodes(p):
        if node.operands:
            assert node.rebuilt(node.operands) is node


@given(expressions())
def test_copies_and_pickles_are_the_same_object(p):
    assert pickle.loads(pickle.dumps(p)) is p  # noqa: S301 - our own bytes
    assert copy.deepcopy(p) is p


@pytest.mark.parametrize(
    ("canonical", "written"),
    [
        (power(x**2, Fraction(1, 2)), "abs(x)"),
        (power(x**4, Fraction(1, 2)), "x**2"),
        (power(a**2, Fraction(1, 2)), "a"),
        (power(4 * x, Fraction(1, 2)), "2*sqrt(x)"),
        (power(8, Fraction(1, 2)), "2*sqrt(2)"),
        (power(Fraction(1, 2), Fraction(1, 2)), "sqrt(2)/2"),
        (x**a * x**-1, "x**(a - 1)"),
        ((x * y) ** 2 / x, "x*y**2"),
        (as_expr(0.1) + as_expr(0.2), "0.3"),
    ],
)
def test_powers_collect(canonical, written):
    from wrt import read

    assert equal(canonical, substitute(read(written, a=">0").node, {}))


def test_the_square_root_of_a_square_is_not_the_base():
    assert power(x**2, Fraction(1, 2)) is not x


def test_bounds_and_domains():
    with pytest.raises(LimitError):
        power(9, 9**9)
    with pytest.raises(DomainError):
        power(ZERO, -1)
    with pytest.raises(DomainError):
        power(number(-1), Fraction(1, 2))
    with pytest.raises(DomainError):
        add(INFINITY, x)
    with pytest.raises(DomainError):
        as_expr(float("nan"))
    with pytest.raises(WrtError):
        as_expr("x")
    with pytest.raises(AttributeError):
        x.name = "y"


def test_signs_follow_from_facts():
    assert is_positive(a + 1)
    assert is_positive(E)
    assert is_nonnegative(x**2)
    assert not is_positive(x**2)
    assert not is_nonnegative(x)
    assert is_positive(a**x)
    assert is_positive(ONE)


def test_a_deep_chain_is_walked_without_recursion():
    node = x
    for _ in range(5000):
        node = 1 / (1 + node)
    assert len(nodes(node)) > 10_000
    assert substitute(node, {x: y}) is not node
