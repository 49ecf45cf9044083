"""The cheapest order in which to multiply the factors of an einsum, for sizes as they tend to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TypeAlias

from wrt.expr.node import Add, Constant, Expr, Mul, Power, Symbol

Indices: TypeAlias = frozenset[int]
Tree: TypeAlias = "int | tuple[Tree, Tree]"
Places: TypeAlias = tuple[int | None, int | None]
Cost: TypeAlias = Callable[[Places, Indices, Indices, Indices], float]

MOST_EXACT = 7  # factors for which every order is tried; above, the cheapest pair is taken again and again

# What a dimension is likely to be: rows of data are many, columns fewer, classes few.
LIKELY = {"n": 1000.0, "N": 1000.0, "m": 300.0, "T": 300.0, "d": 100.0, "p": 90.0, "q": 80.0, "k": 30.0, "c": 20.0}
UNKNOWN = 110.0

# What an operation on an entry costs, beside one of a product entry by entry.
MATRIX_PRODUCT, EINSUM = 0.3, 2.0


def likely(size: Expr) -> float:
    """A guess of a dimension."""
    match size:
        case Constant():
            return float(size.value)
        case Symbol():
            return LIKELY.get(size.name, UNKNOWN)
        case Add():
            return max(1.0, sum(map(likely, size.terms)))
        case Mul():
            guess = float(size.coefficient)
            for factor in size.factors:
                guess *= likely(factor)
            return guess
        case Power():
            return float(likely(size.base) ** likely(size.exponent))
        case _:
            return UNKNOWN


def work(sizes: Sequence[float], left: Indices, right: Indices, kept: Indices) -> float:
    """What it costs to multiply two factors, beside one product of numbers."""
    count = prod(sizes[index] for index in left | right)
    if left & right <= kept:
        return count
    return count * (EINSUM if left & right & kept else MATRIX_PRODUCT)


def price(factors: Sequence[Indices], wanted: Indices, sizes: Sequence[float]) -> float:
    """What an einsum costs in the cheapest order."""
    if len(factors) == 1:
        return prod(sizes[index] for index in factors[0])
    return cheapest(factors, wanted, lambda places, left, right, kept: work(sizes, left, right, kept))[0]


def cheapest(factors: Sequence[Indices], wanted: Indices, cost: Cost) -> tuple[float, Tree]:
    """The least cost, and the tree of pairs of places in `factors` that has it. `cost` takes two places (None for an
    intermediate result), the indices of both sides, and those that are kept."""
    return _exact(factors, wanted, cost) if len(factors) <= MOST_EXACT else _greedy(factors, wanted, cost)


def _place(tree: Tree) -> int | None:
    """The place of a factor; None for a product."""
    return tree if isinstance(tree, int) else None


def _exact(factors: Sequence[Indices], wanted: Indices, cost: Cost) -> tuple[float, Tree]:
    count = len(factors)
    every = (1 << count) - 1
    unions: list[Indices] = [frozenset()] * (every + 1)
    for subset in range(1, every + 1):
        low = (subset & -subset).bit_length() - 1
        unions[subset] = unions[subset & (subset - 1)] | factors[low]
    kept = [unions[subset] & (wanted | unions[every ^ subset]) for subset in range(every + 1)]
    best: dict[int, tuple[float, Tree]] = {1 << place: (0.0, place) for place in range(count)}
    for subset in range(1, every + 1):
        if subset in best:
            continue
        found: tuple[float, Tree] | None = None
        left = (subset - 1) & subset
        while left:
            right = subset ^ left
            if left < right:
                (first, first_tree), (second, second_tree) = best[left], best[right]
                places = _place(first_tree), _place(second_tree)
                price = first + second + cost(places, kept[left], kept[right], kept[subset])
                if found is None or price < found[0] * (1 - 1e-9):
                    found = price, (first_tree, second_tree)
            left = (left - 1) & subset
        assert found is not None
        best[subset] = found
    return best[every]


def _greedy(factors: Sequence[Indices], wanted: Indices, cost: Cost) -> tuple[float, Tree]:
    total = 0.0
    live: list[tuple[Indices, Tree]] = [(indices, place) for place, indices in enumerate(factors)]
    while len(live) > 1:
        found: tuple[float, int, int, Indices] | None = None
        uses: dict[int, int] = {}
        for indices, _ in live:
            for index in indices:
                uses[index] = uses.get(index, 0) + 1
        for i, (left, left_tree) in enumerate(live):
            for j in range(i + 1, len(live)):
                right, right_tree = live[j]
                if left.isdisjoint(right) and len(live) > 2:
                    continue
                kept = frozenset(
                    index
                    for index in left | right
                    if index in wanted or uses[index] > (index in left) + (index in right)
                )
                price = cost((_place(left_tree), _place(right_tree)), left, right, kept)
                if found is None or price < found[0]:
                    found = price, i, j, kept
        if found is None:  # nothing shares an index any more
            live = [(live[0][0] | live[1][0], (live[0][1], live[1][1])), *live[2:]]
            continue
        spent, i, j, kept = found
        total += spent
        pair = (live[i][1], live[j][1])
        live = [each for place, each in enumerate(live) if place not in (i, j)]
        live.append((kept, pair))
    return total, live[0][1]
