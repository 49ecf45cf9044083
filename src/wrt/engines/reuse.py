"""Parts of an einsum that the program computes anyway are taken as they are: `X @ w` of a loss inside `X.T @ X @ w`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, permutations, product
from typing import TYPE_CHECKING, TypeAlias

from wrt.expr.contract import contract
from wrt.expr.node import Contract, Expr

if TYPE_CHECKING:
    from wrt.engines.lower import Lowering

Factor: TypeAlias = tuple[Expr, tuple[int, ...]]

MOST_TRIALS = 24  # ways to lay a part over an einsum


def factors_of(lowering: Lowering, node: Contract) -> list[Factor]:
    """The operands of an einsum with their indices, those that are a contraction of the program taken together."""
    found: list[Factor] | None = lowering.factors.get(node)
    if found is None:
        found = list(zip(node.operands, node.subscripts, strict=True))
        while len(found) > 2:
            smaller = _with_a_part(lowering, node, found)
            if smaller is None:
                break
            found = smaller
        lowering.factors[node] = found
    return found


def _with_a_part(lowering: Lowering, node: Contract, factors: list[Factor]) -> list[Factor] | None:
    operands = {operand for operand, _ in factors}
    candidates = [
        part
        for key, parts in lowering.contractions.items()
        if key <= operands
        for part in parts
        if part is not node and len(part.operands) < len(factors)
    ]
    candidates.sort(key=lambda part: (-len(part.operands), part.key))
    for part in candidates:
        for places in _places(part, factors):
            subscript = _laid_over(part, places, factors, node)
            if subscript is not None:
                return [(part, subscript), *(each for at, each in enumerate(factors) if at not in places)]
    return None


def _places(part: Contract, factors: list[Factor]) -> Iterator[tuple[int, ...]]:
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
    part: Contract, places: tuple[int, ...], factors: list[Factor], node: Contract
) -> tuple[int, ...] | None:
    """The indices that the part has here, if the factors at these places are that part."""
    inside = [factors[at] for at in places]
    outside = {index for at, (_, subscript) in enumerate(factors) if at not in places for index in subscript}
    outside |= set(node.out)
    numbers: dict[int, int] = {}
    for _, subscript in inside:
        for index in subscript:
            numbers.setdefault(index, len(numbers))
    free = [index for index in numbers if index in outside]
    if len(free) != part.ndim or part.ndim > 2 or len(set(part.out)) != part.ndim:
        return None
    subscripts = [tuple(numbers[index] for index in subscript) for _, subscript in inside]
    sizes = [node.sizes[index] for index in numbers]
    for out in permutations(free):
        if contract([operand for operand, _ in inside], subscripts, tuple(numbers[i] for i in out), sizes) is part:
            return out
    return None
