"""Kinks of functions of one variable: the stated slopes are those on both sides, and the code takes the least."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from wrt import derive
from wrt.expr.build import number

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
