"""Shapes: NumPy's broadcasting over symbolic dimensions."""

from __future__ import annotations

from collections.abc import Sequence

from wrt.errors import ShapeError
from wrt.expr.node import ONE, Constant, Expr, Mul, Shape


def shape_text(shape: Shape) -> str:
    """A shape as people write it: n×d, or scalar."""
    return "×".join(map(str, shape)) if shape else "scalar"


def broadcast_shapes(shapes: Sequence[Shape], operation: str) -> Shape:
    """The shape of an elementwise operation on operands of these shapes.

    Raises ShapeError where two dimensions differ and neither is 1.
    """
    result: Shape = ()
    for shape in shapes:
        if not shape or shape == result:
            continue
        if not result:
            result = shape
            continue
        longer, shorter = (result, shape) if len(result) >= len(shape) else (shape, result)
        offset = len(longer) - len(shorter)
        merged = list(longer)
        for axis, size in enumerate(shorter, offset):
            if merged[axis] is ONE:
                merged[axis] = size
            elif size is not ONE and size is not merged[axis]:
                raise ShapeError(_mismatch(result, shape, operation), hint=_advice(result, shape, operation))
        result = tuple(merged)
    return result


def _mismatch(left: Shape, right: Shape, operation: str) -> str:
    return f"shapes {shape_text(left)} and {shape_text(right)} do not fit together for {operation}"


def _advice(left: Shape, right: Shape, operation: str) -> str:
    if operation == "*" and left[-1] is right[0]:
        return "* is elementwise; did you mean the matrix product @ ?"
    if operation == "*" and len(right) > 1 and left[-1] is right[-1]:
        return "* is elementwise; did you mean the matrix product with a transpose, @ ... .T ?"
    return "axes are matched from the last one, and each pair must be equal or 1, as in NumPy"


def broadcast_subscripts(shape: Shape, result: Shape, fresh: list[Expr]) -> tuple[int, ...]:
    """The indices of an operand of `shape` in an elementwise result; axes of size 1 get indices of their own."""
    offset = len(result) - len(shape)
    subscript = []
    for axis, size in enumerate(shape, offset):
        if size is ONE and result[axis] is not ONE:
            fresh.append(ONE)
            subscript.append(len(result) + len(fresh) - 1)
        else:
            subscript.append(axis)
    return tuple(subscript)


def spread(nodes: Sequence[Expr], shape: Shape) -> Expr:
    """The elementwise product, of this broadcast shape."""
    from wrt.expr.contract import contract

    fresh: list[Expr] = []
    subscripts = [broadcast_subscripts(node.shape, shape, fresh) for node in nodes]
    return contract(nodes, subscripts, tuple(range(len(shape))), (*shape, *fresh))


def broadcast_to(node: Expr, shape: Shape) -> Expr:
    """The expression copied along new axes, and along axes of size 1, to this shape.

    Raises ShapeError where its shape does not broadcast to it.
    """
    if node.shape == shape:
        return node
    if broadcast_shapes([node.shape, shape], "broadcasting") != shape:
        raise ShapeError(f"shape {shape_text(node.shape)} does not broadcast to {shape_text(shape)}")
    return spread([node], shape)


def count(shape: Shape) -> Expr:
    """The number of entries of a tensor of this shape."""
    from wrt.expr.arithmetic import mul

    return mul(*shape) if shape else ONE


def as_numbers(shape: Shape) -> tuple[int, ...] | None:
    """The shape in numbers, or None where a dimension is a symbol."""
    if all(isinstance(size, Constant) for size in shape):
        return tuple(int(size.value) for size in shape if isinstance(size, Constant))
    return None


def core_of(node: Expr) -> Expr:
    """The factor of a product that has the shape."""
    return node.factors[-1] if isinstance(node, Mul) and node.shape else node
