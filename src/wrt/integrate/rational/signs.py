"""The sign of an expression: by what is declared of its symbols, and for a number by ball arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from math import prod
from operator import add, mul
from typing import Any, TypeAlias

from wrt.expr.facts import has_fact, is_nonnegative
from wrt.expr.node import EULER_GAMMA, PI, Add, Call, Constant, E, Expr, Mul, Power, Rational, Symbol
from wrt.expr.walk import nodes

Ball: TypeAlias = Any  # flint.arb, which is imported on use

FUNCTIONS = frozenset(("cos", "sin", "acos", "cosh", "sinh", "acosh", "asinh", "exp", "log"))


def sign(node: Expr) -> int | None:
    """1 where the expression is known to be positive, or nowhere negative; -1 the other way; None if neither is known.

    >>> from wrt.expr.build import power, symbol
    >>> a = symbol("a")
    >>> sign(a**2), sign(7 - 5 * power(2, 0.5)), sign(a)
    (1, -1, None)
    """
    if is_nonnegative(node):
        return 1
    match node:
        case Symbol() if has_fact(node, "nonpositive"):
            return -1
        case Mul():
            return _product(1 if node.coefficient > 0 else -1, *map(sign, node.factors))
        case Power(exponent=Constant(value=int(times))) if times % 2:
            return sign(node.base) or _sign_of_number(node)
        case Add():
            signs = set(map(sign, node.terms))
            return signs.pop() if len(signs) == 1 else _sign_of_number(node)
        case _:
            return _sign_of_number(node)


def _product(*signs: int | None) -> int | None:
    return None if None in signs else prod(each for each in signs if each is not None)


def _sign_of_number(node: Expr) -> int | None:
    value = None if node.free else number(node)
    if value is None or value.contains(0):
        return None
    return 1 if value > 0 else -1


def number(root: Expr) -> Ball | None:
    """The value of an expression without symbols, None where it has something that is not evaluated here."""
    from flint import arb

    known: Mapping[Expr, Ball] = {PI: arb.pi(), E: arb.const_e(), EULER_GAMMA: arb.const_euler()}
    values: dict[Expr, Ball] = {}
    for node in nodes(root):
        parts = [values[operand] for operand in node.operands]
        match node:
            case Constant():
                values[node] = _rational(node.value)
            case Add():
                values[node] = reduce(add, parts)
            case Mul():
                values[node] = reduce(mul, parts, _rational(node.coefficient))
            case Power():
                values[node] = parts[0] ** parts[1]
            case Call() if node.function.name in FUNCTIONS:
                values[node] = getattr(parts[0], node.function.name)()
            case _ if node in known:
                values[node] = known[node]
            case _:
                return None
    return values[root]


def _rational(value: Rational) -> Ball:
    from flint import arb

    return arb(value.numerator) / value.denominator
