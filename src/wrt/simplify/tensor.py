"""Sums of einsums: what terms share is taken out, so that A.T @ x + A @ x becomes (A + A.T) @ x."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TypeAlias

from wrt.expr.arithmetic import full, split_coefficient
from wrt.expr.build import add, contract, mul, number, transpose
from wrt.expr.contract import contract_used
from wrt.expr.node import Add, Contract, Expr, Mul, Rational, Shape
from wrt.expr.shape import core_of
from wrt.notation import effort, size
from wrt.simplify.collect import take_content
from wrt.simplify.shares import is_share

Subscript: TypeAlias = tuple[int, ...]
Place: TypeAlias = tuple[Expr, tuple[tuple[int, ...], ...]]
MOST_TERMS = 8
MOST_AXES = 2  # of a sum inside an einsum: what has more, no word of linear algebra says


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a sum taken apart: coefficient, scalar factors, and operands with their indices; out is 0, 1, 2..."""

    coefficient: Rational
    scalars: tuple[Expr, ...]
    operands: tuple[Expr, ...]
    subscripts: tuple[Subscript, ...]
    out: Subscript
    sizes: Shape

    def place_of(self, position: int) -> Place:
        """An operand and, for each of its axes, where in the output its index stands."""
        subscript = self.subscripts[position]
        places = tuple(tuple(p for p, index in enumerate(self.out) if index == each) for each in subscript)
        return self.operands[position], places

    def without(self, positions: Sequence[int], out: Subscript) -> Expr:
        """The term without some operands, with these of its indices as axes; an index may stand in several."""
        kept = [place for place in range(len(self.operands)) if place not in positions]
        core = contract_used(
            [self.operands[place] for place in kept], [self.subscripts[place] for place in kept], out, self.sizes
        )
        return mul(number(self.coefficient), *self.scalars, core)

    def needs(self, positions: Sequence[int]) -> set[int]:
        """The output places for which the term still has an index without some operands, diagonals included."""
        kept = {index for place, each in enumerate(self.subscripts) if place not in positions for index in each}
        return {place for place, index in enumerate(self.out) if index in kept or self.out.count(index) > 1}


def term_of(node: Expr) -> Term:
    """Any expression as one term."""
    coefficient, rest = split_coefficient(node)
    if not rest.shape:
        scalars = rest.factors if isinstance(rest, Mul) else (rest,)
        return Term(coefficient, scalars, (), (), (), ())
    scalars, core = (rest.factors[:-1], rest.factors[-1]) if isinstance(rest, Mul) else ((), rest)
    if isinstance(core, Contract):
        return Term(coefficient, scalars, core.operands, core.subscripts, core.out, core.sizes)
    indices = tuple(range(core.ndim))
    return Term(coefficient, scalars, (core,), (indices,), indices, core.shape)


class Sharing:
    """Operands that several terms of a sum share: for each of these terms, the positions where it has them."""

    def __init__(self, terms: dict[int, Term], positions: dict[int, tuple[int, ...]]) -> None:
        self.terms = terms
        self.positions = positions

    def joined(self, place: Place) -> Sharing | None:
        """The sharing with one more operand; None where a term does not have it beside the others."""
        found: dict[int, tuple[int, ...]] = {}
        pattern: list[set[int]] | None = None
        for key, term in self.terms.items():
            taken = self.positions[key]
            options = [at for at in range(len(term.operands)) if at not in taken and term.place_of(at) == place]
            if not options:
                return None
            patterns = {at: self._meeting(key, term.subscripts[at]) for at in options}
            chosen = next((at for at in options if pattern is None or patterns[at] == pattern), options[0])
            pattern = pattern or patterns[chosen]
            found[key] = (*taken, chosen)
        return Sharing(self.terms, found)

    def _meeting(self, key: int, subscript: Subscript) -> list[set[int]]:
        """For each axis of an operand, where its index stands among those of the operands taken so far."""
        indices = self._indices(key)
        return [{place for place, index in enumerate(indices) if index == each} for each in subscript]

    def _indices(self, key: int) -> list[int]:
        """The indices of a term's shared operands, one after another."""
        term = self.terms[key]
        return [index for at in self.positions[key] for index in term.subscripts[at]]

    @cached_property
    def columns(self) -> list[Subscript]:
        """For each axis of the shared operands, its index in every term: axes that agree are one index."""
        return list(zip(*map(self._indices, self.terms), strict=True))

    @cached_property
    def outer(self) -> dict[Subscript, int]:
        """The indices that stand at one place of the output in every term, with that place."""
        outs = list(zip(*(term.out for term in self.terms.values()), strict=True))
        return {each: outs.index(each) for each in self.columns if each in outs}

    @cached_property
    def edges(self) -> list[Subscript]:
        """The other indices at which what is left of a term meets the shared operands."""
        classes = list(dict.fromkeys(self.columns))
        return [each for each in classes if each not in self.outer and self._is_met(each, classes)]

    @cached_property
    def places(self) -> list[int]:
        """The places of the output that what is left of some term still needs."""
        needed = set()
        for at, (key, term) in enumerate(self.terms.items()):
            met = {each[at] for each in self.edges}
            needed |= term.needs(self.positions[key])
            needed |= {place for place, index in enumerate(term.out) if index in met}
        return sorted(needed)

    @property
    def rank(self) -> int:
        """How many axes what is left of the terms has."""
        return len(self.places) + len(self.edges)

    def taken_out(self, shape: Shape, settle: Callable[[Expr], Expr]) -> Iterator[Expr]:
        """The sum of the terms as (sum of what is left of each) contracted with what they share, in both orientations.

        What is left of a term has an axis for each place of the output that some term needs, and for each edge. Nothing
        where shapes do not fit.
        """
        first, positions = next(iter(self.terms.values())), next(iter(self.positions.values()))
        operands = [first.operands[at] for at in positions]
        number_of, sizes = dict(self.outer), list(shape)
        for each in self.columns:
            if each not in number_of:
                number_of[each] = len(sizes)
                sizes.append(first.sizes[each[0]])
        numbers = iter([number_of[each] for each in self.columns])
        subscripts = [tuple(next(numbers) for _ in operand.shape) for operand in operands]
        axes: list[int | Subscript] = [*self.places, *self.edges]
        for order in (axes, axes[::-1])[: 1 + (len(axes) == 2)]:
            total = settle(add(*(self._left(at, order) for at in range(len(self.terms)))))
            subscript = tuple(each if isinstance(each, int) else number_of[each] for each in order)
            if total.shape == tuple(sizes[index] for index in subscript):
                yield contract([total, *operands], [subscript, *subscripts], tuple(range(len(shape))), sizes)

    def _left(self, at: int, order: Sequence[int | Subscript]) -> Expr:
        """What is left of a term, with these places and edges as axes."""
        key, term = list(self.terms.items())[at]
        out = tuple(term.out[each] if isinstance(each, int) else each[at] for each in order)
        return term.without(self.positions[key], out)

    def _is_met(self, column: Subscript, classes: Sequence[Subscript]) -> bool:
        """Whether an index is one that what is left of a term has too, or that two classes or the output share."""
        for at, (key, term) in enumerate(self.terms.items()):
            index = column[at]
            rest = [each for place, each in enumerate(term.subscripts) if place not in self.positions[key]]
            twice = sum(each[at] == index for each in classes) > 1
            if twice or index in term.out or any(index in each for each in rest):
                return True
        return False


def factor_operands(node: Expr, simplify: Callable[[Expr], Expr]) -> Expr:
    """The sum with operands that several terms share taken out, as long as that makes it shorter."""
    while isinstance(node, Add) and node.shape:
        best, shared = min(_factorings(node), key=lambda factoring: _length(factoring[0]))
        if shared is None:
            return node
        node = min([best, *_factored(node, shared, simplify)], key=_length)
    return node


def _length(node: Expr) -> tuple[int, int]:
    return effort(node), size(node)


def _factorings(node: Add) -> Iterator[tuple[Expr, Sharing | None]]:
    """The sum as it is, and with what some of its terms share taken out."""
    yield node, None
    if len(node.terms) > MOST_TERMS:
        return
    for sharing in _sharings([term_of(term) for term in node.terms]):
        if sharing.rank > MOST_AXES:
            continue
        for taken in _factored(node, sharing, lambda total: total):
            yield taken, sharing


def _sharings(terms: Sequence[Term]) -> Iterator[Sharing]:
    """For each operand that several terms have at one place: alone, with the matrices they share, with all of it."""
    having: dict[Place, dict[int, int]] = {}
    for key, term in enumerate(terms):
        for position in range(len(term.operands)):
            having.setdefault(term.place_of(position), {}).setdefault(key, position)
    by_rank = sorted(having, key=lambda place: -place[0].ndim)
    for place, found in having.items():
        if len(found) < 2 or any(len(each) > 1 for each in place[1]):
            continue
        sharing = Sharing({key: terms[key] for key in found}, {key: (at,) for key, at in found.items()})
        yield sharing
        for least_rank in (2, 1):
            grown = sharing
            for other in by_rank:
                if other[0].ndim >= least_rank and found.keys() <= having[other].keys():
                    wider = grown.joined(other)
                    while wider is not None and wider.rank <= max(grown.rank, MOST_AXES):
                        grown, wider = wider, wider.joined(other)
            if grown is not sharing:
                yield grown


def _factored(node: Add, sharing: Sharing, settle: Callable[[Expr], Expr]) -> Iterator[Expr]:
    """The sum with what is shared taken out; `settle` brings what is left of the terms to a form."""
    others = [term for key, term in enumerate(node.terms) if key not in sharing.terms]
    for taken in sharing.taken_out(node.shape, settle):
        yield add(taken, *others)


def transposed_sums(node: Expr) -> Iterator[Expr]:
    """A sum of matrices with every term transposed: shorter, where more terms are written transposed than not."""
    if isinstance(node, Add) and node.ndim == 2:
        yield add(*(transpose(term) if term.shape else term for term in node.terms))


def without_contents(node: Expr) -> Expr:
    """An einsum with the number that all terms of a sum in it share taken out."""
    if not (isinstance(node, Contract) and any(isinstance(operand, Add) for operand in node.operands)):
        return node
    return node.rebuilt(
        tuple(take_content(operand) if isinstance(operand, Add) else operand for operand in node.operands)
    )


def spread_out(node: Contract) -> Expr:
    """An einsum of a sum with more than two axes as the sum of einsums: each of them may be said in words."""
    for place, operand in enumerate(node.operands):
        if isinstance(operand, Add) and operand.ndim > MOST_AXES and len(operand.terms) <= MOST_TERMS:
            return add(*(_with_operand(node, place, term) for term in operand.terms))
    return node


def multiplied_out(node: Expr) -> Iterator[Expr]:
    """An einsum of a sum as the sum of einsums, where terms may cancel or join, and all of them are not too many."""
    _, core = split_coefficient(node)
    outside, core = (core.factors[:-1], core.factors[-1]) if isinstance(core, Mul) else ((), core)
    if not isinstance(core, Contract):
        return
    sums = {
        place: operand.terms
        for place, operand in enumerate(core.operands)
        if isinstance(operand, Add) and _worth_multiplying(operand, core, place)
    }
    if prod(map(len, sums.values())) > MOST_TERMS:
        return
    for place, terms in sums.items():
        yield mul(split_coefficient(node)[0], *outside, add(*(_with_operand(core, place, term) for term in terms)))


def _worth_multiplying(operand: Add, core: Contract, place: int) -> bool:
    """Whether terms may cancel or join: the sum has more than two axes, deltas, or means of what else it has."""
    if operand.ndim > 2 or any(
        isinstance(core_of(term), Contract) and not core_of(term).operands for term in operand.terms
    ):
        return True
    shares = any(is_share(other) for at, other in enumerate(core.operands) if at != place)
    return len(core.operands) == 1 or (shares and any(not term.shape for term in operand.terms))


def _with_operand(core: Contract, place: int, term: Expr) -> Expr:
    operands = list(core.operands)
    shape = operands[place].shape
    operands[place] = term if term.shape else full(term, shape)
    return contract(operands, core.subscripts, core.out, core.sizes)
