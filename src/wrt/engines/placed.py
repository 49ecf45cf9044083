"""Values with the axes that they have: broadcast against each other, copied along the others, multiplied."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

from wrt.engines.values import Axes, Graph, Value
from wrt.expr.node import ONE, Expr, Rational, Shape


class Placed(NamedTuple):
    """A value with the axes of its node that it has; along the others the node only holds copies."""

    value: Value
    axes: Axes


class Placing(ABC):
    """Makes values in a graph, of others that have some of the axes of a node."""

    def __init__(self) -> None:
        self.graph = Graph()

    @abstractmethod
    def scalar(self, node: Expr) -> Value:
        """The value of a dimension, or of another scalar."""

    def spread(self, placed: Placed, shape: Shape) -> Value:
        """The value with all axes of `shape`."""
        value, axes = placed
        missing = [axis for axis in range(len(shape)) if axis not in axes]
        if not missing:
            return value
        if not axes:
            return self.graph.make("full", (value, *map(self.scalar, shape)), (), shape)
        pattern = tuple(axis in axes for axis in range(len(shape)))
        expanded = self.graph.make("expand", (value,), pattern, _expanded_shape(value, pattern))
        if all(shape[axis] is ONE for axis in missing):
            return expanded
        repeats = [self.scalar(ONE if axis in axes else size) for axis, size in enumerate(shape)]
        return self.graph.make("tile", (expanded, *repeats), (), shape)

    def number(self, value: Rational) -> Value:
        """The value of a number."""
        return self.graph.make("number", (), (value,))

    def align(self, parts: Sequence[Placed]) -> tuple[list[Value], Axes, Shape]:
        """Values that broadcast against each other as NumPy does, the axes that they have together, and their sizes."""
        sizes: dict[int, Expr] = {}
        for value, axes in parts:
            for axis, size in zip(axes, value.shape, strict=True):
                sizes.setdefault(axis, size)
        together = tuple(sorted(sizes))
        return (
            [self.expand(value, axes, together) for value, axes in parts],
            together,
            tuple(sizes[axis] for axis in together),
        )

    def expand(self, value: Value, axes: Axes, together: Axes) -> Value:
        """The value with an axis of size 1 for each missing one that is not in front."""
        if not axes or together[-len(axes) :] == axes:
            return value
        pattern = tuple(axis in axes for axis in together[together.index(axes[0]) :])
        return self.graph.make("expand", (value,), pattern, _expanded_shape(value, pattern))

    def elementwise(self, op: str, params: tuple[Any, ...], parts: Sequence[Placed]) -> Placed:
        """An operation on the entries of values that broadcast."""
        values, axes, shape = self.align(parts)
        return Placed(self.graph.make(op, values, params, shape), axes)

    def product(self, coefficient: Rational, tops: Sequence[Placed], bottoms: Sequence[Placed] = ()) -> Placed:
        """A number times factors, over factors; their signs go into the number."""
        signs, plain = [], []
        tops = [factor for factor in tops if factor.value.op != "number" or factor.value.params != (1,)]
        for factor in (*tops, *bottoms):
            sign, value = self.unsigned(factor)
            signs.append(sign)
            plain.append(value)
        coefficient *= prod(signs)
        tops, bottoms = plain[: len(tops)], plain[len(tops) :]
        if not tops and not bottoms:
            return Placed(self.number(coefficient), ())
        if coefficient == 1 and len(tops) == 1 and not bottoms:
            return tops[0]
        return self.elementwise("product", (coefficient, len(tops)), [*tops, *bottoms])

    def unsigned(self, placed: Placed) -> tuple[int, Placed]:
        """The sign of a value that is written with a minus, and the value without it."""
        value, axes = placed
        if value.op != "product" or value.params[0] >= 0:
            return 1, placed
        coefficient, count = value.params
        if coefficient == -1 and count == len(value.args) == 1:
            return -1, Placed(value.args[0], axes)
        return -1, Placed(self.graph.make("product", value.args, (-coefficient, count), value.shape), axes)


def _expanded_shape(value: Value, pattern: tuple[bool, ...]) -> Shape:
    sizes = iter(value.shape)
    return tuple(next(sizes) if kept else ONE for kept in pattern)
