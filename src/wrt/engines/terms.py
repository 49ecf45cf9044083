"""Products as coefficient, scalars and one einsum, and sums of them in which pairs of terms become one factor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from wrt.expr.build import add, broadcast_to, mul
from wrt.expr.contract import contract_used
from wrt.expr.node import Add, Constant, Contract, Expr, Mul, Power, Rational

Subscript = tuple[int, ...]
Factor = tuple[Expr, Subscript]
Test = Callable[[Expr], bool]

MOST_COPIES = 4  # powers below it are taken apart
MOST_TERMS = 16


@dataclass(frozen=True)
class Term:
    """A product: a number and scalars times an einsum."""

    coefficient: Rational
    scalars: tuple[Expr, ...]
    factors: tuple[Factor, ...]
    out: Subscript
    sizes: tuple[Expr, ...]

    @property
    def node(self) -> Expr:
        """The product as an expression."""
        operands, subscripts = zip(*self.factors, strict=True) if self.factors else ((), ())
        return mul(self.coefficient, *self.scalars, contract_used(operands, subscripts, self.out, self.sizes))

    def with_factors(self, gone: Collection[int], *factors: Factor) -> Term:
        """The term with some factors in the place of others."""
        kept = [each for place, each in enumerate(self.factors) if place not in gone]
        return replace(self, factors=(*kept, *factors))


def read_term(node: Expr, apart: Test) -> Term:
    """An expression as a product; scalars and small powers in which something stands that is to be taken apart are."""
    coefficient, factors = (node.coefficient, node.factors) if isinstance(node, Mul) else (1, (node,))
    scalars: list[Expr] = []
    found: list[Factor] = []
    sizes: list[Expr] = []
    out: Subscript = ()

    def place(operand: Expr, subscript: Subscript) -> None:
        base, times = _copies(operand, apart)
        found.extend([(base, subscript)] * times)

    def splice(part: Contract) -> Subscript:
        start = len(sizes)
        sizes.extend(part.sizes)
        for operand, subscript in zip(part.operands, part.subscripts, strict=True):
            place(operand, tuple(start + index for index in subscript))
        return tuple(start + index for index in part.out)

    for factor in factors:
        base, times = _copies(factor, apart)
        if isinstance(factor, Contract) and (factor.shape or apart(factor)):
            out = splice(factor) or out
        elif factor.shape:
            out = tuple(range(len(sizes), len(sizes) + factor.ndim))
            sizes.extend(factor.shape)
            place(factor, out)
        elif isinstance(base, Contract) and times > 1:
            for _ in range(times):
                splice(base)
        elif isinstance(base, Add) and apart(base):
            place(factor, ())
        else:
            scalars.append(factor)
    return Term(coefficient, tuple(scalars), tuple(found), out, tuple(sizes))


def _copies(node: Expr, apart: Test) -> tuple[Expr, int]:
    """The base of a small whole power that is taken apart, and how often it is multiplied."""
    if isinstance(node, Power) and isinstance(node.exponent, Constant) and node.exponent.value in range(2, MOST_COPIES):
        return (node.base, int(node.exponent.value)) if apart(node.base) else (node, 1)
    return node, 1


def expanded(node: Expr, apart: Test) -> list[Term]:
    """The terms of a product, multiplied out where a factor is a sum that is to be taken apart."""
    term = read_term(node, apart)
    for place, (operand, subscript) in enumerate(term.factors):
        if isinstance(operand, Add) and len(operand.terms) <= MOST_TERMS and apart(operand):
            parts = [broadcast_to(each, operand.shape) for each in operand.terms]
            return [
                each for part in parts for each in expanded(term.with_factors([place], (part, subscript)).node, apart)
            ]
    return [term]


class Cofactors(Protocol):
    """How divisions that a factor makes up for are done without dividing."""

    def surplus(self, term: Term) -> int:
        """How many divisions there are beyond those that a factor makes up for one by one."""

    def plain(self, term: Term) -> Term:
        """A term without surplus, without its divisions."""

    def core(self, term: Term) -> Expr:
        """What a term is a multiple of."""

    def pairs(self, term: Term) -> Iterator[tuple[Expr, Term]]:
        """The cores of terms with which this one may be paired, and what this one less such a term is."""


def cleared(terms: Sequence[Term], cofactors: Cofactors) -> Expr | None:
    """The sum without divisions; None where some remain."""
    done: list[Expr] = []
    left: dict[Expr, Term] = {}
    for term in terms if len(terms) <= MOST_TERMS else ():
        surplus = cofactors.surplus(term)
        if surplus > 1:
            return None
        if surplus <= 0:
            done.append(cofactors.plain(term).node)
        else:
            _include(left, cofactors.core(term), term)
    while left:
        found = next(_paired(left, cofactors), None)
        if found is None:
            return None
        core, other, difference = found
        amount = _least(left[core].coefficient, -left[other].coefficient)
        done.append(replace(difference, coefficient=amount).node)
        for each, taken in ((core, amount), (other, -amount)):
            _include(left, each, replace(left[each], coefficient=-taken))
    return add(*done) if done else None


def _paired(left: dict[Expr, Term], cofactors: Cofactors) -> Iterator[tuple[Expr, Expr, Term]]:
    """Terms of opposite signs that make a pair, positive ones first."""
    for core, term in sorted(left.items(), key=lambda item: -item[1].coefficient):
        for other, difference in cofactors.pairs(term):
            if other in left and left[other].coefficient * term.coefficient < 0:
                yield core, other, difference


def _include(left: dict[Expr, Term], core: Expr, term: Term) -> None:
    """Add a term to those with the same core."""
    coefficient = term.coefficient + (left[core].coefficient if core in left else 0)
    if coefficient:
        left[core] = replace(left.get(core, term), coefficient=coefficient)
    else:
        left.pop(core, None)


def _least(first: Rational, second: Rational) -> Rational:
    """The one nearer to 0 of two numbers with the same sign."""
    return min(first, second) if first > 0 else max(first, second)


def whole_part(factor: Expr, base: Expr) -> int:
    """How often a factor has another one as a factor of it, if it is a power of that."""
    if factor is base:
        return 1
    if isinstance(factor, Power) and factor.base is base and isinstance(factor.exponent, Constant):
        return max(int(factor.exponent.value), 0)
    return 0
