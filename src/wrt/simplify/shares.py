"""Shares add up to 1: the sum of a softmax along its axis."""

from __future__ import annotations

from collections import Counter

from wrt import functions
from wrt.expr.build import mul
from wrt.expr.contract import contract_used
from wrt.expr.node import Call, Contract, Expr


def is_share(node: Expr) -> bool:
    """Whether this is a softmax."""
    return isinstance(node, Call) and node.function is functions.TABLE["softmax"]


def sum_shares(node: Contract) -> Expr:
    """The einsum without each softmax that is only summed along the axis of its shares, where it is 1 for every index.

    An index that no other operand has is summed once for every share.
    """
    count = Counter(index for subscript in (*node.subscripts, node.out) for index in subscript)
    for place, (operand, subscript) in enumerate(zip(node.operands, node.subscripts, strict=True)):
        if not is_share(operand):
            continue
        assert isinstance(operand, Call)
        if len(set(subscript)) < len(subscript) or any(count[subscript[axis]] > 1 for axis in operand.axes):
            continue
        kept = [at for at in range(len(node.operands)) if at != place]
        shares = {subscript[axis] for axis in operand.axes}
        scale = [node.sizes[each] for each in subscript if each not in shares and count[each] == 1]
        rest = contract_used(
            [node.operands[at] for at in kept], [node.subscripts[at] for at in kept], node.out, node.sizes
        )
        return mul(rest, *scale)
    return node
