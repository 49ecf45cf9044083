"""Parts of einsums that are computed anyway, or that several of them have in common: `X @ w` of a loss inside
`X.T @ X @ w`, what is passed back through a layer for the gradients of its weights and of its offset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations, product

from wrt.engines.common import Factor, Subscript, common_parts, part_of
from wrt.expr.node import Contract, Expr

MOST_TRIALS = 24  # ways to lay a part over an einsum


class ReusedParts:
    """The einsums of a program, by operand, with those made for several of them."""

    def __init__(self, contractions: Sequence[Contract]) -> None:
        self.factors: dict[Contract, list[Factor]] = {}
        self.by_operand: dict[Expr, list[Contract]] = {}
        several = [node for node in contractions if len(node.operands) > 1]
        self.made = common_parts(several)
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
            if len(part.operands) < len(factors) or self._may_keep(part, node)
        ]
        candidates.sort(key=lambda part: (-len(part.operands), part.key))
        for part in candidates:
            for places in _places(part, factors):
                subscript = _laid_over(part, places, factors, node, self._may_keep(part, node))
                if subscript is not None:
                    return [(part, subscript), *(each for at, each in enumerate(factors) if at not in places)]
        return None

    def _may_keep(self, part: Contract, node: Contract) -> bool:
        """Whether a part may have indices that the einsum then sums over: one that was made for several, or that is
        computed anyway and is the einsum before its last sum."""
        if part in self.made:
            return node not in self.made
        return part.ndim > node.ndim and len(part.operands) == len(node.operands)


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
        if set(needed) <= set(out) and part_of(inside, out, node) is part:
            return out
    return None
