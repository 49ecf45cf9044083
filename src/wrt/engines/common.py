"""What two einsums of a program have in common, where it pays to compute it once for both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from wrt.engines.order import Indices, best_order, likely, products
from wrt.expr.contract import contract
from wrt.expr.node import Contract, Delta, Expr, Triangle, Unit

Subscript: TypeAlias = tuple[int, ...]
Factor: TypeAlias = tuple[Expr, Subscript]

MOST_COMPARED = 6  # einsums before it that one is compared with


class Order(NamedTuple):
    """How an einsum is best computed: what that costs, and the places of the operands of each product on the way."""

    price: float
    products: set[frozenset[int]]


def common_parts(contractions: Sequence[Contract]) -> set[Contract]:
    """The einsums inside several of these that are worth computing once."""
    orders = {node: _order(node) for node in contractions}
    made: set[Contract] = set()
    for first, second in _alike(contractions):
        found = _common_part(first, second)
        if found is not None and found.node not in made and _pays(found, orders):
            made.add(found.node)
    return made


def _alike(contractions: Sequence[Contract]) -> Iterator[tuple[Contract, Contract]]:
    """Pairs that have two operands or more in common: each with those before it that have the most."""
    users: dict[Expr, list[Contract]] = {}
    for node in contractions:
        shared = Counter(other for operand in node.operands for other in users.get(operand, ())[-MOST_COMPARED:])
        yield from ((other, node) for other, count in shared.most_common(MOST_COMPARED) if count > 1)
        for operand in dict.fromkeys(node.operands):
            users.setdefault(operand, []).append(node)


class Common(NamedTuple):
    """A part of two einsums: the operands they share, and the indices that it keeps, as each of them calls these."""

    node: Contract
    operands: Sequence[Expr]
    uses: tuple[tuple[Contract, Subscript], tuple[Contract, Subscript]]


def _common_part(first: Contract, second: Contract) -> Common | None:
    """What two einsums have in common, with the indices that either needs of it."""
    shared = [each for each in first.operands if each in second.operands and _stands_once(each, first, second)]
    if len(shared) < 2:
        return None
    same = _correspondence(shared, first, second)
    if same is None:
        return None
    needed = _needed(shared, first)
    needed |= {index for index, other in same.items() if other in _needed(shared, second)}
    kept = _in_order(needed & same.keys(), [first.subscripts[first.operands.index(each)] for each in shared])
    if len(kept) == len(same) or len(kept) > 2:
        return None
    factors = [pair for pair in zip(first.operands, first.subscripts, strict=True) if pair[0] in shared]
    part = part_of(factors, kept, first)
    if not isinstance(part, Contract) or part is first or part is second:
        return None
    return Common(part, shared, ((first, kept), (second, tuple(same[index] for index in kept))))


def _in_order(indices: Collection[int], subscripts: Sequence[Subscript]) -> Subscript:
    """The indices as they stand in a factor that has them all; else as they are met."""
    holder = [each for each in subscripts if len(set(each).intersection(indices)) == len(indices)]
    return tuple(dict.fromkeys(each for subscript in holder[:1] or subscripts for each in subscript if each in indices))


def part_of(factors: Sequence[Factor], out: Subscript, node: Contract) -> Expr:
    """Some factors of an einsum, multiplied on their own."""
    numbers: dict[int, int] = {}
    for _, subscript in factors:
        for index in subscript:
            numbers.setdefault(index, len(numbers))
    return contract(
        [operand for operand, _ in factors],
        [tuple(numbers[index] for index in subscript) for _, subscript in factors],
        tuple(numbers[index] for index in out),
        [node.sizes[index] for index in numbers],
    )


def _stands_once(operand: Expr, *nodes: Contract) -> bool:
    if isinstance(operand, Delta | Unit | Triangle):
        return False
    return all(node.operands.count(operand) == 1 for node in nodes)


def _correspondence(shared: Sequence[Expr], first: Contract, second: Contract) -> dict[int, int] | None:
    """The index of the second einsum for each of the first, if the shared operands are joined alike in both."""
    same: dict[int, int] = {}
    for operand in shared:
        here = first.subscripts[first.operands.index(operand)]
        there = second.subscripts[second.operands.index(operand)]
        for index, other in zip(here, there, strict=True):
            if same.setdefault(index, other) != other:
                return None
    return same if len(set(same.values())) == len(same) else None


def _needed(shared: Sequence[Expr], node: Contract) -> set[int]:
    """The indices that the rest of an einsum, or its result, needs of these operands."""
    pairs = zip(node.operands, node.subscripts, strict=True)
    return set(node.out).union(*(subscript for operand, subscript in pairs if operand not in shared))


def _pays(part: Common, orders: dict[Contract, Order]) -> bool:
    """Whether the part is made on the way anyway, or is cheap enough for what it saves."""
    places = [frozenset(map(node.operands.index, part.operands)) for node, _ in part.uses]
    if all(each in orders[node].products for each, (node, _) in zip(places, part.uses, strict=True)):
        return True
    alone = sum(orders[node].price for node, _ in part.uses)
    return _order(part.node).price + sum(_order(node, part.operands, kept).price for node, kept in part.uses) < alone


def _order(node: Contract, taken: Sequence[Expr] = (), kept: Subscript = ()) -> Order:
    """The best order of an einsum, some of its operands replaced by their product."""
    pairs = zip(node.operands, node.subscripts, strict=True)
    factors: list[Indices] = [frozenset(subscript) for operand, subscript in pairs if operand not in taken]
    if taken:
        factors.append(frozenset(kept))
    price, tree = best_order(factors, frozenset(node.out), [likely(size) for size in node.sizes])
    return Order(price, products(tree))
