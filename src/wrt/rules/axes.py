"""Partial differentials of functions along axes and of matrices, in index notation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from wrt.expr.arithmetic import mul, power, sub
from wrt.expr.conditions import compare, where
from wrt.expr.contract import contract
from wrt.expr.node import Call, Expr
from wrt.expr.tensor import identity, total, transpose


def _axes(node: Call) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The indices of the operand, and those that are kept."""
    indices = tuple(range(node.args[0].ndim))
    return indices, tuple(index for index in indices if index not in node.axes)


# max x = xₖ moves with the largest entries; where m of them are equal, the subgradient of least norm gives each 1/m.
# Rockafellar, Convex Analysis, § 23.
def extremum(node: Call) -> Expr:
    """max and min: 1 at the entry that is taken, shared at ties."""
    (x,) = node.args
    indices, kept = _axes(node)
    taken = where(compare("==", x, contract([node], [kept], indices, x.shape)), 1, 0)
    share = power(total(taken, node.axes), -1)
    if not share.shape:
        return mul(share, taken)
    return contract([taken, share], [indices, kept], kept + indices, x.shape)


# d(∏x) = Σᵢ (∏x / xᵢ) dxᵢ
def product(node: Call) -> Expr:
    """The product over axes: itself over each entry."""
    (x,) = node.args
    indices, kept = _axes(node)
    if not kept:
        return mul(node, power(x, -1))
    return contract([node, power(x, -1)], [kept, indices], kept + indices, x.shape)


# d(log Σ exp x) = Σᵢ exp(xᵢ)/Σ exp(x) dxᵢ = softmax(x) · dx
def logsumexp(node: Call) -> Expr:
    """logsumexp: the softmax along the same axes."""
    indices, kept = _axes(node)
    p = _softmax(node)
    return contract([p], [indices], kept + indices, p.shape)


# dp = p ∘ (dz − Σ p dz): with indices ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ).   Bridle 1990
def softmax(node: Call) -> Expr:
    """softmax: diag(p) − p pᵀ along its axes."""
    indices, others, sizes = _paired(node)
    diagonal = contract([node], [indices], indices + indices, node.shape)
    return sub(diagonal, contract([node, node], [indices, others], indices + others, sizes))


# log softmax(z) = z − logsumexp(z), so d = dz − Σ p dz.
def log_softmax(node: Call) -> Expr:
    """log_softmax: I − 1 pᵀ along its axes."""
    indices, others, sizes = _paired(node)
    return sub(identity(node.shape), contract([_softmax(node)], [others], indices + others, sizes))


def _softmax(node: Call) -> Expr:
    from wrt import functions

    return functions.softmax(node.args[0], axis=node.axes)


def _paired(node: Call) -> tuple[tuple[int, ...], tuple[int, ...], tuple[Expr, ...]]:
    """Indices of the result, of the operand, and sizes: along the function's axes the two are different."""
    indices = tuple(range(node.ndim))
    fresh = {axis: node.ndim + place for place, axis in enumerate(node.axes)}
    others = tuple(fresh.get(index, index) for index in indices)
    return indices, others, (*node.shape, *(node.shape[axis] for axis in node.axes))


# A V = I gives dA V + A dV = 0, so dV = −V dA V.   Magnus & Neudecker, ch. 8
def inverse(node: Call) -> Expr:
    """V = A⁻¹: ∂Vᵢⱼ/∂Aₖₗ = −Vᵢₖ Vₗⱼ."""
    size = node.shape[0]
    return mul(-1, contract([node, node], [(0, 2), (3, 1)], (0, 1, 2, 3), (size,) * 4))


# Jacobi's formula: d det A = det A · tr(A⁻¹ dA).   Magnus & Neudecker, ch. 8
def determinant(node: Call) -> Expr:
    """det A: det(A) A⁻ᵀ."""
    from wrt import functions

    return mul(node, transpose(functions.inv(node.args[0])))


# d log|det A| = tr(A⁻¹ dA).
def logdet(node: Call) -> Expr:
    """log|det A|: A⁻ᵀ."""
    from wrt import functions

    return transpose(functions.inv(node.args[0]))


DIFFERENTIALS: Final[Mapping[str, Callable[[Call], Expr]]] = {
    "max": extremum,
    "min": extremum,
    "prod": product,
    "logsumexp": logsumexp,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "inv": inverse,
    "det": determinant,
    "logdet": logdet,
}
