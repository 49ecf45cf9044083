"""The plain program of a formula: one operation after another, as NumPy runs them, on arrays of known sizes.

Nothing is simplified and nothing is made stable. Reverse mode (`wrt.doctor.adjoint`) makes more of the same operations.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from wrt.errors import LimitError

if TYPE_CHECKING:
    from wrt.read.tree import Tree

Dims = tuple[int, ...]
MOST_OPERATIONS = 20_000


class Op:
    """One operation: what it does, to which values, with which fixed options; and the part of the text that it is for.

    symbol, number, named, array; add, sub, mul, div, neg, pow, call, compare, logic, where (entry by entry, all of one
    shape); broadcast, sum_to, reshape, take, put, einsum, axes (a function along axes), matrix (a function of one).
    """

    __slots__ = ("args", "backward", "kind", "origin", "params", "shape")

    def __init__(
        self, kind: str, args: tuple[Op, ...], params: Any, shape: Dims, origin: Tree | None, backward: bool
    ) -> None:
        self.kind = kind
        self.args = args
        self.params = params
        self.shape = shape
        self.origin = origin
        self.backward = backward

    @property
    def size(self) -> int:
        """The number of entries."""
        return prod(self.shape)


class Builder:
    """Makes operations; equal ones are one. `origin` and `backward` are what the next ones are for."""

    def __init__(self) -> None:
        self.made: dict[tuple[Hashable, ...], Op] = {}
        self.origin: Tree | None = None
        self.backward = False

    def make(self, kind: str, args: Sequence[Op], params: Any, shape: Dims) -> Op:
        """An operation. Raises LimitError where there are too many."""
        key = (kind, tuple(map(id, args)), _hashable(params), shape)
        found = self.made.get(key)
        if found is None:
            if len(self.made) >= MOST_OPERATIONS:
                raise LimitError("the plain program of this function is too long for the doctor")
            found = Op(kind, tuple(args), params, shape, self.origin, self.backward)
            self.made[key] = found
        return found

    def number(self, value: Any) -> Op:
        """An exact number."""
        return self.make("number", (), value, ())

    def entrywise(self, kind: str, args: Sequence[Op], params: Any = None) -> Op:
        """An operation entry by entry, operands broadcast as NumPy does."""
        shape = broadcast_shape([arg.shape for arg in args])
        return self.make(kind, [self.broadcast(arg, shape) for arg in args], params, shape)

    def broadcast(self, op: Op, shape: Dims) -> Op:
        """An operand repeated to a shape."""
        return op if op.shape == shape else self.make("broadcast", (op,), None, shape)

    def sum_to(self, op: Op, shape: Dims) -> Op:
        """The sums that undo a broadcast."""
        return op if op.shape == shape else self.make("sum_to", (op,), None, shape)

    def reshape(self, op: Op, shape: Dims) -> Op:
        """The entries in another shape."""
        return op if op.shape == shape else self.make("reshape", (op,), None, shape)

    def take(self, op: Op, places: tuple[int, ...], shape: Dims) -> Op:
        """The entries at these places of the flat list."""
        return self.make("take", (op,), places, shape)

    def einsum(self, operands: Sequence[Op], subscripts: Sequence[Dims], out: Dims, sizes: tuple[int, ...]) -> Op:
        """A contraction, by indices."""
        params = (tuple(subscripts), out, sizes)
        return self.make("einsum", operands, params, tuple(sizes[index] for index in out))


def _hashable(params: Any) -> Hashable:
    return params if isinstance(params, Hashable) else id(params)


def broadcast_shape(shapes: Iterable[Dims]) -> Dims:
    """The shape that arrays have together (they fit: the reader has checked it)."""
    shapes = list(shapes)
    rank = max(map(len, shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    return tuple(max(sizes) if 0 not in sizes else 0 for sizes in zip(*padded, strict=True))


def broadcast_places(shape: Dims, wider: Dims) -> list[int]:
    """For each entry of the wider shape, in row-major order, the place it comes from."""
    padded = (1,) * (len(wider) - len(shape)) + shape
    places, stride = [0], 1
    for have, size in zip(reversed(padded), reversed(wider), strict=True):
        step = stride if have > 1 else 0
        places = [base + step * value for value in range(size) for base in places]
        stride *= have
    return places


def constant(op: Op) -> Any:
    """The number that an operation is, perhaps repeated; None for any other."""
    while op.kind == "broadcast":
        (op,) = op.args
    return op.params if op.kind == "number" else None


def is_zero(op: Op) -> bool:
    """Whether an operation is the number 0, perhaps repeated."""
    return bool(constant(op) == 0) and constant(op) is not None


def in_order(roots: Iterable[Op]) -> list[Op]:
    """The operations below the roots, each after its operands."""
    order: list[Op] = []
    seen: set[int] = set()
    stack = [(root, False) for root in roots]
    while stack:
        op, ready = stack.pop()
        if ready:
            order.append(op)
        elif id(op) not in seen:
            seen.add(id(op))
            stack.append((op, True))
            stack.extend((arg, False) for arg in reversed(op.args) if id(arg) not in seen)
    return order
