"""From nodes to values: one lowering per node kind; scalars are kept apart, and axes of copies are left out until needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from wrt.engines.values import Axes, Graph, Value
from wrt.errors import WrtError
from wrt.expr.build import mul, power
from wrt.expr.node import (
    ONE,
    Add,
    Call,
    Cases,
    Compare,
    Constant,
    Contract,
    Delta,
    Derivative,
    Expr,
    Formula,
    Integral,
    Logic,
    Mul,
    Named,
    Power,
    Rational,
    Reshape,
    Shape,
    Symbol,
    Triangle,
    Unit,
    number,
)
from wrt.expr.walk import nodes
from wrt.notation.order import factor_key, number_leads, term_key


class Placed(NamedTuple):
    """A value with the axes of its node that it has; along the others the node only holds copies."""

    value: Value
    axes: Axes


Parts = tuple[Expr, ...]


class Lowering:
    """Makes the values of expressions, each node once. `program` are all nodes of the program."""

    def __init__(self, roots: Sequence[Expr]) -> None:
        self.graph = Graph()
        self.done: dict[Expr, Placed] = {}
        self.factors: dict[Contract, list[tuple[Expr, tuple[int, ...]]]] = {}
        self.contractions: dict[frozenset[Expr], list[Contract]] = {}
        for node in nodes(*roots):
            if isinstance(node, Contract) and len(node.operands) > 1:
                self.contractions.setdefault(frozenset(node.operands), []).append(node)

    def lower(self, root: Expr) -> Placed:
        """The value of a node."""
        stack = [root]
        while stack:
            node = stack[-1]
            if node not in self.done:
                part_of, make = LOWERINGS[type(node)]
                pending = [part for part in part_of(self, node) if part not in self.done]
                if pending:
                    stack.extend(reversed(pending))
                    continue
                self.done[node] = make(self, node)
            stack.pop()
        return self.done[root]

    def scalar(self, node: Expr) -> Value:
        """The value of a dimension, or of another scalar."""
        return self.lower(node).value

    def full(self, node: Expr) -> Value:
        """The value of a node with all its axes."""
        return self.spread(self.lower(node), node.shape)

    def spread(self, placed: Placed, shape: Shape) -> Value:
        """The value with all axes of `shape`."""
        value, axes = placed
        missing = [axis for axis in range(len(shape)) if axis not in axes]
        if not missing:
            return value
        if not axes and any(size is not ONE for size in shape):
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
        """A number times factors, over factors."""
        if not tops and not bottoms:
            return Placed(self.number(coefficient), ())
        if coefficient == 1 and len(tops) == 1 and not bottoms:
            return tops[0]
        return self.elementwise("product", (coefficient, len(tops)), [*tops, *bottoms])


def _expanded_shape(value: Value, pattern: tuple[bool, ...]) -> Shape:
    sizes = iter(value.shape)
    return tuple(next(sizes) if kept else ONE for kept in pattern)


def split(factor: Expr) -> tuple[Expr, bool]:
    """A factor, and whether it divides: u**-2 divides as u**2."""
    if isinstance(factor, Power) and isinstance(factor.exponent, Constant) and factor.exponent.value < 0:
        return power(factor.base, -factor.exponent.value), True
    return factor, False


def _signed(term: Expr) -> tuple[int, Expr]:
    """The sign of a term, and the term without it."""
    if isinstance(term, Mul) and term.coefficient < 0:
        return -1, mul(-1, term)
    if isinstance(term, Constant) and term.value < 0:
        return -1, number(-term.value)
    return 1, term


def _terms(node: Add) -> list[tuple[int, Expr]]:
    """The signed terms in the order of the page: a positive one first, numbers last unless that is not the habit."""
    terms = sorted(map(_signed, node.terms), key=lambda pair: (pair[0] < 0, term_key(pair[1])))
    if len(terms) == 2 and isinstance(terms[1][1], Constant) and terms[1][0] > 0 and number_leads(terms[0][1]):
        terms.reverse()
    return terms


def _add(lowering: Lowering, node: Add) -> Placed:
    terms = _terms(node)
    scalars = [term for term in terms if not term[1].shape]
    if node.shape and len(scalars) > 1:
        inner = _sum(lowering, scalars)
        return _sum(lowering, [term for term in terms if term[1].shape], inner)
    return _sum(lowering, terms)


def _sum(lowering: Lowering, terms: Sequence[tuple[int, Expr]], *more: Placed) -> Placed:
    signs = (*(sign for sign, _ in terms), *(1 for _ in more))
    return lowering.elementwise("sum", signs, [*(lowering.done[term] for _, term in terms), *more])


def _mul(lowering: Lowering, node: Mul) -> Placed:
    if node.coefficient == 0:
        return Placed(lowering.number(0), ())
    factors = sorted(node.factors, key=factor_key)
    averaged = _mean(lowering, node, factors)
    if averaged is not None:
        return averaged
    tops, bottoms = _sides(lowering, factors)
    return lowering.product(node.coefficient, tops, bottoms)


def _sides(lowering: Lowering, factors: Sequence[Expr]) -> tuple[list[Placed], list[Placed]]:
    tops: list[Placed] = []
    bottoms: list[Placed] = []
    for factor in factors:
        part, below = split(factor)
        (bottoms if below else tops).append(lowering.done[part])
    return tops, bottoms


def _mean(lowering: Lowering, node: Mul, factors: Sequence[Expr]) -> Placed | None:
    """A sum that is divided by the number of its terms."""
    for core in factors:
        if not isinstance(core, Contract):
            continue
        value, axes = lowering.done[core]
        if value.op != "total":
            continue
        sizes = [power(value.args[0].shape[axis], -1) for axis in value.params]
        rest = [factor for factor in factors if factor is not core]
        if all(isinstance(size, Power) and size in rest for size in sizes) and len(set(sizes)) == len(sizes):
            average = lowering.graph.make("mean", value.args, value.params, value.shape)
            tops, bottoms = _sides(lowering, [factor for factor in rest if factor not in sizes])
            return lowering.product(node.coefficient, [*tops, Placed(average, axes)], bottoms)
    return None


def _power(lowering: Lowering, node: Power) -> Placed:
    part, below = split(node)
    if below:
        return lowering.product(1, (), [lowering.done[part]])
    return lowering.elementwise("power", (), [lowering.done[node.base], lowering.done[node.exponent]])


def _call(lowering: Lowering, node: Call) -> Placed:
    function = node.function
    if function.kind == "elementwise":
        return lowering.elementwise("call", (function, ()), [lowering.done[arg] for arg in node.args])
    placed = lowering.done[node.args[0]]
    if function.kind == "matrix" or not set(node.axes) <= set(placed.axes):
        placed = Placed(lowering.full(node.args[0]), tuple(range(node.args[0].ndim)))
    axes = tuple(placed.axes.index(axis) for axis in node.axes)
    if function.kind == "reduction":
        kept = [axis for axis in placed.axes if axis not in node.axes]
        left = [axis for axis in range(node.args[0].ndim) if axis not in node.axes]
        shape = tuple(node.args[0].shape[axis] for axis in kept)
        value = lowering.graph.make("call", (placed.value,), (function, axes), shape)
        return Placed(value, tuple(map(left.index, kept)))
    shape = node.shape if function.kind == "matrix" else placed.value.shape
    value = lowering.graph.make("call", (placed.value,), (function, axes), shape)
    return Placed(value, tuple(range(len(shape))) if function.kind == "matrix" else placed.axes)


def _integral(lowering: Lowering, node: Integral) -> Placed:
    integrand, lower, upper = (lowering.done[part] for part in node.operands)
    values = (integrand.value, lower.value, upper.value)
    return Placed(lowering.graph.make("integral", values, (node.variable,), integrand.value.shape), integrand.axes)


def _derivative(lowering: Lowering, node: Derivative) -> Placed:
    raise WrtError(
        f"the derivative with respect to {node.variable} is not evaluated yet, so it has no code",
        hint="derive it first, with wrt.derive",
    )


def _symbol(lowering: Lowering, node: Symbol) -> Placed:
    op = "dimension" if "dimension" in node.facts else "argument"
    return Placed(lowering.graph.make(op, (), (node,), node.shape), tuple(range(node.ndim)))


def _reshape(lowering: Lowering, node: Reshape) -> Placed:
    sizes = tuple(map(lowering.scalar, node.shape))
    value = lowering.graph.make("reshape", (lowering.full(node.operand), *sizes), (), node.shape)
    return Placed(value, tuple(range(node.ndim)))


def _contract(lowering: Lowering, node: Contract) -> Placed:
    from wrt.engines.contraction import lower_contract

    return lower_contract(lowering, node)


def _contract_parts(lowering: Lowering, node: Contract) -> Parts:
    from wrt.engines.contraction import needed

    return needed(lowering, node)


def _nothing(lowering: Lowering, node: Expr) -> Parts:
    return ()


def _operands(lowering: Lowering, node: Expr) -> Parts:
    return node.operands


def _structure(lowering: Lowering, node: Expr) -> Placed:
    """A slice, an index or a running sum that stands alone."""
    from wrt.engines.structure import dense

    return Placed(dense(lowering, node), tuple(range(node.ndim)))


def free_dimensions(roots: Collection[Value]) -> set[Symbol]:
    """The dimensions that some values need as numbers."""
    return {value.params[0] for value in roots if value.op == "dimension"}


LOWERINGS: Mapping[type[Expr], tuple[Callable[[Lowering, Any], Parts], Callable[[Lowering, Any], Placed]]] = {
    Formula: (lambda lowering, node: (node.node,), lambda lowering, node: lowering.done[node.node]),
    Symbol: (_nothing, _symbol),
    Constant: (_nothing, lambda lowering, node: Placed(lowering.number(node.value), ())),
    Named: (_nothing, lambda lowering, node: Placed(lowering.graph.make("named", (), (node.name,)), ())),
    Add: (lambda lowering, node: tuple(_signed(term)[1] for term in node.terms), _add),
    Mul: (
        lambda lowering, node: () if node.coefficient == 0 else tuple(split(factor)[0] for factor in node.factors),
        _mul,
    ),
    Power: (lambda lowering, node: (part[0],) if (part := split(node))[1] else node.operands, _power),
    Call: (_operands, _call),
    Compare: (
        _operands,
        lambda lowering, node: lowering.elementwise("compare", (node.op,), [lowering.done[e] for e in node.operands]),
    ),
    Logic: (
        _operands,
        lambda lowering, node: lowering.elementwise("logic", (node.op,), [lowering.done[e] for e in node.operands]),
    ),
    Cases: (
        _operands,
        lambda lowering, node: lowering.elementwise(
            "where", (len(node.conditions),), [lowering.done[e] for e in node.operands]
        ),
    ),
    Contract: (_contract_parts, _contract),
    Delta: (_nothing, _structure),
    Unit: (_nothing, _structure),
    Triangle: (_nothing, _structure),
    Reshape: (_operands, _reshape),
    Integral: (_operands, _integral),
    Derivative: (_nothing, _derivative),
}
