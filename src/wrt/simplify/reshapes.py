"""Reshaped operands of einsums: axes are split inside, and joined outside, until words say the rest."""

from __future__ import annotations

from wrt.expr.axes import blocks
from wrt.expr.build import contract, reshape
from wrt.expr.contract import contract_used
from wrt.expr.node import Contract, Expr, Reshape
from wrt.expr.special import split_inside
from wrt.simplify.tensor import MOST_AXES, Subscript


def without_reshapes(node: Contract) -> Expr:
    """An einsum with no operand that is reshaped to more than two axes, as far as that can be.

    An operand that splits axes of an einsum splits those of the operands there; one that joins axes which are axes of
    the result is joined afterwards.
    """
    for place, operand in enumerate(node.operands):
        if isinstance(operand, Reshape) and operand.ndim > MOST_AXES:
            split = _split(operand)
            if split is not operand:
                operands = [split if at == place else each for at, each in enumerate(node.operands)]
                return contract(operands, node.subscripts, node.out, node.sizes)
            joined = _joined_outside(node, place, operand)
            if joined is not None:
                return joined
    return node


def _split(node: Reshape) -> Expr:
    """A reshaped einsum with its operands reshaped, unless one of these gets more axes than a matrix by it."""
    inner = node.operand
    if not isinstance(inner, Contract):
        return node
    split = split_inside(inner, node.shape)
    core = split.operand if isinstance(split, Reshape) else split
    if not isinstance(core, Contract):
        return node
    return node if any(isinstance(each, Reshape) and each.ndim > MOST_AXES for each in core.operands) else split


def _joined_outside(node: Contract, place: int, operand: Reshape) -> Expr | None:
    """The einsum with the axes of an operand not joined, and joined in the result; None where that cannot be."""
    inner, subscript = operand.operand, node.subscripts[place]
    others = {index for at, each in enumerate(node.subscripts) if at != place for index in each}
    sizes: list[Expr] = list(node.sizes)
    held: list[int] = []
    opened: dict[int, Subscript] = {}
    for old, new in blocks(inner.shape, operand.shape):
        index = subscript[new[0]]
        if len(new) > 1 or (len(old) > 1 and (index in others or node.out.count(index) != 1)):
            return None
        if len(old) > 1:
            opened[index] = tuple(range(len(sizes), len(sizes) + len(old)))
            sizes.extend(inner.shape[axis] for axis in old)
        held.extend(opened.get(index, (index,)))
    if not opened or len(set(subscript)) < len(subscript):
        return None
    subscripts = [tuple(held) if at == place else each for at, each in enumerate(node.subscripts)]
    operands = [inner if at == place else each for at, each in enumerate(node.operands)]
    out = tuple(part for index in node.out for part in opened.get(index, (index,)))
    return reshape(contract_used(operands, subscripts, out, sizes), node.shape)
