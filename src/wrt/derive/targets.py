"""Cross-entropy after softmax: the adjoint of the logits is p − y, where the target's entries add up to 1."""

from __future__ import annotations

from collections.abc import Callable

from wrt.derive.step import Statement
from wrt.expr.build import total
from wrt.expr.contract import contract_used
from wrt.expr.node import Call, Contract, Expr, Symbol
from wrt.expr.walk import rebuild
from wrt.simplify import simplify


def cross_entropy(value: Expr, logits: Expr, probabilities: Call, in_names: Callable[[Expr], Expr]) -> Statement:
    """The adjoint of the logits for targets whose entries add up to 1, as a statement; empty where that is no shorter.

    The targets are symbols of the shape of the probabilities that are summed over the axes of the softmax.
    """
    axes = probabilities.axes
    targets = [each for each in value.free if each.shape == logits.shape and each not in logits.free]
    for target in sorted(targets, key=lambda each: each.name):
        plain = with_unit_sums(value, target, axes)
        if plain is not value:
            along = axes if len(axes) < target.ndim else None
            return in_names(simplify(plain)), " where ", total(target, along), " = 1"
    return ()


def with_unit_sums(value: Expr, target: Symbol, axes: tuple[int, ...]) -> Expr:
    """An expression with 1 in place of each sum of a symbol over these axes."""

    def changed(node: Expr) -> Expr:
        if not isinstance(node, Contract) or target not in node.operands:
            return node
        kept = [place for place in range(len(node.operands)) if not _is_sum(node, place, target, axes)]
        if len(kept) == len(node.operands):
            return node
        operands, subscripts = [node.operands[place] for place in kept], [node.subscripts[place] for place in kept]
        return contract_used(operands, subscripts, node.out, node.sizes)

    return rebuild(value, changed)


def _along(node: Contract, place: int, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(node.subscripts[place][axis] for axis in axes)


def _is_sum(node: Contract, place: int, target: Symbol, axes: tuple[int, ...]) -> bool:
    """Whether an operand is the target, alone with its indices along the axes, which are summed over."""
    if node.operands[place] is not target:
        return False
    others = {index for at, each in enumerate(node.subscripts) if at != place for index in each} | set(node.out)
    return others.isdisjoint(_along(node, place, axes))
