"""From indices to matrices: an einsum as matrix products, traces, sums over axes and products entry by entry.

A bound index in two items is an edge, a path is a matrix product, a cycle a trace; items with the same indices are
multiplied entry by entry; an index that one item has alone is summed over. What no word says is left to einsum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrt.expr.node import Contract
from wrt.notation import chain, outcome
from wrt.notation.chain import Link
from wrt.notation.items import Item, items_of
from wrt.notation.products import Lifted
from wrt.notation.tree import Applied

if TYPE_CHECKING:
    from wrt.notation.layout import Layout

MOST_TRIALS = 24


def lift(layout: Layout, node: Contract) -> Lifted:
    """How an einsum is written: of the orders in which it can be multiplied out, the one that is shortest."""
    search = _Search(outcome.Writer(layout, node))
    return search.solve(items_of(layout, node))


class _Search:
    """Multiplies items until nothing is left to sum."""

    def __init__(self, writer: outcome.Writer) -> None:
        self.writer = writer
        self.free = set(writer.out)
        self.trials = MOST_TRIALS

    def solve(self, items: list[Item]) -> Lifted:
        """The shortest way found to write the product of the items, summed over what is not free."""
        items = self.merged(items)
        if not self.free:
            scalar = self.writer.scalar(items)
            if scalar is not None:
                return scalar
        steps = self.steps(items)
        if not steps:
            return self.writer.tensor(items)
        results = []
        for step in steps:
            results.append(self.solve(step))
            self.trials -= 1
            if self.trials < 0:
                break
        return min(results, key=self.writer.length)

    def steps(self, items: list[Item]) -> list[list[Item]]:
        """What can be done next: a sum over an axis, a product along an index; several where the order matters."""
        sums = [self.summed(items, index) for index in self.lone(items)[:1]]
        edges = self.edges(items)
        if not self.has_cycle(items):
            edges = edges[:1]
        products = [self.contracted(items, index) for index in edges]
        if sums or products:
            return sums + products
        scaled = self.scaled(items)
        return [] if scaled is None else [scaled]

    def holders(self, items: list[Item], index: int) -> list[Item]:
        return [item for item in items if index in item.indices]

    def bound(self, items: list[Item]) -> list[int]:
        return list(dict.fromkeys(index for item in items for index in item.indices if index not in self.free))

    def merged(self, items: list[Item]) -> list[Item]:
        """Diagonals of operands taken, and items with the same indices multiplied entry by entry."""
        groups: dict[frozenset[int], list[Item]] = {}
        for item in items:
            if len(item.indices) == 2 and item.indices[0] == item.indices[1] and self.is_shared(items, item):
                link = self.writer.link(item)
                diagonal = Link(Applied("diag", (link.tree,)), link.sizes[:1])
                item = Item(item.indices[:1], links=(diagonal,), sign=self.writer.sign(item))
            groups.setdefault(frozenset(item.indices), []).append(item)
        result = []
        for group in groups.values():
            rank = len(group[0].indices)
            if len(group) == 1 or rank > 2 or (not self.free and len(items) == len(group) == 2):
                result.extend(group)
            else:
                result.append(self.writer.entrywise(self.writer.aligned(group) if rank == 2 else group))
        return result

    def is_shared(self, items: list[Item], item: Item) -> bool:
        index = item.indices[0]
        return index in self.free or any(index in each.indices for each in items if each is not item)

    def lone(self, items: list[Item]) -> list[int]:
        """The bound indices that one matrix has alone."""
        found = []
        for index in self.bound(items):
            (item, *others) = self.holders(items, index)
            if not others and len(set(item.indices)) == len(item.indices) == 2:
                found.append(index)
        return found

    def summed(self, items: list[Item], index: int) -> list[Item]:
        """A matrix summed over an axis."""
        (item,) = self.holders(items, index)
        axis = item.indices.index(index)
        total = self.writer.total(item, axis)
        rest = [each for each in items if each is not item]
        return [*rest, Item((item.indices[1 - axis],), [total], sign=self.writer.sign(item))]

    def edges(self, items: list[Item]) -> list[int]:
        """The bound indices that exactly two matrices or vectors share, where they share no other."""
        found = []
        for index in self.bound(items):
            holders = self.holders(items, index)
            simple = all(len(set(item.indices)) == len(item.indices) <= 2 for item in holders)
            if len(holders) != 2 or not simple:
                continue
            if len(set(holders[0].indices) & set(holders[1].indices)) == 1:
                found.append(index)
        return found

    def has_cycle(self, items: list[Item]) -> bool:
        indices = {index for item in items for index in item.indices}
        return sum(len(item.indices) - 1 for item in items) >= len(indices)

    def contracted(self, items: list[Item], index: int) -> list[Item]:
        """Two items multiplied along an index."""
        first, second = self.holders(items, index)
        if len(first.indices) == 1:
            first, second = second, first
        rest = [item for item in items if item is not first and item is not second]
        sign = self.writer.sign(first) * self.writer.sign(second)
        left, right = self.writer.links(first), self.writer.links(second)
        if first.indices[-1] != index:
            left = chain.turned(left)
        if len(second.indices) == 2 and second.indices[0] != index:
            right = chain.turned(right)
        ends = tuple(each for item in (first, second) for each in item.indices if each != index)
        return [*rest, Item(ends, links=(*left, *right), sign=sign)]

    def scaled(self, items: list[Item]) -> list[Item] | None:
        """Two matrices multiplied along an index on which a vector stands: A @ diag(v) @ B."""
        for index in self.bound(items):
            holders = self.holders(items, index)
            vectors = [item for item in holders if len(item.indices) == 1]
            matrices = [item for item in holders if len(item.indices) == 2]
            if len(vectors) != 1 or len(matrices) != 2 or len(holders) != 3:
                continue
            vector = vectors[0]
            fresh = -1 - index
            link = self.writer.diagonal(vector)
            diagonal = Item((index, fresh), links=(link,), sign=self.writer.sign(vector))
            first, second = matrices
            ends = tuple(fresh if each == index else each for each in second.indices)
            moved = Item(ends, second.factors, second.links, second.sign)
            rest = [item for item in items if item not in (first, second, vector)]
            return self.contracted(self.contracted([*rest, first, diagonal, moved], index), fresh)
        return None
