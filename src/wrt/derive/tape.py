"""The tape: which rule is applied to which node, recorded once and then run forward or in reverse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from wrt.derive.chain import Chain, Value, settle, total
from wrt.expr.arithmetic import is_zero
from wrt.expr.node import ONE, Derivative, Expr, Integral, Symbol
from wrt.expr.tensor import identity, zeros
from wrt.rules.maps import Partial, Tensor, pull, push
from wrt.rules.rule import Parts, Rule, Variables
from wrt.rules.table import rule_for

Evaluate: TypeAlias = Callable[[Expr], Expr]


class Entry:
    """A rule applied to a node: the parts it differentiates, and the partial differentials as they are asked for."""

    __slots__ = ("_evaluate", "_partials", "node", "parts", "rule")

    def __init__(self, node: Expr, rule: Rule, parts: Parts, evaluate: Evaluate) -> None:
        self.node = node
        self.rule = rule
        self.parts = parts
        self._partials: list[Partial | None] = [None] * len(parts)
        self._evaluate = evaluate

    def partial(self, k: int) -> Partial:
        """The partial differential with respect to one part."""
        found = self._partials[k]
        if found is None:
            found = self.rule.partial(self.node, self.parts, k)
            if isinstance(self.node, Integral) and isinstance(found, Tensor):
                found = Tensor(self._evaluate(found.value))
            self._partials[k] = found
        return found


class Tape:
    """The rules that differentiate `root` with respect to `variables`, each node after its parts.

    `evaluate` evaluates the derivatives that stand inside an expression.
    """

    def __init__(self, root: Expr, variables: Variables, evaluate: Evaluate) -> None:
        self.root = root
        self.variables = variables
        self.entries: dict[Expr, Entry] = {}
        self._record(evaluate)

    def _record(self, evaluate: Evaluate) -> None:
        variables, entries = self.variables, self.entries
        open_entries: dict[Expr, Entry] = {}
        stack = [self.root]
        while stack:
            node = stack[-1]
            entry = open_entries.get(node)
            if entry is None:
                if node in entries or variables.isdisjoint(node.free) or node in variables:
                    stack.pop()
                    continue
                rule, parts = rule_for(node, variables)
                if isinstance(node, Derivative):
                    parts = (evaluate(node),)
                open_entries[node] = Entry(node, rule, parts, evaluate)
                stack.extend(reversed(parts))
                continue
            stack.pop()
            if node not in entries:
                entries[node] = entry

    def forward(self, variable: Symbol) -> dict[Expr, Value]:
        """The tangent of every node that depends on the variable, of shape `node.shape + variable.shape`."""
        tangents: dict[Expr, Value] = {variable: identity(variable.shape) if variable.shape else ONE}
        for node, entry in self.entries.items():
            if entry.rule.combine is not None and not node.shape:
                still = None
                moves = []
                for part in entry.parts:
                    tangent = tangents.get(part)
                    if tangent is None:
                        still = still or zeros(*variable.shape)
                        tangent = still
                    moves.append(settle(tangent))
                tangents[node] = entry.rule.combine(node, entry.parts, tuple(moves))
                continue
            found: list[Value] = []
            for k, part in enumerate(entry.parts):
                tangent = tangents.get(part)
                if tangent is not None:
                    moved = pushed(entry, k, tangent)
                    if moved is not None:
                        found.append(moved)
            if found:
                tangents[node] = total(found)
        return tangents

    def reverse(self) -> dict[Expr, Value]:
        """The adjoint of every node on which the root depends, of shape `root.shape + node.shape`."""
        root = self.root
        waiting: dict[Expr, list[Value]] = {root: [identity(root.shape) if root.shape else ONE]}
        adjoints: dict[Expr, Value] = {}
        for node in [*reversed(self.entries), *self.variables]:
            arrived = waiting.pop(node, None)
            if arrived is None:
                continue
            adjoint = total(arrived)
            adjoints[node] = adjoint
            entry = self.entries.get(node)
            if entry is None:
                continue
            for k, part in enumerate(entry.parts):
                if not self.variables.isdisjoint(part.free):
                    moved = pulled(entry, k, adjoint, bool(root.shape))
                    if moved is not None:
                        waiting.setdefault(part, []).append(moved)
        return adjoints


def pushed(entry: Entry, k: int, tangent: Value) -> Value | None:
    """What the tangent of a part gives to that of the node; None for nothing."""
    partial, part, node = entry.partial(k), entry.parts[k], entry.node
    if isinstance(partial, Expr):
        if is_zero(partial):
            return None
        if part.shape == node.shape:
            if partial is ONE:
                return tangent
            if not node.shape or not partial.shape:
                return Chain(partial, tangent)
    return push(partial, node, part, settle(tangent))


def pulled(entry: Entry, k: int, adjoint: Value, led: bool) -> Value | None:
    """What the adjoint of a node gives to that of its part; None for nothing."""
    partial, part, node = entry.partial(k), entry.parts[k], entry.node
    if isinstance(partial, Expr):
        if is_zero(partial):
            return None
        if part.shape == node.shape:
            if partial is ONE:
                return adjoint
            if not led or not partial.shape:
                return Chain(partial, adjoint)
    return pull(partial, node, part, settle(adjoint))
