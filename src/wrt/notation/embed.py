"""Einsums inside larger ones: with a name u for A @ x, the einsum of A, x and B is written B @ u."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from wrt.expr.contract import contract_used
from wrt.expr.node import Contract, Expr

Subscript = tuple[int, ...]


class Match(NamedTuple):
    """Where a named einsum stands in another: the places of its operands there, and the indices of its result."""

    places: frozenset[int]
    subscript: Subscript


def find(part: Contract, whole: Contract, taken: Collection[int] = ()) -> Match | None:
    """A place where one einsum is a factor of another, without operands that are taken, or None."""
    count = len(part.operands)
    if count < 2 or count > len(whole.operands) - len(taken) or len(set(part.out)) != len(part.out):
        return None
    for places, renamed in _assignments(part, whole, 0, tuple(taken), {}):
        places = places[len(taken) :]
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


def vectors(whole: Contract) -> Iterator[Expr]:
    """The products of at least two operands that hang on the rest of an einsum by one index: A @ x in B @ A @ x."""
    places = range(len(whole.operands))
    for index in range(len(whole.sizes)):
        closed = {index, *(each for each in whole.out if each != index)}
        for group in groups(whole.subscripts, [each for each in places if whole.subscripts[each] != (index,)], closed):
            met = {each for place in group for each in whole.subscripts[place]} & closed
            if met == {index} and 1 < len(group) < len(places):
                operands = [whole.operands[place] for place in group]
                subscripts = [whole.subscripts[place] for place in group]
                yield contract_used(operands, subscripts, (index,), whole.sizes)


def groups(subscripts: Sequence[Subscript], places: Iterable[int], closed: Collection[int]) -> list[list[int]]:
    """The places of operands, those together that are connected by indices which are not closed."""
    found: list[tuple[set[int], list[int]]] = []
    for place in places:
        indices, members = {each for each in subscripts[place] if each not in closed}, [place]
        apart = []
        for other_indices, others in found:
            if indices.isdisjoint(other_indices):
                apart.append((other_indices, others))
            else:
                indices, members = indices | other_indices, others + members
        found = [*apart, (indices, members)]
    return [sorted(members) for _, members in found]
