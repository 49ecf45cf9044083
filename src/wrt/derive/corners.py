"""Subdifferentials of functions of one variable: the slopes on both sides of each kink, exactly, and the least of them.

Where a function is continuous, with one-sided slopes p and q, its Clarke subdifferential is all between p and q; of a
convex function it is the subdifferential. Source: Clarke, Optimization and Nonsmooth Analysis, ch. 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from wrt import functions
from wrt.derive.germ import Germ
from wrt.derive.kinks import Corner
from wrt.expr.arithmetic import is_zero
from wrt.expr.build import cases, compare, div, sub
from wrt.expr.facts import is_positive
from wrt.expr.function import Interval
from wrt.expr.node import ZERO, Call, Cases, Compare, Constant, Expr, Symbol
from wrt.expr.walk import nodes, substitute
from wrt.notation import size
from wrt.simplify import simplify
from wrt.simplify.line import Line, branches, pieces_along
from wrt.simplify.order import near, sign_of
from wrt.simplify.sides import in_pieces, on_side, quantities
from wrt.simplify.zeros import zeros

UNKNOWN = "unknown"


class Found(NamedTuple):
    """What is known of a point: its kink, if it is one; the value that the derivative takes; the one-sided slopes.

    A kink of unknown kind says that nothing more is known.
    """

    corner: Corner | None
    value: Expr | None = None
    sides: tuple[Expr, Expr] | None = None


@dataclass(frozen=True, slots=True)
class Kinks:
    """The kinks of a function of one variable.

    Where pieces meet, the derivative has `values` at points at which it exists, and `taken` at kinks. `solved` are the
    piecewise nodes all of whose kinks are found. All is said under `facts`: symbols by symbols that have them.
    """

    corners: tuple[Corner, ...]
    values: Mapping[Expr, Expr]
    taken: Mapping[Expr, Expr]
    solved: frozenset[Expr]
    facts: Mapping[Expr, Expr]

    def after(self, lower: Kinks, order: int) -> Kinks:
        """The kinks of a derivative of this order, which does not exist where that before does not."""
        known = {corner.at for corner in self.corners}
        more = tuple(
            Corner(each.argument, each.at, "jump", order=order) for each in lower.corners if each.at not in known
        )
        return replace(self, corners=self.corners + more)

    def put_into(self, derivative: Expr, x: Symbol, at_kinks: bool = True) -> Expr:
        """The derivative with its values where pieces meet; those at kinks may be left open."""
        values = {**self.values, **self.taken} if at_kinks else self.values
        return substitute(with_values(substitute(derivative, self.facts), x, values), _turned(self.facts))


def _turned(facts: Mapping[Expr, Expr]) -> dict[Expr, Expr]:
    return {new: old for old, new in facts.items()}


def kinks_of(function: Expr, derivative: Expr, x: Symbol, order: int = 1) -> Kinks:
    """Where a function is not differentiable by a scalar; of a higher `order`, the function is the derivative before.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> print(*kinks_of(abs(x) + 2 * functions.relu(x), functions.sign(x) + 2 * functions.heaviside(x), x).corners)
    at x = 0: any slope in [-1, 3]; the code takes 0
    """
    facts = _facts(function)
    function, derivative = substitute(function, facts), substitute(derivative, facts)
    points = {node: list(_points(node, x)) for node in nodes(function) if is_chosen(node) and x in node.free}
    at: dict[Expr, Found] = {}
    for point in (each for some in points.values() for each in some if each is not None):
        if point not in at:
            at[point] = slopes_at(function, derivative, x, point, order)
    doubtful = {point for point, each in at.items() if each.corner is not None and each.corner.kind == UNKNOWN}
    at = dict(sorted(at.items(), key=lambda item: (not item[0].free and near(item[0])) or 0))
    meant = _turned(facts)
    corners = (each.corner for point, each in at.items() if each.corner is not None and point not in doubtful)
    return Kinks(
        tuple(corner.in_terms_of(meant) for corner in corners),
        {point: each.value for point, each in at.items() if each.value is not None and each.corner is None},
        {point: each.value for point, each in at.items() if each.value is not None and each.corner is not None},
        frozenset(
            substitute(node, meant) for node, some in points.items() if None not in some and doubtful.isdisjoint(some)
        ),
        facts,
    )


def _facts(function: Expr) -> dict[Expr, Expr]:
    """Symbols that must have a sign, because a function of the table asks for it, with that fact."""
    return {
        arg: Symbol.intern(
            arg.name, arg.shape, arg.facts | {"nonnegative" if domain.intervals[0].has_lower else "positive"}
        )
        for call in nodes(function)
        if isinstance(call, Call)
        for arg, domain in zip(call.args, call.function.domain, strict=False)
        if isinstance(arg, Symbol) and domain.intervals[0].lower is ZERO and not is_positive(arg) and is_chosen(call)
    }


def is_chosen(node: Expr) -> bool:
    """Whether a node is one of several pieces."""
    return isinstance(node, Cases) or in_pieces(node) is not None


def _points(node: Expr, x: Symbol) -> Iterator[Expr | None]:
    """Where pieces of a node may meet; None among them if there may be other such points."""
    for compared in dict.fromkeys(quantities(node)):
        for branch in branches(compared):
            found = zeros(branch, x)
            yield from (simplify(on_side(point, sign_of)) for point in found.points)
            if not found.complete:
                yield None


def slopes_at(function: Expr, derivative: Expr, x: Symbol, at: Expr, order: int = 1) -> Found:
    """The slopes of a function at a point: a corner with all between the one-sided ones, a jump, or one slope."""
    left, middle, right = (Germ(x, at, side) for side in (-1, 0, 1))
    before, after = left.limit(function), right.limit(function)
    here = middle.limit(function) if order == 1 else before
    unknown = Found(Corner(x, at, UNKNOWN))
    if before is None or after is None or here is None or left.is_ambiguous:
        return unknown
    for gap in (simplify(sub(before, after)), simplify(sub(here, after))):
        if not is_zero(gap):
            jump = Corner(x, at, "jump", taken=middle.limit(derivative), order=order)
            return Found(jump) if sign_of(gap) else unknown
    p, q = left.limit(derivative), right.limit(derivative)
    if left.is_ambiguous or right.is_ambiguous:
        return unknown
    if p is None or q is None:
        infinite = left.is_infinite(derivative) or right.is_infinite(derivative)
        return Found(Corner(x, at, "vertical tangent", order=order)) if infinite else unknown
    if is_zero(simplify(sub(p, q))):
        return Found(None, q, (p, q))
    least = least_norm(p, q)
    ends, ordered = in_order(p, q)
    return Found(Corner(x, at, "corner", Interval(*ends), least, ordered=ordered, order=order), least, (p, q))


def in_order(p: Expr, q: Expr) -> tuple[tuple[Expr, Expr], bool]:
    """The smaller and the larger of two, and whether that is known."""
    sign = sign_of(simplify(sub(q, p)))
    return ((q, p) if sign == -1 else (p, q)), sign is not None


def least_norm(p: Expr, q: Expr) -> Expr:
    """The number of least absolute value between two.

    >>> from wrt.expr.build import number, symbol
    >>> a = symbol("a")
    >>> print(least_norm(number(-1), number(3)), least_norm(number(2), number(1)), least_norm(a, 2 * a))
    0 1 a
    >>> print(least_norm(a, number(1)))
    maximum(minimum(a, 1), 0)
    """
    signs = {sign_of(p), sign_of(q)}
    if 0 in signs or {-1, 1} <= signs:
        return ZERO
    ratio = simplify(div(p, q))
    if isinstance(ratio, Constant):
        return ZERO if ratio.value <= 0 else p if ratio.value <= 1 else q
    (low, high), ordered = in_order(p, q)
    if not ordered:
        low, high = functions.minimum(p, q), functions.maximum(p, q)
    if 1 in signs:
        return low if None not in signs else functions.maximum(low, 0)
    if -1 in signs:
        return high if None not in signs else functions.minimum(high, 0)
    return functions.maximum(low, functions.minimum(high, 0))


def with_values(derivative: Expr, x: Symbol, values: Mapping[Expr, Expr]) -> Expr:
    """A derivative with these values at these points, in the place of any others that it may have there.

    >>> from wrt.expr.build import number, symbol
    >>> x = symbol("x")
    >>> print(with_values(cases([(x >= 0, 2)], 1), x, {number(0): number(1)}))
    where(x > 0, 2, 1)
    """
    wrong = {point: value for point, value in values.items() if not _has_value(derivative, x, point, value)}
    if not wrong:
        return derivative
    forms = [
        form
        for form in _forms(derivative, x, wrong)
        if all(_has_value(form, x, point, value) for point, value in values.items())
    ]
    return min((*forms, *_from_left_to_right(derivative, x, values), _apart(derivative, x, wrong)), key=size)


def _apart(derivative: Expr, x: Symbol, wrong: Mapping[Expr, Expr]) -> Expr:
    """The derivative with a piece for each of some points."""
    pieces = {compare("==", x, point): value for point, value in wrong.items()}
    if isinstance(derivative, Cases):
        for condition, value in zip(derivative.conditions, derivative.values, strict=True):
            pieces.setdefault(condition, value)
        derivative = derivative.otherwise
    return cases(list(pieces.items()), derivative)


def _from_left_to_right(derivative: Expr, x: Symbol, values: Mapping[Expr, Expr]) -> Iterator[Expr]:
    """The derivative interval by interval, where all points at which its pieces meet have a value."""
    found = pieces_along(Line(x), derivative)
    if found is not None and values.keys() >= set(found.breaks):
        at = tuple(values[point] for point in found.breaks)
        yield replace(found, at=at).without_false_breaks().written()


def _has_value(derivative: Expr, x: Symbol, point: Expr, value: Expr) -> bool:
    now = Germ(x, point, 0).limit(derivative)
    return now is not None and is_zero(simplify(sub(now, value)))


def _forms(derivative: Expr, x: Symbol, wrong: Mapping[Expr, Expr]) -> Iterator[Expr]:
    """The ways to write pieces that differ only where they meet."""
    if not isinstance(derivative, Cases):
        return
    pieces, rest = list(zip(derivative.conditions, derivative.values, strict=True)), derivative.otherwise
    for place, (condition, value) in enumerate(pieces):
        if isinstance(condition, Compare) and condition.op in OTHER:
            other = compare(OTHER[condition.op], condition.left, condition.right)
            yield cases([*pieces[:place], (other, value), *pieces[place + 1 :]], rest)
    if len(pieces) == len(wrong) == 1 and isinstance(condition, Compare):
        ((point, here),) = wrong.items()
        if condition is compare("!=", x, point):
            yield cases([(condition, value)], here)
        elif {condition.left, condition.right} == {x, point} and condition.op in BEYOND:
            ends = [compare(op, condition.left, condition.right) for op in BEYOND[condition.op]]
            yield cases(list(zip(ends, (value, rest), strict=True)), here)


# The comparison that differs where both sides are equal; and those that hold on the two sides of that.
OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
BEYOND = {"<": "<>", "<=": "<>", ">": "><", ">=": "><"}
