"""Inside an einsum: operands with the same indices are an elementwise product, and are simplified as one."""

from __future__ import annotations

from collections.abc import Callable

from wrt.expr.build import ONE, add, contract, mul
from wrt.expr.contract import Subscript
from wrt.expr.node import Add, Contract, Expr, Mul
from wrt.expr.shape import core_of


def join_groups(node: Contract, simplify: Callable[[Expr], Expr]) -> Expr:
    """The einsum with each elementwise product among its operands simplified."""
    groups: dict[tuple[int, ...], list[Expr]] = {}
    for operand, subscript in zip(node.operands, node.subscripts, strict=True):
        groups.setdefault(subscript, []).append(operand)
    if all(len(members) == 1 for members in groups.values()):
        return node
    products = [members[0] if len(members) == 1 else simplify(mul(*members)) for members in groups.values()]
    return contract(products, tuple(groups), node.out, node.sizes)


def join_diagonals(node: Expr, simplify: Callable[[Expr], Expr]) -> Expr:
    """A sum in which diagonal tensors are one: diag(u) + diag(v) is diag(u + v)."""
    if not isinstance(node, Add):
        return node
    found: dict[tuple[Subscript, Subscript], list[tuple[Expr, Contract]]] = {}
    others: list[Expr] = []
    for term in node.terms:
        core = core_of(term)
        if isinstance(core, Contract) and len(set(core.out)) < len(core.out) and len(set(core.subscripts)) == 1:
            found.setdefault((core.subscripts[0], core.out), []).append((term, core))
        else:
            others.append(term)
    if all(len(group) == 1 for group in found.values()):
        return node
    for (subscript, out), group in found.items():
        entries = [mul(_scalars(term), *core.operands) for term, core in group]
        others.append(contract([simplify(add(*entries))], [subscript], out, group[0][1].sizes))
    return add(*others)


def _scalars(term: Expr) -> Expr:
    """What a term multiplies its shaped factor by."""
    return mul(term.coefficient, *term.factors[:-1]) if isinstance(term, Mul) else ONE
