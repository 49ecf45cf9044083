"""Integration by parts: one factor is differentiated, the other integrated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wrt.derive.engine import differentiate
from wrt.expr.arithmetic import factors_of
from wrt.expr.build import add, mul, neg, number, power
from wrt.expr.node import Call, Constant, Expr, Power, Symbol
from wrt.integrate.forms import integrand as integrand_form
from wrt.integrate.linear import line
from wrt.integrate.rule import Move, Problem, rule
from wrt.simplify import simplify

STEWART = "Stewart, Calculus, sec. 7.1"
LOGARITHMS = {"log", "log2", "log10", "log1p"}
INVERSES = {
    *("asin", "acos", "atan", "acot", "asec", "acsc", "asinh", "acosh", "atanh", "acoth", "asech", "acsch"),
    *("erf", "erfc", "erfi", "lambertw"),
}


def rank(factor: Expr, variable: Symbol) -> int:
    """How gladly a factor is differentiated: logarithms, inverse functions, algebraic, trigonometric, exponential."""
    base = factor.base if isinstance(factor, Power) and variable not in factor.exponent.free else factor
    if isinstance(base, Call):
        return 0 if base.function.name in LOGARITHMS else 1 if base.function.name in INVERSES else 3
    if isinstance(factor, Power) and variable in factor.exponent.free:
        return 4
    return 2


def choices(problem: Problem) -> Iterator[tuple[Expr, Expr]]:
    """The factor u to differentiate and the rest v′ to integrate, the best choice first."""
    _, factors = factors_of(problem.integrand)
    ordered = sorted(factors, key=lambda each: rank(each, problem.variable))
    if len(factors) == 1 and rank(factors[0], problem.variable) < 2:
        yield factors[0], number(1)
    if len(factors) > 1:
        for u in ordered:
            rest = mul(1, *(each for each in factors if each is not u))
            if rank(u, problem.variable) < 3 or u is not ordered[-1] or _is_divisor(rest):
                yield u, rest


def _is_divisor(node: Expr) -> bool:
    """Whether this is a power that divides: by integrating it, its exponent comes nearer to 0."""
    return isinstance(node, Power) and isinstance(node.exponent, Constant) and node.exponent.value < -1


@rule("integration by parts", "∫ u·v′ dx = u·v − ∫ u′·v dx", source=STEWART, cost=3)
def by_parts(problem: Problem) -> Iterator[Move]:
    """The product rule, integrated: u·v = ∫ u′·v dx + ∫ u·v′ dx."""
    x = problem.variable
    for u, rest in choices(problem):
        slope = simplify(differentiate(u, x))

        def left(v: Expr, slope: Expr = slope) -> Problem:
            return Problem(integrand_form(mul(slope, v)), x)

        yield Move(
            parts=(Problem(rest, x), left),
            combine=lambda v, remaining, u=u: add(mul(u, v), neg(remaining)),
            named={"u": u, "v′": rest},
        )


@rule(
    "integration by parts twice",
    "∫ u·v dx = (u′·v·b − u·v′·a)/..., for u″ = a·u and v″ = b·v",
    source=STEWART,
    cost=2,
)
def twice(problem: Problem) -> Iterator[Move]:
    """For u″ = a·u and v″ = b·v: (u′·v − u·v′)′ = (a − b)·u·v."""
    x = problem.variable
    _, factors = factors_of(problem.integrand)
    if len(factors) != 2:
        return
    u, v = factors
    a, b = (_multiple(each, x) for each in factors)
    if a is None or b is None:
        return
    difference = simplify(add(a, neg(b)))
    if difference is number(0):
        return
    wronskian = add(mul(differentiate(u, x), v), neg(mul(u, differentiate(v, x))))
    yield Move(combine=lambda: mul(wronskian, power(difference, -1)), named={"u": u, "v": v, "a": a, "b": b})


def _multiple(node: Expr, x: Symbol) -> Expr | None:
    """c where u″ = c·u: for exponentials, sines and cosines of lines, also hyperbolic."""
    arguments: Sequence[Expr] = (
        node.args if isinstance(node, Call) else node.operands[1:] if isinstance(node, Power) else ()
    )
    if len(arguments) != 1 or line(arguments[0], x) is None:
        return None
    ratio = simplify(mul(differentiate(differentiate(node, x), x), power(node, -1)))
    return None if x in ratio.free else ratio
