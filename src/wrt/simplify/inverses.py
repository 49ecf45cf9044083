"""Inverses of products meet the factors they are made of: B (A X B)⁻¹ is (A X)⁻¹, and A A⁻¹ is I."""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

from wrt import functions
from wrt.expr.build import contract, eye, mul, power
from wrt.expr.node import ONE, Call, Contract, Expr, Power
from wrt.simplify.symmetry import is_symmetric

Subscript: TypeAlias = tuple[int, ...]


def cancel_inverses(node: Contract) -> Expr:
    """The einsum without a square matrix that stands beside the inverse of a product that begins or ends with it."""
    count = Counter(index for subscript in (*node.subscripts, node.out) for index in subscript)
    for place, operand in enumerate(node.operands):
        if not (isinstance(operand, Call) and operand.function is functions.TABLE["inv"]):
            continue
        for side, index in enumerate(node.subscripts[place]):
            for other, subscript in enumerate(node.subscripts):
                if other == place or index not in subscript or len(subscript) != 2 or count[index] != 2:
                    continue
                turned = subscript[side] == index
                rest = _without(operand.args[0], node.operands[other], side, turned)
                if rest is not None:
                    far = subscript[1 - subscript.index(index)]
                    near = node.subscripts[place][1 - side]
                    return _replaced(node, {place, other}, rest, (near, far) if side else (far, near))
    return node


def _without(product: Expr, factor: Expr, side: int, turned: bool) -> Expr | None:
    """The inverse of what is left of a product without its last factor (side 0) or its first (side 1); None if it does
    not end so. `turned` says which axis of the factor meets the inverse.
    """
    if factor.shape[0] is not factor.shape[1]:
        return None
    end = 1 - side  # the axis of the product at which the factor stands
    if product is factor:
        return None if turned and not is_symmetric(factor) else eye(factor.shape[0])
    if not isinstance(product, Contract):
        return None
    outside = product.out[end]
    count = Counter(index for subscript in product.subscripts for index in subscript)
    for place, (operand, subscript) in enumerate(zip(product.operands, product.subscripts, strict=True)):
        if operand is not factor or outside not in subscript or count[outside] != 1:
            continue
        axis = subscript.index(outside)
        inner = subscript[1 - axis]
        if ((axis != end) == turned or is_symmetric(factor)) and count[inner] == 2 and inner not in product.out:
            out = (product.out[0], inner) if end else (inner, product.out[1])
            operands, subscripts = _left(product, {place})
            return functions.TABLE["inv"](contract(operands, subscripts, out, product.sizes))
    return None


def _left(node: Contract, gone: set[int]) -> tuple[list[Expr], list[Subscript]]:
    """The operands of an einsum but for those at some places, and their indices."""
    kept = [place for place in range(len(node.operands)) if place not in gone]
    return [node.operands[place] for place in kept], [node.subscripts[place] for place in kept]


def _replaced(node: Contract, gone: set[int], matrix: Expr, subscript: Subscript) -> Expr:
    """The einsum with a matrix in the place of some operands."""
    operands, subscripts = _left(node, gone)
    return contract([*operands, matrix], [*subscripts, subscript], node.out, node.sizes)


def det_of_power(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """det(A Aᵀ A) = det(A)³ for a square A."""
    for factor in factors:
        base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
        if not isinstance(base, Call) or base.function is not functions.TABLE["det"]:
            continue
        (product,) = base.args
        times = _repeated(product)
        if times > 1:
            single = functions.TABLE["det"](product.operands[0])
            rest = [each for each in factors if each is not factor]
            return mul(coefficient, *rest, power(single, mul(times, exponent)))
    return None


def _repeated(product: Expr) -> int:
    """How many times one square matrix stands in a product of nothing else; 0 where it is none."""
    if not isinstance(product, Contract) or len(set(product.operands)) != 1:
        return 0
    matrix = product.operands[0]
    if matrix.ndim != 2 or matrix.shape[0] is not matrix.shape[1]:
        return 0
    count = Counter(index for subscript in (*product.subscripts, product.out) for index in subscript)
    is_chain = set(count.values()) == {2} and len(set(product.out)) == 2
    return len(product.operands) if is_chain and _is_connected(product) else 0


def _is_connected(product: Contract) -> bool:
    """Whether the product is one chain, and not a chain times a trace."""
    reached, grew = {product.out[0]}, True
    while grew:
        touching = [each for each in product.subscripts if not reached.isdisjoint(each)]
        wider = reached.union(*touching)
        grew, reached = wider != reached, wider
    return reached == set(range(len(product.sizes)))
