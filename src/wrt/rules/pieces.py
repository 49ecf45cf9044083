"""Rules for functions given piece by piece."""

from __future__ import annotations

from wrt.errors import DomainError
from wrt.expr.conditions import cases
from wrt.expr.node import ONE, ZERO, Cases, Compare, Expr, Symbol
from wrt.expr.shape import broadcast_to
from wrt.expr.walk import substitute
from wrt.rules.maps import Partial
from wrt.rules.rule import Parts, Variables, rule


def _unpieced(node: Cases, variables: Variables) -> Parts | None:
    """The rest, where the first piece is one point at which the rest has the same value."""
    condition = node.conditions[0]
    if not isinstance(condition, Compare) or condition.op != "==":
        return None
    rest = cases(tuple(zip(node.conditions, node.values, strict=True))[1:], node.otherwise, node.shape)
    for variable, point in ((condition.left, condition.right), (condition.right, condition.left)):
        fits = point.shape in ((), variable.shape)
        if fits and isinstance(variable, Symbol) and variable in variables and variable not in point.free:
            there: dict[Expr, Expr] = {variable: broadcast_to(point, variable.shape)}
            try:
                value, here = substitute(rest, there), substitute(broadcast_to(node.values[0], node.shape), there)
            except DomainError:
                return None
            return (rest,) if value is here else None
    return None


@rule(
    "the same function",
    "where(x = a, u(a), u) is u",
    source="definition",
    parts=_unpieced,
)
def filled_point(node: Cases, parts: Parts, k: int) -> Partial:
    """A piece that is one point, with the value that the rest has there, changes nothing."""
    return ONE


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
