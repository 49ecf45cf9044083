"""Expressions to plain operations, as they are written: definitions and derivatives of the table, and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from wrt.doctor.program import Builder, Dims, Op, broadcast_shape
from wrt.errors import WrtError
from wrt.expr.function import Function
from wrt.expr.node import (
    Add,
    Call,
    Cases,
    Compare,
    Constant,
    Contract,
    Delta,
    Derivative,
    Expr,
    Integral,
    Logic,
    Mul,
    Named,
    Power,
    Reshape,
    Symbol,
    Triangle,
    Unit,
)
from wrt.expr.walk import nodes
from wrt.verify.sizes import Sizes, dimension, shape_of, whole

Known = Mapping[Expr, Op]
Parts = Sequence[Op]
LARGEST_CLOSED = 3  # determinants up to this size are written out, as libraries do


def lowered(b: Builder, root: Expr, known: Known, sizes: Sizes) -> Op:
    """The operations of an expression whose symbols are known operations."""
    done: dict[Expr, Op] = dict(known)
    for node in nodes(root):
        if node not in done:
            parts = [] if isinstance(node, Integral | Derivative) else [done[part] for part in node.operands]
            done[node] = LOWERINGS[type(node)](b, node, parts, sizes)
    return done[root]


def _symbol(b: Builder, node: Symbol, parts: Parts, sizes: Sizes) -> Op:
    if node in sizes:
        return b.number(sizes[node])
    raise AssertionError(f"{node.name} has no value")


def _add(b: Builder, node: Add, parts: Parts, sizes: Sizes) -> Op:
    total = parts[0]
    for term, part in zip(node.terms[1:], parts[1:], strict=True):
        negative = part.kind == "neg" and isinstance(term, Mul)
        total = b.entrywise("sub", (total, part.args[0])) if negative else b.entrywise("add", (total, part))
    return total


def _mul(b: Builder, node: Mul, parts: Parts, sizes: Sizes) -> Op:
    """Factors in order, over those that divide."""
    tops: list[Op] = [] if abs(node.coefficient) == 1 else [b.number(abs(node.coefficient))]
    bottoms: list[Op] = []
    for factor, part in zip(node.factors, parts, strict=True):
        divides = isinstance(factor, Power) and part.kind == "div" and part.args[0].kind in ("number", "broadcast")
        (bottoms if divides else tops).append(part.args[1] if divides else part)
    product = tops[0] if tops else b.number(1)
    for factor_op in tops[1:]:
        product = b.entrywise("mul", (product, factor_op))
    for divisor in bottoms:
        product = b.entrywise("div", (product, divisor))
    return product if node.coefficient > 0 else b.entrywise("neg", (product,))


def _power(b: Builder, node: Power, parts: Parts, sizes: Sizes) -> Op:
    base, exponent = parts
    if not isinstance(node.exponent, Constant) or node.exponent.value > 0:
        return b.entrywise("pow", (base, exponent))
    opposite = -node.exponent.value
    below = base if opposite == 1 else b.entrywise("pow", (base, b.number(opposite)))
    return b.entrywise("div", (b.number(1), below))


def _call(b: Builder, node: Call, parts: Parts, sizes: Sizes) -> Op:
    return applied(b, node.function, parts, node.axes)


def applied(b: Builder, function: Function, parts: Parts, axes: tuple[int, ...] = ()) -> Op:
    """A function of the table; one that no derivative is declared for is what it is defined as."""
    if function.kind == "elementwise":
        if function.derivative or function.definition is None:
            return b.entrywise("call", parts, function)
        names = [Symbol.intern(f" {place}", (), frozenset()) for place in range(len(parts))]
        return lowered(b, function.definition(*names), dict(zip(names, parts, strict=True)), {})
    (part,) = parts
    if function.kind == "axiswise":
        return b.make("axes", (part,), (function, axes), part.shape)
    if function.kind == "reduction":
        shape = tuple(size for axis, size in enumerate(part.shape) if axis not in axes)
        return (
            _prod(b, part, axes, shape) if function.name == "prod" else b.make("axes", (part,), (function, axes), shape)
        )
    if function.name == "det" and part.shape[0] <= LARGEST_CLOSED:
        return _determinant(b, part)
    return b.make("matrix", (part,), function, part.shape if function.name == "inv" else ())


def _prod(b: Builder, part: Op, axes: tuple[int, ...], shape: Dims) -> Op:
    """One factor after another."""
    kept = [axis for axis in range(len(part.shape)) if axis not in axes]
    order = (*kept, *axes)
    moved = b.einsum((part,), (tuple(range(len(part.shape))),), order, part.shape)
    flat = b.reshape(moved, (*shape, part.size // max(1, _size(shape))))
    count, rows = flat.shape[-1], _size(shape)
    total: Op | None = None
    for column in range(count):
        entry = b.take(flat, tuple(row * count + column for row in range(rows)), shape)
        total = entry if total is None else b.entrywise("mul", (total, entry))
    return b.number(1) if total is None else total


def _size(shape: Dims) -> int:
    size = 1
    for each in shape:
        size *= each
    return size


def _determinant(b: Builder, matrix: Op) -> Op:
    """A small determinant, expanded along its first row."""
    n = matrix.shape[0]

    def minor(row: int, columns: tuple[int, ...]) -> Op:
        if not columns:
            return b.number(1)
        total: Op | None = None
        for place, column in enumerate(columns):
            entry = b.take(matrix, (row * n + column,), ())
            rest = tuple(each for each in columns if each != column)
            term = b.entrywise("mul", (entry, minor(row + 1, rest))) if rest else entry
            total = term if total is None else b.entrywise("sub" if place % 2 else "add", (total, term))
        assert total is not None
        return total

    return minor(0, tuple(range(n)))


def _contract(b: Builder, node: Contract, parts: Parts, sizes: Sizes) -> Op:
    return b.einsum(parts, node.subscripts, node.out, tuple(dimension(size, sizes) for size in node.sizes))


def _cases(b: Builder, node: Cases, parts: Parts, sizes: Sizes) -> Op:
    count = len(node.conditions)
    value = parts[-1]
    for condition, chosen in reversed(list(zip(parts[:count], parts[count:-1], strict=True))):
        value = b.entrywise("where", (condition, chosen, value))
    return b.broadcast(value, broadcast_shape([value.shape, shape_of(node, sizes)]))


def _zeros_and_ones(truth: Callable[[Any, int, int, Sizes], bool]) -> Callable[..., Op]:
    def made(b: Builder, node: Expr, parts: Parts, sizes: Sizes) -> Op:
        shape = shape_of(node, sizes)
        columns = shape[-1]
        rows = shape[0] if len(shape) > 1 else 1
        entries = tuple(int(truth(node, row, column, sizes)) for row in range(rows) for column in range(columns))
        return b.make("array", (), entries, shape)

    return made


def _unread(b: Builder, node: Expr, parts: Parts, sizes: Sizes) -> Op:
    raise WrtError(
        f"the doctor does not look inside an {type(node).__name__.lower()}",
        hint="give it the integrand, or the derivative itself",
    )


LOWERINGS: Final[Mapping[type[Expr], Callable[..., Op]]] = {
    Symbol: _symbol,
    Constant: lambda b, node, parts, sizes: b.number(node.value),
    Named: lambda b, node, parts, sizes: b.make("named", (), node.name, ()),
    Add: _add,
    Mul: _mul,
    Power: _power,
    Call: _call,
    Contract: _contract,
    Cases: _cases,
    Compare: lambda b, node, parts, sizes: b.entrywise("compare", parts, node.op),
    Logic: lambda b, node, parts, sizes: b.entrywise("logic", parts, node.op),
    Delta: _zeros_and_ones(lambda node, row, column, sizes: column == whole(node.offset, sizes) + node.stride * row),
    Triangle: _zeros_and_ones(lambda node, row, column, sizes: column <= row),
    Unit: _zeros_and_ones(lambda node, row, column, sizes: column == whole(node.position, sizes)),
    Reshape: lambda b, node, parts, sizes: b.reshape(parts[0], shape_of(node, sizes)),
    Integral: _unread,
    Derivative: _unread,
}
