"""What an engine computes: array operations that are shared wherever they are equal, between expressions and source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from wrt.expr.node import Shape

Axes: TypeAlias = tuple[int, ...]


class Value:
    """One operation of an array library: what it does, to which values, with which fixed options; and its shape.

    Unlike nodes, values say how: which two factors are multiplied first, where an axis is inserted or summed.
    """

    __slots__ = ("args", "op", "params", "shape")

    def __init__(self, op: str, args: tuple[Value, ...], params: tuple[Any, ...], shape: Shape) -> None:
        self.op = op
        self.args = args
        self.params = params
        self.shape = shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __repr__(self) -> str:
        options = f"{self.params}" if self.params else ""
        return f"{self.op}{options}({', '.join(map(repr, self.args))})"


def _factors(params: tuple[Any, ...], args: tuple[Value, ...]) -> tuple[Any, ...]:
    coefficient, count = params
    tops, bottoms = sorted(map(id, args[:count])), sorted(map(id, args[count:]))
    return coefficient, *tops, None, *bottoms


# What tells operations apart whose operands may come in any order.
COMMUTATIVE: Mapping[str, Callable[[tuple[Any, ...], tuple[Value, ...]], tuple[Any, ...]]] = {
    "sum": lambda params, args: tuple(sorted(zip(map(id, args), params, strict=True))),
    "product": _factors,
    "vdot": lambda params, args: tuple(sorted(map(id, args))),
}


def _key(op: str, args: tuple[Value, ...], params: tuple[Any, ...]) -> tuple[Any, ...]:
    return op, *(COMMUTATIVE[op](params, args) if op in COMMUTATIVE else (params, *map(id, args)))


class Graph:
    """The values made so far: asking for an operation again gives the same value, so that common parts are shared."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Value] = {}

    def make(self, op: str, args: Sequence[Value] = (), params: tuple[Any, ...] = (), shape: Shape = ()) -> Value:
        """The value of an operation."""
        args = tuple(args)
        key = _key(op, args, params)
        value = self._made.get(key)
        if value is None:
            value = self._made[key] = Value(op, args, params, shape)
        return value

    def known(self, op: str, args: Sequence[Value], params: tuple[Any, ...] = ()) -> Value | None:
        """The value of an operation, if it has been asked for."""
        return self._made.get(_key(op, tuple(args), params))


def in_order(roots: Iterable[Value]) -> list[Value]:
    """The distinct values below the roots, each after its arguments."""
    seen: set[Value] = set()
    order: list[Value] = []
    stack = [(root, False) for root in reversed(list(roots))]
    while stack:
        value, ready = stack.pop()
        if ready:
            order.append(value)
        elif value not in seen:
            seen.add(value)
            stack.append((value, True))
            stack.extend((arg, False) for arg in reversed(value.args) if arg not in seen)
    return order
