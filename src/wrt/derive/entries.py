"""Kinks of sums over the entries of a tensor: each entry has the slopes of a function of one variable."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from wrt.derive.corners import in_order, is_chosen, least_norm
from wrt.derive.kinks import Corner
from wrt.errors import DomainError
from wrt.expr.arithmetic import full, uniform_value
from wrt.expr.build import sub
from wrt.expr.function import Interval
from wrt.expr.node import Expr, Symbol
from wrt.expr.walk import nodes
from wrt.simplify import simplify
from wrt.simplify.line import Line, Pieces, pieces_along
from wrt.simplify.sides import has_pieces, is_entrywise, quantities


class Entries(NamedTuple):
    """The kinks of each entry; the piecewise nodes that have no others; the gradient with the least slopes there."""

    corners: tuple[Corner, ...]
    solved: frozenset[Expr]
    code: Expr


def kinks_of_entries(function: Expr, gradient: Expr, x: Symbol) -> Entries | None:
    """The kinks of a function whose gradient has in each entry a function of one quantity with that entry.

    None where there is more to it, or the slopes are not numbers.

    >>> from wrt.expr.build import symbol, total
    >>> from wrt.functions import abs, sign
    >>> x = symbol("x", (symbol("n", facts=["dimension"]),))
    >>> print(*kinks_of_entries(total(abs(x)), sign(x), x).corners)
    where an entry of x is 0: any slope in [-1, 1]; the code takes 0
    """
    chosen = [node for node in nodes(function) if is_chosen(node) and x in node.free]
    compared = [each for node in chosen for each in quantities(node)]
    line = next((Line.of(each) for each in compared if not has_pieces(each)), None)
    if line is None or not line.quantity.shape == gradient.shape == x.shape or not is_entrywise(gradient):
        return None
    found = _along(line, gradient) if has_pieces(gradient) else Pieces(line, (), (), (gradient,))
    parts = [_along(line, node) for node in chosen]
    if found is None or not all(part is not None and _is_continuous(part) for part in parts):
        return None
    corners, at = [], []
    for place, (point, here) in enumerate(zip(found.breaks, found.at, strict=True)):
        before, after = found.values[place : place + 2]
        if line.vanishes(sub(before, after), point):
            at.append(after)
            continue
        slopes = [uniform_value(simplify(line.put(value, point))) for value in (before, after)]
        p, q = slopes
        if p is None or q is None:
            return None
        least = least_norm(p, q)
        (low, high), ordered = in_order(p, q)
        corners.append(Corner(line.quantity, point, "corner", Interval(low, high), least, ordered=ordered))
        at.append(here if line.vanishes(sub(here, full(least, x.shape)), point) else full(least, x.shape))
    right = all(
        line.vanishes(sub(new, here), point) for new, here, point in zip(at, found.at, found.breaks, strict=True)
    )
    code = gradient if right else replace(found, at=tuple(at)).without_false_breaks().written()
    return Entries(tuple(corners), frozenset(chosen), code)


def _along(line: Line, node: Expr) -> Pieces | None:
    try:
        return pieces_along(line, node)
    except DomainError:
        return None


def _is_continuous(pieces: Pieces) -> bool:
    line = pieces.line
    return all(
        line.vanishes(sub(here, before), point) and line.vanishes(sub(here, after), point)
        for point, here, before, after in zip(pieces.breaks, pieces.at, pieces.values, pieces.values[1:], strict=False)
    )
