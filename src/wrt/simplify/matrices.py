"""What is known of matrices put to use: symmetric, antisymmetric, orthogonal and diagonal ones.

The facts of a variable hold at the point, not around it: they are used after the last derivative only.
"""

from __future__ import annotations

from itertools import combinations

from wrt import functions
from wrt.expr.build import diag, eye, mul, power, total, transpose
from wrt.expr.contract import contract_used
from wrt.expr.node import ZERO, Call, Contract, Expr, Mul, Symbol
from wrt.expr.walk import rebuild_once
from wrt.simplify.symmetry import inverse, settled


def use_facts(root: Expr) -> Expr:
    """The expression with what is known of its matrices put to use.

    >>> from wrt.expr.build import symbol
    >>> n = symbol("n", facts=["dimension"])
    >>> Q = symbol("Q", (n, n), ["orthogonal"])
    >>> print(use_facts(Q @ functions.inv(Q) + Q.T @ Q))
    2*eye(n)
    """
    return rebuild_once(root, "with facts", _known)


def _known(node: Expr) -> Expr:
    match node:
        case Call() if node.function.kind == "matrix":
            return _MATRIX[node.function.name](node)
        case Contract():
            return settled(_met(node))
        case _:
            return node


def _met(node: Contract) -> Expr:
    """An einsum in which an orthogonal matrix that meets its transpose is the identity."""
    for (one, left), (two, right) in combinations(enumerate(node.subscripts), 2):
        if node.operands[one] is not node.operands[two] or not _is_orthogonal(node.operands[one]):
            continue
        for axis in (0, 1):
            index = left[axis]
            alone = index not in node.out and sum(each.count(index) for each in node.subscripts) == 2
            if alone and right[axis] == index:
                return _known(_joined(node, {one, two}, (left[1 - axis], right[1 - axis])))
    return node


def _is_orthogonal(node: Expr) -> bool:
    return isinstance(node, Symbol) and "orthogonal" in node.facts


def _joined(node: Contract, gone: set[int], ends: tuple[int, int]) -> Expr:
    """The einsum with the identity in the place of some operands."""
    kept = [place for place in range(len(node.operands)) if place not in gone]
    operands = [*(node.operands[place] for place in kept), eye(node.sizes[ends[0]])]
    return contract_used(operands, [*(node.subscripts[place] for place in kept), ends], node.out, node.sizes)


def diagonal(node: Expr) -> Expr | None:
    """The vector on the diagonal of a matrix that is written as a diagonal one, else None."""
    if isinstance(node, Mul):
        inner = diagonal(node.factors[-1])
        return None if inner is None else mul(node.coefficient, *node.factors[:-1], inner)
    if not isinstance(node, Contract) or node.ndim != 2 or node.out[0] != node.out[1]:
        return None
    return diag(node)


def _inverse(node: Call) -> Expr:
    (matrix,) = node.args
    entries = diagonal(matrix)
    if entries is not None:
        return diag(power(entries, -1))
    if _is_orthogonal(matrix):
        return transpose(matrix)
    return matrix.args[0] if isinstance(matrix, Call) and matrix.function.name == "inv" else inverse(matrix)


def _determinant(node: Call) -> Expr:
    entries = diagonal(node.args[0])
    return node if entries is None else functions.prod(entries)


def _log_determinant(node: Call) -> Expr:
    (matrix,) = node.args
    entries = diagonal(matrix)
    if entries is not None:
        return total(functions.log(functions.abs(entries)))
    return ZERO if _is_orthogonal(matrix) else node


_MATRIX = {"inv": _inverse, "det": _determinant, "logdet": _log_determinant}
