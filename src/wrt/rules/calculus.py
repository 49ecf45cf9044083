"""Rules for integrals and derivatives that stand unevaluated inside an expression."""

from __future__ import annotations

from wrt.expr.arithmetic import mul
from wrt.expr.node import ONE, Derivative, Integral, Symbol
from wrt.expr.special import derivative, integral
from wrt.expr.walk import substitute
from wrt.rules.maps import Partial, Tensor
from wrt.rules.rule import Parts, Variables, rule


def _limits_and_variables(node: Integral, variables: Variables) -> Parts:
    """The limits that move, and the variables themselves for the integrand."""
    limits = [limit for limit in (node.upper, node.lower) if not variables.isdisjoint(limit.free)]
    inside = sorted((node.integrand.free - {node.variable}) & variables, key=lambda symbol: symbol.key)
    return (*limits, *(symbol for symbol in inside if symbol not in limits))


@rule(
    "Leibniz's rule",
    "(∫ₐᵇ f dt)′ = f(b)·b′ − f(a)·a′ + ∫ₐᵇ f′ dt",
    source="Apostol, Mathematical Analysis, ch. 7",
    parts=_limits_and_variables,
)
def leibniz(node: Integral, parts: Parts, k: int) -> Partial:
    """d/dx ∫ₐᵇ f(t, x) dt = f(b, x)·b′ − f(a, x)·a′ + ∫ₐᵇ ∂f/∂x dt."""
    part = parts[k]
    terms = []
    if part is node.upper:
        terms.append(substitute(node.integrand, {node.variable: part}))
    if part is node.lower:
        terms.append(mul(-1, substitute(node.integrand, {node.variable: part})))
    if isinstance(part, Symbol) and part in node.integrand.free and part is not node.variable:
        terms.append(integral(derivative(node.integrand, part), node.variable, node.lower, node.upper))
    return Tensor(sum(terms[1:], terms[0]))


def _evaluated(node: Derivative, variables: Variables) -> Parts:
    """The derivative itself; the engine, which evaluates it, puts its value in this place."""
    return (node,)


@rule("inner derivative first", "(f′)′ is the derivative of f′", source="definition", parts=_evaluated)
def inner_derivative(node: Derivative, parts: Parts, k: int) -> Partial:
    """A derivative inside the expression is taken first; what it comes to is differentiated in its place."""
    return ONE
