"""Integrals of sums and of constant multiples, and expressions that are linear in the variable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wrt.expr.build import add, mul, number, power
from wrt.expr.node import Add, Expr, Mul, Symbol
from wrt.integrate.rule import Move, Problem, rule

STEWART = "Stewart, Calculus, sec. 5.4"


class Line(NamedTuple):
    """slope·x + intercept."""

    slope: Expr
    intercept: Expr


def line(node: Expr, variable: Symbol) -> Line | None:
    """An expression as a line in the variable, which it depends on; None if it is none.

    >>> from wrt.expr.build import symbol
    >>> x, a = symbol("x"), symbol("a")
    >>> print(*line(2 * x / a + 3, x))
    2/a 3
    """
    moving = [term for term in terms_of(node) if variable in term.free]
    slopes = [slope_of(term, variable) for term in moving]
    found = [slope for slope in slopes if slope is not None]
    if not found or len(found) < len(slopes):
        return None
    return Line(add(*found, 0), add(*(term for term in terms_of(node) if variable not in term.free), 0))


def terms_of(node: Expr) -> tuple[Expr, ...]:
    """The terms of a sum; anything else is the one term of itself."""
    return node.terms if isinstance(node, Add) else (node,)


def slope_of(term: Expr, variable: Symbol) -> Expr | None:
    """c where the term is c·x."""
    constant, rest = split_constant(term, variable)
    return constant if rest is variable else None


def split_constant(node: Expr, variable: Symbol) -> tuple[Expr, Expr]:
    """The factors that do not depend on the variable, and the rest."""
    if not isinstance(node, Mul):
        return (number(1), node) if variable in node.free else (node, number(1))
    outside = [factor for factor in node.factors if variable not in factor.free]
    inside = [factor for factor in node.factors if variable in factor.free]
    return mul(node.coefficient, *outside), mul(1, *inside)


@rule("constant rule", "∫ c dx = c·x", source=STEWART, cost=0, decides=True)
def constant(problem: Problem) -> Iterator[Move]:
    """(c·x)′ = c."""
    if problem.is_constant:
        whole = mul(problem.integrand, problem.variable)
        yield Move(combine=lambda: whole)


@rule("constant multiple rule", "∫ c·f dx = c·∫ f dx", source=STEWART, cost=0, decides=True)
def constant_multiple(problem: Problem) -> Iterator[Move]:
    """(c·F)′ = c·F′."""
    outside, inside = split_constant(problem.integrand, problem.variable)
    if outside is not number(1) and inside is not number(1):
        yield Move(parts=(Problem(inside, problem.variable),), combine=lambda whole: mul(outside, whole))


@rule("sum rule", "∫ (f + g) dx = ∫ f dx + ∫ g dx", source=STEWART)
def sum_rule(problem: Problem) -> Iterator[Move]:
    """(F + G)′ = F′ + G′."""
    if isinstance(problem.integrand, Add):
        parts = tuple(Problem(term, problem.variable) for term in problem.integrand.terms)
        yield Move(parts=parts, combine=lambda *found: add(*found))


def over_slope(whole: Expr, slope: Expr) -> Expr:
    """F/a, for the antiderivative F(a·x + b)/a of f(a·x + b)."""
    return mul(whole, power(slope, -1))
