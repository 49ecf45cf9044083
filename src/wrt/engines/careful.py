"""A function of numbers in code that is right at its singular points: its series near them, or its limit there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Final, TypeAlias

from wrt.engines.dominance import dominated
from wrt.engines.neighbourhood import has_series, is_weak_pole, limit_beside, series_beside
from wrt.engines.singular import Singularity, singularities
from wrt.expr.build import ONE, ZERO, add, cases, compare, mul, power
from wrt.expr.node import Add, Contract, Expr, Mul, Power
from wrt.expr.walk import substitute

MOST_SINGULARITIES: Final = 12  # of one function
DEEPEST: Final = 12  # of functions inside functions that are looked at where the outer ones have no series

Points: TypeAlias = frozenset[tuple[Expr, Expr]]  # what is where


def careful(function: Expr, parts: Mapping[Expr, Expr], arrays: frozenset[Expr] = frozenset()) -> Expr:
    """The function, right at and near its singular points. `parts` are what some of its variables stand for; `arrays`
    are those of them that have more entries than others, and are multiplied last."""
    if arrays and function.free - arrays:
        terms = _by_array(function, arrays) or {}
        changed = {array: _of_array(scalar, array, parts) for array, scalar in terms.items()}
        if changed != terms:
            return add(*(mul(scalar, array) for array, scalar in changed.items()))
    return dominated(_careful(function, frozenset()), parts)


def _of_array(scalar: Expr, array: Expr, parts: Mapping[Expr, Expr]) -> Expr:
    """What an array is multiplied with, right at singular points: 0 at a pole where the array vanishes faster."""
    changed = dominated(_careful(scalar, frozenset()), parts)
    for singularity in singularities(scalar):
        order = _order(parts.get(array), parts.get(singularity.variable))
        if order and singularity.point is ZERO and is_weak_pole(singularity, order):
            return cases([(compare("==", singularity.variable, 0), ZERO)], changed)
    return changed


def _order(array: Expr | None, square: Expr | None) -> Fraction:
    """The k for which an array vanishes as the k-th power of |v|²; 0 where that is not seen."""
    if array is None or not isinstance(square, Contract) or square.out:
        return Fraction(0)
    match square.operands:
        case (Power(base=vector) as operand,) if operand is power(vector, 2):
            factors = array.operands if isinstance(array, Contract) else (array,)
            return Fraction(factors.count(vector), 2)
    return Fraction(0)


def _by_array(function: Expr, arrays: frozenset[Expr]) -> dict[Expr, Expr] | None:
    """A function that is linear in arrays: what each is multiplied with."""
    if function.free.isdisjoint(arrays):
        return {ONE: function}
    if function.free <= arrays and not isinstance(function, Add | Mul):
        return {function: ONE}
    match function:
        case Mul():
            scalars = [each for each in function.factors if each.free.isdisjoint(arrays)]
            shaped = [each for each in function.factors if each not in scalars]
            scalar = mul(function.coefficient, *scalars)
            if len(shaped) > 1:
                return {mul(*shaped): scalar} if all(each.free <= arrays for each in shaped) else None
            inner = _by_array(shaped[0], arrays)
            return inner and {array: mul(scalar, each) for array, each in inner.items()}
        case Add():
            total: dict[Expr, Expr] = {}
            for term in function.terms:
                inner = _by_array(term, arrays)
                if inner is None:
                    return None
                for array, each in inner.items():
                    total[array] = add(total[array], each) if array in total else each
            return total
    return None


@lru_cache(maxsize=4096)
def _careful(function: Expr, passed: Points, depth: int = 0) -> Expr:
    """The function, right at its singular points but those it has passed."""
    if depth > DEEPEST:
        return function
    found = [each for each in singularities(function) if (each.meaning, each.point) not in passed]
    for singularity in found[:MOST_SINGULARITIES]:
        changed = _at(singularity, passed)
        if changed is not None:
            return changed
    if not found:
        return function
    operands = tuple(_careful(operand, passed, depth + 1) for operand in function.operands)
    return function if operands == function.operands else function.rebuilt(operands)


def _at(singularity: Singularity, passed: Points) -> Expr | None:
    """The function with the series, or the limit, of a part of it beside that part at a singular point."""
    beyond = passed | {(singularity.meaning, singularity.point)}
    for beside in (series_beside, limit_beside):
        for part, others in _parts(singularity):
            found = beside(singularity._replace(function=part))
            if found is not None:
                back: dict[Expr, Expr] = {singularity.variable: singularity.meaning}
                condition, value = (substitute(each, back) for each in found)
                here = cases([(condition, value)], _careful(substitute(part, back), beyond))
                return _combined(singularity.function, here, [_careful(substitute(o, back), passed) for o in others])
    return None


def _parts(singularity: Singularity) -> Iterator[tuple[Expr, list[Expr]]]:
    """A product or sum apart in what is one near the singular point, and the rest: one is all that moves there, then
    all that has a series."""
    function, variable = singularity.function, singularity.variable
    if not isinstance(function, Mul | Add):
        yield function, []
        return
    moving = [each for each in function.operands if variable in each.free]
    regular = [each for each in moving if has_series(singularity._replace(function=each))]
    if isinstance(function, Add):
        yield function, []
    for chosen in (moving, regular) if len(regular) < len(moving) else (moving,):
        if chosen and not (isinstance(function, Add) and chosen == list(function.operands)):
            rest = [each for each in function.operands if each not in chosen]
            yield (add if isinstance(function, Add) else mul)(*chosen), rest


def _combined(function: Expr, part: Expr, others: Iterable[Expr]) -> Expr:
    match function:
        case Mul():
            return mul(function.coefficient, *others, part)
        case Add():
            return add(*others, part)
    return part
