"""Products of something that vanishes and something that overflows: which of them wins, from bounds on all floats."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from wrt.engines.guard import end_value
from wrt.expr.arithmetic import factors_of
from wrt.expr.build import ONE, ZERO, add, cases, compare, logic, mul
from wrt.expr.facts import is_nonnegative
from wrt.expr.node import (
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
    Rational,
    Symbol,
    Triangle,
    Unit,
)
from wrt.expr.walk import calls, nodes, rebuild, substitute
from wrt.functions.exponential import exp

LARGEST: Final = 709.8  # the logarithm of the largest float
SMALLEST: Final = 745.2  # minus the logarithm of the smallest that is not 0
LARGEST_SUM: Final = 40.0  # the logarithm of more entries than any array has

Parts = Mapping[Expr, Expr]


def dominated(function: Expr, parts: Parts) -> Expr:
    """The function with 0 where an exponential or a power makes it 0 although another factor is infinite; `parts` are
    what its variables stand for."""
    series = {value for node in nodes(function) if isinstance(node, Cases) for value in node.values}
    bounded = set(nodes(*series))
    return rebuild(
        function, lambda node: _dominated(node, parts) if isinstance(node, Mul) and node not in bounded else node
    )


def _dominated(node: Mul, parts: Parts) -> Expr:
    return _exponential_wins(node, parts) or _power_wins(node) or node


# exp(E)·C is 0 in floats where E < -745 - log|C|, and that is so for all finite numbers where E < -745 - max log|C|.
def _exponential_wins(node: Mul, parts: Parts) -> Expr | None:
    exponentials = [each for each in node.factors if isinstance(each, Call) and each.function.name == "exp"]
    if len(exponentials) != 1:
        return None
    (exponent,) = exponentials[0].args
    others = [each for each in node.factors if each is not exponentials[0]]
    if is_nonnegative(exponent) or not any(_may_overflow(each, others, exponent, parts) for each in others):
        return None
    bound = _sum([_upper(mul(node.coefficient, *others), parts)])
    if bound is None:
        return None
    vanishes = compare("<", exponent, -math.ceil((bound + SMALLEST) / 100) * 100)
    exponent, others = _merged(exponent, others)
    if len(others) < len(node.factors) - 1:
        return cases([(vanishes, ZERO)], mul(node.coefficient, *others, exp(exponent)))
    return mul(cases([(vanishes, ZERO)], mul(node.coefficient, *others)), exp(exponent))


def _may_overflow(factor: Expr, factors: Sequence[Expr], exponent: Expr, parts: Parts) -> bool:
    """Whether a factor becomes infinite as the exponent goes to -inf: one input alone cannot."""
    if factor.free.isdisjoint(exponent.free):
        return False
    upper = _upper(mul(*factors), parts)
    return upper is not None and upper > LARGEST + 1


# exp(E(log x))·xᵏ = exp(E(log x) + k·log x), where the power would overflow before the exponential makes it 0.
def _merged(exponent: Expr, others: Sequence[Expr]) -> tuple[Expr, list[Expr]]:
    for logarithm in calls(exponent, "log"):
        (base,) = logarithm.args
        without = substitute(exponent, {logarithm: _LOGARITHM})
        if base.free & without.free or not _is_curved(without):
            continue
        rest = []
        for factor in others:
            root, times = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
            if root is base:
                exponent = add(exponent, mul(times, logarithm))
            else:
                rest.append(factor)
        return exponent, rest
    return exponent, list(others)


_LOGARITHM: Final = Symbol.intern("log x", (), frozenset())


def _is_curved(exponent: Expr) -> bool:
    """Whether the exponent has a power of the logarithm above the first."""
    stack = [exponent]
    while stack:
        node = stack.pop()
        if isinstance(node, Power) and _LOGARITHM in node.base.free:
            return True
        stack.extend(node.operands)
    return False


# xᵉ·(a polynomial in log x) is 0 at x = 0 for e > 0.
def _power_wins(node: Mul) -> Expr | None:
    for factor in node.factors:
        if not isinstance(factor, Power) or isinstance(factor.exponent, Constant):
            continue
        others = [each for each in node.factors if each is not factor]
        growing = [each for each in others if factor.base.free & each.free]
        if growing and all(_is_by_logarithm(each, factor.base) for each in growing):
            vanishes = logic("and", compare("==", factor.base, 0), compare(">", factor.exponent, 0))
            return cases([(vanishes, ZERO)], node)
    return None


def _is_by_logarithm(node: Expr, base: Expr) -> bool:
    """Whether an expression is a polynomial in the logarithm of the base."""
    if base.free.isdisjoint(node.free):
        return True
    match node:
        case Call():
            return node.function.name == "log" and base in factors_of(node.args[0])[1]
        case Add() | Mul():
            return all(_is_by_logarithm(each, base) for each in node.operands)
        case Power():
            exponent = node.exponent.value if isinstance(node.exponent, Constant) else 0
            return isinstance(exponent, int) and exponent > 0 and _is_by_logarithm(node.base, base)
    return False


def _sum(bounds: Sequence[float | None]) -> float | None:
    known = [each for each in bounds if each is not None]
    return sum(known) if len(known) == len(bounds) else None


def _upper(node: Expr, parts: Parts) -> float | None:
    """An upper bound of log|node| for all finite values of its variables; None where none is known."""
    match node:
        case Symbol() if node in parts:
            return _upper(parts[node], {})
        case Symbol():
            return LARGEST_SUM if "dimension" in node.facts else LARGEST
        case Delta() | Unit() | Triangle():
            return 0.0
        case Constant():
            return _log(node.value)
        case Named():
            return 2.0
        case Mul():
            return _sum([_log(node.coefficient), *(_upper(each, parts) for each in node.factors)])
        case Contract():
            summed = LARGEST_SUM * (len(node.sizes) - len(set(node.out)))
            return _sum([summed, *(_upper(each, parts) for each in node.operands)])
        case Cases():  # of a series and the formula that it stands beside
            return _upper(node.otherwise, parts)
        case Add():
            bounds = [_upper(each, parts) for each in node.terms]
            return None if None in bounds else max(b for b in bounds if b is not None) + math.log(len(bounds))
        case Power() if isinstance(node.exponent, Constant):
            bound = _upper(node.base, parts) if node.exponent.value > 0 else _lower(node.base, parts)
            return None if bound is None else max(bound, 0.0) * abs(float(node.exponent.value))
        case Call():
            return _upper_of_call(node, parts)
    return None


def _lower(node: Expr, parts: Parts) -> float | None:
    """An upper bound of -log|node| where the node is not 0."""
    match node:
        case Symbol() if node in parts:
            part = parts[node]
            entries = part.operands[0] if isinstance(part, Contract) and len(part.operands) == 1 else None
            return _lower(entries, {}) if entries is not None and is_nonnegative(entries) else None
        case Symbol():
            return SMALLEST
        case Constant():
            return -_log(node.value)
        case Named():
            return 0.0
        case Mul():
            return _sum([-_log(node.coefficient), *(_lower(each, parts) for each in node.factors)])
        case Power() if isinstance(node.exponent, Constant):
            bound = _lower(node.base, parts) if node.exponent.value > 0 else _upper(node.base, parts)
            return None if bound is None else max(bound, 0.0) * abs(float(node.exponent.value))
    return None


def _log(value: Rational) -> float:
    return math.log(abs(float(value))) if value else 0.0


def _upper_of_call(node: Call, parts: Parts) -> float | None:
    if node.function.kind != "elementwise":
        return None
    if node.function.name == "abs":
        return _upper(node.args[0], parts)
    if node.function.name == "log":
        ends = [_upper(node.args[0], parts), _lower(node.args[0], parts)]
        return None if None in ends else math.log(max(1.0, *(end for end in ends if end is not None)))
    if node.function.range is None:
        return None
    intervals = node.function.range(*node.args).intervals
    farthest = max(abs(end_value(intervals[0].lower)), abs(end_value(intervals[-1].upper)))
    return math.log(max(farthest, 1.0)) if math.isfinite(farthest) else None
