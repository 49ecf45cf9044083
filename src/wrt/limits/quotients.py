"""Quotients whose parts both vanish or both grow: l'Hôpital's rule."""

from __future__ import annotations

from typing import Final

from wrt.derive.engine import differentiate
from wrt.expr.build import mul
from wrt.expr.node import Call, Expr, Mul, Power
from wrt.expr.walk import is_larger, is_minus, nodes
from wrt.functions import TABLE
from wrt.limits import values
from wrt.limits.coefficients import exact, is_zero
from wrt.limits.pieces import jumps
from wrt.limits.places import is_finite
from wrt.limits.problem import Found, Problem
from wrt.limits.values import Between, IndeterminateError
from wrt.simplify import simplify

_exp, _log = TABLE["exp"], TABLE["log"]
ROUNDS: Final = 5  # times that the rule is used in a row
LARGEST: Final = 40  # nodes of a quotient of derivatives


def hospital(problem: Problem, f: Expr) -> Found | None:
    """l'Hôpital's rule: the limit of u/v is that of u′/v′ where u and v both vanish or are both infinite."""
    if not isinstance(f, Mul) or _rounds(f) >= ROUNDS or any(map(jumps, nodes(f))):
        return None
    top, bottom = _fraction(problem, f)
    form = _form(problem, top, bottom)
    slopes = [differentiate(each, problem.variable) for each in (top, bottom)]
    if is_larger(slopes[0] / slopes[1], LARGEST):
        return None
    ratio = simplify(simplify(slopes[0]) / simplify(slopes[1]))
    if is_larger(ratio, len(nodes(f)) + 3):
        return None
    if isinstance(ratio, Mul):
        ratio.remember("l'Hôpital", _rounds(f) + 1)
    found = problem.solve(ratio)
    value = found.value
    if isinstance(value, Between) or found.rule == "growth":
        return None
    statement = (f"{form}, so lim u/v = lim u′/v′",)
    named = {"u": top, "v": bottom}
    return Found(value, "l'Hôpital", statement, named, [(problem, ratio)])


def _rounds(f: Expr) -> int:
    known: int | None = f.recall("l'Hôpital")
    return known or 0


def _fraction(problem: Problem, f: Mul) -> tuple[Expr, Expr]:
    """Numerator and denominator; of a product without one, logarithms stay above."""
    top: list[Expr] = []
    bottom: list[Expr] = []
    for factor in f.factors:
        if isinstance(factor, Power) and values.is_negative(factor.exponent):
            bottom.append(1 / factor)
        elif isinstance(factor, Call) and factor.function is _exp and is_minus(factor.args[0]):
            bottom.append(_exp(-factor.args[0]))
        else:
            top.append(factor)
    if not bottom:
        low = [factor for factor in top if not _has_log(factor)]
        if len(low) == len(top):
            low = top[:1]
        top = [factor for factor in top if factor not in low]
        bottom = [1 / mul(*low)]
    return mul(f.coefficient, *top), mul(*bottom)


def _has_log(f: Expr) -> bool:
    return any(isinstance(node, Call) and node.function is _log for node in nodes(f))


def _form(problem: Problem, top: Expr, bottom: Expr) -> str:
    """The form 0/0 or ∞/∞. Raises IndeterminateError for others."""
    above, below = problem.value(top), problem.value(bottom)
    if isinstance(above, Between) or isinstance(below, Between):
        raise IndeterminateError
    if not is_finite(below) and not is_finite(above):
        return "∞/∞"
    if is_finite(above) and is_finite(below) and is_zero(exact(above)) and is_zero(exact(below)):
        return "0/0"
    raise IndeterminateError
