"""Other ways to write an integrand: expanded, and with a root as the variable."""

from __future__ import annotations

from collections.abc import Iterator

from wrt import functions
from wrt.derive.engine import differentiate
from wrt.expr.arithmetic import factors_of
from wrt.expr.build import add, mul, power, sub
from wrt.expr.node import Add, Call, Constant, Expr, Power, Symbol
from wrt.expr.walk import rebuild, substitute
from wrt.integrate.forms import integrand as integrand_form
from wrt.integrate.linear import Line, line
from wrt.integrate.radicals import pieces_of
from wrt.integrate.rational.quotients import is_rational
from wrt.integrate.rule import Move, Problem, rule
from wrt.integrate.substitution import kernels, new_letter, substituted
from wrt.integrate.trigonometric import CIRCLE, HYPERBOLA
from wrt.notation import effort
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
    terms = [
        mul(field.monomial(exponents, 1), int(value.p), power(int(value.q), -1), below)
        for exponents, value in top.to_dict().items()
    ]
    return sum(terms[1:], terms[0]) if terms else node


@rule(
    "rationalising substitution",
    "∫ f(x) dx = ∫ f(x(u))·x′(u) du, u = ⁿ√(a·x + b)",
    source="Stewart, Calculus, sec. 7.4",
    cost=3,
)
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


@rule(
    "rationalising substitution",
    "∫ f(x) dx = ∫ f(x(u))·x′(u) du, uⁿ = (a·x + b)/(c·x + d)",
    source="Gradshteyn & Ryzhik, 2.201",
    cost=4,
)
def root_of_quotient(problem: Problem) -> Iterator[Move]:
    """The chain rule; x = (d·uⁿ − b)/(a − c·uⁿ)."""
    x = problem.variable
    for part in kernels(problem.integrand):
        lines = quotient_of_lines(part, x)
        if lines is None or not isinstance(part, Power):
            continue
        above, below = lines
        letter = new_letter(problem, part)
        inside = power(letter, power(part.exponent, -1))
        numerator = sub(mul(below.intercept, inside), above.intercept)
        inverse = mul(numerator, power(sub(above.slope, mul(below.slope, inside)), -1))
        replaced = substitute(substitute(problem.integrand, {part: letter}), {x: inverse})
        left = integrand_form(mul(replaced, differentiate(inverse, letter)))
        if effort(left) <= 4 * effort(problem.integrand) + 10:
            yield substituted(Problem(left, letter), part)


def quotient_of_lines(part: Expr, x: Symbol) -> tuple[Line, Line] | None:
    """Numerator and denominator of what a root is taken of, if both are lines."""
    if not isinstance(part, Power) or not isinstance(part.exponent, Constant) or isinstance(part.exponent.value, int):
        return None
    try:
        field = Field(part.base, x)
        top, bottom = field.reduced(*field.fraction(part.base))
    except TooLargeError:
        return None
    above, below = (line(field.expression(poly), x) for poly in (top, bottom))
    return None if above is None or below is None else (above, below)


@rule("logarithm as the variable", "∫ f(x) dx = ∫ f(eᵘ)·eᵘ du, u = log(x)", source="substitution x = eᵘ", cost=3)
def logarithm_of_line(problem: Problem) -> Iterator[Move]:
    """The chain rule; u = log(a·x + b) makes x a line in eᵘ."""
    x = problem.variable
    for part in kernels(problem.integrand):
        inner = line(part.args[0], x) if isinstance(part, Call) and part.function is functions.log else None
        if inner is None or not isinstance(part, Call):
            continue
        letter = new_letter(problem, part)
        inverse = mul(sub(functions.exp(letter), inner.intercept), power(inner.slope, -1))
        left = integrand_form(mul(substitute(problem.integrand, {x: inverse}), differentiate(inverse, letter)))
        if effort(left) <= effort(problem.integrand) + 2:
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


@rule("partial fractions beside a factor", "A/(p·q)·f = B/p·f + C/q·f", source="Stewart, Calculus, sec. 7.4", cost=3)
def beside_fractions(problem: Problem) -> Iterator[Move]:
    """The rational factor of the integrand as a sum of a polynomial and simple fractions."""
    x = problem.variable
    _, factors = factors_of(problem.integrand)
    rational = [each for each in factors if is_rational(each, x)]
    others = [each for each in factors if each not in rational]
    if not rational or not others:
        return
    pieces = pieces_of(mul(*rational), x)
    if len(pieces) > 1:
        parts = tuple(Problem(integrand_form(mul(piece, *others)), x) for piece in pieces)
        yield Move(parts=parts, combine=lambda *found: add(*found))


@rule("definition", "f(x) is what it is defined as", source="the function's row in the table", cost=2)
def definition(problem: Problem) -> Iterator[Move]:
    """A function of the table is what its definition says."""
    whole = integrand_form(rebuild(problem.integrand, _defined))
    if whole is not problem.integrand:
        yield Move(parts=(Problem(whole, problem.variable),), combine=lambda found: found)


def _defined(node: Expr) -> Expr:
    if not isinstance(node, Call) or node.function.kind != "elementwise" or node.function.definition is None:
        return node
    if node.function.name in CIRCLE.ratios or node.function.name in HYPERBOLA.ratios:
        return node  # they have rules of their own
    return node.function.definition(*node.args)
