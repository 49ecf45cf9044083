"""Points at which a function is looked at: whether it is regular there, and how it is written if it is not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from wrt.errors import DomainError
from wrt.expr.function import Function, Points, RealSet
from wrt.expr.node import INFINITY, Call, Constant, Expr, Symbol
from wrt.expr.walk import nodes
from wrt.limits import special
from wrt.limits.coefficients import exact, sign
from wrt.simplify import simplify

MINUS_INFINITY: Final = -INFINITY


def is_finite(value: Expr) -> bool:
    """Whether this is a number, not inf or -inf."""
    return INFINITY not in nodes(value)


def declared(function: Function, place: Expr) -> special.Coefficients | None:
    """The coefficients of the function at 0 or at infinity, where they are given."""
    if place is INFINITY and function in special.TAILS:
        return special.TAILS[function]
    return special.COEFFICIENTS.get((function.name, place))


@cache
def rests_on_itself(function: Function) -> bool:
    """Whether the derivative has the function in it, perhaps by way of the derivatives of others."""
    seen: set[Function] = set()
    waiting = [function]
    while waiting:
        each = waiting.pop()
        args = [Symbol.intern(name, (), frozenset()) for name in each.arguments]
        for slope in each.derivative:
            if slope is None:
                continue
            below = {node.function for node in nodes(slope(*args)) if isinstance(node, Call)}
            if function in below:
                return True
            waiting.extend(below - seen)
            seen |= below
    return False


def nearby(function: Function, place: Expr) -> Iterator[special.Near]:
    """How the function is written near a singular point."""
    for point, formula in special.NEAR.get(function.name, ()):
        if point is place or (isinstance(point, Points) and is_among(place, point)):
            yield formula


def is_among(place: Expr, points: Points) -> bool:
    """Whether a number is one of the points."""
    if not is_finite(place):
        return False
    count = simplify((place - points.start) / points.step)
    return isinstance(count, Constant) and isinstance(count.value, int) and (count.value >= 0 or not points.one_sided)


def is_regular(function: Function, places: list[Expr]) -> bool:
    """Whether a function is analytic at a point: inside its domain, with derivatives that are finite there."""
    if not function.derivative or not all(map(is_finite, places)):
        return False
    try:
        slopes = [slope(*places) for slope in function.derivative if slope is not None]
    except DomainError:
        return False
    return all(map(is_finite, slopes)) and all(map(_is_inside, places, function.domain))


def _is_inside(place: Expr, domain: RealSet) -> bool:
    """Whether a number lies inside a set, not on its border; a parameter does, in general."""
    if place.free:
        return True
    if domain.without is not None and is_among(place, domain.without):
        return False
    return any(_is_above(place, each.lower) and _is_above(-place, -each.upper) for each in domain.intervals)


def is_near(domain: RealSet, place: Expr) -> bool:
    """Whether a number lies in a set or on its border."""
    if place.free:
        return True
    return any(
        _is_above(place, each.lower, False) and _is_above(-place, -each.upper, False) for each in domain.intervals
    )


def contains(domain: RealSet, place: Expr) -> bool:
    """Whether a number lies in a set; a parameter does, in general."""
    if place.free:
        return True
    if domain.without is not None and is_among(place, domain.without):
        return False
    return any(
        _is_above(place, each.lower, not each.has_lower) and _is_above(-place, -each.upper, not each.has_upper)
        for each in domain.intervals
    )


def inward(domain: RealSet, place: Expr) -> int:
    """1 or -1 for a number on the lower or upper border of a set: the way into it; 0 for one inside, or a parameter."""
    if place.free or _is_inside(place, domain):
        return 0
    return 1 if any(is_finite(each.lower) and sign(exact(place - each.lower)) == 0 for each in domain.intervals) else -1


def _is_above(place: Expr, bound: Expr, strictly: bool = True) -> bool:
    return bound is MINUS_INFINITY or (bound is not INFINITY and sign(exact(place - bound)) >= strictly)
