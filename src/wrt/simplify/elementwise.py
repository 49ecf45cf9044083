"""Inside an einsum: operands with the same indices are an elementwise product, and are simplified as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wrt.expr.arithmetic import full
from wrt.expr.build import add, contract, mul
from wrt.expr.contract import Subscript, contract_used
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
    """A sum in which diagonal tensors are one: diag(u) + diag(v) is diag(u + v), and so for a part of the axes."""
    if not isinstance(node, Add):
        return node
    cores = {term: core for term in node.terms if term.shape and isinstance(core := core_of(term), Contract)}
    for pattern in dict.fromkeys(_pattern(core.out) for core in cores.values()):
        group = [term for term, core in cores.items() if _fits(core.out, pattern)]
        if len(set(pattern)) < len(pattern) and len(group) > 1:
            entries = _entries(group, pattern, simplify)
            rest = add(entries, *(term for term in node.terms if term not in group))
            return join_diagonals(rest, simplify)
    return node


def _pattern(out: Subscript) -> Subscript:
    """For each index where it stands first, so that diagonals of the same axes have one pattern."""
    return tuple(map(out.index, out))


def _fits(out: Subscript, pattern: Subscript) -> bool:
    """Whether axes that are one in the pattern are one in an output."""
    return all(out[axis] == out[first] for axis, first in enumerate(pattern))


def _entries(group: list[Expr], pattern: Subscript, simplify: Callable[[Expr], Expr]) -> Expr:
    """The sum of diagonal tensors: their entries are added, along the axes that any of them changes along."""
    axes = sorted({axis for term in group for axis in _changing(term, pattern)})
    total = simplify(add(*(_on_diagonal(term, axes) for term in group)))
    shape = group[0].shape
    if not total.shape:
        total = full(total, tuple(shape[axis] for axis in axes))
    return contract_used([total], [tuple(axes)], pattern, shape)


def _changing(term: Expr, pattern: Subscript) -> Iterator[int]:
    """The axes of the diagonal along which a term is not constant."""
    core = core_of(term)
    assert isinstance(core, Contract)
    held = {index for subscript in core.subscripts for index in subscript}
    firsts = [core.out[axis] for axis in dict.fromkeys(pattern)]
    for axis in dict.fromkeys(pattern):
        if core.out[axis] in held or firsts.count(core.out[axis]) > 1:
            yield axis


def _on_diagonal(term: Expr, axes: list[int]) -> Expr:
    """A diagonal tensor along these axes only."""
    core = core_of(term)
    assert isinstance(core, Contract)
    entries = contract_used(core.operands, core.subscripts, tuple(core.out[axis] for axis in axes), core.sizes)
    return mul(term.coefficient, *term.factors[:-1], entries) if isinstance(term, Mul) else entries
