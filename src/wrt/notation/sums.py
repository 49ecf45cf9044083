"""Sums on the page: the order of the terms, and which of the two signs a sum is written with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wrt.expr.node import Add, Constant, Expr, Mul
from wrt.notation.order import number_leads, term_key
from wrt.notation.tree import Sum, Written

if TYPE_CHECKING:
    from wrt.notation.layout import Layout


class Term(NamedTuple):
    """A term with its sign."""

    sign: int
    tree: Written
    node: Expr


def terms(layout: Layout, node: Add) -> list[Term]:
    """The terms as they would stand if all were positive: numbers last, or first where that is the habit."""
    found = [Term(*layout.signed_term(term, node), term) for term in node.terms]
    if len(found) == 2:
        (first, second) = found
        if isinstance(first.node, Constant):
            first, second = second, first
        if isinstance(second.node, Constant):
            return [second, first] if number_leads(_without_sign(first.node)) else [first, second]
    found.sort(key=lambda term: term_key(term.node))
    return found


def _without_sign(node: Expr) -> Expr:
    if isinstance(node, Mul) and len(node.factors) == 1:
        return node.factors[0]
    return node


def arrange(found: list[Term], orientation: int) -> Sum:
    """The sum, or its negative; a positive term stands first where there is one."""
    ordered = found if orientation > 0 else [term._replace(sign=-term.sign) for term in found]
    if ordered[0].sign < 0:
        ordered = ordered[::-1]
        if ordered[0].sign < 0:
            ordered = sorted(ordered[::-1], key=lambda term: -term.sign)
    elif len(ordered) == 2 and isinstance(ordered[0].node, Constant) and ordered[1].sign > 0:
        pass
    return Sum(tuple(term.sign for term in ordered), tuple(term.tree for term in ordered))


def preferred_sign(found: list[Term]) -> int:
    """The sign with which the leading term is positive; for a sum of negative terms, the other one."""
    return found[0].sign
