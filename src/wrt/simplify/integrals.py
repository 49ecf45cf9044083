"""Integrals of polynomials, which are sums like any other."""

from __future__ import annotations

from wrt.expr.build import INFINITY, ONE, add, div, mul, number, power, sub
from wrt.expr.node import Expr, Integral
from wrt.expr.walk import nodes, substitute
from wrt.simplify.field import Field, TooLargeError, rational


def polynomial_integral(node: Integral) -> Expr:
    """The value of a definite integral whose integrand is a polynomial in the variable; other integrals as they are."""
    variable = node.variable
    if any(INFINITY in nodes(limit) for limit in (node.lower, node.upper)):
        return node
    try:
        field = Field(node.integrand)
        top, bottom = field.fraction(node.integrand)
    except TooLargeError:
        return node
    below = field.expression(bottom)
    places = [
        place
        for place, kernel in enumerate(field.kernels)
        if kernel.base is variable and kernel.rest is ONE and kernel.unit.denominator == 1 and kernel.unit > 0
    ]
    terms = []
    for exponents, value in top.to_dict().items():
        degree = sum(int(int(exponents[place]) * field.kernels[place].unit) for place in places)
        others = tuple(0 if place in places else exponent for place, exponent in enumerate(exponents))
        coefficient = field.monomial(others, rational(value))
        if variable in coefficient.free or variable in below.free:
            return node
        terms.append(div(mul(coefficient, power(variable, degree + 1)), number(degree + 1)))
    antiderivative = div(add(*terms), below)
    return sub(substitute(antiderivative, {variable: node.upper}), substitute(antiderivative, {variable: node.lower}))
