"""Forward-mode differentiation node by node, on values with slopes, so that one node can be made to do it wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flint import arb

from wrt.expr.node import (
    Add,
    Call,
    Cases,
    Compare,
    Constant,
    Contract,
    Derivative,
    Expr,
    Integral,
    Logic,
    Mul,
    Power,
    Reshape,
    Symbol,
)
from wrt.expr.walk import nodes
from wrt.verify.evaluate import Plan
from wrt.verify.instructions import Entries, rational
from wrt.verify.series import Series
from wrt.verify.sizes import Sizes

Duals = list[Entries]  # for each operand, entries with a value and a slope

MOST_SITES = 60


@dataclass(slots=True)
class Local:
    """One node as a function of its operands; `variable` has the slopes that the walk started from."""

    node: Expr
    operands: tuple[Expr, ...]
    inputs: tuple[Expr, ...]
    plan: Plan
    depends: tuple[bool, ...]
    variable: Entries

    def __call__(self, duals: Duals) -> Entries:
        return self.plan(dict(zip(self.inputs, duals, strict=True)))[0]

    def only(self, duals: Duals, *moving: int) -> Entries:
        """The node where the operands at these places move and all others stand still."""
        return self([entries if at in moving else still(entries) for at, entries in enumerate(duals)])


def still(entries: Entries) -> Entries:
    """The entries without slopes (truths have none)."""
    return [Series([entry[0]]) if isinstance(entry, Series) else entry for entry in entries]


def with_slopes(entries: Entries, slopes: Sequence[arb]) -> Entries:
    """The entries with other slopes."""
    return [Series([entry[0], slope]) for entry, slope in zip(entries, slopes, strict=True)]


class Forward:
    """An expression at a point along a direction: each node's value and slope, and what comes out after a change."""

    def __init__(self, f: Expr, variable: Symbol, sizes: Sizes, values: Mapping[Symbol, Entries]) -> None:
        self.f = f
        self.variable = variable
        self.results: dict[Expr, Entries] = {symbol: [rational(size)] for symbol, size in sizes.items()}
        self.results.update(values.items())
        self.order = [node for node in _outside_of_calculus(f) if node not in self.results]
        self.locals = {node: _local(node, variable, sizes, values[variable]) for node in self.order}
        for node in self.order:
            self.results[node] = self._at(node, self.results)

    @property
    def sites(self) -> list[Expr]:
        """The nodes that depend on the variable, those nearest to the result first."""
        return [node for node in reversed(self.order) if self.variable in node.free][:MOST_SITES]

    def _at(self, node: Expr, results: Mapping[Expr, Entries]) -> Entries:
        local = self.locals[node]
        return local([results[operand] for operand in local.operands])

    def slopes(self, site: Expr, change: Callable[[Local, Duals], Entries]) -> list[arb]:
        """The slopes of the whole where one node passes on something else."""
        local = self.locals[site]
        results = dict(self.results)
        results[site] = change(local, [results[operand] for operand in local.operands])
        touched = {site}
        for node in self.order[self.order.index(site) + 1 :]:
            if not touched.isdisjoint(self.locals[node].operands):
                results[node] = self._at(node, results)
                touched.add(node)
        return [entry[1] for entry in results[self.f]]


def _outside_of_calculus(f: Expr) -> list[Expr]:
    """The nodes below f, without those that only integrals and derivatives inside it need."""
    needed = {f}
    for node in reversed(nodes(f)):
        if node in needed:
            needed.update(_operands(node))
    return [node for node in nodes(f) if node in needed]


def _operands(node: Expr) -> tuple[Expr, ...]:
    if isinstance(node, Integral | Derivative):
        return tuple(sorted(node.free, key=lambda symbol: symbol.name))
    return node.operands


def _local(node: Expr, variable: Symbol, sizes: Sizes, seeds: Entries) -> Local:
    """A node on its own: over fresh symbols, so that an operand that stands twice is two inputs."""
    operands = _operands(node)
    depends = tuple(variable in operand.free for operand in operands)
    if isinstance(node, Integral | Derivative):
        return Local(node, operands, operands, Plan([node], sizes, given=operands), depends, seeds)
    inputs = tuple(
        operand if isinstance(operand, Constant) else Symbol.intern(f" {place}", operand.shape, frozenset())
        for place, operand in enumerate(operands)
    )
    plan = Plan([_over(node, inputs)], sizes, given=inputs)
    return Local(node, operands, inputs, plan, depends, seeds)


def _over(node: Expr, inputs: tuple[Expr, ...]) -> Expr:
    """The node over other operands, as it stands: no constructor rearranges it."""
    match node:
        case Add():
            return Add.intern(inputs, node.shape)
        case Mul():
            return Mul.intern(node.coefficient, inputs)
        case Power():
            return Power.intern(*inputs)
        case Call():
            return Call.intern(node.function, inputs, node.axes)
        case Contract():
            return Contract.intern(inputs, node.subscripts, node.out, node.sizes)
        case Compare():
            return Compare.intern(node.op, *inputs)
        case Logic():
            return Logic.intern(node.op, inputs)
        case Cases():
            count = len(node.conditions)
            return Cases.intern(inputs[:count], inputs[count:-1], inputs[-1], node.shape)
        case Reshape():
            return Reshape.intern(inputs[0], node.shape)
        case _:
            return node
