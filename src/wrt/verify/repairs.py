"""Small edits of a wrong answer, one of which may make it right: a sign, a factor, an exponent, a term, a transpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Final

from wrt.errors import WrtError
from wrt.expr.build import add, contract, mul, neg, power
from wrt.expr.node import Add, Call, Constant, Contract, Expr, Mul, Power, Symbol
from wrt.expr.walk import nodes, substitute
from wrt.verify.mistakes import say
from wrt.verify.patterns import Case
from wrt.verify.series import UnsupportedError

MOST_EDITS = 200

# What stands in the node's place, and a sentence about expressions that says so.
Edit = tuple[Expr, str, tuple[Expr, ...]]


def repair(case: Case) -> str | None:
    """The edit that makes the claim right, if one does."""
    tried = 0
    for node in reversed(nodes(case.claim)):
        for other, sentence, about in edits(node, case):
            tried += 1
            if tried > MOST_EDITS:
                return None
            if _is_right(case, node, other):
                return sentence.format(*map(say, about))
    return None


def _is_right(case: Case, node: Expr, other: Expr) -> bool:
    try:
        return case.holds(substitute(case.claim, {node: other}))
    except (WrtError, UnsupportedError):
        return False


def edits(node: Expr, case: Case) -> Iterator[Edit]:
    """The edits of one node that are worth trying."""
    for kind, edits in TABLE:
        if isinstance(node, kind):
            yield from edits(node, case)


def _of_sum(node: Expr, case: Case) -> Iterator[Edit]:
    assert isinstance(node, Add)
    for at, term in enumerate(node.terms):
        others = (*node.terms[:at], *node.terms[at + 1 :])
        yield add(*others, neg(term)), "the sign of {0} in {1} is wrong", (term, node)
        yield add(*others), "the term {0} is too much in {1}", (term, node)
        for factor in (2, Fraction(1, 2)):
            yield add(*others, mul(factor, term)), f"the term {{0}} needs the factor {factor}", (term,)


def _of_product(node: Expr, case: Case) -> Iterator[Edit]:
    assert isinstance(node, Mul)
    for at, factor in enumerate(node.factors):
        if factor.shape:
            continue
        others = (*node.factors[:at], *node.factors[at + 1 :])
        flipped = mul(node.coefficient, power(factor, -1), *others)
        yield mul(node.coefficient, *others), "the factor {0} is too much", (factor,)
        yield flipped, "{0} stands on the wrong side of the fraction line", (factor,)


def _of_power(node: Expr, case: Case) -> Iterator[Edit]:
    assert isinstance(node, Power)
    if isinstance(node.exponent, Constant):
        for step in (1, -1):
            right = power(node.base, Fraction(node.exponent.value) + step)
            yield right, "{0} should be {1}", (node, right)


def _of_call(node: Expr, case: Case) -> Iterator[Edit]:
    assert isinstance(node, Call)
    if node.function.kind != "elementwise" or len(node.args) != 1:
        return
    (inner,) = node.args
    calls = [each for each in nodes(case.f, case.claim) if isinstance(each, Call) and len(each.args) == 1]
    functions = {each.function for each in calls if each.function.kind == "elementwise"}
    arguments = {each.args[0] for each in calls if each.args[0].shape == inner.shape}
    for other in sorted(functions - {node.function}, key=lambda function: function.name):
        right = other(inner)
        yield right, "{0} should be {1}", (node, right)
    for argument in sorted(arguments - {inner}, key=lambda argument: argument.key):
        right = node.function(argument)
        yield right, "{0} should be {1}", (node, right)


def _of_contraction(node: Expr, case: Case) -> Iterator[Edit]:
    assert isinstance(node, Contract)
    for at, (operand, subscript) in enumerate(zip(node.operands, node.subscripts, strict=True)):
        if len(subscript) == 2 and operand.shape[0] is operand.shape[1]:
            flipped = (*node.subscripts[:at], subscript[::-1], *node.subscripts[at + 1 :])
            right = contract(node.operands, flipped, node.out, node.sizes)
            yield right, "{0} should be transposed in {1}", (operand, node)


def _of_symbol(node: Expr, case: Case) -> Iterator[Edit]:
    assert isinstance(node, Symbol)
    for other in sorted(case.f.free - {node}, key=lambda symbol: symbol.name):
        if other.shape == node.shape and "dimension" not in other.facts:
            yield other, "{0} should be {1}", (node, other)


TABLE: Final[Sequence[tuple[type[Expr], Callable[[Expr, Case], Iterator[Edit]]]]] = (
    (Add, _of_sum),
    (Mul, _of_product),
    (Power, _of_power),
    (Call, _of_call),
    (Contract, _of_contraction),
    (Symbol, _of_symbol),
)
