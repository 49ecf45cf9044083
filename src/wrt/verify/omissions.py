"""Small things left out of the right answer that lead to the claim: a term, a factor, an exponent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from wrt.errors import WrtError
from wrt.expr.build import add, mul, neg, number
from wrt.expr.node import Add, Constant, Expr, Mul, Power
from wrt.expr.walk import nodes, substitute
from wrt.verify.mistakes import Differentiate, say
from wrt.verify.oracle import plain
from wrt.verify.patterns import Case
from wrt.verify.series import UnsupportedError

MOST_OMISSIONS = 200

# What a mistaken person writes in the node's place, and a sentence about expressions that says what went wrong.
Omission = tuple[Expr, str, tuple[Expr, ...]]


def omission(case: Case, differentiate: Differentiate) -> str | None:
    """What was left out of the engine's answer, if that is how the claim came about."""
    right = case.f
    for _ in range(case.order):
        right = plain(differentiate(right, case.variable))
    tried = 0
    for node in reversed(nodes(right)):
        for other, sentence, about in _omissions(node):
            tried += 1
            if tried > MOST_OMISSIONS:
                return None
            if _leads_to_claim(case, right, node, other):
                return sentence.format(*map(say, about))
    return None


def _leads_to_claim(case: Case, right: Expr, node: Expr, other: Expr) -> bool:
    try:
        return case.claims(substitute(right, {node: other}))
    except (WrtError, UnsupportedError):
        return False


def _omissions(node: Expr) -> Iterator[Omission]:
    for kind, omissions in TABLE:
        if isinstance(node, kind):
            yield from omissions(node)


def _of_sum(node: Expr) -> Iterator[Omission]:
    assert isinstance(node, Add)
    for at, term in enumerate(node.terms):
        others = (*node.terms[:at], *node.terms[at + 1 :])
        yield add(*others), "the term {0} is missing", (term,)
        yield add(*others, neg(term)), "the sign of the term {0} is wrong", (term,)


def _of_product(node: Expr) -> Iterator[Omission]:
    assert isinstance(node, Mul)
    for at, factor in enumerate(node.factors):
        others = (*node.factors[:at], *node.factors[at + 1 :])
        if not factor.shape or any(other.shape for other in others):
            yield mul(number(node.coefficient), *others), "the factor {0} is missing", (factor,)


def _of_power(node: Expr) -> Iterator[Omission]:
    assert isinstance(node, Power)
    if isinstance(node.exponent, Constant):
        yield node.base, "the exponent {0} of {1} is missing", (node.exponent, node)


TABLE: Final[Sequence[tuple[type[Expr], Callable[[Expr], Iterator[Omission]]]]] = (
    (Add, _of_sum),
    (Mul, _of_product),
    (Power, _of_power),
)
