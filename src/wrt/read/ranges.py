"""The values of an index: all that fit the subscripts it stands in, as slices do."""

from __future__ import annotations

from wrt.errors import ReadError, ShapeError
from wrt.expr import build
from wrt.expr.facts import is_nonnegative
from wrt.expr.indexed import affine, index_symbol, indices_in, stacked
from wrt.expr.node import ZERO, Constant, Expr, Symbol, number
from wrt.read.tree import Index, Subscript


def over(node: Expr, index: Index) -> Expr:
    """The expression for all values of an index, along a new first axis; the indices inside are settled.

    Raises ReadError for an index that stands in no subscript, ShapeError where the subscripts do not fit together.
    """
    symbol = index_symbol(index.name)
    if not index.uses:
        word = index.place.value
        hint = f"a subscript says what it runs over, as in {word}(i, x[i]); an axis has a name: {word}(x, axis=0)"
        raise ReadError(f"the index `{index.name}` is never used as a subscript", hint=hint)
    first: Expr = ZERO
    last: Expr | None = None
    for use in index.uses:
        ends = _ends(use, symbol)
        if ends is None:
            continue
        first = _chosen(first, ends[0], use, index, larger=True)
        last = ends[1] if last is None else _chosen(last, ends[1], use, index, larger=False)
    if last is None:
        hint = f"one subscript must say it alone, as in x[{index.name}]"
        raise ReadError(f"what the index `{index.name}` runs over is not known", hint=hint)
    length = build.add(last, 1, build.neg(first))
    if isinstance(length, Constant) and length.value <= 0:
        raise ShapeError(f"the index `{index.name}` has no value that fits its subscripts")
    index.values = (first, last)
    return stacked(node, symbol, first, length)


def _ends(use: Subscript, symbol: Symbol) -> tuple[Expr, Expr] | None:
    """The first and the last value of the index with 0 <= position < size, or None where the subscript leaves it open.

    Indices that are settled take all their values; one that is not will be held to this subscript when it is.
    """
    line = affine(use.position, symbol)
    if line is None or line[0] == 0:
        return None
    slope, rest = line
    settled = {index_symbol(each.name): each.values for each in use.scope if each.values is not None}
    least = most = rest
    for other in indices_in(rest):
        inner = affine(rest, other)
        if inner is None or other not in settled:
            return None
        low, high = settled[other] if inner[0] > 0 else settled[other][::-1]
        least, most = _at(least, other, low), _at(most, other, high)
    room = build.sub(use.size, 1)
    if slope > 0:
        return _divided(build.neg(least), slope, up=True), _divided(build.sub(room, most), slope, up=False)
    return _divided(build.sub(most, room), -slope, up=True), _divided(least, -slope, up=False)


def _at(position: Expr, symbol: Symbol, value: Expr) -> Expr:
    """A position that is linear in an index, at a value of it."""
    line = affine(position, symbol)
    assert line is not None
    return build.add(line[1], build.mul(line[0], value))


def _divided(bound: Expr, slope: int, up: bool) -> Expr:
    if slope == 1:
        return bound
    if not (isinstance(bound, Constant) and isinstance(bound.value, int)):
        raise ShapeError(f"a subscript with step {slope} needs a size in numbers")
    return number(-(-bound.value // slope) if up else bound.value // slope)


def _chosen(one: Expr, other: Expr, use: Subscript, index: Index, larger: bool) -> Expr:
    """The larger, or the smaller, of two ends."""
    difference = build.sub(one, other)
    if is_nonnegative(difference):
        return one if larger else other
    if is_nonnegative(build.neg(difference)):
        return other if larger else one
    verb = "starts" if larger else "ends"
    raise use.place.place(
        ShapeError(
            f"it is not known whether the index `{index.name}` {verb} at {one} or at {other}",
            hint="axes that an index runs over have one size, or sizes that differ by a number: declare them so",
        )
    )
