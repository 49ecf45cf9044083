"""Kinks of functions of one variable: the stated slopes are those on both sides, and the code takes the least."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrt import derive, read
from wrt.derive.corners import least_norm
from wrt.errors import DomainError, Unsolved, WrtError
from wrt.expr.build import number
from wrt.simplify import recognise

# Functions of one variable as trees; an independent reading of them gives value and slope on one side of a point.

Tree = tuple[Any, ...]


class Side(NamedTuple):
    """The value at a point, and the slope on one side of it."""

    value: Fraction
    slope: Fraction

    def sign(self, side: int) -> int:
        """The sign just beside the point."""
        towards = self.value or side * self.slope
        return (towards > 0) - (towards < 0)


def read_side(tree: Tree, at: Fraction, side: int) -> Side:
    """Value and slope of a tree, by its meaning."""
    match tree:
        case ("line", slope, constant):
            return Side(slope * at + constant, slope)
        case (op, *parts):
            return OPERATIONS[op](
                side, *(read_side(part, at, side) if isinstance(part, tuple) else part for part in parts)
            )
    raise AssertionError(tree)


def plus(side: int, u: Side, v: Side) -> Side:
    return Side(u.value + v.value, u.slope + v.slope)


def times(side: int, factor: Fraction, u: Side) -> Side:
    return Side(factor * u.value, factor * u.slope)


def minus(u: Side, v: Side) -> Side:
    return Side(u.value - v.value, u.slope - v.slope)


def maximum(side: int, u: Side, v: Side) -> Side:
    return u if minus(u, v).sign(side) > 0 else v


def minimum(side: int, u: Side, v: Side) -> Side:
    return v if minus(u, v).sign(side) > 0 else u


def absolute(side: int, u: Side) -> Side:
    return u if u.sign(side) >= 0 else Side(-u.value, -u.slope)


def relu(side: int, u: Side) -> Side:
    return maximum(side, u, Side(Fraction(0), Fraction(0)))


def clip(side: int, u: Side, low: Fraction, high: Fraction) -> Side:
    zero = Fraction(0)
    return minimum(side, maximum(side, u, Side(low, zero)), Side(high, zero))


def bent(side: int, u: Side, v: Side) -> Side:
    """Slope 2 where u > 0, slope -1 elsewhere, plus v."""
    return plus(side, Side(2 * u.value, 2 * u.slope) if u.sign(side) > 0 else Side(-u.value, -u.slope), v)


OPERATIONS = {
    "plus": plus,
    "times": times,
    "max": maximum,
    "min": minimum,
    "abs": absolute,
    "relu": relu,
    "clip": clip,
    "bent": bent,
}
TEXTS = {
    "plus": "({} + {})",
    "times": "({}*{})",
    "max": "max({}, {})",
    "min": "min({}, {})",
    "abs": "abs({})",
    "relu": "relu({})",
    "clip": "clip({}, {}, {})",
    "bent": "(where({0} > 0, 2*({0}), -({0})) + {1})",
}


def text(tree: Tree | Fraction) -> str:
    """A tree as it is typed."""
    match tree:
        case ("line", slope, constant):
            return f"(({slope})*x + ({constant}))"
        case (op, *parts):
            return TEXTS[op].format(*map(text, parts))
    return f"({tree})"


small = st.integers(-3, 3).map(Fraction)
lines = st.tuples(st.just("line"), small, small)


def larger(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.tuples(st.sampled_from(["plus", "max", "min", "bent"]), trees, trees),
        st.tuples(st.just("times"), st.sampled_from([-2, -1, 2]).map(Fraction), trees),
        st.tuples(st.sampled_from(["abs", "relu"]), trees),
        st.tuples(st.just("clip"), trees, st.just(Fraction(-1)), st.sampled_from([1, 2]).map(Fraction)),
    )


trees = st.recursive(lines, larger, max_leaves=4)
GRID = [Fraction(place, 6) for place in range(-12, 13)]


def least(p: Fraction, q: Fraction) -> Fraction:
    return Fraction(0) if p * q <= 0 else min(p, q, key=abs)


@settings(deadline=None, max_examples=100)
@given(trees)
def test_stated_slopes_are_those_on_both_sides_and_the_code_takes_the_least(tree: Tree) -> None:
    result = derive(text(tree), "x", verify=False, x="")
    code = result.compile("scalar") if result.expr.free else None
    stated = {corner.at: corner for corner in result.kinks}
    assert all(corner.kind == "corner" and corner.part is None for corner in result.kinks)
    for point in {*GRID, *(Fraction(at.value) for at in stated)}:
        left, right = (read_side(tree, point, side).slope for side in (-1, 1))
        corner = stated.get(number(point))
        taken = float(code(x=float(point))) if code else float(str(result.expr))
        if left == right:
            assert corner is None
            assert taken == left
        else:
            assert corner is not None and corner.slopes is not None
            assert (corner.slopes.lower, corner.slopes.upper) == tuple(map(number, sorted((left, right))))
            assert corner.taken is number(least(left, right))
            if point.denominator in (1, 2):  # a point that floats have
                assert taken == least(left, right)


HALVES = [point for point in GRID if point.denominator in (1, 2)]


@settings(deadline=None, max_examples=25)
@given(trees)
def test_sums_over_entries_take_the_least_in_each(tree: Tree) -> None:
    code = derive(f"sum({text(tree)} + 0*x)", "x", verify=False, x="n").compile()
    slopes = [[read_side(tree, point, side).slope for side in (-1, 1)] for point in HALVES]
    expected = [float(p if p == q else least(p, q)) for p, q in slopes]
    assert code(x=np.array([float(point) for point in HALVES])).tolist() == expected


STATED = {
    "abs(x)": ["at x = 0: any slope in [-1, 1]; the code takes 0"],
    "3*relu(x) + x": ["at x = 0: any slope in [1, 4]; the code takes 1"],
    "leaky_relu(x, 0.1)": ["at x = 0: any slope in [0.1, 1]; the code takes 0.1"],
    "elu(x, 2)": ["at x = 0: any slope in [1, 2]; the code takes 1"],
    "elu(x)": [],
    "huber(x)": [],
    "clip(x, 0, 1)": [f"at x = {at}: any slope in [0, 1]; the code takes 0" for at in (0, 1)],
    "max(0, 1 - y*x)": ["at x = 1/y: any slope between 0 and -y; the code takes 0"],
    "max(x, y)": ["at x = y: any slope in [0, 1]; the code takes 0"],
    "max(q*(y - x), (q - 1)*(y - x))": [
        "at x = y: any slope in [-q, 1 - q]; the code takes maximum(minimum(1 - q, 0), -q)"
    ],
    "softshrink(x, lam)": [f"at x = {at}: any slope in [0, 1]; the code takes 0" for at in ("lam", "-lam")],
    "abs(x**2 - 2)": [
        f"at x = {at}: any slope in [-2*sqrt(2), 2*sqrt(2)]; the code takes 0" for at in ("-sqrt(2)", "sqrt(2)")
    ],
    "exp(abs(x))": ["at x = 0: any slope in [-1, 1]; the code takes 0"],
    "abs(exp(x) - 2)": ["at x = log(2): any slope in [-2, 2]; the code takes 0"],
    "where(x > 0, x**2, 0)": [],
    "where(x > 0, 3*x + 1, 1 - x)": ["at x = 0: any slope in [-1, 3]; the code takes 0"],
    "where(x > 0, x + 1, x)": ["at x = 0: a jump, with no slope; the code takes 1"],
    "where(x == 0, 0, x)": [],
    "where(x > 0, x*log(x), 0)": ["where x = 0: two pieces meet"],
    "sqrt(abs(x))": ["at x = 0: an infinite slope"],
    "max(x**3, 0)": [],
    "abs(x) - 2*relu(x)": [],
    "abs(sin(x))": ["where sin(x) = 0: any slope of abs in [-1, 1]; the code takes 0"],
    "floor(x)": ["where x = k: a jump of floor, with no slope"],
}


@pytest.mark.parametrize("function", STATED)
def test_kinks_as_stated(function: str) -> None:
    assert [*map(str, derive(function, "x").kinks)] == STATED[function]


@pytest.mark.parametrize(
    ("function", "variable", "shapes", "words"),
    [
        ("sum(abs(w))", "w", {"w": "n"}, "where an entry of w is 0: any slope in [-1, 1]; the code takes 0"),
        (
            "sum(abs(z - w))",
            "w",
            {"w": "n", "z": "n"},
            "where an entry of z - w is 0: any slope in [-1, 1]; the code takes 0",
        ),
        (
            "max(w)",
            "w",
            {"w": "n"},
            "where largest entries of w tie: any shares that add up to 1; the code takes equal ones",
        ),
        ("norm(w)", "w", {"w": "n"}, "where w = 0: any slope of norm, no longer than 1; the code takes 0"),
        (
            "sum(abs(w[1:] - w[:-1]))",
            "w",
            {"w": "n"},
            "where w[1:] - w[:-1] = 0: any slope of abs in [-1, 1]; the code takes 0",
        ),
    ],
)
def test_kinks_of_tensors_as_stated(function: str, variable: str, shapes: dict[str, str], words: str) -> None:
    assert [*map(str, derive(function, variable, shapes=shapes).kinks)] == [words]


@pytest.mark.parametrize(
    ("function", "joined"),
    [
        ("relu(x) - relu(-x)", "x"),
        ("relu(x) + minimum(x, 0)", "x"),
        ("relu(x) - (x + abs(x))/2", "0"),
        ("max(a, b) + min(a, b)", "a + b"),
        ("max(0, 1 - y*x) - max(0, y*x - 1)", "1 - x*y"),
        ("abs(x)*sign(x)", "x"),
        ("where(x > 0, x, -x)", "abs(x)"),
        ("where(x == 0, 0, x)", "x"),
        ("clip(relu(x), 0, 1)", "clip(x, 0, 1)"),
        ("relu(x) - relu(x - 1)", "clip(x, 0, 1)"),
        ("softshrink(x, 1) + clip(x, -1, 1)", "x"),
        ("abs(x*(x - 1)) - abs(x)*abs(x - 1)", "0"),
        ("relu(x)*relu(-x)", "0"),
    ],
)
def test_kinks_that_cancel_leave_no_trace(function: str, joined: str) -> None:
    assert recognise(read(function).node) is read(joined, x="").node


def test_a_point_with_the_value_of_the_rest_is_no_piece() -> None:
    assert str(derive("where(x == 1, 3*x, x**2 + 2)", "x").expr) == "2*x"
    assert [each.kind for each in derive("where(x == 1, 2*x, x**2 + 2)", "x").kinks] == ["jump"]


def test_slopes_at_a_point() -> None:
    g = derive("max(0, 1 - y*x)", "x")
    assert str(g.subdifferential(x=0.5, y=2)) == "[-2, 0]"
    assert g.one_sided(x=0, y=2) == (number(-2), number(-2))
    assert 0 in derive("abs(sin(x))", "x").subdifferential(x="pi")
    with pytest.raises(DomainError, match="a jump"):
        derive("sign(x)", "x").subdifferential(x=0)
    with pytest.raises(DomainError, match="an infinite slope"):
        derive("sqrt(abs(x))", "x").one_sided(x=0)
    with pytest.raises(Unsolved):
        derive("where(x > 0, x*log(x), 0)", "x").subdifferential(x=0)
    with pytest.raises(WrtError, match="one scalar"):
        derive("norm(x)", "x", x="n").subdifferential(x=0)


@pytest.mark.parametrize(
    ("p", "q", "least"),
    [(-1, 3, 0), (2, 1, 1), (-3, -2, -2), (0, 5, 0), (Fraction(1, 2), Fraction(1, 3), Fraction(1, 3))],
)
def test_the_least_of_an_interval(p: Fraction, q: Fraction, least: Fraction) -> None:
    assert least_norm(number(p), number(q)) is number(least)
