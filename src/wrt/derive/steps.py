"""A derivation: a derivative with all that was done to get it, told as steps when they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import overload

from wrt.derive.backpropagate import backpropagate
from wrt.derive.engine import Pass, bare_symbol
from wrt.derive.forward import Values
from wrt.derive.kinks import Corner, kinks
from wrt.derive.narrate import narrate
from wrt.derive.step import Step
from wrt.derive.wording import names_in
from wrt.expr.node import Derivative, Expr, Symbol
from wrt.expr.walk import substitute
from wrt.simplify import simplify, use_symmetry

FUNCTIONS = ("f", "g", "F", "G", "f_", "g_")  # the names of the function and of its derivative, but for the user's
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
        taken = {*self._names, *names_in(self.node)}
        free = [letter for letter in FUNCTIONS if letter not in taken]
        roots = [self._told(done, free[min(place, 1)]) for place, done in enumerate(self.passes)]
        for step, after in zip(roots[:-1], self.passes[1:], strict=True):
            _simplified(step, after.tape.root, self._names)
        root = roots[0]
        if self.order > 1:
            ordinal = ORDINALS[self.order] if self.order < len(ORDINALS) else f"{self.order}th"
            before = Derivative.intern(self.passes[0].tape.root, self._bare, self.order)
            root = Step(f"{ordinal} derivative", before, roots[-1].source, ("f″ = (f′)′",), children=roots)
        start = self.passes[0].tape.root
        written = substitute(self.node, {self.variable: self._bare})
        if start is not written:
            first = roots[0].children
            first.insert(0, Step("recognise", written, start, ("a part that has a name is called by it",)))
        _simplified(root, self.expr, self._names)
        return root

    def _told(self, done: Pass, function: str) -> Step:
        if self.variable.shape:
            return backpropagate(done, self._bare, self._names, function)
        return narrate(done, self._bare, self._names)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps in reading order."""
        return tuple(self.root)

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


def _simplified(root: Step, expr: Expr, names: Mapping[str, Expr]) -> None:
    """Say that the result was simplified, or, after steps with names, what it is in the names of the user's only."""
    last = root.children[-1] if root.children else root
    if last.name:
        if last.forms[-1] is not Values(names).of(expr):
            written = partial(_in_names, expr, names)
            root.children.append(Step("result", root.after, expr, name=last.name, written=written))
    elif root.after is not expr:
        root.children.append(Step("simplify", root.after, expr, ("collect, cancel and factor",)))


def _in_names(expr: Expr, names: Mapping[str, Expr]) -> tuple[Expr, ...]:
    return (Values(names).of(expr),)
