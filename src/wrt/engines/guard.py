"""Branches that are not taken must not warn: where(x > 0, log(x), 0) takes the logarithm of where(x > 0, x, 1)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import e, inf, pi

from wrt.expr.build import cases, number
from wrt.expr.facts import is_nonnegative, is_positive
from wrt.expr.function import Interval, RealSet
from wrt.expr.node import INFINITY, Add, Call, Cases, Compare, Constant, Contract, Expr, Logic, Mul, Named, Power, Shape

# Defined everywhere, but they overflow soon.
GROWING = frozenset({"exp", "expm1", "exp2", "sinh", "cosh", "gamma", "erfcx"})
SAFE = (Fraction(1), Fraction(1, 2), Fraction(0), Fraction(2), Fraction(-1, 2), Fraction(-2))
_NAMED = {"pi": pi, "e": e, "inf": inf}


def guarded(node: Cases) -> Expr:
    """The piecewise expression with arguments in each branch that are safe where the branch is not taken."""
    conditions: list[Expr] = []
    for condition in node.conditions:
        conditions.append(_Branch(conditions, len(conditions), node.shape).rebuilt(condition))
    results = (*node.values, node.otherwise)
    safe = [_Branch(conditions, place, node.shape).rebuilt(result) for place, result in enumerate(results)]
    if all(new is old for new, old in zip((*conditions, *safe), (*node.conditions, *results), strict=True)):
        return node
    return cases(tuple(zip(conditions, safe[:-1], strict=True)), safe[-1], node.shape)


class _Branch:
    """What is used where one of some conditions is the first that holds, or (the last `place`) where none does."""

    def __init__(self, conditions: Sequence[Expr], place: int, shape: Shape) -> None:
        self.conditions = tuple(conditions)
        self.place = place
        self.shape = shape
        self.everywhere = not any(condition.shape for condition in conditions)

    def rebuilt(self, root: Expr) -> Expr:
        """The branch with its arguments made safe, entry by entry as far as entries correspond."""
        if not self.conditions:
            return root
        done: dict[Expr, Expr] = {}
        stack = [root]
        while stack:
            node = stack[-1]
            if node in done:
                stack.pop()
                continue
            inner = self.below(node)
            pending = [each for each in inner if each not in done]
            if pending:
                stack.extend(pending)
                continue
            stack.pop()
            operands = tuple(done.get(each, each) if each in inner else each for each in node.operands)
            done[node] = self.safe(node, operands)
        return done[root]

    def below(self, node: Expr) -> tuple[Expr, ...]:
        """The operands whose entries are taken or not as those of the branch are; none where that is chosen already."""
        if isinstance(node, Cases) and node.conditions == self.conditions:
            return ()
        if self.everywhere or isinstance(node, Add | Mul | Power | Cases | Compare | Logic):
            return node.operands
        if isinstance(node, Call) and node.function.kind == "elementwise":
            return node.operands
        if isinstance(node, Contract) and all(subscript == node.out for subscript in node.subscripts):
            return node.operands
        return ()

    def safe(self, node: Expr, operands: tuple[Expr, ...]) -> Expr:
        """The node on these operands, those that it is not defined for replaced where the branch is not taken."""
        points = safe_points(node)
        chosen = tuple(
            operand if point is None or not self.fits(operand) else self.select(operand, point)
            for operand, point in zip(operands, points, strict=True)
        )
        return node if chosen == node.operands else node.rebuilt(chosen)

    def fits(self, operand: Expr) -> bool:
        """Whether the operand can be chosen by the conditions."""
        return bool(operand.free) and (self.everywhere or operand.shape == self.shape)

    def select(self, operand: Expr, point: Fraction) -> Expr:
        """The operand where the branch is taken, else a safe number."""
        values: list[Expr] = [number(point)] * (len(self.conditions) + 1)
        values[self.place] = operand
        return cases(tuple(zip(self.conditions, values[:-1], strict=True)), values[-1], operand.shape)


def safe_points(node: Expr) -> Sequence[Fraction | None]:
    """For each operand a point where the node is defined and small; None for operands that need none."""
    nothing: list[Fraction | None] = [None] * len(node.operands)
    match node:
        case Power():
            whole = isinstance(node.exponent, Constant) and isinstance(node.exponent.value, int)
            grows = not isinstance(node.exponent, Constant) or node.exponent.value < 0
            if is_positive(node.base) or (whole and not grows) or (not grows and is_nonnegative(node.base)):
                return nothing
            return [Fraction(1), None]
        case Call() if node.function.kind == "elementwise":
            domains = node.function.domain
            return [
                _safe_point(node, place, domains[place] if place < len(domains) else None, arg)
                for place, arg in enumerate(node.args)
            ]
        case _:
            return nothing


def _safe_point(node: Call, place: int, domain: RealSet | None, argument: Expr) -> Fraction | None:
    if node.function.name in GROWING:
        if isinstance(argument, Call) and argument.function.name == "minimum":
            return None
        return Fraction(1) if node.function.name == "gamma" else Fraction(0)
    if domain is None or (all(_is_whole_line(each) for each in domain.intervals) and domain.without is None):
        return None
    if is_positive(argument) and any(_covers_positive(each) for each in domain.intervals) and domain.without is None:
        return None
    return next((point for point in SAFE if _inside(point, domain)), None)


def _is_whole_line(interval: Interval) -> bool:
    return end_value(interval.lower) == -inf and end_value(interval.upper) == inf


def _covers_positive(interval: Interval) -> bool:
    return end_value(interval.lower) <= 0 and end_value(interval.upper) == inf


def _inside(point: Fraction, domain: RealSet) -> bool:
    if domain.without is not None and point.denominator == 1 and point <= 0:
        return False
    return any(end_value(each.lower) < point < end_value(each.upper) for each in domain.intervals)


def end_value(node: Expr) -> float:
    """An end of an interval as a number."""
    if node is INFINITY:
        return inf
    match node:
        case Constant():
            return float(node.value)
        case Named():
            return _NAMED[node.name]
        case Mul():
            value = float(node.coefficient)
            for factor in node.factors:
                value *= end_value(factor)
            return value
        case Power():
            return float(end_value(node.base) ** end_value(node.exponent))
        case Add():
            return sum(map(end_value, node.terms))
        case _:
            return inf
