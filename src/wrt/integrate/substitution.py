"""Substitution: u for a part g(x) of the integrand, where what is left after division by g′(x) depends on u only."""

from __future__ import annotations

from collections.abc import Iterator

from wrt.derive.engine import differentiate
from wrt.expr.build import ZERO, mul, power, symbol
from wrt.expr.facts import is_nonnegative, is_positive
from wrt.expr.node import Call, Constant, Expr, Power, Symbol
from wrt.expr.walk import nodes, substitute
from wrt.integrate.expressed import in_terms_of
from wrt.integrate.forms import integrand as integrand_form
from wrt.integrate.linear import line, split_constant
from wrt.integrate.rule import Move, Problem, rule
from wrt.notation import effort
from wrt.simplify.field import Field, TooLargeError

LETTERS = ("u", "v", "w", "s", "t", "z", "y")
MOST_PARTS = 24


@rule("substitution", "∫ f(g(x))·g′(x) dx = ∫ f(u) du, u = g(x)", source="Stewart, Calculus, sec. 5.5", cost=2)
def substitution(problem: Problem) -> Iterator[Move]:
    """The chain rule, read from right to left: F(g(x))′ = f(g(x))·g′(x)."""
    x = problem.variable
    found = []
    for part in inner_parts(problem.integrand, x):
        letter = new_letter(problem, part)
        slope = differentiate(part, x)
        if slope is ZERO:
            continue
        integrand = in_terms_of(mul(problem.integrand, power(slope, -1)), part, letter, x)
        if integrand is not None:
            found.append(
                (effort(split_constant(integrand, letter)[1]), part, Problem(integrand_form(integrand), letter))
            )
    for _, part, left in sorted(found, key=lambda each: each[0]):
        yield substituted(left, part)


def substituted(left: Problem, part: Expr) -> Move:
    """The move that leaves an integral in a letter for a part."""
    return Move(
        parts=(left,),
        combine=lambda whole: substitute(whole, {left.variable: part}),
        named={left.variable.name: part},
    )


def new_letter(problem: Problem, part: Expr) -> Symbol:
    """A letter that the integrand does not use, positive or not as the part is."""
    taken = {each.name for each in problem.integrand.free | part.free}
    facts = ("positive",) if is_positive(part) else ("nonnegative",) if is_nonnegative(part) or is_root(part) else ()
    return symbol(next(letter for letter in LETTERS if letter not in taken), (), facts)


def is_root(node: Expr) -> bool:
    """Whether this is a power with a broken exponent, whose values are not negative."""
    return isinstance(node, Power) and isinstance(node.exponent, Constant) and not isinstance(node.exponent.value, int)


def inner_parts(node: Expr, variable: Symbol) -> list[Expr]:
    """What may be substituted for: kernels, arguments, bases, exponents and calls, inner ones last."""
    found = dict.fromkeys(part for part in kernels(node) if is_inner(part, variable))
    for each in reversed(nodes(node)):
        if variable not in each.free or each is variable:
            continue
        match each:
            case Call():
                candidates: tuple[Expr, ...] = (each, *each.args)
            case Power():
                candidates = (each.base, each.exponent, each)
            case _:
                candidates = ()
        found.update(dict.fromkeys(part for part in candidates if is_inner(part, variable)))
    return list(found)[:MOST_PARTS]


def kernels(node: Expr) -> list[Expr]:
    """What arithmetic cannot take apart: of exp(2*x) and exp(3*x) it is exp(x), of √x and x**(1/3) it is x**(1/6)."""
    try:
        return [kernel.power(1) for kernel in Field(node).kernels]
    except TooLargeError:
        return []


def is_inner(part: Expr, variable: Symbol) -> bool:
    """Whether a part is more than the variable and a line in it."""
    return variable in part.free and not part.is_condition and line(part, variable) is None
