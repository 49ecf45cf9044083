"""Einsums of sums whose terms are cheaper to multiply one by one: tensors larger than the result, and slices."""

from __future__ import annotations

from collections.abc import Collection

from wrt.expr.build import add, contract
from wrt.expr.node import Add, Contract, Delta, Expr, Mul, Triangle, Unit


def distributed(node: Expr, named: Collection[Expr]) -> Expr | None:
    """The sum of einsums, where the einsum of a sum would write out something large that its terms never need; sums
    that are `named` are wanted as they are."""
    if not isinstance(node, Contract) or len(node.operands) < 2:
        return None
    for place, operand in enumerate(node.operands):
        if isinstance(operand, Add) and operand not in named and all(term.shape for term in operand.terms):
            others = [each for at, each in enumerate(node.operands) if at != place]
            if _is_large(operand, node, others) or _is_sparse(operand, others):
                return add(*(_with(node, place, term) for term in operand.terms))
    return None


def _with(node: Contract, place: int, term: Expr) -> Expr:
    operands = (*node.operands[:place], term, *node.operands[place + 1 :])
    return contract(operands, node.subscripts, node.out, node.sizes)


def _is_large(operand: Add, node: Contract, others: list[Expr]) -> bool:
    """Whether a sum of einsums has more axes than the result and all that it is multiplied with."""
    most = max(node.ndim, 2, *(each.ndim for each in others))
    return operand.ndim > most and all(isinstance(_core(term), Contract) for term in operand.terms)


def _is_sparse(operand: Add, others: list[Expr]) -> bool:
    """Whether a sum has slices, running sums and identities alone, and is multiplied with an array that is none."""
    return _is_structure(operand) and not all(map(_is_structure, others))


def _is_structure(term: Expr) -> bool:
    core = _core(term)
    if isinstance(core, Add):
        return all(map(_is_structure, core.terms))
    if isinstance(core, Contract):
        return all(isinstance(each, Delta | Unit | Triangle) for each in core.operands) and len(core.operands) < 2
    return isinstance(core, Delta | Unit | Triangle)


def _core(term: Expr) -> Expr:
    return term.factors[-1] if isinstance(term, Mul) else term
