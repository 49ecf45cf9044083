"""Rules for einsums and reshaping, which are linear in each operand."""

from __future__ import annotations

from wrt.expr.node import Contract, Reshape
from wrt.rules.maps import Einsum, Partial, Reshaping
from wrt.rules.rule import Parts, Variables, rule


def _operands(node: Contract, variables: Variables) -> Parts:
    return node.operands


@rule("product rule", "d(A·B) = dA·B + A·dB", source="Magnus & Neudecker, ch. 8", parts=_operands)
def contraction(node: Contract, parts: Parts, k: int) -> Partial:
    """d(A·B) = dA·B + A·dB: each operand in its turn, the others contracted as before. Laue, Mitterreiter, Giesen:
    Computing higher order derivatives of matrix and tensor expressions, 2018.
    """
    return Einsum(k)


def _reshaped(node: Reshape, variables: Variables) -> Parts:
    return node.operands


@rule("linear map", "d(reshape(A)) = reshape(dA)", source="Magnus & Neudecker, ch. 8", parts=_reshaped)
def reshaping(node: Reshape, parts: Parts, k: int) -> Partial:
    """d vec(A) = vec(dA), and the same for every reshaping."""
    return Reshaping()
