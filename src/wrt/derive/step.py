"""A step: one application of a rule, made from the tape when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from wrt.derive.chain import Chain, Value, settle
from wrt.expr.function import Function
from wrt.expr.node import Expr, Shape

# Words and signs, expressions and functions in turn, for a notation to spell: (tanh(x), "′ = ", 1 - tanh(x)**2).
Statement: TypeAlias = tuple[str | Expr | Function, ...]


@dataclass(slots=True, eq=False)
class Step:
    """One application of a rule: `before` equals `after`.

    `before` is an unevaluated derivative; in backpropagation it is the part whose adjoint is `after`, or whose value.
    `statement` is the rule in one line, `named` what its letters stand for, `note` what else a reader should know.
    In backpropagation a value goes by its `name`, `forms` are it in the names of other values, longest first, and
    `lead` is the shape of the function. What takes time to make, `source` and `written`, is made when it is asked for.
    """

    rule: str
    before: Expr
    source: Value | Callable[[], Value] = field(repr=False)
    statement: Statement = ()
    named: Mapping[str, Expr] = field(default_factory=dict)
    note: Statement = ()
    children: list[Step] = field(default_factory=list)
    name: str = ""
    written: Callable[[], tuple[Expr, ...]] | None = field(default=None, repr=False)
    lead: Shape = ()
    _forms: tuple[Expr, ...] | None = field(default=None, repr=False)

    @property
    def after(self) -> Expr:
        """What the rule gives."""
        if not isinstance(self.source, Expr | Chain):
            self.source = self.source()
        return settle(self.source)

    @property
    def shape(self) -> Shape:
        """The shape of what the rule gives."""
        return (*self.lead, *self.before.shape)

    @property
    def forms(self) -> tuple[Expr, ...]:
        """What the rule gives, in the names of other values; empty for a step without a name."""
        if self._forms is None:
            self._forms = self.written() if self.written is not None else ()
        return self._forms

    @property
    def why(self) -> str:
        """The rule, what its letters stand for, and the note, in one line of text."""
        letters = ", ".join(f"{name} = {node}" for name, node in self.named.items())
        said = ("".join(map(str, self.statement)), letters, "".join(map(str, self.note)))
        return "   ".join(part for part in said if part)

    def __iter__(self) -> Iterator[Step]:
        """This step and those below it, in reading order."""
        stack = [self]
        while stack:
            step = stack.pop()
            yield step
            stack.extend(reversed(step.children))
