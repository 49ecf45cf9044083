"""Named einsums inside larger ones: with u = A @ x, the einsum of A, x and B is written B @ u."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wrt.expr.node import Contract

Subscript = tuple[int, ...]


class Match(NamedTuple):
    """Where a named einsum stands in another: the places of its operands there, and the indices of its result."""

    places: frozenset[int]
    subscript: Subscript


def find(part: Contract, whole: Contract) -> Match | None:
    """A place where one einsum is a factor of another, or None."""
    count = len(part.operands)
    if count < 2 or count > len(whole.operands) or len(set(part.out)) != len(part.out):
        return None
    for places, renamed in _assignments(part, whole, 0, (), {}):
        inner = {renamed[index] for subscript in part.subscripts for index in subscript if index not in part.out}
        outside = [each for place, each in enumerate(whole.subscripts) if place not in places]
        elsewhere = set(whole.out).union(*outside) if outside else set(whole.out)
        known = all(index in renamed for index in part.out)
        if known and inner.isdisjoint(elsewhere) and len(inner) == len(set(renamed)) - len(part.out):
            return Match(frozenset(places), tuple(renamed[index] for index in part.out))
    return None


def _assignments(
    part: Contract, whole: Contract, place: int, taken: Subscript, renamed: dict[int, int]
) -> Iterator[tuple[Subscript, dict[int, int]]]:
    """The ways to find the operands of one einsum among those of another, with consistent indices."""
    if place == len(part.operands):
        yield taken, renamed
        return
    for other, (node, subscript) in enumerate(zip(whole.operands, whole.subscripts, strict=True)):
        if other in taken or node is not part.operands[place]:
            continue
        changed = dict(renamed)
        if all(
            changed.setdefault(mine, theirs) == theirs
            for mine, theirs in zip(part.subscripts[place], subscript, strict=True)
        ):
            yield from _assignments(part, whole, place + 1, (*taken, other), changed)
