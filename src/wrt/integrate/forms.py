"""The forms of integrands, simplified and with radicands multiplied out, and of their antiderivatives."""

from __future__ import annotations

from wrt import functions
from wrt.expr.arithmetic import factors_of
from wrt.expr.build import add, mul, power
from wrt.expr.facts import is_positive
from wrt.expr.node import Add, Call, Constant, Expr, Mul, Power
from wrt.expr.walk import nodes, rebuild
from wrt.simplify import simplify
from wrt.simplify.field import Field, TooLargeError, rational

MOST_TERMS = 5


def integrand(node: Expr) -> Expr:
    """The simplified expression with radicands multiplied out: √((1 - x)(3 + x)) is the root of a quadratic.

    Functions that it did not have are spelled out: a logistic function is a quotient of exponentials.
    """
    named = {each.function for each in nodes(node) if isinstance(each, Call)}

    def changed(each: Expr) -> Expr:
        if isinstance(each, Call) and each.function not in named and each.function.definition is not None:
            return each.function.definition(*each.args)
        return _with_expanded_radicand(_without_exponentials(each))

    return rebuild(simplify(node), changed)


def _with_expanded_radicand(node: Expr) -> Expr:
    if not isinstance(node, Power) or not isinstance(node.exponent, Constant) or isinstance(node.exponent.value, int):
        return node
    if not isinstance(node.base, Mul) or not any(isinstance(each, Add) for each in node.base.factors):
        return node
    inside = multiplied_out(node.base)
    return node if inside is None else power(inside, node.exponent)


def multiplied_out(node: Expr) -> Expr | None:
    """A product of sums as one sum, if that has few terms; None if it is not a polynomial or too long."""
    try:
        field = Field(node)
        top, bottom = field.fraction(node)
    except TooLargeError:
        return None
    if not bottom.is_one() or not 1 < len(top) <= MOST_TERMS or max(top.degrees()) > 2:
        return None
    return add(*(field.monomial(exponents, rational(value)) for exponents, value in top.to_dict().items()))


def answer(node: Expr) -> Expr:
    """The simplified antiderivative, in which functions do not meet their inverses: log(exp(u)*v) is u + log(v)."""
    return simplify(rebuild(node, lambda each: _without_tangent(_without_exponentials(each))))


def _without_tangent(node: Expr) -> Expr:
    """u for arctan(tan u), which differs from it by a constant between its jumps."""
    inside = node.args[0] if isinstance(node, Call) and node.function is functions.atan else None
    return inside.args[0] if isinstance(inside, Call) and inside.function is functions.tan else node


def _without_exponentials(node: Expr) -> Expr:
    if not (isinstance(node, Call) and node.function is functions.log):
        return node
    argument = node.args[0]
    inside = argument.args[0] if isinstance(argument, Call) and argument.function is functions.abs else argument
    coefficient, factors = factors_of(inside)
    exponentials = [each for each in factors if isinstance(each, Call) and each.function is functions.exp]
    if not exponentials:
        return node
    rest = mul(coefficient, *(each for each in factors if each not in exponentials))
    return add(
        *(each.args[0] for each in exponentials), _logarithm(rest if inside is argument else functions.abs(rest))
    )


def _logarithm(node: Expr) -> Expr:
    """The logarithm, of a power of something positive that of the base times the exponent."""
    if isinstance(node, Power) and is_positive(node.base):
        return mul(node.exponent, functions.log(node.base))
    return functions.log(node)
