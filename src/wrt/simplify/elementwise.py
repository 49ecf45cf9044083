"""Inside an einsum: operands with the same indices are an elementwise product, and are simplified as one."""

from __future__ import annotations

from collections.abc import Callable

from wrt.expr.build import contract, mul
from wrt.expr.node import Contract, Expr


def join_groups(node: Contract, simplify: Callable[[Expr], Expr]) -> Expr:
    """The einsum with each elementwise product among its operands simplified."""
    groups: dict[tuple[int, ...], list[Expr]] = {}
    for operand, subscript in zip(node.operands, node.subscripts, strict=True):
        groups.setdefault(subscript, []).append(operand)
    if all(len(members) == 1 for members in groups.values()):
        return node
    products = [members[0] if len(members) == 1 else simplify(mul(*members)) for members in groups.values()]
    return contract(products, tuple(groups), node.out, node.sizes)
