"""Derivations: the steps of a computation, made from its tapes when they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from wrt.derive.tape import Value, settle
from wrt.expr.node import Expr, Shape


@dataclass(slots=True, eq=False)
class Step:
    """One application of a rule: `before` equals `after`.

    `before` is an unevaluated derivative, or in backpropagation the part whose adjoint is `after`. `statement` is the rule
    in one line, `named` what its letters stand for, `note` what else a reader should know.
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


class Derivation(Sequence[Step]):
    """The steps of a computation: `root` is the tree, and the derivation itself the sequence in reading order.

    `forward` names the intermediate values that a reverse pass runs through, in the order in which they are computed.
    """

    def __init__(self, root: Step, forward: Mapping[str, Expr]) -> None:
        self.root = root
        self.forward = forward

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps in reading order."""
        return tuple(self.root)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        return self.steps[place]

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        return f"<Derivation of {len(self)} steps>"
