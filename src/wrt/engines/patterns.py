"""Where a pattern with letters occurs in an expression: a call, some factors of a product, some terms of a sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from wrt.errors import DomainError
from wrt.expr.arithmetic import factors_of, terms_of
from wrt.expr.build import ONE, add, div, mul, number, power, sub
from wrt.expr.node import Add, Call, Constant, Expr, Mul, Power, Symbol
from wrt.expr.walk import substitute

Found: TypeAlias = "Mapping[Expr, Expr]"  # what the letters stand for

MOST_TERMS = 12  # of a sum in which a pattern is looked for
MOST_TIMES = 6  # a pattern is looked for in a product up to this power


class Occurrence(NamedTuple):
    """What the letters of a pattern stand for, and the whole expression with something else in its place."""

    found: Found
    replaced: Callable[[Expr], Expr]


def occurrences(pattern: Expr, node: Expr, whole: bool = False) -> Iterator[Occurrence]:
    """The places where a pattern occurs: also c·pattern, a power of a product, and with `whole` False among more terms.

    >>> from wrt.expr.build import symbol
    >>> from wrt.functions import exp
    >>> x, a, b = map(symbol, "xab")
    >>> for found, replaced in occurrences(exp(x) - 1, 2*a*exp(3*b) - 2*a + 7):
    ...     print(found[x], "|", replaced(symbol("here")))
    3*b | 2*a*here + 7
    """
    match pattern:
        case Call():
            yield from (Occurrence(found, lambda new: new) for found in matches(pattern, node, {}))
        case Add() if isinstance(node, Add) and len(pattern.terms) <= len(node.terms) <= MOST_TERMS:
            for found, others, scale in _in_sum(pattern, node, {}):
                if not (whole and others):
                    yield Occurrence(found, _sum_with(others, scale))
        case Mul() | Power():
            for times in _powers_of(pattern, node):
                for found, rest in _in_product(power(pattern, times), node, {}):
                    yield Occurrence(found, _product_with(rest, times))


def _sum_with(others: Sequence[Expr], scale: Expr) -> Callable[[Expr], Expr]:
    return lambda new: add(*others, mul(scale, new))


def _product_with(rest: Expr, times: Fraction) -> Callable[[Expr], Expr]:
    return lambda new: mul(rest, power(new, times))


def _instance(pattern: Expr, found: Found) -> Expr | None:
    """The pattern with what its letters stand for, or None where that has no value, and so is written nowhere."""
    try:
        return substitute(pattern, found)
    except DomainError:
        return None


def matches(pattern: Expr, node: Expr, found: Found) -> Iterator[Found]:
    """The ways to read an expression as a pattern, some of whose letters are known already."""
    if isinstance(pattern, Symbol) and pattern not in found:
        yield {**found, pattern: node}
    elif pattern.free <= found.keys():
        if _instance(pattern, found) is node:
            yield found
    elif isinstance(pattern, Call):
        yield from _of_call(pattern, node, found)
    elif isinstance(pattern, Power):
        if isinstance(node, Power):
            for known in matches(pattern.base, node.base, found):
                yield from matches(pattern.exponent, node.exponent, known)
    elif isinstance(pattern, Mul):
        letter = _only_letter(pattern, found)
        if letter is not None:
            yield {**found, letter: div(node, substitute(pattern, {**found, letter: ONE}))}
        else:
            yield from (known for known, rest in _in_product(pattern, node, found) if rest is ONE)
    elif isinstance(pattern, Add) and isinstance(node, Add):
        yield from (known for known, others, scale in _in_sum(pattern, node, found) if not others and scale is ONE)


def _only_letter(pattern: Mul, found: Found) -> Symbol | None:
    """x where the pattern is c·x and nothing but x is unknown."""
    (*_, last) = sorted(pattern.factors, key=lambda factor: isinstance(factor, Symbol) and factor not in found)
    known = all(factor.free <= found.keys() for factor in pattern.factors if factor is not last)
    return last if known and isinstance(last, Symbol) and last not in found else None


def _of_call(pattern: Call, node: Expr, found: Found) -> Iterator[Found]:
    if not isinstance(node, Call) or node.function is not pattern.function or node.axes != pattern.axes:
        return
    orders = [node.args, node.args[::-1]] if pattern.function.commutative else [node.args]
    for args in orders:
        known = [found]
        for part, arg in zip(pattern.args, args, strict=True):
            known = [further for each in known for further in matches(part, arg, each)]
        yield from known


# Products: a coefficient and factors, each a base with an exponent.

Factors: TypeAlias = "tuple[Expr, ...]"


def _in_product(pattern: Expr, node: Expr, found: Found) -> Iterator[tuple[Found, Expr]]:
    """The ways to find the factors of a pattern in a product, and what else stands in it."""
    coefficient, parts = factors_of(pattern)
    have, factors = factors_of(node)
    if not all(part.free <= found.keys() or any(_alike(part, factor) for factor in factors) for part in parts):
        return
    states: list[tuple[Found, Factors]] = [(found, (number(Fraction(have) / coefficient), *factors))]
    for part in sorted(parts, key=lambda part: _vagueness(part, found)):
        states = [further for known, rest in states for further in _without_part(part, rest, known)]
    yield from ((known, mul(*rest)) for known, rest in states)


def _alike(part: Expr, factor: Expr) -> bool:
    """Whether a factor of a product may be one of a pattern, by its outermost function."""
    base, exponent = base_and_exponent(part)
    other, _ = base_and_exponent(factor)
    if isinstance(base, Call):
        return isinstance(other, Call) and other.function is base.function
    return exponent is ONE or isinstance(factor, Power)


def _vagueness(part: Expr, found: Found) -> tuple[bool, bool, bool]:
    """What is known is looked for first, then calls on letters, which tell the letters; bare letters last."""
    base, _ = base_and_exponent(part)
    if part.free <= found.keys():
        return False, False, False
    plain = isinstance(base, Call) and all(isinstance(arg, Symbol) for arg in base.args)
    exponential = isinstance(base, Call) and base.function.name == "exp"
    return isinstance(base, Symbol), not plain, exponential


def base_and_exponent(factor: Expr) -> tuple[Expr, Expr]:
    """A factor as a power."""
    return (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)


def _without_part(part: Expr, factors: Factors, found: Found) -> Iterator[tuple[Found, Factors]]:
    """The ways to take one factor of a pattern out of the factors of a product."""
    if part.free <= found.keys():
        whole = _instance(part, found)
        rest = None if whole is None else _without(whole, factors)
        if rest is not None:
            yield found, rest
        return
    base, exponent = base_and_exponent(part)
    for place, factor in enumerate(factors):
        others = (*factors[:place], *factors[place + 1 :])
        for known in matches(part, factor, found):
            yield known, others
        other_base, other_exponent = base_and_exponent(factor)
        if _goes_into(exponent, other_exponent):
            for known in matches(base, other_base, found):
                yield known, (*others, power(other_base, sub(other_exponent, exponent)))


def _goes_into(exponent: Expr, other: Expr) -> bool:
    """Whether something of a power with the other exponent is left without one with the first."""
    if not isinstance(exponent, Constant) or not isinstance(other, Constant):
        return False
    return Fraction(other.value) / exponent.value > 1


def _without(known: Expr, factors: Factors) -> Factors | None:
    """The factors without those of a known expression, or None where these do not all stand there."""
    coefficient, parts = factors_of(known)
    if coefficient == 0:
        return None
    rest = [number(1 / Fraction(coefficient)), *factors]
    for part in parts:
        base, exponent = base_and_exponent(part)
        for place, factor in enumerate(rest):
            other_base, other_exponent = base_and_exponent(factor)
            if factor is part:
                rest[place] = ONE
                break
            if base is other_base and _goes_into(exponent, other_exponent):
                rest[place] = div(factor, part)
                break
            if _contains_exponent(factor, part):
                rest[place] = mul(factor, power(part, -1))
                break
        else:
            if part.free:
                return None
            rest.append(power(part, -1))
    return tuple(rest)


def _contains_exponent(factor: Expr, part: Expr) -> bool:
    """Whether this is exp(u + v) and the part is exp(u)."""
    return (
        isinstance(factor, Call)
        and isinstance(part, Call)
        and factor.function is part.function
        and factor.function.name == "exp"
        and set(terms_of(part.args[0])) <= set(terms_of(factor.args[0]))
    )


def _powers_of(pattern: Expr, node: Expr) -> Sequence[Fraction]:
    """The exponents with which a product may occur, judged by the factor of it that is found first."""
    _, parts = factors_of(pattern)
    base, exponent = base_and_exponent(min(parts, key=lambda part: _vagueness(part, {})))
    found = {Fraction(1)}
    for factor in factors_of(node)[1]:
        other_base, other_exponent = base_and_exponent(factor)
        alike = isinstance(other_base, Call) and isinstance(base, Call) and other_base.function is base.function
        if alike and isinstance(exponent, Constant) and isinstance(other_exponent, Constant):
            times = Fraction(other_exponent.value) / exponent.value
            sign = 1 if times > 0 else -1
            found.update(Fraction(sign * count) for count in range(1, min(int(abs(times)), MOST_TIMES) + 1))
    return sorted(found, key=abs, reverse=True)


# Sums: each term of the pattern stands in the sum, all with the same further factor.


def _in_sum(pattern: Add, node: Add, found: Found) -> Iterator[tuple[Found, Factors, Expr]]:
    """The ways to find c times the terms of a pattern in a sum, with the other terms and c."""
    first, *others = sorted(pattern.terms, key=lambda term: _vagueness_of_term(term, found))
    for place, term in enumerate(node.terms):
        rest = (*node.terms[:place], *node.terms[place + 1 :])
        for known, scale in _in_product(first, term, found):
            for further, left in _all_terms(others, rest, known, scale):
                yield further, left, scale


def _vagueness_of_term(term: Expr, found: Found) -> tuple[bool, tuple[bool, bool, bool]]:
    _, parts = factors_of(term)
    return not parts, min((_vagueness(part, found) for part in parts), default=(True, True, True))


def _all_terms(parts: Sequence[Expr], terms: Factors, found: Found, scale: Expr) -> Iterator[tuple[Found, Factors]]:
    """The ways to take terms of a pattern, times c, out of a sum."""
    if not parts:
        yield found, terms
        return
    part, *more = parts
    if isinstance(part, Symbol) and part not in found and not more:
        if terms:
            yield {**found, part: div(add(*terms), scale)}, ()
        return
    if part.free <= found.keys():
        whole = _instance(part, found)
        wanted = None if whole is None else mul(scale, whole)
        states = [(found, term) for term in terms if term is wanted]
    else:
        states = [
            (known, term) for term in terms for known, factor in _in_product(part, term, found) if factor is scale
        ]
    for further, term in states:
        yield from _all_terms(more, tuple(each for each in terms if each is not term), further, scale)
