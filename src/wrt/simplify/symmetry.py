"""The fact "symmetric" put to use: S.T is S, and so is the transpose of its inverse."""

from __future__ import annotations

from wrt.expr.build import contract
from wrt.expr.node import Add, Call, Contract, Expr, Mul, Power, Symbol
from wrt.expr.walk import rebuild

SYMMETRIC_FACTS = {"symmetric", "positive definite", "diagonal"}


def is_symmetric(node: Expr) -> bool:
    """Whether a matrix is known to equal its transpose."""
    if node.ndim != 2:
        return False
    match node:
        case Symbol():
            return not SYMMETRIC_FACTS.isdisjoint(node.facts)
        case Call() if node.function.kind in ("matrix", "elementwise"):
            return all(not arg.shape or is_symmetric(arg) for arg in node.args)
        case Add():
            return all(not term.shape or is_symmetric(term) for term in node.terms)
        case Mul():
            return is_symmetric(node.factors[-1])
        case Power():
            return is_symmetric(node.base) and not node.exponent.shape
        case Contract():
            return use_symmetry(_transposed(node)) is use_symmetry(node)
        case _:
            return False


def _transposed(node: Contract) -> Expr:
    return contract(node.operands, node.subscripts, node.out[::-1], node.sizes)


def use_symmetry(root: Expr) -> Expr:
    """The expression with the axes of every symmetric operand in one order, so that S.T and S become one."""
    return rebuild(root, _ordered)


def _ordered(node: Expr) -> Expr:
    if not isinstance(node, Contract):
        return node
    subscripts = list(node.subscripts)
    for place, (operand, subscript) in enumerate(zip(node.operands, node.subscripts, strict=True)):
        if len(subscript) == 2 and subscript[0] > subscript[1] and is_symmetric(operand):
            subscripts[place] = subscript[::-1]
    if tuple(subscripts) == node.subscripts:
        return node
    changed = contract(node.operands, subscripts, node.out, node.sizes)
    return _ordered(changed) if changed.key < node.key else changed if changed is not node else node
