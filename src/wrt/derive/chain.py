"""Values on their way through an expression: products that are multiplied out once, and sums that share long products.

Products of expressions are kept flat, so multiplying at every node of n nested calls would write n²/2 factors. A chain
of factors costs one link at each node instead, and is multiplied out when a sum or a reader needs it. Where long chains
meet in a sum, what they share is put outside brackets, as in Horner's scheme: c·b·a + b·a + a = (1 + (1 + c)·b)·a.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from wrt.expr.arithmetic import add, mul
from wrt.expr.node import ONE, Expr

LONG = 64  # links in the chains of one sum, from which on they are put together link by link


class Chain:
    """The product of a value and a factor put on it: elementwise, where the two have a shape."""

    __slots__ = ("depth", "factor", "rest", "value")

    def __init__(self, factor: Expr, rest: Value) -> None:
        self.factor = factor
        self.rest = rest
        self.depth: int = rest.depth + 1 if isinstance(rest, Chain) else 1
        self.value: Expr | None = None


Value: TypeAlias = Expr | Chain


def settle(value: Value) -> Expr:
    """The value as one expression."""
    if isinstance(value, Expr):
        return value
    if value.value is None:
        value.value = mul(*_factors(value))
    return value.value


def _factors(value: Value) -> list[Expr]:
    found: list[Expr] = []
    while isinstance(value, Chain) and value.value is None:
        found.append(value.factor)
        value = value.rest
    found.append(settle(value))
    return found


def total(values: Sequence[Value]) -> Value:
    """The sum of values."""
    if len(values) == 1:
        return values[0]
    if sum(value.depth for value in values if isinstance(value, Chain)) < LONG:
        return add(*map(settle, values))
    return _joined(values)


def _joined(values: Sequence[Value]) -> Expr:
    """The sum of chains, each link visited once, from the far ends of the chains to what they start from."""
    ends: dict[Expr, list[Expr]] = {}
    links: dict[Chain, list[Expr]] = {}
    for value in values:
        _put(value, ONE, links, ends)
        while isinstance(value, Chain) and value.value is None:
            value = value.rest
            if isinstance(value, Chain):
                if value in links:
                    break
                links[value] = []
    for link in sorted(links, key=lambda link: -link.depth):
        if link.value is None:
            _put(link.rest, mul(link.factor, add(*links[link])), links, ends)
        else:
            ends.setdefault(link.value, []).extend(links[link])
    return add(*(mul(start, add(*weights)) for start, weights in ends.items()))


def _put(value: Value, weight: Expr, links: dict[Chain, list[Expr]], ends: dict[Expr, list[Expr]]) -> None:
    if isinstance(value, Chain):
        links.setdefault(value, []).append(weight)
    else:
        ends.setdefault(value, []).append(weight)
