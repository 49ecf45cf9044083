"""What a rule of integration is: a name, a statement, and the moves that it offers for an integrand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from wrt.derive.step import Statement
from wrt.expr.node import Expr, Symbol


@dataclass(frozen=True, slots=True)
class Problem:
    """Find an antiderivative of `integrand` with respect to `variable`."""

    integrand: Expr
    variable: Symbol

    @property
    def is_constant(self) -> bool:
        """Whether the integrand does not depend on the variable."""
        return self.variable not in self.integrand.free


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One way on: the integrals that are left, and how their antiderivatives make that of the whole.

    An integral that needs the antiderivatives of those before it is a function of them. `named` says what letters of
    the rule's statement stand for here, `note` what else a reader should know.
    """

    parts: tuple[Part, ...] = ()
    combine: Callable[..., Expr]
    named: Mapping[str, Expr] = field(default_factory=dict)
    note: Statement = ()


Part: TypeAlias = "Problem | Callable[..., Problem]"
Moves: TypeAlias = Callable[[Problem], Iterator[Move]]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rule:
    """A rule of integration. `moves` offers the ways it has for a problem, the best first; none if it does not apply.

    `cost` is what a person would give for not having to use it: a search finds the antiderivative of least cost. Where
    a rule that `decides` applies, no other is tried after it.
    `proof` says in a line why the rule holds, `source` where to read more.
    """

    name: str
    statement: str
    source: str
    cost: int
    moves: Moves
    proof: str
    decides: bool = False

    def __repr__(self) -> str:
        return f"<{self.name}: {self.statement}>"

    def __str__(self) -> str:
        return self.name


def rule(name: str, statement: str, *, source: str, cost: int = 1, decides: bool = False) -> Callable[[Moves], Rule]:
    """Declare a rule by its moves; the docstring of the decorated function says why the rule holds."""
    return lambda moves: Rule(name, statement, source, cost, moves, moves.__doc__ or "", decides)
