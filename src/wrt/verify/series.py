"""Power series with ball coefficients: the precision they live in, and the arithmetic with its domain checks."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from flint import arb, arb_series, ctx

Series = arb_series

_LOCK: Final = threading.RLock()  # FLINT's precision belongs to the process, not to a call


class PointError(Exception):
    """A point at which the expression cannot be judged; another point may do."""


class KinkError(PointError):
    """A ball contains a kink or jump, so that neither side is certain."""


class OutsideDomainError(PointError):
    """A value is undefined at this point: the logarithm of a negative number, a quotient by zero."""


class OutsideShapeError(PointError):
    """The dimensions drawn do not fit: a slice or an index lies beyond the end."""


class UnsupportedError(Exception):
    """The oracle has no way to evaluate this function."""


@contextmanager
def working(bits: int, terms: int) -> Iterator[None]:
    """Compute with this many bits and this many coefficients; one thread at a time."""
    with _LOCK:
        before = ctx.prec, ctx.cap
        ctx.prec, ctx.cap = bits, terms
        try:
            yield
        finally:
            ctx.prec, ctx.cap = before


@contextmanager
def terms(count: int) -> Iterator[None]:
    """Compute with another number of coefficients for a while."""
    before = ctx.cap
    ctx.cap = count
    try:
        yield
    finally:
        ctx.cap = before


def constant(value: arb | int) -> Series:
    """The series that does not depend on the parameter."""
    return Series([value])


def undefined() -> Series:
    """The marker for "no value here". It spreads through arithmetic, and is refused only if the result depends on it,
    so that the branch of a piecewise function which is not taken may be undefined."""
    return Series([arb.nan()])


def is_defined(u: Series) -> bool:
    """Whether every coefficient is a finite ball."""
    return all(coefficient.is_finite() for coefficient in u.coeffs())


def is_still(u: Series) -> bool:
    """Whether the series is an exact number that does not depend on the parameter, so that kinks cannot matter."""
    return len(u) == 0 or (len(u) == 1 and u[0].is_exact())


def moving_part(u: Series) -> Series:
    """The series without its constant term."""
    return Series([0, *u.coeffs()[1:]])


def from_taylor(coefficients: Sequence[arb], u: Series) -> Series:
    """g(u), where `coefficients` are those of g(u₀ + h) in powers of h."""
    if len(u) <= 1:
        return constant(coefficients[0])
    return Series(coefficients)(moving_part(u))


def times(a: Series, b: Series) -> Series:
    """a · b, undefined where one of them is. (python-flint answers 0 to 0·nan.)"""
    product = a * b
    return product if len(product) or (is_defined(a) and is_defined(b)) else undefined()


def divide(a: Series, b: Series) -> Series:
    """a / b, undefined where the ball b may be zero."""
    return undefined() if b[0].contains(0) else a / b


def log(u: Series) -> Series:
    """The logarithm, undefined unless the ball is positive."""
    return u.log() if u[0] > 0 else undefined()


def whole_power(u: Series, exponent: int) -> Series:
    """u to a whole exponent. (python-flint 0.9 answers 0 to 0**-1, so negative powers divide, and nan to any power of a
    ball around 0, so those are multiplied out.)
    """
    if exponent < 0:
        return divide(constant(1), whole_power(u, -exponent))
    if exponent == 1:
        return u
    if exponent == 0 or not u[0].contains(0):
        return u**exponent
    half = whole_power(u, exponent // 2)
    return half * half * u if exponent % 2 else half * half


def real_power(u: Series, exponent: Series) -> Series:
    """u to a real exponent: for positive u, for whole constant exponents, and 0 to a positive exponent."""
    if len(exponent) <= 1:
        p = exponent[0]
        if p.is_exact() and p.is_integer() and abs(p) < 2**20:
            return whole_power(u, int(float(p)))
        if len(u) == 0:
            return Series([0]) if p > 0 else undefined()
        return u**p if u[0] > 0 else undefined()
    return (exponent * log(u)).exp()
