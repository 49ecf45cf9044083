"""Kinks at one place joined: what is piecewise in one quantity, from interval to interval, in its shortest form.

relu(x) - relu(-x) is x, max(a, b) - min(a, b) is |a - b|, and relu(x) - (x + |x|)/2 is 0, with the derivative 0 at 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from wrt import functions
from wrt.errors import DomainError
from wrt.expr.arithmetic import full, is_zero, uniform_value
from wrt.expr.build import add, div, mul, number, sub
from wrt.expr.node import ZERO, Add, Cases, Constant, Derivative, Expr, Integral
from wrt.expr.walk import calls, is_larger, nodes
from wrt.notation import size
from wrt.simplify.line import Line, Pieces, pieces_along, simplified
from wrt.simplify.sides import has_pieces, in_pieces, is_entrywise, quantities

MOST_NODES = 120
HALF = number(Fraction(1, 2))


def join_pieces(node: Expr) -> Expr:
    """The expression without the kinks that cancel, or in fewer pieces; itself where there are none.

    >>> from wrt.expr.build import symbol
    >>> a, b = symbol("a"), symbol("b")
    >>> print(join_pieces(functions.maximum(a, b) - functions.minimum(a, b)))
    abs(b - a)
    """
    if not has_pieces(node) or is_larger(node, MOST_NODES):
        return node
    known: Expr | None = node.recall("joined pieces")
    if known is None:
        node.remember("joined pieces", node)  # what is asked for on the way to the answer
        known = node.remember("joined pieces", _joined(node))
    return known


def _joined(node: Expr) -> Expr:
    below = nodes(node)
    smooth = {
        argument for each in calls(node, "log") for argument in each.args
    }  # log|u| has no kink where it is defined
    chosen = [each for each in below if isinstance(each, Cases) or (in_pieces(each) is not None and each not in smooth)]
    alone = len(chosen) == 1 and not isinstance(node, Cases)
    if not chosen or alone or any(isinstance(each, Integral | Derivative) for each in below):
        return node
    found = next(filter(None, (_along(line, node) for line in _lines(node))), None)
    if found is None:
        return node
    least = found.without_false_breaks()
    forms = [full(form, node.shape) if node.shape and not form.shape else form for form in _forms(least, node)]
    shortest = min(forms, key=size)
    if not least.breaks:
        return shortest
    plain = isinstance(shortest, Cases) <= any(isinstance(each, Cases) for each in chosen)
    return shortest if plain and size(shortest) < size(node) and not isinstance(shortest, Add) else node


def _lines(node: Expr) -> Iterator[Line]:
    """What an expression may be piecewise in: what is compared, or the only variable in that."""
    compared = dict.fromkeys(quantities(node))
    moving = {symbol for each in compared for symbol in each.free}
    if len(moving) == 1:
        yield Line(*moving)
    lines = dict.fromkeys(Line.of(each) for each in compared if not has_pieces(each))
    yield from (line for line in lines if line is not None and line.quantity not in moving)


def _along(line: Line, node: Expr) -> Pieces | None:
    if line.quantity.shape and not (line.quantity.shape == node.shape and is_entrywise(node)):
        return None
    try:
        return pieces_along(line, node)
    except DomainError:
        return None


def _forms(pieces: Pieces, node: Expr) -> Iterator[Expr]:
    """The ways to write a function in pieces, in the words of the expression that it was."""
    if not pieces.breaks:
        yield pieces.values[0]
        return
    yield pieces.written()
    rises = [_rise(pieces, place) for place in range(len(pieces.breaks))]
    if None in rises:
        return
    quantity, points, first = pieces.line.quantity, pieces.breaks, pieces.values[0]
    ramp = partial(_ramp, "relu" if calls(node, "relu") else "maximum")
    bends = [(rise, point) for rise, point in zip(rises, points, strict=True) if rise is not None]
    yield simplified(add(first, *(mul(rise, ramp(sub(quantity, point))) for rise, point in bends)))
    (rise, point), *others = bends
    if not others:
        yield simplified(add(div(add(*pieces.values), 2), mul(HALF, rise, functions.abs(sub(quantity, point)))))
        yield simplified(add(pieces.values[1], mul(rise, ramp(sub(point, quantity)))))
    elif is_zero(add(*(each for each, _ in bends))) and len(bends) == 2:
        yield simplified(add(first, mul(rise, sub(functions.clip(quantity, *points), point))))


def _ramp(name: str, argument: Expr) -> Expr:
    return functions.TABLE[name](*((argument,) if name == "relu" else (argument, ZERO)))


def _rise(pieces: Pieces, place: int) -> Expr | None:
    """By how much the slope rises at a point, where the function is continuous there and that is a number."""
    point, (before, after) = pieces.breaks[place], pieces.values[place : place + 2]
    rise = simplified(div(sub(after, before), sub(pieces.line.quantity, point)))
    rise = uniform_value(rise) or rise
    return rise if isinstance(rise, Constant) and pieces.line.vanishes(sub(pieces.at[place], after), point) else None
