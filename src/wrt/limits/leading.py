"""What decides in general: dominant terms, the leading term of a series, and rates of growth."""

from __future__ import annotations

from typing import Final

from wrt.expr.build import INFINITY, ONE, ZERO, add
from wrt.expr.coerce import as_expr
from wrt.expr.node import Add, Call, Constant, Expr, Mul, Power, Symbol
from wrt.expr.walk import nodes, rebuild, substitute
from wrt.functions import TABLE
from wrt.limits.coefficients import LOG, has_log, simpler
from wrt.limits.germ import exp_of
from wrt.limits.places import is_finite
from wrt.limits.problem import Found, Problem

_exp, _log = TABLE["exp"], TABLE["log"]
SHOWN: Final = 3  # terms of a series in a step


def dominant(problem: Problem, f: Expr) -> Found | None:
    """At infinity, the dominant terms of powers and roots."""
    if is_finite(problem.point) or not _is_algebraic(problem, f):
        return None
    value, terms = _leading(problem, f, 1)
    return Found(value, "dominant terms", (f, " ≈ ", terms))


def _is_algebraic(problem: Problem, f: Expr) -> bool:
    moving = [node for node in nodes(f) if problem.variable in node.free]
    return all(isinstance(node, Symbol | Add | Mul | Power) for node in moving) and not any(
        isinstance(node, Power) and problem.variable in node.exponent.free for node in moving
    )


def series(problem: Problem, f: Expr) -> Found | None:
    """The leading term of the series at the point."""
    value, terms = _leading(problem, f, SHOWN)
    return Found(value, "series", (f, " = ", terms, " + …"))


def _leading(problem: Problem, f: Expr, shown: int) -> tuple[Expr, Expr]:
    """The limit by the leading term of the series, and its first terms."""
    stream = problem.germ.of(f)
    place = stream.leading()
    lead = as_expr(stream[place])
    if place > 0:
        value: Expr = ZERO
    elif place < 0 or has_log(lead):
        value = problem.germ.direction(stream) * INFINITY
    else:
        value = simpler(lead)
    small = _small(problem)
    terms: list[Expr] = []
    for n in range(place, place + 2 * shown * stream.grid):
        coefficient = as_expr(stream[n])
        if len(terms) < shown and coefficient is not ZERO:
            scaled = coefficient if LOG not in coefficient.free else substitute(coefficient, {LOG: _log(small)})
            terms.append(simpler(scaled) * small ** (ONE * n / stream.grid))
    return value, add(*terms)


def _small(problem: Problem) -> Expr:
    """What vanishes at the point."""
    if not is_finite(problem.point):
        return 1 / problem.variable if problem.point is INFINITY else -1 / problem.variable
    return problem.point - problem.variable if problem.side == "-" else problem.variable - problem.point


def terms(problem: Problem, f: Expr) -> Found | None:
    """A product with a sum in it, term by term."""
    if not isinstance(f, Mul):
        return None
    first = next((factor for factor in f.factors if isinstance(factor, Add)), None)
    if first is None:
        return None
    plain = add(*(f / first * term for term in first.terms))
    return Found(problem.value(plain), "term by term", (f, " = ", plain), children=[(problem, plain)])


def growth(problem: Problem, f: Expr) -> Found | None:
    """The fastest growing part decides."""
    if problem.is_two_sided:
        return None
    value = problem.growth.limit(problem.far(f))
    shown = rebuild(simpler(value), _tidied) if is_finite(value) else value
    return Found(shown, "growth", ("exponentials outgrow powers, powers outgrow logarithms",))


def _tidied(node: Expr) -> Expr:
    """A number without logarithms in exponentials and of fractions: exp(log(x)/2) is √x, log(1/2) is -log(2)."""
    match node:
        case Call(function=function, args=(argument,)) if function is _exp:
            return exp_of(argument)
        case Call(function=function, args=(Constant(value=value),)) if function is _log and 0 < value < 1:
            return -_log(1 / node.operands[0])
    return node
