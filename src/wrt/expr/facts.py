"""What is known of an expression, its sign and whether it is whole: facts of symbols, ranges, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wrt.expr.node import (
    ZERO,
    Add,
    Call,
    Cases,
    Constant,
    Contract,
    Delta,
    Expr,
    Mul,
    Named,
    Power,
    Symbol,
    Triangle,
    Unit,
)

if TYPE_CHECKING:
    from wrt.expr.function import Interval

_IMPLIED = {
    "positive": {"positive"},
    "nonnegative": {"positive", "nonnegative", "dimension"},
    "negative": {"negative"},
    "nonpositive": {"negative", "nonpositive"},
    "integer": {"integer", "dimension"},
    "nonzero": {"positive", "negative", "nonzero"},
}


def has_fact(node: Symbol, fact: str) -> bool:
    """Whether a fact of a symbol is declared, or follows from a declared one."""
    return not _IMPLIED.get(fact, {fact}).isdisjoint(node.facts)


def _remembered(name: str) -> Callable[[Callable[[Expr], bool]], Callable[[Expr], bool]]:
    def wrap(judge: Callable[[Expr], bool]) -> Callable[[Expr], bool]:
        def known(node: Expr) -> bool:
            answer = node.recall(name)
            return bool(node.remember(name, judge(node)) if answer is None else answer)

        known.__doc__ = judge.__doc__
        return known

    return wrap


@_remembered("positive")
def is_positive(node: Expr) -> bool:
    """Whether every entry is known to be greater than 0."""
    match node:
        case Constant():
            return node.value > 0
        case Named():
            return True
        case Symbol():
            return has_fact(node, "positive") or "dimension" in node.facts
        case Add():
            return all(map(is_nonnegative, node.terms)) and any(map(is_positive, node.terms))
        case Mul():
            return node.coefficient > 0 and all(map(is_positive, node.factors))
        case Power():
            return is_positive(node.base)
        case Call():
            least = _least(node)
            return least is not None and (is_positive(least.lower) or (least.lower is ZERO and not least.has_lower))
        case Cases():
            return all(map(is_positive, (*node.values, node.otherwise)))
        case Contract():
            return len(set(node.out)) == len(node.out) and all(map(is_positive, node.operands))
        case _:
            return False


@_remembered("nonnegative")
def is_nonnegative(node: Expr) -> bool:
    """Whether every entry is known to be 0 or more."""
    match node:
        case Symbol():
            return has_fact(node, "nonnegative")
        case Add():
            return all(map(is_nonnegative, node.terms))
        case Mul():
            return node.coefficient >= 0 and all(map(is_nonnegative, node.factors))
        case Power():
            return is_even_integer(node.exponent) or is_nonnegative(node.base) or _is_even_root(node.exponent)
        case Call():
            least = _least(node)
            return least is not None and is_nonnegative(least.lower)
        case Cases():
            return all(map(is_nonnegative, (*node.values, node.otherwise)))
        case Contract():
            return all(map(is_nonnegative, node.operands))
        case Delta() | Unit() | Triangle():
            return True
        case Constant():
            return node.value >= 0
        case _:
            return is_positive(node)


def _least(node: Call) -> Interval | None:
    """The lowest interval of the values that the function takes."""
    values = node.function.range
    return None if values is None else values(*node.args).intervals[0]


def _is_even_root(exponent: Expr) -> bool:
    return isinstance(exponent, Constant) and not isinstance(exponent.value, int)


@_remembered("integer")
def is_integer(node: Expr) -> bool:
    """Whether every entry is known to be a whole number."""
    match node:
        case Constant():
            return isinstance(node.value, int)
        case Symbol():
            return has_fact(node, "integer")
        case Add():
            return all(map(is_integer, node.terms))
        case Mul():
            return isinstance(node.coefficient, int) and all(map(is_integer, node.factors))
        case Power():
            return is_integer(node.base) and is_integer(node.exponent) and is_nonnegative(node.exponent)
        case _:
            return False


def is_even_integer(node: Expr) -> bool:
    """Whether every entry is known to be an even whole number."""
    match node:
        case Constant():
            return isinstance(node.value, int) and node.value % 2 == 0
        case Mul():
            whole = isinstance(node.coefficient, int) and node.coefficient % 2 == 0
            return whole and all(map(is_integer, node.factors))
        case _:
            return False
