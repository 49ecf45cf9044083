"""Binomial differentials xᵐ·(a + b·xⁿ)ᵖ, and roots of quotients of lines."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from wrt.expr.arithmetic import factors_of
from wrt.expr.build import ONE, ZERO, add, mul, neg, number, power, sub
from wrt.expr.node import Add, Constant, Expr, Power, Symbol
from wrt.integrate.forms import integrand
from wrt.integrate.linear import split_constant, terms_of
from wrt.integrate.rule import Move, Problem, rule
from wrt.integrate.substitution import new_letter, substituted
from wrt.simplify import simplify

CHEBYSHEV = "Chebyshev 1853; Gradshteyn & Ryzhik, 2.202"
MOST_POWER = 12


class Binomial(NamedTuple):
    """xᵐ·(a + b·xⁿ)ᵖ; `inside` is a + b·xⁿ."""

    m: Expr
    n: Expr
    p: Expr
    a: Expr
    b: Expr
    inside: Expr


def binomial(problem: Problem) -> Binomial | None:
    """The integrand as a binomial differential with a root, or None."""
    x = problem.variable
    moving = [each for each in factors_of(problem.integrand)[1] if x in each.free]
    sums = [each for each in moving if isinstance(_base(each), Add)]
    rest = simplify(mul(1, *(each for each in moving if each not in sums)))
    m = ZERO if rest is ONE else _exponent(rest, x)
    if len(sums) != 1 or m is None:
        return None
    inside, p = _base(sums[0]), sums[0].exponent if isinstance(sums[0], Power) else ONE
    constants = [term for term in terms_of(inside) if x not in term.free]
    others = [term for term in terms_of(inside) if x in term.free]
    if len(others) != 1 or x in p.free:
        return None
    b, monomial = split_constant(others[0], x)
    n = _exponent(monomial, x)
    return None if n is None else Binomial(m, n, p, add(*constants, 0), b, inside)


def _root_over(found: Binomial, q: int, x: Symbol) -> Expr:
    """The q-th root of (a + b·xⁿ)/xⁿ, with the sign of x where the root of xⁿ is a whole power of x."""
    times = simplify(mul(found.n, power(number(q), -1)))
    if isinstance(times, Constant) and isinstance(times.value, int):
        return mul(power(found.inside, number(Fraction(1, q))), power(x, neg(times)))
    return power(mul(found.inside, power(x, neg(found.n))), number(Fraction(1, q)))


def _base(node: Expr) -> Expr:
    return node.base if isinstance(node, Power) else node


def _exponent(node: Expr, x: Symbol) -> Expr | None:
    """The exponent where the expression is a power of x."""
    if node is x:
        return ONE
    fits = isinstance(node, Power) and node.base is x and x not in node.exponent.free
    return node.exponent if fits else None  # type: ignore[attr-defined]


def _whole(node: Expr) -> int | None:
    value = simplify(node)
    return value.value if isinstance(value, Constant) and isinstance(value.value, int) else None


def _denominator(node: Expr) -> int:
    return Fraction(node.value).denominator if isinstance(node, Constant) else 1


@rule("binomial substitution", "xᵐ·(a + b·xⁿ)ᵖ, (m + 1)/n whole: uᑫ = a + b·xⁿ", source=CHEBYSHEV, cost=3)
def inside(problem: Problem) -> Iterator[Move]:
    """xⁿ = (uᑫ − a)/b, and xᵐ dx is a whole power of xⁿ times d(xⁿ); q is the denominator of p."""
    found = binomial(problem)
    if found is None:
        return
    times = _whole(add(mul(add(found.m, 1), power(found.n, -1)), -1))
    if times is None or abs(times) > MOST_POWER or (found.n is ONE and found.m is ZERO):
        return
    q = _denominator(found.p)
    part = power(found.inside, number(Fraction(1, q)))
    u = new_letter(problem, part)
    inner = mul(sub(power(u, q), found.a), power(found.b, -1))
    weight = mul(q, power(mul(found.n, found.b), -1))
    left = mul(weight, power(inner, times), power(u, add(mul(q, found.p), q - 1)))
    yield substituted(Problem(integrand(left), u), part)


@rule("binomial substitution", "xᵐ·(a + b·xⁿ)ᵖ, (m + 1)/n + p whole: uᑫ = a/xⁿ + b", source=CHEBYSHEV, cost=3)
def beside(problem: Problem) -> Iterator[Move]:
    """xⁿ = a/(uᑫ − b), and xᵐ⁺ⁿᵖ dx is a whole power of xⁿ times d(xⁿ)."""
    found = binomial(problem)
    if found is None:
        return
    times = _whole(add(mul(add(found.m, 1), power(found.n, -1)), found.p, -1))
    q = _denominator(found.p)
    if times is None or abs(times) > MOST_POWER or q == 1:
        return
    x = problem.variable
    part = _root_over(found, q, x)
    u = new_letter(problem, part)
    below = sub(power(u, q), found.b)
    weight = mul(-q, power(found.a, times + 1), power(found.n, -1))
    left = mul(weight, power(below, -(times + 2)), power(u, add(mul(q, found.p), q - 1)))
    yield substituted(Problem(integrand(left), u), part)
