"""Slices, indices and running sums: taken of what they multiply where possible, written out as arrays elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrt.engines.values import Value
from wrt.expr.build import add, mul, sub
from wrt.expr.node import ZERO, Constant, Delta, Expr, Triangle, Unit

if TYPE_CHECKING:
    from wrt.engines.lower import Lowering

Structure = Delta | Unit | Triangle


def dense(lowering: Lowering, node: Structure) -> Value:
    """The array of a slice, an index or a running sum."""
    make = lowering.graph.make
    match node:
        case Unit():
            position = lowering.scalar(_from_end(node.position, node.size, always=True))
            return make("unit", (lowering.scalar(node.size), position), (), node.shape)
        case Triangle():
            return make("triangle", (lowering.scalar(node.size),), (), node.shape)
        case Delta():
            if node.stride == 1:
                sizes = (node.rows, node.columns, node.offset)
                return make("band", tuple(map(lowering.scalar, sizes)), (), node.shape)
            whole = make("eye", (lowering.scalar(node.columns),), (), (node.columns, node.columns))
            return taken(lowering, whole, 0, node)


def entry(lowering: Lowering, value: Value, axis: int, node: Unit) -> Value:
    """The part of an array at an index."""
    shape = (*value.shape[:axis], *value.shape[axis + 1 :])
    position = lowering.scalar(_from_end(node.position, node.size))
    return lowering.graph.make("index", (value, position), (axis,), shape)


def taken(lowering: Lowering, value: Value, axis: int, node: Delta) -> Value:
    """The slice of an array along an axis."""
    shape = (*value.shape[:axis], node.rows, *value.shape[axis + 1 :])
    ends: list[Expr | None] = [None, None]
    if node.stride > 0:
        stop = add(node.offset, mul(node.rows, node.stride))
        past = sub(stop, node.columns)
        ends[0] = None if node.offset is ZERO else _from_end(node.offset, node.columns)
        ends[1] = None if isinstance(past, Constant) and past.value >= 0 else _from_end(stop, node.columns)
    values = [lowering.scalar(end) for end in ends if end is not None]
    params = (axis, node.stride, *(end is not None for end in ends))
    return lowering.graph.make("slice", (value, *values), params, shape)


def padded(lowering: Lowering, value: Value, axis: int, node: Delta) -> Value:
    """An array with zeros around, at which the slice would give it back."""
    shape = (*value.shape[:axis], node.columns, *value.shape[axis + 1 :])
    after = sub(node.columns, add(node.rows, node.offset))
    sides = (lowering.scalar(node.offset), lowering.scalar(after))
    return lowering.graph.make("pad", (value, *sides), (axis,), shape)


def running(lowering: Lowering, value: Value, axis: int, backwards: bool) -> Value:
    """The running sum of an array along an axis."""
    if not backwards:
        return lowering.graph.make("cumsum", (value,), (axis,), value.shape)
    turned = lowering.graph.make("flip", (value,), (axis,), value.shape)
    summed = lowering.graph.make("cumsum", (turned,), (axis,), value.shape)
    return lowering.graph.make("flip", (summed,), (axis,), value.shape)


def reverses(node: Delta) -> bool:
    """Whether this is the order-reversing matrix, its own transpose."""
    return node.stride == -1 and node.rows is node.columns


def _from_end(position: Expr, size: Expr, always: bool = False) -> Expr:
    """The position as a negative number where it is that far from the end of an axis of unknown size."""
    if isinstance(position, Constant) or always:
        return position
    back = sub(position, size)
    return back if isinstance(back, Constant) and back.value < 0 else position
