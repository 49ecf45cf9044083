"""A derivative with kinks as a textbook states it: 0 if x < 0, 1 if x > 0, [0, 1] at x = 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wrt.derive.kinks import Corner
from wrt.expr.arithmetic import is_zero
from wrt.expr.build import compare, logic, symbol
from wrt.expr.function import Function, Interval
from wrt.expr.node import FALSE, Cases, Compare, Constant, Expr, Logic, Symbol
from wrt.expr.walk import nodes, substitute
from wrt.functions import lookup
from wrt.simplify import simplify

_STRICT = {"<=": "<", ">=": ">"}
_LEFT_FIRST = {"<": 0, ">": 2}


@dataclass(frozen=True, slots=True)
class Piece:
    """What a derivative is where a condition holds (everywhere else, if that is None): a value, or all between two.

    `slopes` of a kink are an interval; where its ends have no known order, they are the two values in between which
    the slopes lie, and `ordered` is False.
    """

    value: Expr | Interval
    condition: Expr | None
    ordered: bool = True

    def said(self, write: Callable[[Expr], str]) -> str:
        """The piece in words, its expressions written by `write`."""
        if isinstance(self.value, Expr):
            return write(self.value) + (f" if {write(self.condition)}" if self.condition is not None else "")
        low, high = write(self.value.lower), write(self.value.upper)
        between = f"[{low}, {high}]" if self.ordered else f"between {low} and {high}"
        return between + (f" at {write(self.condition)}" if self.condition is not None else "")


def of_row(name: str, argument: str) -> tuple[Piece, ...]:
    """A derivative of the table by an argument, with the subdifferential at the kinks that are declared.

    Empty if there are none.

    >>> print(*(piece.said(str) for piece in of_row("relu", "x")), sep=", ")
    0 if x < 0, 1 if x > 0, [0, 1] at x == 0
    """
    function = lookup(name)
    if not isinstance(function, Function) or function.kind != "elementwise" or function.kinks is None:
        return ()
    arguments = [symbol(each) for each in function.arguments]
    place = function.arguments.index(argument)
    partial = function.derivative[place]
    assert partial is not None
    ends = []
    for kink in function.kinks(*arguments):
        interval = kink.slopes[place] if kink.slopes else None
        if interval is not None and interval.lower is not interval.upper and isinstance(kink.at, Expr):
            where = compare("==", arguments[0], kink.at)
            ends.append(Piece(interval, where if kink.when is None else logic("and", where, kink.when)))
    return (*_open(partial(*arguments)), *ends) if ends else ()


def of_result(function: Expr, derivative: Expr, kinks: Sequence[Corner]) -> tuple[Piece, ...]:
    """A first derivative with its kinks: that of a function of the table, or one in two pieces that meet in kinks.

    Empty if it has none, if the function jumps, or if it is in more pieces.

    >>> from wrt import derive
    >>> for text in ("abs(x)", "relu(x**2 - 1)"):
    ...     g = derive(text, "x")
    ...     print(*(piece.said(str) for piece in of_result(g.input.node, g.expr.node, g.kinks)), sep=", ")
    sign(x), [-1, 1] at x == 0
    0 if x**2 < 1, 2*x if x**2 > 1, [-2, 0] at x == -1, [0, 2] at x == 1
    """
    if not kinks or any(kink.kind != "corner" for kink in kinks):
        return ()
    if all(kink.part in (None, function) and isinstance(kink.argument, Symbol) for kink in kinks):
        ends = [_declared(kink) for kink in kinks]
    elif isinstance(derivative, Cases) and len(derivative.conditions) == 1:
        edges = _edges(derivative.conditions[0])
        ends = [_between(derivative.values[0], derivative.otherwise, where) for where in edges]
    else:
        return ()
    found = [end for end in ends if end is not None]
    return (*_open(derivative), *found) if found and len(found) == len(ends) else ()


def _declared(kink: Corner) -> Piece | None:
    if kink.slopes is None or kink.slopes.lower is kink.slopes.upper or not isinstance(kink.at, Expr):
        return None
    where = compare("==", kink.argument, kink.at)
    return Piece(kink.slopes, where if kink.when is None else logic("and", where, kink.when), kink.ordered)


def _edges(condition: Expr) -> list[Expr]:
    """Where a condition on one quantity begins or ceases to hold, from left to right; none for another condition."""
    comparisons = [each for each in nodes(condition) if isinstance(each, Compare)]
    sides = [{each.left, each.right} for each in comparisons]
    shared = {side for side in set.intersection(*sides) if not isinstance(side, Constant)}
    if not shared or any(each.op in ("==", "!=") for each in comparisons):
        return []
    quantity = min(shared, key=lambda side: (side is not comparisons[0].left, side.key))
    bounds = [each.right if each.left is quantity else each.left for each in comparisons]
    bounds.sort(key=lambda bound: bound.value if isinstance(bound, Constant) else 0)
    return [compare("==", quantity, bound) for bound in bounds]


def _between(one: Expr, other: Expr, where: Expr) -> Piece | None:
    """The slopes between two values where their pieces meet; None if the values are one there."""
    if isinstance(where, Compare) and isinstance(where.left, Symbol) and not where.shape:
        one, other = (substitute(value, {where.left: where.right}) for value in (one, other))
    if is_zero(simplify(one - other)):
        return None
    if isinstance(one, Constant) and isinstance(other, Constant):
        low, high = sorted((one, other), key=lambda each: each.value)
        return Piece(Interval(low, high), where)
    return Piece(Interval(other, one), where, ordered=False)


def _open(derivative: Expr) -> list[Piece]:
    """The pieces of a derivative without the points at which they meet, from left to right."""
    if not isinstance(derivative, Cases):
        return [Piece(derivative, None)]
    before: list[Expr] = []
    found: list[Piece] = []
    for condition, value in (
        *zip(derivative.conditions, derivative.values, strict=True),
        (None, derivative.otherwise),
    ):
        holds = [logic("not", each) for each in before] + ([] if condition is None else [condition])
        inside = simplify(_strict(logic("and", *holds)))
        if inside is not FALSE:
            found.append(Piece(value, inside))
        if condition is not None:
            before.append(condition)
    return sorted(found, key=_side)


def _side(piece: Piece) -> int:
    return _LEFT_FIRST.get(piece.condition.op, 1) if isinstance(piece.condition, Compare) else 1


def _strict(condition: Expr) -> Expr:
    """A condition without the points at which it begins or ceases to hold."""
    if isinstance(condition, Compare):
        return compare(_STRICT.get(condition.op, condition.op), condition.left, condition.right)
    if isinstance(condition, Logic):
        return logic(condition.op, *map(_strict, condition.conditions))
    return condition
