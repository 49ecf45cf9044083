"""Exact numbers: powers of rationals, with surds in lowest terms and bounded size."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from wrt.errors import DomainError, LimitError
from wrt.expr.node import ONE, ZERO, Constant, Expr, Mul, Power, Rational, number

LARGEST_BITS = 4096
LARGEST_RADICAND = 10**12


def power(base: Rational, exponent: Rational) -> Expr:
    """A rational to a rational, exactly: 8**(1/2) is 2*sqrt(2).

    Raises DomainError for 0 to a negative power and for even roots of negative numbers, LimitError for huge results.
    """
    if base == 1:
        return ONE
    if base == 0:
        if exponent < 0:
            raise DomainError("division by zero")
        return ZERO
    if isinstance(exponent, int):
        return number(_whole_power(base, exponent))
    exponent = Fraction(exponent)
    if base < 0:
        raise DomainError(f"{base} to the power {exponent} is not a real number")
    if isinstance(base, Fraction):
        top, bottom = power(base.numerator, exponent), power(base.denominator, -exponent)
        return _product(top, bottom)
    whole, part = divmod(exponent, 1)
    outside, inside = _extract(base, part.numerator, part.denominator)
    coefficient = _whole_power(base, whole) * outside
    if inside == 1:
        return number(coefficient)
    radicand, root = inside, part
    surd = Power.intern(Constant.intern(radicand), Constant.intern(root))
    return surd if coefficient == 1 else Mul.intern(number(coefficient).value, (surd,))


def _whole_power(base: Rational, exponent: int) -> Rational:
    value = Fraction(base)
    bits = max(value.numerator.bit_length(), value.denominator.bit_length())
    if bits > 1 and bits * abs(exponent) > LARGEST_BITS:
        raise LimitError(f"{base}**{exponent} has too many digits to be written out")
    result = value**exponent
    return result.numerator if result.denominator == 1 else result


def _extract(base: int, numerator: int, denominator: int) -> tuple[int, int]:
    """base**(p/q) = outside * inside**(p/q) with no q-th power left inside."""
    if base > LARGEST_RADICAND:
        return _extract_perfect(base, numerator, denominator)
    outside, inside, rest, prime = 1, 1, base, 2
    while prime * prime <= rest:
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        times, left = divmod(count, denominator)
        outside *= prime ** (times * numerator)
        inside *= prime**left
        prime += 1 if prime == 2 else 2
    return outside, inside * rest


def _extract_perfect(base: int, numerator: int, denominator: int) -> tuple[int, int]:
    if denominator == 2:
        root = isqrt(base)
        if root * root == base:
            return root**numerator, 1
    return 1, base


def _product(left: Expr, right: Expr) -> Expr:
    from wrt.expr.arithmetic import mul

    return mul(left, right)
