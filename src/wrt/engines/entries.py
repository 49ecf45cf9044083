"""Products of entries over an entry as the product of the others, which is there too where the entry is 0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from wrt.engines.terms import Factor, Subscript, Term, cleared, expanded, whole_part
from wrt.expr.build import add, cases, compare, contract, mul, power, sub
from wrt.expr.function import Function
from wrt.expr.node import ONE, Add, Call, Constant, Contract, Expr, Mul, Power
from wrt.expr.walk import nodes
from wrt.functions.declare import function

OTHERS: Function = function(
    "products_of_others",
    "for each entry the product of all others",
    kind="axiswise",
    engines=dict.fromkeys(("numpy", "jax", "torch"), "helpers.products_of_others"),
)


def undivided(node: Expr) -> Expr | None:
    """The expression without quotients of products by their own factors; None if there are none."""
    if not isinstance(node, Add | Mul | Contract):
        return None
    summands = node.terms if isinstance(node, Add) else (node,)
    concerned = [each for each in summands if _has_quotient(each)]
    terms = [_flat(term) for each in concerned for term in expanded(each, _is_apart)]
    for whole in _products(terms):
        of_product = _OfProduct(whole)
        better = cleared(terms, of_product) if any(map(of_product.quotients, terms)) else None
        if better is not None:
            return add(better, *(each for each in summands if each not in concerned))
    return None


def _has_quotient(node: Expr) -> bool:
    below = nodes(node) if isinstance(node, Mul | Contract) else ()
    return any(map(_is_product, below)) and any(map(_is_reciprocal, below))


def _is_product(node: Expr) -> bool:
    return isinstance(node, Call) and node.function.name == "prod" and len(node.axes) in (1, node.args[0].ndim)


def _is_reciprocal(node: Expr) -> bool:
    whole = isinstance(node, Power) and isinstance(node.exponent, Constant) and isinstance(node.exponent.value, int)
    return whole and bool(node.shape) and node.exponent.value < 0  # type: ignore[attr-defined]


def _is_apart(node: Expr) -> bool:
    """Whether reciprocals or an identity matrix stand in an expression, but no product that is to be divided."""
    below = nodes(node)
    return any(_is_reciprocal(each) or (isinstance(each, Contract) and not each.operands) for each in below)


def _flat(term: Term) -> Term:
    """The term with a factor for each time that it is divided by an entry, and its scalars as factors."""
    factors: list[Factor] = [(scalar, ()) for scalar in term.scalars]
    for operand, subscript in term.factors:
        if _is_reciprocal(operand):
            assert isinstance(operand, Power) and isinstance(operand.exponent, Constant)
            factors += [(power(operand.base, -1), subscript)] * int(-operand.exponent.value)
        else:
            factors.append((operand, subscript))
    return replace(term, factors=tuple(factors), scalars=())


def _products(terms: Sequence[Term]) -> Sequence[Call]:
    """The products of entries among the factors of the terms."""
    bases = (base.base if isinstance(base, Power) else base for term in terms for base, _ in term.factors)
    return list(dict.fromkeys(base for base in bases if isinstance(base, Call) and _is_product(base)))


class _OfProduct:
    """As many quotients by entries as the product is a factor become products of the others; two more become products
    of all but two, in a term from which those by the same entry are taken away."""

    def __init__(self, whole: Call) -> None:
        self.whole = whole
        self.x = whole.args[0]
        self.axes = whole.axes

    def quotients(self, term: Term) -> list[tuple[int, Expr]]:
        """The places of the reciprocals of entries, and what is left of the entry."""
        kept = {subscript for operand, subscript in term.factors if whole_part(operand, self.whole)}
        found = []
        for place, (operand, subscript) in enumerate(term.factors):
            if _is_reciprocal(operand) and self.along(subscript) in kept:
                rest = mul(self.x, operand)
                if len(subscript) == len(set(subscript)) == self.x.ndim and not any(map(_is_reciprocal, nodes(rest))):
                    found.append((place, rest))
        return found

    def along(self, subscript: Subscript) -> Subscript:
        """The indices of the product, of those of an entry."""
        return tuple(index for axis, index in enumerate(subscript) if axis not in self.axes)

    def surplus(self, term: Term) -> int:
        """How many quotients there are beyond the products."""
        return len(self.quotients(term)) - sum(whole_part(operand, self.whole) for operand, _ in term.factors)

    def plain(self, term: Term) -> Term:
        """The term with the product of the other entries for each quotient."""
        return self.with_others(term, self.quotients(term))

    def with_others(self, term: Term, quotients: Sequence[tuple[int, Expr]]) -> Term:
        """The term with the product of the other entries for some quotients."""
        factors = list(term.factors)
        for place, rest in quotients:
            subscript = factors[place][1]
            factors[place] = mul(OTHERS(self.x, axis=self.axes), rest), subscript
            factors.append((power(self.whole, -1), self.along(subscript)))
        return replace(term, factors=tuple(factors))

    def core(self, term: Term) -> Expr:
        """What the term is a multiple of."""
        return replace(term, coefficient=1).node

    def pairs(self, term: Term) -> Iterator[tuple[Expr, Term]]:
        """What the term is at the same entry twice, and what it is less that."""
        quotients = self.quotients(term)
        axis = self.axes[0]
        for first, second in combinations(quotients if len(self.axes) == 1 else (), 2):
            here, there = term.factors[first[0]][1], term.factors[second[0]][1]
            i, j = here[axis], there[axis]
            if i == j or _renamed(there, j, i) != here:
                continue
            same = [(operand, _renamed(subscript, j, i)) for operand, subscript in term.factors]
            diagonal = replace(term, factors=tuple(same), out=_renamed(term.out, j, i))
            others = [each for each in quotients if each not in (first, second)]
            rest = self.with_others(term, others)
            reduced = power(self.whole, -1), self.along(here)
            pair = self.of_other_pairs(), (*here, j)
            gone = first[0], second[0]
            yield self.core(diagonal), rest.with_factors(gone, (first[1], here), (second[1], there), pair, reduced)

    def of_other_pairs(self) -> Expr:
        """The products of all entries but two, with a last axis for the second one; 0 where the two are the same."""
        x, axis = self.x, self.axes[0]
        indices = tuple(range(x.ndim))
        moved = (*indices[:axis], x.ndim, *indices[axis + 1 :])
        sizes = (*x.shape, x.shape[axis])
        same = contract((), (), (*indices, axis), x.shape)
        without = cases([(compare("==", same, 1), 1)], contract([x], [moved], (*indices, x.ndim), sizes))
        return mul(OTHERS(without, axis=x.ndim), sub(ONE, same))


def _renamed(subscript: Subscript, old: int, new: int) -> Subscript:
    return tuple(new if index == old else index for index in subscript)
