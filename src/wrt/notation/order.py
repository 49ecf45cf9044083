"""The order on the page: descending degree for terms, numbers before symbols before calls for factors."""

from __future__ import annotations

from typing import Any, TypeAlias

from wrt.expr.node import (
    Add,
    Antiderivative,
    Call,
    Cases,
    Compare,
    Constant,
    Contract,
    Delta,
    Derivative,
    Expr,
    Integral,
    Limit,
    Logic,
    Mul,
    Named,
    Power,
    Rational,
    Reshape,
    Symbol,
    Triangle,
    Unit,
)

Degrees: TypeAlias = dict[str, Rational]

MOST_LEAVES = 6


def degrees(node: Expr) -> Degrees:
    """The degree of an expression in each symbol, as a polynomial; what stands inside calls does not count."""
    known: Degrees | None = node.recall("degrees")
    if known is None:
        known = node.remember("degrees", _degrees(node))
    return known


def _degrees(node: Expr) -> Degrees:
    match node:
        case Symbol():
            return {node.name: 1}
        case Mul() | Contract():
            return _product_degrees(node.operands)
        case Power():
            if isinstance(node.exponent, Constant):
                return {name: degree * node.exponent.value for name, degree in degrees(node.base).items()}
            return {}
        case Add():
            highest: Degrees = {}
            for term in node.terms:
                for name, degree in degrees(term).items():
                    highest[name] = max(degree, highest.get(name, 0))
            return highest
        case _:
            return {}


def _product_degrees(factors: tuple[Expr, ...]) -> Degrees:
    if len(factors) == 1:
        return degrees(factors[0])
    summed: Degrees = {}
    for factor in factors:
        for name, degree in degrees(factor).items():
            summed[name] = summed.get(name, 0) + degree
    return summed


def total_degree(node: Expr) -> Rational:
    """The degree in all symbols together."""
    known: Rational | None = node.recall("total degree")
    if known is None:
        known = node.remember("total degree", _total_degree(node))
    return known


def _total_degree(node: Expr) -> Rational:
    if isinstance(node, Add):
        return max(total_degree(term) for term in node.terms)
    if isinstance(node, Mul | Contract):
        return sum(map(total_degree, node.operands))
    if isinstance(node, Power) and isinstance(node.exponent, Constant):
        return total_degree(node.base) * node.exponent.value
    return sum(degrees(node).values())


def leaves(node: Expr) -> tuple[str, ...]:
    """The first names and numbers below a node: how it would be looked up in an index."""
    known: tuple[str, ...] | None = node.recall("leaves")
    if known is None:
        known = node.remember("leaves", _leaves(node)[:MOST_LEAVES])
    return known


def _leaves(node: Expr) -> tuple[str, ...]:
    match node:
        case Symbol() | Named():
            return (node.name,)
        case Constant():
            return (str(node.value),)
        case Call():
            return (node.function.name, *_chained(node.args))
        case Power():
            return _chained((node.base, node.exponent))
        case Add() | Mul() | Contract() | Logic():
            return tuple(name for each in sorted(map(leaves, node.operands)) for name in each)
        case Delta():
            return (leaves(node.rows)[0], str(node.offset))
        case Unit():
            return (str(node.position),)
        case Triangle() | Compare() | Cases() | Reshape() | Integral() | Antiderivative() | Derivative() | Limit():
            return _chained(node.operands)
        case _:
            return ()


def _chained(nodes: tuple[Expr, ...]) -> tuple[str, ...]:
    return tuple(name for node in nodes for name in leaves(node))


def term_key(node: Expr) -> tuple[Any, ...]:
    """Sorts the terms of a sum: higher degrees first, then by the powers of symbols, then by names; numbers last."""
    known: tuple[Any, ...] | None = node.recall("term order")
    if known is None:
        powers = tuple(sorted((_rank(name), -degree) for name, degree in degrees(node).items() if degree))
        known = (isinstance(node, Constant), -total_degree(node), powers, leaves(node), isinstance(node, Contract))
        node.remember("term order", known)
    return known


def _rank(name: str) -> tuple[bool, str]:
    """The order of names in sums: the variable first, as in x - mu."""
    return name[:1] not in "xX", name


# The classes of factors, in the order in which they are written.
CONSTANT, SYMBOL, POWER, MATRIX, POLYNOMIAL, CALL, EXPONENTIAL, SUM_OF_CALLS = range(8)


def factor_key(node: Expr) -> tuple[Any, ...]:
    """Sorts the factors of a product: scalars before tensors, then by class, then by name."""
    known: tuple[Any, ...] | None = node.recall("factor order")
    if known is None:
        known = node.remember("factor order", (bool(node.shape), _class(node), leaves(node)))
    return known


def _class(node: Expr) -> int:
    base = node.base if isinstance(node, Power) else node
    match base:
        case Constant() | Named():
            return CONSTANT if base is node or not node.free else POWER
        case Symbol():
            return SYMBOL if base is node else POWER
        case Add():
            return SUM_OF_CALLS if has_calls(base) else POLYNOMIAL
        case Call():
            return EXPONENTIAL if base.function.name == "exp" else CALL
        case Contract():
            return MATRIX
        case _:
            return CALL


def prepare(node: Expr) -> None:
    """Find out now what the order of this node among others depends on, so that nothing recurses through it later."""
    degrees(node)
    total_degree(node)
    leaves(node)
    has_calls(node)


def has_calls(node: Expr) -> bool:
    """Whether a function is applied anywhere in the expression, or a power has symbols above."""
    known: bool | None = node.recall("has calls")
    if known is None:
        match node:
            case Call() | Cases() | Integral() | Antiderivative() | Derivative() | Limit():
                known = True
            case Power():
                known = has_calls(node.base) or bool(node.exponent.free)
            case _:
                known = any(map(has_calls, node.operands))
        node.remember("has calls", known)
    return known


def number_leads(other: Expr) -> bool:
    """Whether a positive number stands before the one other term: 1 + x**2 and 1 + exp(x), but x + 1 and a*x + 2."""
    match other:
        case Mul():
            return any(map(number_leads, other.factors))
        case Symbol() | Contract():
            return False
        case Named() | Constant() | Add():
            return False
        case _:
            return True
