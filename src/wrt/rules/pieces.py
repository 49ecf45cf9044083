"""Rules for functions given piece by piece."""

from __future__ import annotations

from wrt.expr.conditions import cases
from wrt.expr.node import ONE, ZERO, Cases, Expr
from wrt.rules.maps import Partial
from wrt.rules.rule import Parts, Variables, rule


def _values(node: Cases, variables: Variables) -> Parts:
    return (*node.values, node.otherwise)


def _piecewise(node: Cases, parts: Parts, tangents: tuple[Expr, ...]) -> Expr:
    *values, otherwise = tangents
    return cases(tuple(zip(node.conditions, values, strict=True)), otherwise)


@rule(
    "piecewise rule",
    "where(c, u, v)′ = where(c, u′, v′)",
    source="Griewank & Walther, Evaluating Derivatives, ch. 14",
    parts=_values,
    combine=_piecewise,
)
def piecewise(node: Cases, parts: Parts, k: int) -> Partial:
    """Inside each piece the function is the piece; where pieces meet, the branch that is taken counts."""
    conditions = node.conditions[: k + 1]
    chosen = [ZERO] * k + [ONE]
    last = k == len(node.values)
    branches = tuple(zip(conditions, chosen[: len(conditions)], strict=True))
    return cases(branches, ONE if last else ZERO, node.shape if any(c.shape for c in conditions) else ())
