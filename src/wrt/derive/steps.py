"""A derivation: a derivative with all that was done to get it, told as steps when they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import overload

from wrt.derive.backpropagate import backpropagate, forward_names
from wrt.derive.engine import Pass, bare_symbol
from wrt.derive.kinks import Corner, kinks
from wrt.derive.narrate import narrate
from wrt.derive.step import Step
from wrt.expr.node import Derivative, Expr, Symbol
from wrt.expr.walk import substitute
from wrt.simplify import simplify, use_symmetry

ORDINALS = ("zeroth", "first", "second", "third", "fourth", "fifth")


class Derivation(Sequence[Step]):
    """The derivative of an expression and its steps, in reading order; `root` is the tree they make.

    `expr` is the derivative in readable form, `raw` as the rules gave it; `kinks` are the places where it exists on one
    side only. `passes` are the runs over the tape, one for each order.
    """

    def __init__(self, node: Expr, variable: Symbol, passes: Sequence[Pass], names: Mapping[str, Expr]) -> None:
        self.node = node
        self.variable = variable
        self.order = len(passes)
        self.passes = tuple(passes)
        self._names = names
        self._bare = bare_symbol(variable)
        result = self.passes[-1].results[self._bare]
        self.raw = result if self._bare is variable else substitute(result, {self._bare: variable})

    @cached_property
    def expr(self) -> Expr:
        """The derivative in readable form, with the facts of symmetric symbols put to use."""
        matrices = any(symbol.ndim > 1 for symbol in self.raw.free)
        return simplify(use_symmetry(self.raw) if matrices else self.raw)

    @cached_property
    def root(self) -> Step:
        """The steps as a tree."""
        roots = [self._told(done) for done in self.passes]
        for step, after in zip(roots[:-1], self.passes[1:], strict=True):
            _simplified(step, after.tape.root)
        root = roots[0]
        if self.order > 1:
            ordinal = ORDINALS[self.order] if self.order < len(ORDINALS) else f"{self.order}th"
            before = Derivative.intern(self.passes[0].tape.root, self._bare, self.order)
            root = Step(f"{ordinal} derivative", before, roots[-1].value, "f″ = (f′)′", children=roots)
        start = self.passes[0].tape.root
        written = substitute(self.node, {self.variable: self._bare})
        if start is not written:
            root.children.insert(0, Step("recognise", written, start, "a part that has a name is called by it"))
        _simplified(root, self.expr)
        return root

    def _told(self, done: Pass) -> Step:
        if self.variable.shape:
            return backpropagate(done, self._bare)
        return narrate(done, self._bare, self._names)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps in reading order."""
        return tuple(self.root)

    @cached_property
    def forward(self) -> dict[str, Expr]:
        """Names for the values that a reverse pass runs through, in the order in which they are computed."""
        return forward_names(self.passes[0], self._names) if self.variable.shape else {}

    @cached_property
    def kinks(self) -> tuple[Corner, ...]:
        """Where the function has kinks, and what the derivative takes there."""
        return kinks(self.passes[0].tape)

    @overload
    def __getitem__(self, place: int) -> Step: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Step, ...]: ...

    def __getitem__(self, place: int | slice) -> Step | tuple[Step, ...]:
        return self.steps[place]

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        return f"<Derivation of {self.node} by {self.variable.name}>"


def _simplified(root: Step, expr: Expr) -> None:
    """Say that the result was simplified, where it was."""
    if root.after is not expr:
        root.children.append(Step("simplify", root.after, expr, "collect, cancel and factor"))
