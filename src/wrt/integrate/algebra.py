"""Other ways to write an integrand: expanded, and with a root as the variable."""

from __future__ import annotations

from collections.abc import Iterator

from wrt.derive.engine import differentiate
from wrt.expr.build import mul, power, sub
from wrt.expr.node import Add, Constant, Expr, Power, Symbol
from wrt.expr.walk import substitute
from wrt.integrate.linear import line
from wrt.integrate.forms import integrand as integrand_form
from wrt.integrate.rule import Move, Problem, rule
from wrt.integrate.substitution import kernels, new_letter, substituted
from wrt.notation import effort
from wrt.simplify import simplify
from wrt.simplify.field import Field, TooLargeError

MOST_TERMS = 12


@rule("expand", "f·(g + h) = f·g + f·h", source="algebra", cost=2)
def expand(problem: Problem) -> Iterator[Move]:
    """The distributive law."""
    whole = expanded(problem.integrand)
    if isinstance(whole, Add) and whole is not problem.integrand:
        yield Move(parts=(Problem(whole, problem.variable),), combine=lambda found: found)


def expanded(node: Expr) -> Expr:
    """The numerator multiplied out, each of its terms over the denominator."""
    try:
        field = Field(node)
        top, bottom = field.fraction(node)
    except TooLargeError:
        return node
    if len(top) > MOST_TERMS:
        return node
    below = power(field.expression(bottom), -1)
    terms = [mul(field.monomial(exponents, 1), int(value.p), power(int(value.q), -1), below) for exponents, value in top.to_dict().items()]
    return sum(terms[1:], terms[0]) if terms else node


@rule("rationalising substitution", "∫ f(x) dx = ∫ f(x(u))·x′(u) du, u = ⁿ√(a·x + b)", source="Stewart, Calculus, sec. 7.4", cost=3)
def root_of_line(problem: Problem) -> Iterator[Move]:
    """The chain rule; uⁿ = a·x + b makes x a polynomial in u."""
    x = problem.variable
    for part in kernels(problem.integrand):
        found = inverse_of_root(part, x)
        if found is None:
            continue
        letter = new_letter(problem, part)
        inverse = substitute(found, {PLACE: letter})
        integrand = mul(substitute(problem.integrand, {x: inverse}), differentiate(inverse, letter))
        left = integrand_form(integrand)
        if effort(left) <= 4 * effort(problem.integrand) + 10:
            yield substituted(Problem(left, letter), part)


PLACE = Symbol.intern("the root", (), frozenset())


def inverse_of_root(part: Expr, x: Symbol) -> Expr | None:
    """x as a polynomial in the root of a line in x."""
    if not isinstance(part, Power) or not isinstance(part.exponent, Constant) or part.exponent.value == 1:
        return None
    inner = line(part.base, x) if x in part.base.free else None
    if inner is None or part.exponent.value <= 0:
        return None
    return mul(sub(power(PLACE, 1 / part.exponent), inner.intercept), power(inner.slope, -1))
