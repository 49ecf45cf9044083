"""Sums of einsums: like operands are taken out, so that A.T @ x + A @ x becomes (A + A.T) @ x."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from wrt.expr.arithmetic import full, split_coefficient
from wrt.expr.build import add, contract, mul, number
from wrt.expr.node import Add, Contract, Expr, Mul, Rational, Shape
from wrt.expr.shape import core_of
from wrt.notation import size

Subscript: TypeAlias = tuple[int, ...]
Places: TypeAlias = list[tuple[int, int]]  # a term and the position of one of its operands
MOST_TERMS = 8


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a sum taken apart: coefficient, scalar factors, and operands with their indices; out is 0, 1, 2..."""

    coefficient: Rational
    scalars: tuple[Expr, ...]
    operands: tuple[Expr, ...]
    subscripts: tuple[Subscript, ...]
    out: Subscript
    sizes: Shape

    def place_of(self, position: int) -> tuple[Expr, tuple[tuple[int, ...], ...]]:
        """An operand and, for each of its axes, where in the output its index stands."""
        subscript = self.subscripts[position]
        places = tuple(tuple(p for p, index in enumerate(self.out) if index == each) for each in subscript)
        return self.operands[position], places


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


def factor_operands(node: Expr, simplify: Callable[[Expr], Expr]) -> Expr:
    """The sum with an operand that several terms share taken out, as long as that makes it shorter."""
    while isinstance(node, Add) and node.shape:
        terms = [term_of(term) for term in node.terms]
        best, shared = min(_factorings(node, terms), key=lambda factoring: size(factoring[0]))
        if not shared:
            return node
        simple = _factored(node, terms, shared, simplify)
        node = best if simple is None else min(best, simple, key=size)
    return node


def _factorings(node: Add, terms: Sequence[Term]) -> Iterator[tuple[Expr, Places]]:
    """The sum as it is, and with one shared operand taken out of all terms that have it, for each such operand."""
    yield node, []
    sharing: dict[object, Places] = {}
    for number_, term in enumerate(terms):
        for position in range(len(term.operands)):
            places = sharing.setdefault(term.place_of(position), [])
            if all(number_ != other for other, _ in places):
                places.append((number_, position))
    for places in sharing.values():
        taken = _factored(node, terms, places, lambda total: total) if len(places) > 1 else None
        if taken is not None:
            yield taken, places


def _factored(node: Add, terms: Sequence[Term], places: Places, settle: Callable[[Expr], Expr]) -> Expr | None:
    """The sum with the operand at these places taken out; `settle` brings what is left of the terms to a form."""
    taken = _take_out([(terms[each], position) for each, position in places], node.shape, settle)
    if taken is None:
        return None
    inside = {each for each, _ in places}
    return add(taken, *(term for each, term in enumerate(node.terms) if each not in inside))


def _take_out(chosen: list[tuple[Term, int]], shape: Shape, settle: Callable[[Expr], Expr]) -> Expr | None:
    """The sum of the terms as (sum of what is left of each) contracted with the operand they share.

    What is left of a term keeps the output indices that it still needs and one new axis for each index of the operand
    that is not an output index. None where an operand's own indices repeat, or an index of the output would be lost.
    """
    operand, places = chosen[0][0].place_of(chosen[0][1])
    if any(len(place) > 1 for place in places):
        return None
    ndim = len(shape)
    needed = sorted(set().union(*(_needed(term, position, ndim) for term, position in chosen)))
    lefts = [left for term, position in chosen if (left := _left(term, position, needed)) is not None]
    if len(lefts) < len(chosen):
        return None
    total = settle(add(*lefts))
    bound = [axis for axis, place in enumerate(places) if not place]
    sizes: list[Expr] = list(shape)
    subscript: list[int] = []
    for axis, place in enumerate(places):
        if place:
            subscript.append(place[0])
        else:
            subscript.append(len(sizes))
            sizes.append(operand.shape[axis])
    left_subscript = (*needed, *(subscript[axis] for axis in bound))
    if total.shape != tuple(sizes[index] for index in left_subscript):
        return None
    return contract([total, operand], [left_subscript, tuple(subscript)], tuple(range(ndim)), sizes)


def _needed(term: Term, position: int, ndim: int) -> set[int]:
    """The output places that a term without one operand still has an index for, diagonals included."""
    others = {index for place, each in enumerate(term.subscripts) if place != position for index in each}
    return {place for place in range(ndim) if term.out[place] in others or term.out.count(term.out[place]) > 1}


def _left(term: Term, position: int, needed: list[int]) -> Expr | None:
    """A term without one operand, with the needed output places and the operand's other indices as axes."""
    operand_subscript = term.subscripts[position]
    if len(set(operand_subscript)) < len(operand_subscript):
        return None
    bound = tuple(index for index in operand_subscript if index not in term.out)
    operands = [each for place, each in enumerate(term.operands) if place != position]
    subscripts = [each for place, each in enumerate(term.subscripts) if place != position]
    out = (*(term.out[place] for place in needed), *bound)
    used = sorted({index for each in subscripts for index in each} | set(out))
    renamed = {index: place for place, index in enumerate(used)}
    core = contract(
        operands,
        [tuple(renamed[index] for index in each) for each in subscripts],
        tuple(renamed[index] for index in out),
        [term.sizes[index] for index in used],
    )
    return mul(number(term.coefficient), *term.scalars, core)


def multiplied_out(node: Expr) -> Iterator[Expr]:
    """An einsum of a sum as the sum of einsums, where terms may cancel or join."""
    _, core = split_coefficient(node)
    outside, core = (core.factors[:-1], core.factors[-1]) if isinstance(core, Mul) else ((), core)
    if not isinstance(core, Contract):
        return
    for place, operand in enumerate(core.operands):
        if isinstance(operand, Add) and len(operand.terms) <= MOST_TERMS and _worth_multiplying(operand, core, place):
            yield mul(
                split_coefficient(node)[0], *outside, add(*(_with_operand(core, place, term) for term in operand.terms))
            )


def _worth_multiplying(operand: Add, core: Contract, place: int) -> bool:
    """Whether terms may cancel or join: the sum has more than two axes, deltas, or means of what else it has."""
    if operand.ndim > 2 or any(
        isinstance(core_of(term), Contract) and not core_of(term).operands for term in operand.terms
    ):
        return True
    return len(core.operands) == 1


def _with_operand(core: Contract, place: int, term: Expr) -> Expr:
    operands = list(core.operands)
    shape = operands[place].shape
    operands[place] = term if term.shape else full(term, shape)
    return contract(operands, core.subscripts, core.out, core.sizes)
