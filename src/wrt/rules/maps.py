"""Partial differentials as linear maps: they push tangents forward and pull adjoints back.

The partial differential L of a node by one of its parts has shape `node.shape + part.shape`, and
d(node) = L · d(part). A tangent has shape `part.shape + tail`, where `tail` is the shape of the variable that moves; an
adjoint has shape `lead + node.shape`, where `lead` is the shape of the function that is differentiated.
Elementwise maps, which are most, are kept as the value on the diagonal: a plain expression of the node's shape, or a
scalar. The diagonal itself is never built. A contraction is distributed over the terms of L, never over the adjoint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from wrt.expr.arithmetic import add, full, mul, terms_of
from wrt.expr.contract import contract
from wrt.expr.node import Contract, Expr, Mul, Shape
from wrt.expr.special import reshape
from wrt.expr.tensor import identity


class Linear(Protocol):
    """A linear map that is more than elementwise."""

    def tensor(self, node: Expr, part: Expr) -> Expr:
        """The map as an expression of shape `node.shape + part.shape`."""

    def push(self, node: Expr, part: Expr, tangent: Expr) -> Expr:
        """L · tangent, of shape `node.shape + tail`."""

    def pull(self, node: Expr, part: Expr, adjoint: Expr) -> Expr:
        """adjoint · L, of shape `lead + part.shape`."""


Partial: TypeAlias = Expr | Linear


def tensor(partial: Partial, node: Expr, part: Expr) -> Expr:
    """The partial differential as an expression of shape `node.shape + part.shape`."""
    if not isinstance(partial, Expr):
        return partial.tensor(node, part)
    if not part.shape:
        return partial if partial.shape else full(partial, node.shape)
    axes = tuple(range(part.ndim))
    if partial.shape:
        return contract([partial], [axes], axes + axes, part.shape)
    return mul(partial, identity(part.shape))


def push(partial: Partial, node: Expr, part: Expr, tangent: Expr) -> Expr:
    """The tangent of the node that a tangent of its part gives."""
    if not isinstance(partial, Expr):
        return partial.push(node, part, tangent)
    tail = tangent.shape[part.ndim :]
    if (not partial.shape or not tail) and (part.shape or not node.shape):
        return mul(partial, tangent)
    axes = tuple(range(node.ndim))
    along = tuple(range(node.ndim, node.ndim + len(tail)))
    held = axes + along if part.shape else along
    return _joined([(partial, axes), (tangent, held)], axes + along, (*node.shape, *tail))


def pull(partial: Partial, node: Expr, part: Expr, adjoint: Expr) -> Expr:
    """The adjoint of the part that an adjoint of the node gives."""
    if not isinstance(partial, Expr):
        return partial.pull(node, part, adjoint)
    lead = adjoint.shape[: adjoint.ndim - node.ndim]
    if (not partial.shape or not lead) and (part.shape or not node.shape):
        return mul(partial, adjoint)
    outer = tuple(range(len(lead)))
    axes = tuple(range(len(lead), adjoint.ndim))
    out = outer + axes if part.shape else outer
    return _joined([(adjoint, outer + axes), (partial, axes)], out, adjoint.shape)


def _joined(factors: list[tuple[Expr, tuple[int, ...]]], out: tuple[int, ...], sizes: Shape) -> Expr:
    """The contraction of factors, of which scalars stand for copies of themselves."""
    shaped = [(node, axes) for node, axes in factors if node.shape]
    scalars = [node for node, _ in factors if not node.shape]
    core = contract([node for node, _ in shaped], [axes for _, axes in shaped], out, sizes)
    return mul(*scalars, core) if scalars else core


@dataclass(frozen=True, slots=True)
class Tensor:
    """A map given by its tensor, term by term where that is a sum."""

    value: Expr

    def tensor(self, node: Expr, part: Expr) -> Expr:
        return self.value

    def push(self, node: Expr, part: Expr, tangent: Expr) -> Expr:
        rows = tuple(range(node.ndim))
        columns = tuple(range(node.ndim, node.ndim + part.ndim))
        tail = tuple(range(node.ndim + part.ndim, node.ndim + tangent.ndim))
        sizes = (*node.shape, *tangent.shape)
        return self._each(lambda term: _joined([(term, rows + columns), (tangent, columns + tail)], rows + tail, sizes))

    def pull(self, node: Expr, part: Expr, adjoint: Expr) -> Expr:
        lead = tuple(range(adjoint.ndim - node.ndim))
        rows = tuple(range(len(lead), adjoint.ndim))
        columns = tuple(range(adjoint.ndim, adjoint.ndim + part.ndim))
        sizes = (*adjoint.shape, *part.shape)
        return self._each(lambda term: _joined([(adjoint, lead + rows), (term, rows + columns)], lead + columns, sizes))

    def _each(self, change: Callable[[Expr], Expr]) -> Expr:
        """The sum of what the terms give, scalar factors of the whole sum aside."""
        value = self.value
        if isinstance(value, Mul):
            outside = mul(value.coefficient, *value.factors[:-1])
            return mul(outside, add(*map(change, terms_of(value.factors[-1]))))
        return add(*map(change, terms_of(value)))


@dataclass(frozen=True, slots=True)
class Einsum:
    """The map of one operand of an einsum: the other operands, with the indices of the result and of the operand.

    An index of the operand that is found nowhere else is copied along, and one that stands twice makes a diagonal.
    """

    place: int

    def tensor(self, node: Expr, part: Expr) -> Expr:
        assert isinstance(node, Contract)
        operands, subscripts = self._others(node)
        return contract(operands, subscripts, node.out + node.subscripts[self.place], node.sizes)

    def push(self, node: Expr, part: Expr, tangent: Expr) -> Expr:
        assert isinstance(node, Contract)
        tail = tuple(range(len(node.sizes), len(node.sizes) + tangent.ndim - part.ndim))
        operands, subscripts = self._others(node)
        return contract(
            [tangent, *operands],
            [node.subscripts[self.place] + tail, *subscripts],
            node.out + tail,
            (*node.sizes, *tangent.shape[part.ndim :]),
        )

    def pull(self, node: Expr, part: Expr, adjoint: Expr) -> Expr:
        assert isinstance(node, Contract)
        count = adjoint.ndim - node.ndim
        lead = tuple(range(len(node.sizes), len(node.sizes) + count))
        operands, subscripts = self._others(node)
        if not adjoint.shape:
            return mul(adjoint, contract(operands, subscripts, node.subscripts[self.place], node.sizes))
        return contract(
            [adjoint, *operands],
            [lead + node.out, *subscripts],
            lead + node.subscripts[self.place],
            (*node.sizes, *adjoint.shape[:count]),
        )

    def _others(self, node: Contract) -> tuple[list[Expr], list[tuple[int, ...]]]:
        operands, subscripts = list(node.operands), list(node.subscripts)
        del operands[self.place], subscripts[self.place]
        return operands, subscripts


@dataclass(frozen=True, slots=True)
class Reshaping:
    """The map that only writes the entries in another shape."""

    def tensor(self, node: Expr, part: Expr) -> Expr:
        return reshape(identity(part.shape), node.shape + part.shape)

    def push(self, node: Expr, part: Expr, tangent: Expr) -> Expr:
        return reshape(tangent, node.shape + tangent.shape[part.ndim :])

    def pull(self, node: Expr, part: Expr, adjoint: Expr) -> Expr:
        return reshape(adjoint, adjoint.shape[: adjoint.ndim - node.ndim] + part.shape)
