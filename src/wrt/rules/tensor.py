"""Rules for einsums and reshaping, which are linear in each operand."""

from __future__ import annotations

from wrt.expr.node import Contract, Reshape
from wrt.rules.maps import Einsum, Partial, Reshaping
from wrt.rules.rule import Parts, Variables, rule


def _operands(node: Contract, variables: Variables) -> Parts:
    return node.operands


def _summed(node: Contract, variables: Variables) -> Parts | None:
    """The operand of a sum over axes, or of what only rearranges entries."""
    return node.operands if len(node.operands) == 1 else None


@rule("sum of entries", "d(Σ u) = Σ du", source="Magnus & Neudecker, ch. 8", parts=_summed)
def summation(node: Contract, parts: Parts, k: int) -> Partial:
    """Sums, traces, transposes and diagonals are linear: the differential goes inside."""
    return Einsum(k)


def _one_moving_operand(node: Contract, variables: Variables) -> Parts | None:
    moving = [operand for operand in node.operands if not variables.isdisjoint(operand.free)]
    return (moving[0],) if len(moving) == 1 else None


@rule("linear map", "d(A·u) = A·du", source="Magnus & Neudecker, ch. 8", parts=_one_moving_operand)
def linear_map(node: Contract, parts: Parts, k: int) -> Partial:
    """With constant A, the product is linear in u."""
    return Einsum(node.operands.index(parts[0]))


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
