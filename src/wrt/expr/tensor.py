"""The words of linear algebra, each an einsum: products, sums, transposes, diagonals, slices."""

from __future__ import annotations

import string
from collections.abc import Sequence

from wrt.errors import ShapeError, WrtError
from wrt.expr.arithmetic import add, div, full, mul, sub
from wrt.expr.coerce import as_dimension, as_expr
from wrt.expr.contract import contract
from wrt.expr.node import ONE, ZERO, Constant, Contract, Delta, Expr, Reshape, Shape, Triangle, Unit, number
from wrt.expr.shape import broadcast_shapes, broadcast_subscripts, count, shape_text


def matmul(left: object, right: object) -> Expr:
    """The matrix product, for vectors, matrices and stacks of them, as NumPy's `@`."""
    a, b = as_expr(left), as_expr(right)
    if not a.shape or not b.shape:
        raise ShapeError("@ needs vectors or matrices: use * with a scalar")
    inner_a, inner_b = a.shape[-1], b.shape[0] if b.ndim == 1 else b.shape[-2]
    if inner_a is not inner_b:
        raise ShapeError(
            f"shapes {shape_text(a.shape)} and {shape_text(b.shape)} do not fit together for @: "
            f"{inner_a} columns meet {inner_b} rows",
            hint=_matmul_advice(a.shape, b.shape),
        )
    stack = broadcast_shapes([a.shape[:-2], b.shape[:-2]], "@")
    sizes: list[Expr] = [*stack]

    def fresh(size: Expr) -> int:
        sizes.append(size)
        return len(sizes) - 1

    extra: list[Expr] = []
    batch = [broadcast_subscripts(shape, stack, extra) for shape in (a.shape[:-2], b.shape[:-2])]
    sizes.extend(extra)
    out = list(range(len(stack)))
    inner = fresh(inner_a)
    left_subscript, right_subscript = [*batch[0]], [*batch[1]]
    if a.ndim > 1:
        row = fresh(a.shape[-2])
        left_subscript.append(row)
        out.append(row)
    left_subscript.append(inner)
    right_subscript.append(inner)
    if b.ndim > 1:
        column = fresh(b.shape[-1])
        right_subscript.append(column)
        out.append(column)
    return contract([a, b], [tuple(left_subscript), tuple(right_subscript)], tuple(out), sizes)


def _matmul_advice(a: Shape, b: Shape) -> str:
    if len(b) == 2 and a[-1] is b[-1]:
        return "did you mean to transpose the right one, @ ... .T ?"
    if len(a) == 2 and a[0] is (b[0] if len(b) == 1 else b[-2]):
        return "did you mean to transpose the left one, ... .T @ ?"
    return "the last dimension on the left must be the first on the right"


def transpose(operand: object, order: Sequence[int] | None = None) -> Expr:
    """The axes in reversed, or the given, order."""
    node = as_expr(operand)
    order = tuple(reversed(range(node.ndim))) if order is None else tuple(order)
    return contract([node], [tuple(range(node.ndim))], order, node.shape)


def normal_axes(node: Expr, axis: int | Sequence[int] | None) -> tuple[int, ...]:
    """Axes counted from 0; all of them for None. Raises ShapeError for one that the expression does not have."""
    if axis is None:
        return tuple(range(node.ndim))
    chosen = (axis,) if isinstance(axis, int) else tuple(axis)
    for each in chosen:
        if not -node.ndim <= each < node.ndim:
            raise ShapeError(f"there is no axis {each} in shape {shape_text(node.shape)}")
    return tuple(sorted({each % node.ndim for each in chosen}))


def keep_dimensions(node: Expr, axes: Sequence[int], ndim: int) -> Expr:
    """A reduced expression with axes of size 1 where the reduced axes were."""
    kept = [axis for axis in range(ndim) if axis not in axes]
    sizes: list[Expr] = [ONE] * ndim
    for axis, size in zip(kept, node.shape, strict=True):
        sizes[axis] = size
    return contract([node], [tuple(kept)], tuple(range(ndim)), sizes)


def total(operand: object, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Expr:
    """The sum over axes, over all of them by default."""
    node = as_expr(operand)
    axes = normal_axes(node, axis)
    out = tuple(index for index in range(node.ndim) if index not in axes)
    result = contract([node], [tuple(range(node.ndim))], out, node.shape)
    return keep_dimensions(result, axes, node.ndim) if keepdims else result


def mean(operand: object, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Expr:
    """The sum over axes divided by the number of entries summed."""
    node = as_expr(operand)
    axes = normal_axes(node, axis)
    return div(total(node, axis, keepdims), count(tuple(node.shape[each] for each in axes)))


def outer(left: object, right: object) -> Expr:
    """Every entry of the left times every entry of the right; matrices are flattened by NumPy, and refused here."""
    a, b = as_expr(left), as_expr(right)
    if a.ndim != 1 or b.ndim != 1:
        raise ShapeError(f"outer needs two vectors, not {shape_text(a.shape)} and {shape_text(b.shape)}")
    return contract([a, b], [(0,), (1,)], (0, 1), (*a.shape, *b.shape))


def dot(left: object, right: object) -> Expr:
    """NumPy's dot: the product with a scalar, else the matrix product."""
    a, b = as_expr(left), as_expr(right)
    return matmul(a, b) if a.shape and b.shape else mul(a, b)


def _square(node: Expr, word: str) -> Expr:
    if node.ndim != 2 or node.shape[0] is not node.shape[1]:
        raise ShapeError(f"{word} needs a square matrix, not {shape_text(node.shape)}")
    return node.shape[0]


def trace(operand: object) -> Expr:
    """The sum of the diagonal of a square matrix."""
    node = as_expr(operand)
    return contract([node], [(0, 0)], (), (_square(node, "tr"),))


def diag(operand: object) -> Expr:
    """The diagonal matrix of a vector, or the diagonal of a square matrix."""
    node = as_expr(operand)
    if node.ndim == 1:
        return contract([node], [(0,)], (0, 0), node.shape)
    return contract([node], [(0, 0)], (0,), (_square(node, "diag"),))


def eye(size: object) -> Expr:
    """The identity matrix."""
    return contract([], [], (0, 0), (as_dimension(size),))


def identity(shape: Shape) -> Expr:
    """The identity on tensors of this shape: shape + shape, 1 where both halves of the index agree."""
    half = tuple(range(len(shape)))
    return contract([], [], (*half, *half), shape)


def ones(*shape: object) -> Expr:
    """A tensor of ones."""
    return full(ONE, tuple(as_dimension(size) for size in shape))


def zeros(*shape: object) -> Expr:
    """A tensor of zeros."""
    return mul(0, ones(*shape))


def unit(size: object, position: object) -> Expr:
    """The vector of zeros with a 1 at `position`, counted from 0."""
    length, place = as_dimension(size), as_expr(position)
    if length is ONE and place is ZERO:
        return ones(1)
    if isinstance(length, Constant) and isinstance(place, Constant) and not 0 <= place.value < length.value:
        raise ShapeError(f"index {place} is out of range for size {length}")
    return Unit.intern(length, place)


def triangle(size: object) -> Expr:
    """The lower triangular matrix of ones, the diagonal included."""
    return Triangle.intern(as_dimension(size))


def cumsum(operand: object, axis: int | None = None) -> Expr:
    """The running sum along an axis, which may be left out for a vector."""
    node = as_expr(operand)
    if axis is None and node.ndim != 1:
        raise ShapeError("cumsum of a matrix needs an axis: cumsum(X, axis=0)")
    (along,) = normal_axes(node, 0 if axis is None else axis)
    indices = tuple(range(node.ndim))
    out = tuple(node.ndim if index == along else index for index in indices)
    size = node.shape[along]
    return contract([triangle(size), node], [(node.ndim, along), indices], out, (*node.shape, size))


def kron(left: object, right: object) -> Expr:
    """The Kronecker product of two matrices."""
    from wrt.expr.special import reshape

    a, b = as_expr(left), as_expr(right)
    if a.ndim != 2 or b.ndim != 2:
        raise ShapeError(f"kron needs two matrices, not {shape_text(a.shape)} and {shape_text(b.shape)}")
    blocks = contract([a, b], [(0, 2), (1, 3)], (0, 1, 2, 3), (a.shape[0], b.shape[0], a.shape[1], b.shape[1]))
    return reshape(blocks, (mul(a.shape[0], b.shape[0]), mul(a.shape[1], b.shape[1])))


def kron_factors(node: Expr) -> tuple[Expr, Expr] | None:
    """The two matrices of a Kronecker product; None for anything else."""
    if not (isinstance(node, Reshape) and node.ndim == 2 and isinstance(node.operand, Contract)):
        return None
    blocks, sizes = node.operand, node.operand.sizes
    by_place = dict(zip(blocks.subscripts, blocks.operands, strict=True))
    if len(blocks.operands) != 2 or set(by_place) != {(0, 2), (1, 3)} or blocks.out != (0, 1, 2, 3):
        return None
    fits = node.shape == (mul(sizes[0], sizes[1]), mul(sizes[2], sizes[3]))
    return (by_place[0, 2], by_place[1, 3]) if fits else None


def einsum(subscripts: str, *operands: object) -> Expr:
    """NumPy's einsum with an explicit or implicit output; no ellipsis."""
    nodes = [as_expr(operand) for operand in operands]
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    parts = inputs.split(",") if nodes else []
    if len(parts) != len(nodes):
        raise ShapeError(f"einsum names {len(parts)} operands, but {len(nodes)} are given")
    letters = sorted(set("".join(parts)))
    if not set(letters) | set(output) <= set(string.ascii_letters):
        raise WrtError(f"einsum subscripts are letters, commas and ->: {subscripts!r}")
    if not arrow:
        output = "".join(letter for letter in letters if inputs.count(letter) == 1)
    missing = set(output) - set(letters)
    if missing:
        raise ShapeError(f"einsum's output has {', '.join(sorted(missing))}, which no operand has")
    sizes: dict[str, Expr] = {}
    for part, node in zip(parts, nodes, strict=True):
        if len(part) != node.ndim:
            raise ShapeError(f"einsum's {part!r} needs {len(part)} axes, but its operand has {shape_text(node.shape)}")
        for letter, size in zip(part, node.shape, strict=True):
            if sizes.setdefault(letter, size) is not size:
                raise ShapeError(f"einsum's index {letter} is both {sizes[letter]} and {size}")
    number_of = {letter: place for place, letter in enumerate(letters)}
    return contract(
        nodes,
        [tuple(number_of[letter] for letter in part) for part in parts],
        tuple(number_of[letter] for letter in output),
        [sizes[letter] for letter in letters],
    )


def getitem(operand: object, item: object) -> Expr:
    """Entries, rows and slices, as NumPy's basic indexing: whole numbers, scalar expressions, slices, new axes."""
    node = as_expr(operand)
    items = item if isinstance(item, tuple) else (item,)
    if any(each is None for each in items):
        return _with_new_axes(node, items)
    if len(items) > node.ndim:
        raise ShapeError(f"{len(items)} indices for an expression of shape {shape_text(node.shape)}")
    operands: list[Expr] = [node]
    subscripts: list[tuple[int, ...]] = [tuple(range(node.ndim))]
    sizes: list[Expr] = list(node.shape)
    out: list[int] = []
    for axis, size in enumerate(node.shape):
        chosen = items[axis] if axis < len(items) else slice(None)
        if isinstance(chosen, slice):
            picked = _slice(size, chosen)
            if picked is None:
                out.append(axis)
                continue
            out.append(len(sizes))
            operands.append(picked)
            subscripts.append((len(sizes), axis))
            sizes.append(picked.shape[0])
        else:
            operands.append(unit(size, _from_start(chosen, size)))
            subscripts.append((axis,))
    return contract(operands, subscripts, tuple(out), sizes)


def _with_new_axes(node: Expr, items: tuple[object, ...]) -> Expr:
    """Entries and slices, with an axis of size 1 for each None."""
    picked = getitem(node, tuple(item for item in items if item is not None))
    left = [item for item in items if item is None or isinstance(item, slice)]
    new = [axis for axis, item in enumerate(left) if item is None]
    return keep_dimensions(picked, new, picked.ndim + len(new))


def _from_start(position: object, size: Expr) -> Expr:
    node = as_expr(position)
    if node.shape:
        raise ShapeError("an index must be a scalar")
    return add(size, node) if isinstance(node, Constant) and node.value < 0 else node


def _slice(size: Expr, chosen: slice) -> Expr | None:
    """The Delta of a slice; None where it takes everything."""
    stride = 1 if chosen.step is None else chosen.step
    if not isinstance(stride, int) or stride == 0:
        raise ShapeError("the step of a slice must be a whole number other than 0")
    if stride < 0:
        if chosen.start is not None or chosen.stop is not None:
            raise ShapeError("a slice with a negative step takes no ends: use x[::-1]")
        start: Expr = sub(size, 1)
        length: Expr = size
    else:
        start = ZERO if chosen.start is None else _from_start(chosen.start, size)
        stop = size if chosen.stop is None else _stop(chosen.stop, size)
        length = sub(stop, start)
    step = abs(stride)
    if step > 1:
        if not isinstance(length, Constant):
            raise ShapeError(f"a slice with step {stride} needs a size in numbers, not {length}")
        length = number(-(-int(length.value) // step))
    if isinstance(length, Constant) and length.value <= 0:
        raise ShapeError(f"the slice is empty: size {size} has nothing from {start} on")
    if stride == 1 and length is size:
        return None
    return Delta.intern(length, size, start, stride)


def _stop(stop: object, size: Expr) -> Expr:
    node = _from_start(stop, size)
    if isinstance(node, Constant) and isinstance(size, Constant) and node.value > size.value:
        return size
    return node
