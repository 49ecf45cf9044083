"""Where a function of numbers may be singular: zeros of divisors and of roots, ends of domains, sums that vanish."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from wrt.engines.floats import drawn, plain_values
from wrt.errors import WrtError
from wrt.expr.build import add, mul, neg, power, sub
from wrt.expr.facts import is_nonnegative, is_positive
from wrt.expr.function import Function, RealSet
from wrt.expr.node import INFINITY, MINUS_ONE, ONE, ZERO, Add, Call, Constant, Expr, Mul, Power, Symbol
from wrt.expr.walk import nodes, substitute

TRIED: Final = (ZERO, ONE, MINUS_ONE)  # roots that are looked for where an equation is not linear
MOST_VARIABLES: Final = 6  # of a function in which roots are looked for
TINY: Final = 1e-9


class Singularity(NamedTuple):
    """A point of one variable of a function, as an expression in its other variables."""

    function: Expr
    variable: Symbol
    point: Expr
    meaning: Expr  # what the variable stands for: itself, or a part of the function as it was


def singularities(function: Expr) -> list[Singularity]:
    """The points at which a function may be singular although it has a limit there, each once."""
    dividing = dict.fromkeys(_dividing(function))
    sums = [
        node for node in nodes(function) if isinstance(node, Add) and not (node in dividing or _is_never_zero(node))
    ]
    found: dict[Singularity, None] = {}
    if dividing or sums:
        tried = _Tried(function)
        for vanishing in dividing:
            found.update(dict.fromkeys(_roots(function, vanishing, tried)))
        for vanishing in sums:
            for each in _roots(function, vanishing, tried):
                if any(_is_transcendental(term, each.variable) for term in vanishing.terms):
                    found.setdefault(each)
    return list(found)


def _dividing(function: Expr) -> Iterator[Expr]:
    """Divisors, what roots are taken of, and distances from the ends of domains."""
    for node in nodes(function):
        match node:
            case Power() if not _is_polynomial(node) and not _is_never_zero(node.base):
                yield node.base
            case Call():
                for argument, domain in zip(node.args, node.function.domain, strict=False):
                    distances = (sub(argument, end) for end in (*_ends(domain), *_zeros(node.function)))
                    yield from (each for each in distances if not _is_never_zero(each))


def _is_polynomial(node: Power) -> bool:
    return isinstance(node.exponent, Constant) and isinstance(node.exponent.value, int) and node.exponent.value > 0


def _is_never_zero(node: Expr) -> bool:
    if isinstance(node, Symbol):
        return not node.facts.isdisjoint({"dimension", "nonzero"})
    return not node.free or is_positive(node)


def _is_transcendental(term: Expr, variable: Symbol) -> bool:
    """Whether a term is no polynomial in a variable."""
    return any(
        isinstance(node, Call) or (isinstance(node, Power) and not _is_polynomial(node))
        for node in nodes(term)
        if variable in node.free
    )


def _ends(domain: RealSet) -> Iterator[Expr]:
    """The finite ends of a domain, and the first of the points that it lacks."""
    ends = {end for interval in domain.intervals for end in (interval.lower, interval.upper)}
    if domain.without is not None:
        ends.add(domain.without.start)
    yield from sorted((end for end in ends if end not in (INFINITY, neg(INFINITY))), key=lambda end: end.key)


def _zeros(function: Function) -> Iterator[Expr]:
    """The rational numbers at which a function is 0, but not where its argument is."""
    for point, value in function.values.items():
        if value is ZERO and isinstance(point, Constant) and point is not ZERO:
            yield point


class _Tried:
    """What the parts of a function are, about, where one of its variables is 0, 1 or -1: what is not near 0 there need
    not be computed exactly."""

    def __init__(self, function: Expr) -> None:
        rng = random.Random(0)
        self.function = function
        self.variables = sorted(function.free, key=lambda symbol: symbol.name)[:MOST_VARIABLES]
        self.others: dict[Expr, float] = {
            each: drawn(each, rng) for each in sorted(function.free, key=lambda each: each.name)
        }
        self.met: dict[tuple[Symbol, Expr], Mapping[Expr, float]] = {}

    def may_vanish(self, node: Expr, variable: Symbol, point: Expr) -> bool:
        """Whether a part is near 0, or not known, where a variable is at a point."""
        if variable not in self.variables:
            return False
        if (variable, point) not in self.met:
            values = {**self.others, variable: float(point.value) if isinstance(point, Constant) else math.nan}
            self.met[variable, point] = plain_values(self.function, values)
        value = self.met[variable, point].get(node, math.nan)
        return not abs(value) > TINY


def _roots(function: Expr, vanishing: Expr, tried: _Tried) -> Iterator[Singularity]:
    """Where something vanishes: as a whole, where the function is one of it alone, else by one of its variables."""
    whole = _as_whole(function, vanishing)
    if whole is not None:
        yield whole
        return
    for variable in sorted(vanishing.free, key=lambda symbol: symbol.name):
        points = list(_points(vanishing, variable, tried))
        yield from (Singularity(function, variable, point, variable) for point in points)
        if any(point.free for point in points):
            return  # the same surface, seen from its other variables


def _as_whole(function: Expr, vanishing: Expr) -> Singularity | None:
    if not isinstance(vanishing, Add) or any(_is_transcendental(vanishing, each) for each in vanishing.free):
        return None
    facts = {"nonnegative"} if is_nonnegative(vanishing) else set()
    variable = Symbol.intern("part of parts", (), frozenset(facts))
    changed = substitute(function, {vanishing: variable, neg(vanishing): neg(variable)})
    if changed.free & vanishing.free:
        return None
    return Singularity(changed, variable, ZERO, vanishing)


def _points(vanishing: Expr, variable: Symbol, tried: _Tried) -> Iterator[Expr]:
    """The roots of an expression in one variable that are seen at once."""
    linear = _linear_root(vanishing, variable)
    candidates = TRIED if linear is None else (linear,)
    for point in candidates:
        if linear is None and not tried.may_vanish(vanishing, variable, point):
            continue
        if _is_possible(variable, point) and _value(vanishing, variable, point) is ZERO:
            yield point


def _is_possible(variable: Symbol, point: Expr) -> bool:
    """Whether a float may be the point, and the facts of the variable allow it, or all that is near it."""
    if not (point.free or isinstance(point, Constant)):
        return False
    return not is_positive(neg(point)) or not is_nonnegative(variable)


def _linear_root(vanishing: Expr, variable: Symbol) -> Expr | None:
    """The root of a·x + b."""
    slope: list[Expr] = []
    rest: list[Expr] = []
    for term in vanishing.terms if isinstance(vanishing, Add) else (vanishing,):
        if variable not in term.free:
            rest.append(term)
        elif term is variable:
            slope.append(ONE)
        elif isinstance(term, Mul) and variable in term.factors and _once(term, variable):
            slope.append(mul(term.coefficient, *(each for each in term.factors if each is not variable)))
        else:
            return None
    return mul(MINUS_ONE, add(*rest), power(add(*slope), MINUS_ONE)) if slope else None


def _once(term: Mul, variable: Symbol) -> bool:
    return sum(variable in factor.free for factor in term.factors) == 1


def _value(function: Expr, variable: Symbol, point: Expr) -> Expr | None:
    """The function at a point, exactly; None where it has no value."""
    try:
        return substitute(function, {variable: point})
    except WrtError:
        return None
