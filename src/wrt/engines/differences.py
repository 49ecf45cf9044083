"""Distances d = norm(x − y): terms with x/d and with y/d are put together as (x − y)/d, which is 0 where d is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wrt.engines.terms import Subscript, Term, cleared, expanded
from wrt.expr.arithmetic import split_coefficient
from wrt.expr.build import add, mul
from wrt.expr.node import Add, Constant, Contract, Expr, Power
from wrt.expr.walk import nodes

Axes = tuple[int, ...]


def together(node: Add, distance: Expr, difference: Add, kept: Axes) -> Expr | None:
    """The sum with the difference wherever both sides of it are divided by their distance; None where one is alone.

    The distance has its axes along those of the difference that are `kept`.
    """
    summands = node.terms

    def is_divided(part: Expr) -> bool:
        return any(isinstance(each, Power) and each.base is distance for each in nodes(part))

    concerned = [each for each in summands if is_divided(each)]
    sides = _OfDifference(distance, difference, kept)
    terms = [term for each in concerned for term in expanded(each, is_divided)]
    if not any(sides.surplus(term) == 1 for term in terms):
        return None
    better = cleared(terms, sides)
    return None if better is None else add(better, *(each for each in summands if each not in concerned))


def is_difference(node: Add) -> bool:
    """Whether this is the difference of each entry of one array and each of another."""
    return any(_sides(node)) and all(len(axes) < node.ndim for _, axes in _sides(node))


class _OfDifference:
    """Terms that are divided by a distance more often than they have the difference as a factor, in pairs."""

    def __init__(self, distance: Expr, difference: Add, kept: Axes) -> None:
        self.distance = distance
        self.difference = difference
        self.kept = kept
        self.cores = _sides(difference)

    def divisor(self, term: Term) -> tuple[Subscript, int]:
        """The indices of the distance that divides a term, and how often it does."""
        for operand, subscript in term.factors:
            if isinstance(operand, Power) and operand.base is self.distance and isinstance(operand.exponent, Constant):
                return subscript, max(-int(operand.exponent.value), 0)
        return (), 0

    def surplus(self, term: Term) -> int:
        """How often a term is divided without a difference for it."""
        indices, times = self.divisor(term)
        return times - sum(
            operand is self.difference and tuple(subscript[axis] for axis in self.kept) == indices
            for operand, subscript in term.factors
        )

    def plain(self, term: Term) -> Term:
        """A term that needs no other one."""
        return term

    def core(self, term: Term) -> Expr:
        """What the term is a multiple of."""
        return replace(term, coefficient=1).node

    def pairs(self, term: Term) -> Iterator[tuple[Expr, Term]]:
        """The term with the other side in the place of one side, and with the difference there."""
        indices, _ = self.divisor(term)
        for place, (operand, subscript) in enumerate(term.factors):
            for (side, axes), (other, other_axes) in (self.cores, self.cores[::-1]):
                whole = dict(zip(axes, subscript, strict=True)) if operand is side else {}
                known = dict(zip(self.kept, indices, strict=True))
                if not whole or any(known.get(axis, index) != index for axis, index in whole.items()):
                    continue
                whole |= known
                if len(whole) == self.difference.ndim:
                    factors = list(term.factors)
                    factors[place] = other, tuple(whole[axis] for axis in other_axes)
                    partner = self.core(replace(term, factors=tuple(factors)))
                    sign = 1 if side is self.cores[0][0] and axes == self.cores[0][1] else -1
                    factors[place] = mul(sign, self.difference), tuple(whole[axis] for axis in sorted(whole))
                    yield partner, replace(term, factors=tuple(factors))


def _sides(difference: Add) -> tuple[tuple[Expr, Axes], ...]:
    """x and y, and their axes, of a difference x − y of arrays with copies along other axes; () for another sum."""
    sides: dict[int, tuple[Expr, Axes]] = {}
    for term in difference.terms:
        coefficient, core = split_coefficient(term)
        if isinstance(core, Contract) and len(core.operands) == 1 and set(core.subscripts[0]) <= set(core.out):
            side = core.operands[0], tuple(core.out.index(index) for index in core.subscripts[0])
        else:
            side = core, tuple(range(core.ndim))
        if coefficient in (1, -1):
            sides[int(coefficient)] = side
    return (sides[1], sides[-1]) if len(sides) == 2 == len(difference.terms) else ()
