"""Expressions at values: a plan is compiled once for given dimensions, then run at many points over power series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from flint import ctx

from wrt.expr.node import Expr, Symbol
from wrt.verify.instructions import COMPILERS, Entries, Instruction, Slots, parts_of
from wrt.verify.series import OutsideDomainError, Series, is_defined
from wrt.verify.sizes import Sizes, shape_of

Environment = Mapping[Any, Entries]  # by symbol, or by node where a plan is given nodes


class MissingValueError(OutsideDomainError):
    """A plan has no value at a point."""

    def __init__(self, plan: Plan, slots: Slots) -> None:
        super().__init__()
        self._plan, self._slots = plan, slots

    @property
    def part(self) -> Expr:
        """The innermost part that has no value."""
        return self._plan.missing(self._slots)

    def __str__(self) -> str:
        return f"{self.part} is undefined"


class Plan:
    """The instructions that compute `roots`, for dimensions `sizes` and the precision and number of terms set now.

    Every value is a flat list in row-major order. Calling the plan with the entries of each free symbol, and of the
    nodes in `given` that are not to be computed, gives the entries of each root. Raises PointError at a point that
    decides nothing, UnsupportedError for a function without a ball.
    """

    def __init__(self, roots: Sequence[Expr], sizes: Sizes, given: Sequence[Expr] = ()) -> None:
        self.sizes: Sizes = sizes
        self._given = frozenset(given)
        self._place: dict[Expr, int] = {}
        self._inputs: list[tuple[int, Expr]] = []
        self._instructions: list[Instruction | None] = []
        for root in roots:
            self._schedule(root)
        self._results = [self._place[root] for root in roots]
        self.work = sum(prod(shape_of(node, sizes)) for node in self._place)

    def __call__(self, values: Environment) -> list[Entries]:
        slots = self._run(values)
        return [slots[place] for place in self._results]

    def _run(self, values: Environment) -> Slots:
        slots: Slots = [()] * len(self._instructions)
        for place, node in self._inputs:
            slots[place] = values[node]
        for place, instruction in enumerate(self._instructions):
            if instruction is not None:
                slots[place] = instruction(slots)
        return slots

    def defined(self, values: Environment) -> Entries:
        """The entries of the first root. Raises MissingValueError where one is undefined."""
        slots = self._run(values)
        entries = complete(slots[self._results[0]])
        if not all(map(is_defined, entries)):
            raise MissingValueError(self, slots)
        return entries

    def missing(self, slots: Slots) -> Expr:
        """The innermost part of the first root that has no value, where the root has none."""
        places = {place: node for node, place in self._place.items()}
        node = places[self._results[0]]
        while inner := [each for each in node.operands if each in self._place and self._lacks(slots, each)]:
            node = inner[0]
        return node

    def _lacks(self, slots: Slots, node: Expr) -> bool:
        return any(isinstance(entry, Series) and not is_defined(entry) for entry in slots[self._place[node]])

    @property
    def nodes(self) -> Iterable[Expr]:
        """The nodes that are computed, those of definitions included."""
        return self._place

    def place(self, node: Expr) -> int:
        """Where the entries of a node that is scheduled already will lie."""
        return self._place[node]

    def _schedule(self, root: Expr) -> None:
        """Append instructions for the nodes below, each after its parts (a loop: formulas may be thousands deep)."""
        stack = [root]
        while stack:
            node = stack[-1]
            if node in self._place:
                stack.pop()
                continue
            if node in self._given or (isinstance(node, Symbol) and node not in self.sizes):
                stack.pop()
                self._inputs.append((len(self._instructions), node))
                self._append(node, None)
                continue
            parts = parts_of(node)
            missing = [part for part in parts if part not in self._place]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            self._append(node, COMPILERS[type(node)](self, node, parts))

    def _append(self, node: Expr, instruction: Instruction | None) -> None:
        self._place[node] = len(self._instructions)
        self._instructions.append(instruction)


def evaluate(node: Expr, values: Environment, sizes: Sizes) -> Entries:
    """The entries of an expression. Raises OutsideDomainError where one is undefined."""
    (entries,) = Plan([node], sizes)(values)
    return defined(entries)


def complete(entries: Entries) -> Entries:
    """The entries, if none lost terms on the way: a lost coefficient would read as 0."""
    if any(entry.prec < ctx.cap for entry in entries):
        raise AssertionError("a series lost terms")
    return entries


def defined(entries: Entries) -> Entries:
    """The entries, if each is a complete series of finite balls. Raises OutsideDomainError otherwise."""
    if not all(map(is_defined, complete(entries))):
        raise OutsideDomainError("undefined here")
    return entries
