"""Einsums over flat lists of ring elements, two operands at a time: planned once for given sizes, run many times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import prod
from operator import add, mul
from typing import Any

Entries = Sequence[Any]
Index = tuple[int, ...]


def strides(shape: Sequence[int]) -> tuple[int, ...]:
    """How far apart neighbours along each axis lie in row-major order."""
    result = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        result[axis] = result[axis + 1] * shape[axis + 1]
    return tuple(result)


def offsets(indices: Index, subscript: Index, sizes: Sequence[int]) -> list[int]:
    """For each value of `indices` in row-major order, the place in an operand with this subscript."""
    step = dict.fromkeys(indices, 0)
    for index, stride in zip(subscript, strides([sizes[index] for index in subscript]), strict=True):
        if index in step:
            step[index] += stride
    result = [0]
    for index in indices:
        stride = step[index]
        result = [base + stride * value for base in result for value in range(sizes[index])]
    return result


@dataclass(frozen=True, slots=True)
class Term:
    """One product: operands number `left` and `right` (None: a sum over one operand), and where their entries lie."""

    times: Callable[[Any, Any], Any]
    left: int
    right: int | None
    left_outer: list[int]
    left_inner: list[int]
    right_outer: list[int]
    right_inner: list[int]

    def __call__(self, operands: list[Entries]) -> list[Any]:
        a = operands[self.left]
        if self.right is None:
            if len(self.left_inner) == 1:
                inner = self.left_inner[0]
                return [a[place + inner] for place in self.left_outer]
            return [reduce(add, [a[place + inner] for inner in self.left_inner]) for place in self.left_outer]
        b, times = operands[self.right], self.times
        outer = zip(self.left_outer, self.right_outer, strict=True)
        if len(self.left_inner) == 1:
            i, j = self.left_inner[0], self.right_inner[0]
            return [times(a[p + i], b[q + j]) for p, q in outer]
        inner_pairs = list(zip(self.left_inner, self.right_inner, strict=True))
        return [reduce(add, [times(a[p + i], b[q + j]) for i, j in inner_pairs]) for p, q in outer]


def plan(
    subscripts: Sequence[Index],
    out: Index,
    sizes: Sequence[int],
    zero: Callable[[], Any],
    one: Callable[[], Any],
    times: Callable[[Any, Any], Any] = mul,
    selecting: Iterable[int] = (),
) -> Callable[[list[Entries]], list[Any]]:
    """A function from operands (flat, row-major) to the einsum's entries (flat, row-major).

    `sizes[i]` is the dimension of index i; `zero`, `one` and `times` are the ring's. The zeros of operands that are
    `selecting`, such as slices, leave out whatever they meet.
    """
    steps: list[Term] = []
    selectors = set(selecting)
    live = dict(enumerate(subscripts))
    wanted = set(out)

    def emit(left: int, right: int | None, kept: Index) -> None:
        both = (*live[left], *(live[right] if right is not None else ()))
        bound = tuple(index for index in dict.fromkeys(both) if index not in kept)
        steps.append(
            Term(
                times if selectors.isdisjoint((left, right)) else mul,
                left,
                right,
                offsets(kept, live[left], sizes),
                offsets(bound, live[left], sizes),
                offsets(kept, live[right], sizes) if right is not None else [],
                offsets(bound, live[right], sizes) if right is not None else [],
            )
        )
        if {left, left if right is None else right} <= selectors:
            selectors.add(len(subscripts) + len(steps) - 1)
        del live[left]
        if right is not None:
            del live[right]
        live[len(subscripts) + len(steps) - 1] = kept

    def kept_of(*chosen: int) -> Index:
        """The indices of these operands which the result or another operand still needs."""
        elsewhere = wanted.union(*(subscript for key, subscript in live.items() if key not in chosen))
        mine = dict.fromkeys(index for key in chosen for index in live[key])
        return tuple(index for index in mine if index in elsewhere)

    for operand in range(len(subscripts)):
        kept = kept_of(operand)
        if kept != live[operand]:
            emit(operand, None, kept)
    while len(live) > 1:
        left, right = _cheapest(live, kept_of, sizes)
        emit(left, right, kept_of(left, right))

    final = _placement(next(iter(live.values()), ()), out, sizes)

    def run(operands: list[Entries]) -> list[Any]:
        values = list(operands)
        for step in steps:
            values.append(step(values))
        result = values[-1] if values else [one()]
        nothing = zero()
        return [nothing if place is None else result[place] for place in final]

    return run


def _cheapest(live: dict[int, Index], kept_of: Callable[..., Index], sizes: Sequence[int]) -> tuple[int, int]:
    """The pair of operands whose product costs least."""

    def cost(pair: tuple[int, int]) -> tuple[int, int]:
        left, right = pair
        work = prod(sizes[index] for index in {*live[left], *live[right]})
        return prod(sizes[index] for index in kept_of(left, right)), work

    keys = list(live)
    pairs = [(a, b) for position, a in enumerate(keys) for b in keys[position + 1 :]]
    return min(pairs, key=cost)


def _placement(have: Index, out: Index, sizes: Sequence[int]) -> list[int | None]:
    """Where each entry of the result comes from; None for the zeros beside a diagonal."""
    places = []
    step = dict(zip(have, strides([sizes[index] for index in have]), strict=True))
    distinct = len(set(out)) == len(out)
    for values in product(*(range(sizes[index]) for index in out)):
        assigned = dict(zip(out, values, strict=True))
        on_diagonal = distinct or all(assigned[index] == value for index, value in zip(out, values, strict=True))
        places.append(sum(stride * assigned[index] for index, stride in step.items()) if on_diagonal else None)
    return places
