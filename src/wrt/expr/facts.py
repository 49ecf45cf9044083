"""What is known of an expression, its sign, whether it is whole or definite: facts of symbols, and what follows."""

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
    "positive semidefinite": {"positive definite", "positive semidefinite"},
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
        case Call() if node.function.name == "det":
            return is_definite(node.args[0])
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
        case Call() if node.function.name == "det":
            return is_semidefinite(node.args[0])
        case Call():
            least = _least(node)
            return least is not None and is_nonnegative(least.lower)
        case Cases():
            return all(map(is_nonnegative, (*node.values, node.otherwise)))
        case Contract():
            return all(map(is_nonnegative, node.operands)) or (not node.shape and _is_quadratic(node))
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


@_remembered("definite")
def is_definite(node: Expr) -> bool:
    """Whether a matrix is known to be symmetric and positive definite."""
    match node:
        case Symbol():
            return has_fact(node, "positive definite")
        case Add() if node.ndim == 2:
            return all(map(is_semidefinite, node.terms)) and any(map(is_definite, node.terms))
        case Mul() if node.ndim == 2:
            *scalars, matrix = node.factors
            return node.coefficient > 0 and all(map(is_positive, scalars)) and is_definite(matrix)
        case Call() if node.function.name == "inv":
            return is_semidefinite(node.args[0])
        case Contract() if _is_diagonal(node):
            return all(map(is_positive, node.operands))
        case _:
            return False


@_remembered("semidefinite")
def is_semidefinite(node: Expr) -> bool:
    """Whether a matrix is known to be symmetric and positive semidefinite, as B @ S @ B.T with such an S is."""
    match node:
        case Symbol():
            return has_fact(node, "positive semidefinite")
        case Add() if node.ndim == 2:
            return all(map(is_semidefinite, node.terms))
        case Mul() if node.ndim == 2:
            *scalars, matrix = node.factors
            return node.coefficient >= 0 and all(map(is_nonnegative, scalars)) and is_semidefinite(matrix)
        case Contract() if _is_diagonal(node):
            return all(map(is_nonnegative, node.operands))
        case Contract() if node.ndim == 2:
            return _is_congruence(node, set(range(len(node.operands))), *node.out)
        case _:
            return is_definite(node)


def _is_diagonal(node: Contract) -> bool:
    """Whether a matrix is 0 off its diagonal, by the way it is written."""
    return len(node.out) == 2 and node.out[0] == node.out[1] and all(set(each) == {0} for each in node.subscripts)


def _is_quadratic(node: Contract) -> bool:
    """Whether a number is x @ S @ x with a semidefinite S, or the trace of such a matrix."""
    if len(node.operands) == 1:
        return len(node.subscripts[0]) == 2 and is_semidefinite(node.operands[0])
    vectors = [place for place, subscript in enumerate(node.subscripts) if len(subscript) == 1]
    if len(vectors) != 2 or node.operands[vectors[0]] is not node.operands[vectors[1]]:
        return False
    ends = (node.subscripts[place][0] for place in vectors)
    return _is_congruence(node, set(range(len(node.operands))) - set(vectors), *ends)


def _is_congruence(node: Contract, places: set[int], left: int, right: int) -> bool:
    """Whether these operands make a semidefinite matrix from one index to another: B … B.T, read from both ends."""
    while places and left != right:
        first = [place for place in places if left in node.subscripts[place]]
        last = [place for place in places if right in node.subscripts[place]]
        if len(first) != 1 or len(last) != 1 or node.operands[first[0]] is not node.operands[last[0]]:
            return False
        here, there = node.subscripts[first[0]], node.subscripts[last[0]]
        if first == last:
            return len(places) == 1 and len(here) == 2 and is_semidefinite(node.operands[first[0]])
        if len(here) > 2 or here.index(left) != there.index(right):
            return False
        places = places - {first[0], last[0]}
        if len(here) == 1:
            return not places
        left, right = here[1 - here.index(left)], there[1 - there.index(right)]
    weights = [node.operands[place] for place in places if node.subscripts[place] == (left,)]
    return left == right and len(weights) == len(places) and all(map(is_nonnegative, weights))
