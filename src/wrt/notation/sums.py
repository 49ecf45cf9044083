"""Sums on the page: the order of the terms, and which of the two signs a sum is written with."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from wrt.expr.arithmetic import mul, split_coefficient
from wrt.expr.contract import contract
from wrt.expr.node import ONE, Add, Constant, Contract, Expr, Mul, Rational, Shape, number
from wrt.expr.shape import core_of
from wrt.notation import products
from wrt.notation.keep import kept
from wrt.notation.order import number_leads, term_key, total_degree
from wrt.notation.plain import write
from wrt.notation.products import Factor
from wrt.notation.tree import Minus, Sum, Written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wrt.notation.layout import Layout

MOST_OPS_READ = 60


class Term(NamedTuple):
    """A term with its sign."""

    sign: int
    tree: Written
    node: Expr


def terms(layout: Layout, node: Add) -> list[Term]:
    """The terms as they would stand if all were positive: numbers last, or first where that is the habit."""
    parts = _with_names(layout, node)
    bare = {term: broadcast(layout, term, node.shape) for term in parts} if node.shape else {}
    if bare and all(tree is not None or not term.shape for term, tree in bare.items()):
        first = min((term for term, tree in bare.items() if tree is not None), key=term_key)
        bare[first] = None
    found = [Term(*(bare.get(term) or layout.signed(term)), term) for term in parts]
    if len(found) == 2:
        (first_term, second) = found
        if isinstance(first_term.node, Constant):
            first_term, second = second, first_term
        if isinstance(second.node, Constant):
            leads = number_leads(_without_sign(first_term.node))
            return [second, first_term] if leads else [first_term, second]
    found.sort(key=lambda term: term_key(term.node))
    if len({term_key(term.node) for term in found}) < len(found):
        found.sort(key=lambda term: (term_key(term.node), _reading(term.tree), term.node.key))
    return found


def _with_names(layout: Layout, node: Add) -> Sequence[Expr]:
    """The terms of a sum, where those that make up a sum with a name, or a multiple of it, are one term: the longest
    such sums first.
    """
    left = coefficients(node)
    found = []
    for part in layout.sums:
        if part in layout.names and part is not node and part.shape == node.shape:
            times = multiple_in(part, left)
            if times is not None:
                found.append(mul(number(times), part))
                for rest in coefficients(part):
                    del left[rest]
    return (*(term for term in node.terms if split_coefficient(term)[1] in left), *found) if found else node.terms


def coefficients(node: Add) -> dict[Expr, Rational]:
    """The terms of a sum without their coefficients, and these."""
    return {rest: coefficient for coefficient, rest in map(split_coefficient, node.terms)}


def multiple_in(part: Add, terms: Mapping[Expr, Rational]) -> Rational | None:
    """How many times a sum is contained in a sum with these terms and coefficients; None where it is not."""
    first: tuple[Rational, Rational] | None = None
    for own, rest in map(split_coefficient, part.terms):
        have = terms.get(rest)
        if have is None:
            return None
        first = first or (have, own)
        if have * first[1] != first[0] * own:
            return None
    assert first is not None
    times = Fraction(first[0]) / first[1]
    return int(times) if times.denominator == 1 else times


def _reading(tree: Written) -> str:
    """The text of a short term, by which terms that are alike are put in order."""
    return write(tree) if tree.ops <= MOST_OPS_READ else ""


def broadcast(layout: Layout, term: Expr, shape: Shape) -> tuple[int, Written] | None:
    """A term that is the same along an axis, written without its copies, as NumPy broadcasts it; None for others."""
    core = core_of(term)
    if not isinstance(core, Contract) or core in layout.names or term in layout.names:
        return None
    held = {index for subscript in core.subscripts for index in subscript}
    missing = [place for place, index in enumerate(core.out) if index not in held]
    copied = any(core.shape[place] is not ONE for place in missing)
    if not copied or len(set(core.out)) != len(core.out) or len(missing) == len(core.out):
        return None
    numbers = {index: place for place, index in enumerate(sorted(held))}
    inner = contract(
        core.operands,
        [tuple(numbers[index] for index in subscript) for subscript in core.subscripts],
        tuple(numbers[index] for index in core.out if index in held),
        [core.sizes[index] for index in numbers],
    )
    coefficient, scalars = (term.coefficient, term.factors[:-1]) if isinstance(term, Mul) else (1, ())
    if missing == list(range(len(missing))):
        sign, tree = layout.signed(mul(number(coefficient), *scalars, inner))
        return sign, tree
    if missing == [1] and len(core.out) == 2:
        factors = kept(layout, contraction_entries(layout, inner), 1)
        if factors is not None:
            lifted_sign = layout.lifted(inner).sign if isinstance(inner, Contract) else 1
            sign, tree = products.product(layout, coefficient * lifted_sign, (*scalars, *factors), absorb=False)
            return sign, tree
    return None


def side_by_side(layout: Layout, nodes: Sequence[Expr]) -> tuple[Written, ...]:
    """Operands of one shape: those that are the same along an axis are written bare, if one of the others is not."""
    shape = next((node.shape for node in nodes if node.shape), ())
    bare = [broadcast(layout, node, shape) if len(node.shape) > 1 else None for node in nodes]
    if any(node.shape and found is None for node, found in zip(nodes, bare, strict=True)):
        return tuple(
            layout.lift(node) if found is None else found[1] if found[0] > 0 else Minus(found[1])
            for node, found in zip(nodes, bare, strict=True)
        )
    return tuple(map(layout.lift, nodes))


def contraction_entries(layout: Layout, node: Expr) -> list[Expr | Factor]:
    """The factors of a vector, entry by entry."""
    return layout.lifted(node).factors if isinstance(node, Contract) else [node]


def _without_sign(node: Expr) -> Expr:
    if isinstance(node, Mul) and len(node.factors) == 1:
        return node.factors[0]
    return node


def arrange(found: list[Term], orientation: int) -> Sum:
    """The sum, or its negative; a positive term stands first where there is one."""
    ordered = found if orientation > 0 else [term._replace(sign=-term.sign) for term in found]
    if ordered[0].sign < 0:
        by_sign = sorted(ordered, key=lambda term: -term.sign)
        ordered = by_sign if ordered[-1].sign < 0 else ordered[::-1]
    elif len(ordered) > 2 and ordered[0].node.shape:
        ordered = sorted(ordered, key=_by_degree_then_sign)  # X @ w + b - y
    return Sum(tuple(term.sign for term in ordered), tuple(term.tree for term in ordered))


def _by_degree_then_sign(term: Term) -> tuple[bool, Rational, int]:
    return not term.node.shape, -total_degree(term.node), -term.sign


def preferred_sign(found: list[Term]) -> int:
    """The sign with which the leading term is positive; for a sum of negative terms, the other one."""
    return found[0].sign
