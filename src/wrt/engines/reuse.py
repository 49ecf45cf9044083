"""Parts of einsums that are computed anyway, or that several of them have in common: `X @ w` of a loss inside
`X.T @ X @ w`, what is passed back through a layer for the gradients of its weights and of its offset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, permutations, product
from typing import TypeAlias

from wrt.engines.order import Indices, likely, price
from wrt.expr.contract import contract
from wrt.expr.node import Contract, Delta, Expr, Triangle, Unit

Subscript: TypeAlias = tuple[int, ...]
Factor: TypeAlias = tuple[Expr, Subscript]

MOST_TRIALS = 24  # ways to lay a part over an einsum
MOST_COMPARED = 60  # einsums that are compared with each other


class ReusedParts:
    """The einsums of a program, by operand, with those made for several of them."""

    def __init__(self, contractions: Sequence[Contract]) -> None:
        self.factors: dict[Contract, list[Factor]] = {}
        self.by_operand: dict[Expr, list[Contract]] = {}
        self.made: set[Contract] = set()
        several = [node for node in contractions if len(node.operands) > 1]
        if len(several) <= MOST_COMPARED:
            self.made.update(part for pair in combinations(several, 2) for part in _common_part(*pair))
        for node in dict.fromkeys((*several, *sorted(self.made, key=lambda part: part.key))):
            self.by_operand.setdefault(node.operands[0], []).append(node)

    def factors_of(self, node: Contract) -> list[Factor]:
        """The operands of an einsum with their indices, those that are another einsum of the program taken together."""
        found = self.factors.get(node)
        if found is None:
            found = list(zip(node.operands, node.subscripts, strict=True))
            while len(found) > 1:
                smaller = self._with_a_part(node, found)
                if smaller is None:
                    break
                found = smaller
            self.factors[node] = found
        return found

    def _with_a_part(self, node: Contract, factors: list[Factor]) -> list[Factor] | None:
        operands = {operand for operand, _ in factors}
        candidates = [
            part
            for operand in operands
            for part in self.by_operand.get(operand, ())
            if part is not node and operands.issuperset(part.operands)
            if len(part.operands) < len(factors) or (part in self.made and node not in self.made)
        ]
        candidates.sort(key=lambda part: (-len(part.operands), part.key))
        for part in candidates:
            for places in _places(part, factors):
                subscript = _laid_over(part, places, factors, node, part in self.made)
                if subscript is not None:
                    return [(part, subscript), *(each for at, each in enumerate(factors) if at not in places)]
        return None


def _places(part: Contract, factors: list[Factor]) -> Iterator[Subscript]:
    """Where the operands of the part may stand among the factors."""
    choices = [[at for at, (operand, _) in enumerate(factors) if operand is each] for each in part.operands]
    for count, places in enumerate(product(*choices)):
        if count == MOST_TRIALS:
            return
        if all(
            first < second or part.operands[i] is not part.operands[i + 1]
            for i, (first, second) in enumerate(pairwise(places))
        ) and len(set(places)) == len(places):
            yield places


def _laid_over(
    part: Contract, places: Subscript, factors: list[Factor], node: Contract, may_keep: bool
) -> Subscript | None:
    """The indices that the part has here, if the factors at these places are that part; it `may_keep` surplus ones."""
    inside = [factors[at] for at in places]
    outside = {index for at, (_, subscript) in enumerate(factors) if at not in places for index in subscript}
    outside |= set(node.out)
    if part.ndim > 2 or len(set(part.out)) != part.ndim:
        return None
    indices = dict.fromkeys(index for _, subscript in inside for index in subscript)
    needed = [index for index in indices if index in outside]
    if len(needed) != part.ndim and not (may_keep and len(needed) < part.ndim):
        return None
    for out in permutations(indices if may_keep else needed, part.ndim):
        if set(needed) <= set(out) and _einsum(inside, out, node) is part:
            return out
    return None


def _einsum(factors: Sequence[Factor], out: Subscript, node: Contract) -> Expr:
    """Some factors of a contraction, multiplied on their own."""
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


def _common_part(first: Contract, second: Contract) -> Iterator[Contract]:
    """What two einsums have in common, with the indices that either needs of it, if it pays to compute it once."""
    shared = [each for each in first.operands if each in second.operands and _stands_once(each, first, second)]
    if len(shared) < 2:
        return
    same = _correspondence(shared, first, second)
    if same is None:
        return
    needed = _needed(shared, first)
    needed |= {index for index, other in same.items() if other in _needed(shared, second)}
    kept = tuple(index for index in same if index in needed)
    if len(kept) == len(same) or len(kept) > 2:
        return
    factors = [pair for pair in zip(first.operands, first.subscripts, strict=True) if pair[0] in shared]
    part = _einsum(factors, kept, first)
    if not isinstance(part, Contract) or part is first or part is second:
        return
    alone = _price(first) + _price(second)
    there = tuple(same[index] for index in kept)
    if _price(part) + _price(first, shared, kept) + _price(second, shared, there) < alone:
        yield part


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


def _price(node: Contract, taken: Sequence[Expr] = (), kept: Subscript = ()) -> float:
    """What an einsum costs, some of its operands replaced by their product."""
    factors: list[Indices] = [
        frozenset(subscript)
        for operand, subscript in zip(node.operands, node.subscripts, strict=True)
        if operand not in taken
    ]
    if taken:
        factors.append(frozenset(kept))
    return price(factors, frozenset(node.out), [likely(size) for size in node.sizes])
