"""Antiderivatives that are known: powers, and the functions of the table, of arguments that are linear."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from wrt import functions
from wrt.expr.build import INFINITY, add, mul, number, power, symbol
from wrt.expr.function import Function, RealSet
from wrt.expr.node import Add, Call, Expr, Power, Symbol
from wrt.expr.walk import nodes, substitute
from wrt.integrate.linear import line, over_slope, split_constant
from wrt.integrate.rule import Move, Problem, rule
from wrt.simplify import simplify

STEWART = "Stewart, Calculus, sec. 7.5, table of integration formulas"
ARGUMENT = symbol("the argument")  # no name of a user's


@rule("power rule", "∫ xⁿ dx = xⁿ⁺¹/(n + 1), n ≠ −1; ∫ 1/x dx = log|x|", source=STEWART)
def power_rule(problem: Problem) -> Iterator[Move]:
    """(xⁿ⁺¹)′ = (n + 1)·xⁿ, and log|x|′ = 1/x; of a·x + b in the place of x, divided by a."""
    node = problem.integrand
    base, exponent = (node.base, node.exponent) if isinstance(node, Power) else (node, number(1))
    inner = None if problem.variable in exponent.free else line(base, problem.variable)
    if inner is None or isinstance(node, Add):
        return
    following = add(exponent, 1)
    whole = (
        functions.log(functions.abs(base))
        if following is number(0)
        else mul(power(base, following), power(following, -1))
    )
    note = (exponent, " ≠ −1") if exponent.free else ()
    yield Move(combine=lambda: over_slope(whole, inner.slope), note=note)


@rule("exponential rule", "∫ aˣ dx = aˣ/log(a)", source=STEWART)
def exponential(problem: Problem) -> Iterator[Move]:
    """(aˣ)′ = aˣ·log(a); of m·x + b in the place of x, divided by m."""
    node = problem.integrand
    if not isinstance(node, Power) or problem.variable in node.base.free:
        return
    inner = line(node.exponent, problem.variable)
    if inner is not None:
        slope = mul(inner.slope, functions.log(node.base))
        yield Move(combine=lambda: over_slope(node, slope))


@rule("table", "F′ = f", source="the function's row in the table")
def declared(problem: Problem) -> Iterator[Move]:
    """The table of functions has the antiderivative; of a·x + b in the place of x, divided by a."""
    node = problem.integrand
    if not isinstance(node, Call) or node.function.antiderivative is None:
        return
    first, *others = node.args
    inner = line(first, problem.variable)
    if inner is None or any(problem.variable in other.free for other in others):
        return
    whole = node.function.antiderivative(*node.args)
    yield Move(combine=lambda: over_slope(whole, inner.slope))


@rule("table, read from right to left", "∫ g′(x) dx = g(x)", source="the function's row in the table")
def reversed_derivative(problem: Problem) -> Iterator[Move]:
    """What the table has as the derivative of a function has that function as antiderivative."""
    x = problem.variable
    for argument in linear_arguments(problem.integrand, x):
        inner = line(argument, x)
        shifted = substitute(problem.integrand, {argument: ARGUMENT})
        if inner is None or x in shifted.free:
            continue
        constant, core = split_constant(shifted, ARGUMENT)
        found = derivatives().get(core)
        if found is not None:
            multiple, function = found
            whole = mul(constant, power(multiple, -1), function(argument))
            yield Move(combine=lambda whole=whole, inner=inner: over_slope(whole, inner.slope))
            return


def linear_arguments(node: Expr, variable: Symbol) -> list[Expr]:
    """What functions and powers are taken of that is linear in the variable; the variable itself last."""
    inside = [
        operand
        for each in nodes(node)
        if isinstance(each, Call | Power)
        for operand in each.operands[:1]
        if operand is not variable and variable in operand.free and line(operand, variable) is not None
    ]
    return [*dict.fromkeys(inside), variable]


def _reaches_as_far(domain: RealSet) -> bool:
    """Whether a function may be defined wherever its derivative is: atanh is not, but 1/(1 - x²) is beyond ±1.

    The ends of the domain are infinite, or belong to it, and it is the same on both sides of 0.
    """
    first, last = domain.intervals[0], domain.intervals[-1]
    ends = {first.lower is -INFINITY or first.has_lower, last.upper is INFINITY or last.has_upper}
    inner = all(each.has_upper or each.upper is INFINITY for each in domain.intervals)
    return ends == {True} and inner and first.lower is -last.upper


@cache
def derivatives() -> dict[Expr, tuple[Expr, Function]]:
    """The derivatives of the functions of one argument, without their constant factors, and the functions."""
    found: dict[Expr, tuple[Expr, Function]] = {}
    for function in functions.TABLE.values():
        derivative = function.derivative[0] if function.derivative else None
        if function.kind != "elementwise" or len(function.arguments) > 1 or derivative is None or function.kinks:
            continue
        if not all(map(_reaches_as_far, function.domain)):
            continue
        constant, core = split_constant(simplify(derivative(ARGUMENT)), ARGUMENT)
        if ARGUMENT in core.free:
            found.setdefault(core, (constant, function))
    return found
