"""Expressions with an index in them: all values of the index at once, along a new first axis.

An index is a scalar symbol that stands in subscripts, in conditions and as a number. `stacked` takes it out: each node
that depends on it gets one more axis, in front; what does not depend on it stays and is broadcast. So the sum over i of
f(x[i]) becomes the sum over an axis of f(x), by the same constructors that build the vectorised text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wrt.errors import ShapeError, WrtError
from wrt.expr import build
from wrt.expr.arithmetic import full, split_coefficient, terms_of
from wrt.expr.conditions import MIRRORED, is_condition
from wrt.expr.node import (
    ZERO,
    Add,
    Call,
    Cases,
    Compare,
    Contract,
    Delta,
    Derivative,
    Expr,
    Integral,
    Logic,
    Mul,
    Power,
    Reshape,
    Shape,
    Symbol,
    Unit,
)
from wrt.expr.walk import nodes


def index_symbol(name: str) -> Symbol:
    """The symbol that stands for an index, which is different from any variable."""
    return Symbol.intern(name, (), frozenset(["index"]))


def indices_in(node: Expr) -> frozenset[Symbol]:
    """The indices that an expression depends on, in its numbers, its subscripts and its sizes."""
    found: set[Symbol] = set()
    waiting = [node]
    while waiting:
        for each in nodes(waiting.pop()):
            match each:
                case Symbol() if "index" in each.facts:
                    found.add(each)
                case Unit():
                    waiting.append(each.position)
                case Delta():
                    waiting += (each.offset, *each.shape)
                case Contract():
                    waiting += [size for size in each.sizes if size.free]
                case Reshape():
                    waiting += [size for size in each.shape if size.free]
    return frozenset(found)


def affine(position: Expr, index: Symbol) -> tuple[int, Expr] | None:
    """The whole slope and the offset of a position that is linear in an index; None for any other."""
    slope: Any = 0
    rest: list[Expr] = []
    for term in terms_of(position):
        coefficient, core = split_coefficient(term)
        if core is index:
            slope += coefficient
        elif index in indices_in(core):
            return None
        else:
            rest.append(term)
    return (slope, build.add(*rest)) if isinstance(slope, int) else None


def counting(length: Expr, start: Expr = ZERO) -> Expr:
    """The vector start, start + 1, ... of this length."""
    return build.add(build.cumsum(build.ones(length)), build.sub(start, 1))


def stacked(root: Expr, index: Symbol, start: Expr, length: Expr) -> Expr:
    """The expression for index = start, start + 1, ..., along a new first axis of this length.

    Raises ShapeError where shapes depend on the index, WrtError for what has no form for all its values at once.

    >>> from wrt.expr.build import symbol
    >>> n = symbol("n", facts=["dimension"]); x = symbol("x", (n,)); i = index_symbol("i")
    >>> print(stacked(x[i] * x[i + 1], i, ZERO, n - 1))
    x[:-1]*x[1:]
    """
    return _Stack(index, start, length).of(root)


@dataclass(slots=True)
class _Stack:
    """One index with its values, and the nodes that depend on it, stacked."""

    index: Symbol
    start: Expr
    length: Expr
    done: dict[Expr, Expr | None] = field(default_factory=dict)  # None for what does not depend on the index

    def of(self, root: Expr) -> Expr:
        """The expression with the new axis, as copies where it does not depend on the index."""
        result = self.changed(root)
        if result is not None:
            return result
        if not root.shape:
            return full(root, (self.length,))
        axes = tuple(range(1, root.ndim + 1))
        return build.contract([root], [axes], (0, *axes), (self.length, *root.shape))

    def changed(self, root: Expr) -> Expr | None:
        """The expression with the new axis, or None where it does not depend on the index."""
        for node in nodes(root):
            if node not in self.done:
                self.done[node] = self.one(node)
        return self.done[root]

    def one(self, node: Expr) -> Expr | None:
        """The same for a node whose operands are done."""
        if node is self.index:
            return counting(self.length, self.start)
        if isinstance(node, Unit):
            return self.unit(node)
        if isinstance(node, Delta):
            return self.delta(node)
        if any(self.index in indices_in(size) for size in node.shape if size.free):
            raise self.ragged(node.shape)
        if all(self.done[operand] is None for operand in node.operands):
            return None
        return _RULES[type(node)](self, node)

    def ragged(self, shape: Shape) -> ShapeError:
        size = next(size for size in shape if self.index in indices_in(size))
        hint = f"sizes must be the same for every {self.index}: say which entries count, as in where(j <= i, x[j], 0)"
        return ShapeError(f"the size {size} depends on the index {self.index}", hint=hint)

    # Selections: one entry for each value of the index is a matrix with one 1 in a row.

    def unit(self, node: Unit) -> Expr | None:
        if self.index not in indices_in(node.position):
            return None
        line = affine(node.position, self.index)
        if line is None or line[0] == 0:
            return self.indicator(self.of(node.position), counting(node.size))
        slope, offset = line
        first = build.add(offset, build.mul(slope, self.start))
        if slope == 1 and first is ZERO and self.length is node.size:
            return build.eye(node.size)
        return Delta.intern(self.length, node.size, first, slope)

    def delta(self, node: Delta) -> Expr | None:
        if any(self.index in indices_in(size) for size in node.shape):
            raise self.ragged(node.shape)
        if self.index not in indices_in(node.offset):
            return None
        rows, columns = node.shape
        places = build.contract([self.of(node.offset)], [(0,)], (0, 1), (self.length, rows))
        return self.indicator(build.add(places, build.mul(node.stride, counting(rows))), counting(columns))

    def indicator(self, places: Expr, columns: Expr) -> Expr:
        """1 where a place is the column, else 0."""
        axes = tuple(range(places.ndim))
        shape = (*places.shape, *columns.shape)
        left = build.contract([places], [axes], (*axes, len(axes)), shape)
        return build.where(build.compare("==", left, columns), 1, 0)

    # Each kind of node.

    def fitted(self, operand: Expr, shape: Shape) -> Expr:
        """An operand of an elementwise node of this shape, with the new axis and all of the node's."""
        result = self.done[operand]
        if result is None or operand.shape == shape:
            return operand if result is None else result
        return _spread(result, (0,), (self.length, *shape))

    def elementwise(self, node: Expr) -> Expr:
        return node.rebuilt(tuple(self.fitted(operand, node.shape) for operand in node.operands))

    def logic(self, node: Logic) -> Expr:
        return build.logic(node.op, *(self.whole(condition, node.shape) for condition in node.conditions))

    def whole(self, condition: Expr, shape: Shape) -> Expr:
        """One of the conditions that are joined to this shape, with the new axis unless it is the same everywhere."""
        if self.done[condition] is None and condition.shape:
            return _spread(condition, tuple(range(1, condition.ndim + 1)), (self.length, *shape))
        return self.fitted(condition, shape)

    def cases(self, node: Cases) -> Expr:
        return self.by_pattern(node) or self.elementwise(node)

    def by_pattern(self, node: Cases) -> Expr | None:
        """where(j == i, a, b), with j all the values that the index i takes: b + (a - b) times the identity.

        In the same way, where(j <= i, a, b) has the triangle of ones.
        """
        values = (*node.values, node.otherwise)
        if node.shape != (self.length,) or len(node.conditions) > 1 or any(each.shape for each in values):
            return None
        if any(self.done[each] is not None for each in values):
            return None
        columns = counting(self.length, self.start)
        eye, triangle = build.eye(self.length), build.triangle(self.length)
        patterns = {
            "==": eye,
            "!=": build.sub(1, eye),
            "<=": triangle,
            "<": build.sub(triangle, eye),
            ">=": triangle.T,
            ">": build.sub(triangle.T, eye),
        }
        for op, pattern in patterns.items():
            mirrored = build.compare(MIRRORED[op], self.index, columns)
            if node.conditions[0] in (build.compare(op, columns, self.index), mirrored):
                chosen = build.mul(build.sub(node.values[0], node.otherwise), pattern)
                return build.add(node.otherwise, chosen)
        return None

    def contract(self, node: Contract) -> Expr:
        new = len(node.sizes)
        results = [self.done[operand] for operand in node.operands]
        operands = [old if each is None else each for old, each in zip(node.operands, results, strict=True)]
        subscripts = [old if each is None else (new, *old) for old, each in zip(node.subscripts, results, strict=True)]
        return build.contract(operands, subscripts, (new, *node.out), (*node.sizes, self.length))

    def call(self, node: Call) -> Expr:
        match node.function.kind:
            case "elementwise":
                return self.elementwise(node)
            case "reduction" | "axiswise":
                (argument,) = node.args
                return node.function.apply((self.of(argument),), tuple(axis + 1 for axis in node.axes))
        name = node.function.name
        raise WrtError(
            f"{name} of a matrix that depends on the index {self.index} has no vectorised form",
            hint=f"take {name} of one matrix, outside the sum",
        )

    def reshape(self, node: Reshape) -> Expr:
        return build.reshape(self.of(node.operand), (self.length, *node.shape))

    def integral(self, node: Integral) -> Expr:
        if self.done[node.lower] is not None or self.done[node.upper] is not None:
            raise WrtError(
                f"the limits of this integral depend on the index {self.index}",
                hint="substitute, so that the limits are the same for all its values",
            )
        return build.integral(self.of(node.integrand), node.variable, node.lower, node.upper)

    def derivative(self, node: Derivative) -> Expr:
        return build.derivative(self.of(node.operand), node.variable, node.order)


def _spread(node: Expr, places: tuple[int, ...], shape: Shape) -> Expr:
    """An expression whose axes are at these places of the shape, copied along the others."""
    if is_condition(node):
        return node.rebuilt(
            tuple(_spread(operand, places, shape) if operand.shape else operand for operand in node.operands)
        )
    return build.contract([node], [places], tuple(range(len(shape))), shape)


_RULES: dict[type[Expr], Callable[[_Stack, Any], Expr]] = {
    Add: _Stack.elementwise,
    Mul: _Stack.elementwise,
    Power: _Stack.elementwise,
    Compare: _Stack.elementwise,
    Logic: _Stack.logic,
    Cases: _Stack.cases,
    Contract: _Stack.contract,
    Call: _Stack.call,
    Reshape: _Stack.reshape,
    Integral: _Stack.integral,
    Derivative: _Stack.derivative,
}
