"""Einsums in which what hangs on an index is divided by itself: (P @ v)/sum(P, axis=1) for v of ones is 1."""

from __future__ import annotations

from collections.abc import Iterator

from wrt.expr.build import power
from wrt.expr.contract import contract_used
from wrt.expr.node import Constant, Contract, Expr, Power
from wrt.notation.embed import groups


def cancel_quotients(node: Contract) -> Expr:
    """The einsum where a part that hangs on one index has met a power of itself that divides there.

    >>> from wrt import read
    >>> f = read("einsum('ij,jk,j->i', A, B, 1/sum(B, axis=1))", A="n m", B="m k")
    >>> print(cancel_quotients(f.node))
    sum(A, axis=1)
    """
    for place, (operand, subscript) in enumerate(zip(node.operands, node.subscripts, strict=True)):
        if not (isinstance(operand, Power) and isinstance(operand.base, Contract) and _divides(operand)):
            continue
        if len(subscript) != 1:
            continue
        for group in _hanging(node, subscript[0]):
            if _part(node, group, subscript) is operand.base:
                kept = [each for each in range(len(node.operands)) if each != place and each not in group]
                operands = [*(node.operands[each] for each in kept), power(operand.base, operand.exponent + 1)]
                subscripts = [*(node.subscripts[each] for each in kept), subscript]
                return contract_used(operands, subscripts, node.out, node.sizes)
    return node


def _divides(power: Power) -> bool:
    return isinstance(power.exponent, Constant) and power.exponent.value <= -1


def _hanging(node: Contract, index: int) -> Iterator[list[int]]:
    """The places of operands that meet the others and the result at one index only."""
    closed = {index, *node.out}
    others = [place for place, subscript in enumerate(node.subscripts) if subscript != (index,)]
    for group in groups(node.subscripts, others, closed):
        if {each for place in group for each in node.subscripts[place]} & closed == {index}:
            yield group


def _part(node: Contract, group: list[int], out: tuple[int, ...]) -> Expr:
    operands, subscripts = [node.operands[place] for place in group], [node.subscripts[place] for place in group]
    return contract_used(operands, subscripts, out, node.sizes)
