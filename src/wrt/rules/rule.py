"""What a rule of differentiation is: a name, a statement, the parts it differentiates and how they make the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from wrt.expr.node import Expr, Symbol
from wrt.rules.maps import Partial

Parts: TypeAlias = tuple[Expr, ...]
Variables: TypeAlias = frozenset[Symbol]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rule:
    """A rule of differentiation: d(node) = Σ partial(node, parts, k) · d(parts[k]).

    `parts` gives what of the node is to be differentiated, or None where the rule does not apply. `combine`, where
    there is one, gives the derivative of a scalar node from those of its parts in the form that the rule is known by;
    else the sum above is taken. `proof` says in a line why the rule holds, `source` where to read more.
    """

    name: str
    statement: str
    source: str
    proof: str
    parts: Callable[[Any, Variables], Parts | None]
    partial: Callable[[Any, Parts, int], Partial]
    combine: Callable[[Any, Parts, tuple[Expr, ...]], Expr] | None = None

    def __repr__(self) -> str:
        return f"<{self.name}: {self.statement}>"

    def __str__(self) -> str:
        return self.name


def rule(
    name: str,
    statement: str,
    *,
    source: str,
    parts: Callable[[Any, Variables], Parts | None],
    combine: Callable[[Any, Parts, tuple[Expr, ...]], Expr] | None = None,
) -> Callable[[Callable[[Any, Parts, int], Partial]], Rule]:
    """Declare a rule by its partial differentials: the decorated function of node, parts and the place of one part.

    The docstring of that function says why the rule holds.
    """
    return lambda partial: Rule(name, statement, source, partial.__doc__ or "", parts, partial, combine)
