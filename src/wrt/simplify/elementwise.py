"""Inside an einsum: operands with the same indices are an elementwise product, and are simplified as one."""

from __future__ import annotations

from collections.abc import Callable

from wrt.expr.arithmetic import full
from wrt.expr.build import add, contract, mul
from wrt.expr.contract import Subscript, contract_used
from wrt.expr.node import Add, Contract, Expr, Mul, Shape
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
    """A sum in which diagonal tensors are one: diag(u) + diag(v) is diag(u + v), and so for a part of the axes."""
    if not isinstance(node, Add):
        return node
    diagonals: dict[Subscript, list[Expr]] = {}
    others: list[Expr] = []
    for term in node.terms:
        core = core_of(term)
        diagonal = isinstance(core, Contract) and len(set(core.out)) < len(core.out)
        diagonals.setdefault(_pattern(core.out), []).append(term) if diagonal else others.append(term)
    if all(len(group) == 1 for group in diagonals.values()):
        return node
    joined = (_joined(pattern, group, node.shape, simplify) for pattern, group in diagonals.items())
    return add(*joined, *others)


def _pattern(out: Subscript) -> Subscript:
    """For each index where it stands first, so that diagonals of the same axes have one pattern."""
    return tuple(map(out.index, out))


def _joined(pattern: Subscript, group: list[Expr], shape: Shape, simplify: Callable[[Expr], Expr]) -> Expr:
    """The sum of diagonal tensors: their entries are added, along the axes that any of them changes along."""
    if len(group) == 1:
        return group[0]
    axes = sorted({axis for term in group for axis in _changing(core_of(term))})
    entries = simplify(add(*(_entries(term, axes) for term in group)))
    kept = [shape[axis] for axis in axes]
    if entries.shape != tuple(kept):
        entries = full(entries, tuple(kept))
    return contract_used([entries], [tuple(axes)], pattern, shape)


def _changing(core: Contract) -> set[int]:
    """The axes, of those that are the same the first, along which a tensor is not constant."""
    held = {index for subscript in core.subscripts for index in subscript}
    return {core.out.index(index) for index in core.out if index in held}


def _entries(term: Expr, axes: list[int]) -> Expr:
    """A diagonal tensor without the axes that only repeat others, and without those along which it is constant."""
    core = core_of(term)
    entries = contract_used(core.operands, core.subscripts, tuple(core.out[axis] for axis in axes), core.sizes)
    return mul(term.coefficient, *term.factors[:-1], entries) if isinstance(term, Mul) else entries
