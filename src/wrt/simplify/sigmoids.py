"""Sigmoids of negative arguments: σ(-u) is 1 - σ(u), so that one sigmoid stands for both."""

from __future__ import annotations

from wrt import functions
from wrt.expr.arithmetic import factors_of, split_coefficient
from wrt.expr.build import ONE, add, mul, neg, power, sub
from wrt.expr.node import Add, Call, Expr, Power


def with_positive_sigmoids(node: Expr) -> Expr:
    """The sum, or product with a sum, with 1 - σ(u) for every σ(-u) among its factors and theirs."""
    if isinstance(node, Add):
        terms = [_changed_term(term) for term in node.terms]
        return node if all(map(_same, terms, node.terms)) else add(*terms)
    factors = factors_of(node)[1]
    if not any(isinstance(each.base if isinstance(each, Power) else each, Add) for each in factors):
        return node
    return _changed_term(node)


def _changed_term(node: Expr) -> Expr:
    coefficient, factors = factors_of(node)
    changed = [_changed(factor) for factor in factors]
    return node if all(map(_same, changed, factors)) else mul(coefficient, *changed)


def _same(left: Expr, right: Expr) -> bool:
    return left is right


def _changed(factor: Expr) -> Expr:
    base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
    if isinstance(base, Add):
        inside = with_positive_sigmoids(base)
    elif isinstance(base, Call) and base.function.name == "sigmoid" and split_coefficient(base.args[0])[0] < 0:
        inside = sub(1, functions.sigmoid(neg(base.args[0])))
    else:
        return factor
    return factor if inside is base else power(inside, exponent)
