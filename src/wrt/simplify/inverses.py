"""Inverses of products meet the factors they are made of: B (A X B)⁻¹ is (A X)⁻¹, and A A⁻¹ is I."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import NamedTuple, TypeAlias

from wrt import functions
from wrt.expr.build import eye, matmul, mul, power, transpose
from wrt.expr.contract import contract_used
from wrt.expr.node import ONE, Call, Contract, Expr, Power
from wrt.simplify.symmetry import is_symmetric

Subscript: TypeAlias = tuple[int, ...]


class Link(NamedTuple):
    """A factor of a product of matrices, and whether it stands transposed there."""

    matrix: Expr
    turned: bool


def cancel_inverses(node: Contract) -> Expr:
    """The einsum without a square matrix that stands beside the inverse of a product that begins or ends with it, and
    with the inverse of a product taken apart where that of one of its factors stands there too.
    """
    apart = _taken_apart(node)
    return _cancelled(node) if apart is node else apart


def _inverse(matrix: Expr) -> Expr:
    return functions.TABLE["inv"](matrix)


def _is_inverse(node: Expr) -> bool:
    return isinstance(node, Call) and node.function is functions.TABLE["inv"]


def _taken_apart(node: Contract) -> Expr:
    """(A B)⁻¹ = B⁻¹ A⁻¹, where A⁻¹ or B⁻¹ is among the operands."""
    alone = {operand.operands[0] for operand in node.operands if _is_inverse(operand)}
    if len(alone) < 2:
        return node
    changed = []
    for operand in node.operands:
        links = chain_of(operand.operands[0]) if _is_inverse(operand) else ()
        if any(link.matrix in alone for link in links):
            inverses = [transpose(inv) if link.turned else inv for link in links for inv in [_inverse(link.matrix)]]
            operand = reduce(matmul, inverses[::-1])
        changed.append(operand)
    return node.rebuilt(tuple(changed))


def _cancelled(node: Contract) -> Expr:
    """The einsum without the first factor found beside the inverse of what begins or ends with it."""
    count = Counter(index for subscript in (*node.subscripts, node.out) for index in subscript)
    for place, operand in enumerate(node.operands):
        if not _is_inverse(operand):
            continue
        for side, index in enumerate(node.subscripts[place]):
            for other, subscript in enumerate(node.subscripts):
                if other == place or index not in subscript or len(subscript) != 2 or count[index] != 2:
                    continue
                met = Link(node.operands[other], turned=subscript[side] == index)
                rest = _without(operand.operands[0], met, side)
                if rest is not None:
                    far = subscript[1 - subscript.index(index)]
                    near = node.subscripts[place][1 - side]
                    return _replaced(node, {place, other}, rest, (near, far) if side else (far, near))
    return node


def _without(product: Expr, met: Link, side: int) -> Expr | None:
    """The inverse of what is left of a product without its last factor (side 0) or its first (side 1); None where that
    is not the matrix which the inverse meets there.
    """
    links = list(chain_of(product)) or [Link(product, turned=False)]
    end = links.pop(0 if side else -1)
    if end.matrix is not met.matrix or met.matrix.shape[0] is not met.matrix.shape[1]:
        return None
    if end.turned != met.turned and not is_symmetric(end.matrix):
        return None
    if not links:
        return eye(met.matrix.shape[0])
    return _inverse(reduce(matmul, [transpose(matrix) if turned else matrix for matrix, turned in links]))


def chain_of(product: Expr) -> tuple[Link, ...]:
    """The factors of a product of matrices in order; nothing where an einsum is not a single chain of them."""
    if not isinstance(product, Contract) or len(product.out) != 2 or product.out[0] == product.out[1]:
        return ()
    count = Counter(index for subscript in (*product.subscripts, product.out) for index in subscript)
    if any(len(subscript) != 2 for subscript in product.subscripts) or set(count.values()) != {2}:
        return ()
    waiting = list(zip(product.operands, product.subscripts, strict=True))
    links, index = [], product.out[0]
    while waiting:
        found = next((each for each in waiting if index in each[1]), None)
        if found is None:
            return ()
        waiting.remove(found)
        matrix, subscript = found
        turned = subscript[0] != index
        links.append(Link(matrix, turned))
        index = subscript[0] if turned else subscript[1]
    return tuple(links)


def _replaced(node: Contract, gone: set[int], matrix: Expr, subscript: Subscript) -> Expr:
    """The einsum with a matrix in the place of some operands."""
    kept = [place for place in range(len(node.operands)) if place not in gone]
    operands = [node.operands[place] for place in kept]
    subscripts = [node.subscripts[place] for place in kept]
    return contract_used([*operands, matrix], [*subscripts, subscript], node.out, node.sizes)


def det_of_power(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """det(A Aᵀ A) = det(A)³ for a square A."""
    det = functions.TABLE["det"]
    for factor in factors:
        base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
        if not (isinstance(base, Call) and base.function is det):
            continue
        links = chain_of(base.args[0])
        matrices = {link.matrix for link in links}
        if len(matrices) == 1 and links[0].matrix.shape[0] is links[0].matrix.shape[1]:
            rest = [each for each in factors if each is not factor]
            return mul(coefficient, *rest, power(det(links[0].matrix), mul(len(links), exponent)))
    return None
