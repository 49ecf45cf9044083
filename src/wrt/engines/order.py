"""The cheapest order in which to multiply the factors of an einsum, for sizes as they tend to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from heapq import heapify, heappop, heappush
from itertools import combinations
from math import prod
from typing import TypeAlias

from wrt.expr.node import Add, Constant, Expr, Mul, Power, Symbol

Indices: TypeAlias = frozenset[int]
Tree: TypeAlias = "int | tuple[Tree, Tree]"
Places: TypeAlias = tuple[int | None, int | None]
Cost: TypeAlias = Callable[[Places, Indices, Indices, Indices], float]

MOST_EXACT = 6  # factors for which every order is tried; above, one pair is taken after another

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


def best_order(factors: Sequence[Indices], wanted: Indices, sizes: Sequence[float]) -> tuple[float, Tree]:
    """What an einsum of arrays costs in the cheapest order, and that order."""
    if len(factors) == 1:
        return entries(sizes, factors[0]), 0
    return cheapest(factors, wanted, sizes, lambda places, left, right, kept: work(sizes, left, right, kept))


def products(tree: Tree) -> set[frozenset[int]]:
    """The places of the factors of each product that an order makes."""
    made: set[frozenset[int]] = set()

    def places(tree: Tree) -> frozenset[int]:
        if isinstance(tree, int):
            return frozenset([tree])
        whole = places(tree[0]) | places(tree[1])
        made.add(whole)
        return whole

    places(tree)
    return made


def cheapest(factors: Sequence[Indices], wanted: Indices, sizes: Sequence[float], cost: Cost) -> tuple[float, Tree]:
    """The least cost, and the tree of pairs of places in `factors` that has it. `cost` takes two places (None for an
    intermediate result), the indices of both sides, and those that are kept."""
    return _exact(factors, wanted, cost) if len(factors) <= MOST_EXACT else _greedy(factors, wanted, sizes, cost)


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


def _greedy(factors: Sequence[Indices], wanted: Indices, sizes: Sequence[float], cost: Cost) -> tuple[float, Tree]:
    """The pair whose product leaves the least behind, beside what it takes away, again and again. Of a chain of layers
    that is the next layer, and never the product of two weights with a mask between them."""
    live: dict[int, tuple[Indices, Tree]] = {place: (indices, place) for place, indices in enumerate(factors)}
    uses = Counter(index for indices in factors for index in indices)

    def kept(i: int, j: int) -> Indices:
        left, right = live[i][0], live[j][0]
        return frozenset(
            index for index in left | right if index in wanted or uses[index] > (index in left) + (index in right)
        )

    def spent(i: int, j: int, remains: Indices) -> float:
        (left, left_tree), (right, right_tree) = live[i], live[j]
        return cost((_place(left_tree), _place(right_tree)), left, right, remains)

    def rank(i: int, j: int) -> tuple[float, float, int, int]:
        remains = kept(i, j)
        growth = entries(sizes, remains) - entries(sizes, live[i][0]) - entries(sizes, live[j][0])
        return growth, spent(i, j, remains), i, j

    waiting = [rank(i, j) for i, j in combinations(live, 2) if not factors[i].isdisjoint(factors[j])]
    heapify(waiting)
    total = 0.0
    for place in range(len(factors), 2 * len(factors) - 1):
        i, j = _next_pair(waiting, live)
        remains = kept(i, j)
        total += spent(i, j, remains)
        uses.subtract([*live[i][0], *live[j][0]])
        uses.update(remains)
        merged = live.pop(i)[1], live.pop(j)[1]
        others = [each for each, (indices, _) in live.items() if not indices.isdisjoint(remains)]
        live[place] = remains, merged
        for other in others:
            heappush(waiting, rank(other, place))
    ((_, tree),) = live.values()
    return total, tree


def _next_pair(waiting: list[tuple[float, float, int, int]], live: Collection[int]) -> tuple[int, int]:
    """The best pair that is still there; any, if none shares an index."""
    while waiting:
        *_, i, j = heappop(waiting)
        if i in live and j in live:
            return i, j
    i, j, *_ = live
    return i, j


def entries(sizes: Sequence[float], indices: Iterable[int]) -> float:
    """How many entries an array with these indices has."""
    return prod(sizes[index] for index in indices)
