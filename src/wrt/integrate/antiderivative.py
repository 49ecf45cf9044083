"""Antiderivatives of expressions: the search, and what is said where it finds none."""

from __future__ import annotations

from wrt.errors import Unsolved, WrtError
from wrt.expr.node import Expr, Symbol
from wrt.integrate.forms import integrand
from wrt.integrate.rule import Problem
from wrt.integrate.search import Search
from wrt.integrate.steps import Integration
from wrt.integrate.strategy import STRATEGY


def antiderivative(node: Expr, variable: Symbol) -> Integration:
    """An antiderivative of an expression, without a constant, and the steps that led to it.

    Raises Unsolved, with the rules that were tried, where the search found none, and WrtError for what has a shape.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> found = antiderivative(3 * x**2, x)
    >>> print(found.expr, [step.rule for step in found])
    x**3 ['constant multiple rule', 'power rule']
    """
    if node.shape or variable.shape:
        raise WrtError("only a scalar function of a scalar has an antiderivative here")
    search = Search(STRATEGY, Problem(integrand(node), variable))
    solution = search.run()
    if solution is None:
        tried = list(dict.fromkeys(rule.name for rule, _ in search.tried))
        raise Unsolved(f"no antiderivative found for {node}", tried=tried)
    return Integration(node, variable, solution)
