"""Integrands made of pieces: each piece is integrated, and constants join them to a continuous antiderivative."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cmp_to_key, partial

from wrt.errors import DomainError
from wrt.expr.build import INFINITY, ONE, ZERO, add, cases, compare, mul, neg, number, power, sub
from wrt.expr.facts import is_positive
from wrt.expr.function import Interval
from wrt.expr.node import FALSE, TRUE, Call, Compare, Constant, Expr, Symbol
from wrt.expr.walk import nodes, rebuild, substitute
from wrt.integrate.forms import integrand
from wrt.integrate.linear import line
from wrt.integrate.rule import Move, Problem, rule
from wrt.simplify import simplify

MOST_PIECES = 8

# What decides between pieces: the expression whose sign does, and what the node is where that is positive or negative.
Switch = tuple[Expr, Expr, Expr]
CALLS: Mapping[str, Callable[..., Switch]] = {
    "abs": lambda u: (u, u, neg(u)),
    "sign": lambda u: (u, ONE, neg(ONE)),
    "heaviside": lambda u, *at: (u, ONE, ZERO),
    "maximum": lambda u, v: (sub(u, v), u, v),
    "minimum": lambda u, v: (sub(u, v), v, u),
}


def switch(node: Expr) -> Switch | None:
    """How a node decides by the sign of an expression; None if it does not."""
    if isinstance(node, Call) and node.function.name in CALLS:
        return CALLS[node.function.name](*node.args)
    if isinstance(node, Compare) and node.op in ("<", "<=", ">", ">="):
        greater = node.op.startswith(">")
        return sub(node.left, node.right), TRUE if greater else FALSE, FALSE if greater else TRUE
    return None


@rule("piece by piece", "∫ f dx on each piece, joined continuously", source="Apostol, Calculus I, sec. 1.7", cost=2)
def piece_by_piece(problem: Problem) -> Iterator[Move]:
    """An antiderivative of each piece, plus a constant that makes it meet the piece before."""
    x = problem.variable
    lines = [
        each for each in map(_deciding, nodes(problem.integrand)) if each is not None and line(each, x) is not None
    ]
    ends = breakpoints(lines, x)
    if not ends or len(ends) >= MOST_PIECES:
        return
    parts = [
        Problem(integrand(rebuild(problem.integrand, partial(_resolved, x=x, ends=ends, place=place))), x)
        for place in range(len(ends) + 1)
    ]
    yield Move(parts=tuple(parts), combine=lambda *whole: joined(whole, ends, x))


def _deciding(node: Expr) -> Expr | None:
    """The expression whose sign decides what a node is."""
    found = switch(node)
    return None if found is None else found[0]


def breakpoints(lines: Sequence[Expr], x: Symbol) -> list[Expr] | None:
    """Where the lines are 0, in ascending order; None if that is not known."""
    zeros: dict[Expr, None] = {}
    for each in lines:
        found = line(each, x)
        if found is None or not (is_positive(found.slope) or is_positive(neg(found.slope))):
            return None
        zeros[simplify(neg(mul(found.intercept, power(found.slope, -1))))] = None
    if any(_order(a, b) is None for a in zeros for b in zeros):
        return None
    return sorted(zeros, key=cmp_to_key(_ordered))


def _ordered(a: Expr, b: Expr) -> int:
    return _order(a, b) or 0


def _order(a: Expr, b: Expr) -> int | None:
    """-1, 0 or 1 as a is less than b, the same, or more; None if that is not known."""
    if INFINITY in (b, neg(a)):
        return -1
    difference = simplify(sub(a, b))
    if isinstance(difference, Constant):
        value = Fraction(difference.value)
        return (value > 0) - (value < 0)
    return 1 if is_positive(difference) else -1 if is_positive(neg(difference)) else None


def _resolved(node: Expr, x: Symbol, ends: Sequence[Expr], place: int) -> Expr:
    """What a node is on the piece that follows so many breakpoints; a node that another than these decides stays."""
    found = switch(node)
    inner = None if found is None else line(found[0], x)
    if found is None or inner is None:
        return node
    zero = simplify(neg(mul(inner.intercept, power(inner.slope, -1))))
    if zero not in ends:
        return node
    beyond = place > ends.index(zero)
    return found[1] if beyond is is_positive(inner.slope) else found[2]


def joined(whole: Sequence[Expr], ends: Sequence[Expr], x: Symbol) -> Expr:
    """The pieces as one function, each after the first with the constant that makes it continuous."""
    pieces = [whole[0]]
    for end, before, after in zip(ends, whole, whole[1:], strict=False):
        pieces.append(add(after, _gap(pieces[-1], after, end, x)) if before is not after else pieces[-1])
    conditions = [compare("<", x, end) for end in ends]
    return cases(tuple(zip(conditions, pieces, strict=False)), pieces[-1])


def _gap(before: Expr, after: Expr, end: Expr, x: Symbol) -> Expr:
    """By how much two pieces differ where they meet; 0 where one of them has no value there."""
    try:
        gap = simplify(sub(substitute(before, {x: end}), substitute(after, {x: end})))
    except DomainError:
        return ZERO
    return gap if all(map(_has_value, nodes(gap))) else ZERO


def _has_value(node: Expr) -> bool:
    """Whether a function of a number is taken inside its domain."""
    if not isinstance(node, Call) or not isinstance(node.args[0], Constant):
        return True
    place = Fraction(node.args[0].value)
    return any(_contains(each, place) for each in node.function.domain[0].intervals)


def _contains(interval: Interval, place: Fraction) -> bool:
    lower, upper = _order(interval.lower, number(place)), _order(number(place), interval.upper)
    return (lower == -1 or (lower == 0 and interval.has_lower)) and (upper == -1 or (upper == 0 and interval.has_upper))
