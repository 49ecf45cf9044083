"""A step: one application of a rule, made from the tape when it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wrt.derive.chain import Value, settle
from wrt.expr.node import Expr, Shape


@dataclass(slots=True, eq=False)
class Step:
    """One application of a rule: `before` equals `after`.

    `before` is an unevaluated derivative, or in backpropagation the part whose adjoint is `after`. `statement` is the
    rule in one line, `named` what its letters stand for, `note` what else a reader should know.
    """

    rule: str
    before: Expr
    value: Value = field(repr=False)
    statement: str = ""
    named: Mapping[str, Expr] = field(default_factory=dict)
    note: str = ""
    children: list[Step] = field(default_factory=list)

    @property
    def after(self) -> Expr:
        """What the rule gives."""
        return settle(self.value)

    @property
    def shape(self) -> Shape:
        """The shape of what the rule gives."""
        return self.after.shape

    @property
    def why(self) -> str:
        """The rule, what its letters stand for, and the note, in one line."""
        letters = ", ".join(f"{name} = {node}" for name, node in self.named.items())
        return "   ".join(part for part in (self.statement, letters, self.note) if part)

    def __iter__(self) -> Iterator[Step]:
        """This step and those below it, in reading order."""
        stack = [self]
        while stack:
            step = stack.pop()
            yield step
            stack.extend(reversed(step.children))
