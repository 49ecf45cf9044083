"""Polynomials in one variable over a field: division, common divisors, expansions in powers of another polynomial.

The coefficients are any exact numbers that know +, -, *, / among themselves, and * with an integer: `Quotient` for the
quotients of polynomials in parameters, `Residue` for a field with the root of a polynomial added.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import zip_longest
from typing import Any, TypeAlias

Number: TypeAlias = Any  # an element of the field


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A polynomial by its coefficients, the constant one first and none 0 at the end."""

    coefficients: tuple[Number, ...]

    @classmethod
    def of(cls, coefficients: Iterable[Number]) -> Polynomial:
        """The polynomial with these coefficients, of which the last may be 0."""
        kept = list(coefficients)
        while kept and not kept[-1]:
            kept.pop()
        return cls(tuple(kept))

    @property
    def degree(self) -> int:
        """The degree; -1 for 0."""
        return len(self.coefficients) - 1

    @property
    def lead(self) -> Number:
        """The coefficient of the highest power."""
        return self.coefficients[-1]

    @property
    def exponents(self) -> list[int]:
        """The exponents of the powers that it has."""
        return [exponent for exponent, each in enumerate(self.coefficients) if each]

    @property
    def step(self) -> int:
        """The largest n such that this is a polynomial in xⁿ; 0 for a constant."""
        return math.gcd(*self.exponents)

    def __bool__(self) -> bool:
        return bool(self.coefficients)

    def __neg__(self) -> Polynomial:
        return Polynomial(tuple(-each for each in self.coefficients))

    def __add__(self, other: Polynomial) -> Polynomial:
        pairs = zip_longest(self.coefficients, other.coefficients)
        return Polynomial.of(b if a is None else a if b is None else a + b for a, b in pairs)

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + -other

    def __mul__(self, other: Polynomial) -> Polynomial:
        if not self or not other:
            return ZERO
        found: list[Number] = [None] * (self.degree + other.degree + 1)
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(other.coefficients):
                found[i + j] = a * b if found[i + j] is None else found[i + j] + a * b
        return Polynomial.of(found)

    def scaled(self, factor: Number) -> Polynomial:
        """The polynomial times a number."""
        return Polynomial.of(each * factor for each in self.coefficients)

    def __divmod__(self, other: Polynomial) -> tuple[Polynomial, Polynomial]:
        rest = list(self.coefficients)
        quotient: list[Number] = []
        while len(rest) > other.degree:
            factor = rest.pop() / other.lead
            quotient.append(factor)
            if factor:
                start = len(rest) - other.degree
                for place, each in enumerate(other.coefficients[:-1], start):
                    rest[place] = rest[place] - factor * each
        return Polynomial.of(reversed(quotient)), Polynomial.of(rest)

    def __mod__(self, other: Polynomial) -> Polynomial:
        return divmod(self, other)[1]

    def __floordiv__(self, other: Polynomial) -> Polynomial:
        return divmod(self, other)[0]

    def __pow__(self, exponent: int) -> Polynomial:
        one = Polynomial((self.lead / self.lead,))
        return reduce(Polynomial.__mul__, [self] * exponent, one)

    def derivative(self) -> Polynomial:
        """The derivative."""
        return Polynomial.of(each * power for power, each in enumerate(self.coefficients) if power)

    def monic(self) -> Polynomial:
        """The polynomial over its leading coefficient."""
        return Polynomial(tuple(each / self.lead for each in self.coefficients))

    def __call__(self, point: Number) -> Number:
        """The value at a point, of any type that the coefficients can be added to and multiplied with."""
        return reduce(lambda value, each: value * point + each, reversed(self.coefficients)) if self else 0

    def shifted(self, step: Number) -> Polynomial:
        """p(x + step)."""
        found = ZERO
        for each in reversed(self.coefficients):
            higher = Polynomial.of((each - each, *found.coefficients))
            found = higher + found.scaled(step) + Polynomial.of((each,))
        return found

    def split(self, holds: Callable[[int], bool]) -> tuple[Polynomial, Polynomial]:
        """The terms whose exponent has a property, and the others."""
        chosen = Polynomial.of(each if holds(power) else each - each for power, each in enumerate(self.coefficients))
        return chosen, self - chosen

    def mapped(self, change: Callable[[Number], Number]) -> Polynomial:
        """The polynomial with each coefficient changed."""
        return Polynomial.of(map(change, self.coefficients))


ZERO = Polynomial(())


def gcd(a: Polynomial, b: Polynomial) -> Polynomial:
    """The greatest common divisor, with 1 in front."""
    while b:
        a, b = b, a % b
    return a.monic()


def inverse(a: Polynomial, modulus: Polynomial) -> Polynomial:
    """The polynomial b with a·b = 1 modulo another that has no common factor with a.

    >>> from fractions import Fraction
    >>> a, m = (Polynomial.of(map(Fraction, each)) for each in ([1, 1], [1, 0, 1]))
    >>> a * inverse(a, m) % m == Polynomial((Fraction(1),))
    True
    """
    one = Polynomial((modulus.lead / modulus.lead,))
    before, here = modulus, a % modulus
    factor_before, factor = ZERO, one
    while here.degree > 0:
        quotient, rest = divmod(before, here)
        before, here = here, rest
        factor_before, factor = factor, factor_before - quotient * factor
    return factor.scaled(one.lead / here.lead) % modulus


def digits(a: Polynomial, base: Polynomial) -> list[Polynomial]:
    """The polynomials of lower degree than the base with a = Σ digit·baseᵏ.

    >>> [each.coefficients for each in digits(Polynomial((0.0, 0.0, 1.0)), Polynomial((1.0, 1.0)))]
    [(1.0,), (-2.0,), (1.0,)]
    """
    found = []
    while a:
        a, digit = divmod(a, base)
        found.append(digit)
    return found


@dataclass(frozen=True, slots=True)
class Residue:
    """A polynomial in the root of an irreducible one, the modulus: an element of the field that has the root too."""

    value: Polynomial
    modulus: Polynomial

    def __bool__(self) -> bool:
        return bool(self.value)

    def __neg__(self) -> Residue:
        return Residue(-self.value, self.modulus)

    def __add__(self, other: Residue) -> Residue:
        return Residue(self.value + other.value, self.modulus)

    def __sub__(self, other: Residue) -> Residue:
        return Residue(self.value - other.value, self.modulus)

    def __mul__(self, other: Residue | int) -> Residue:
        if isinstance(other, int):
            return Residue(self.value.scaled(other), self.modulus)
        return Residue(self.value * other.value % self.modulus, self.modulus)

    def __truediv__(self, other: Residue) -> Residue:
        return self * Residue(inverse(other.value, self.modulus), self.modulus)


def adjoined(number: Number, modulus: Polynomial) -> Residue:
    """A number as an element of the larger field."""
    return Residue(Polynomial.of((number,)), modulus)


def square_root_of(number: Number) -> Residue:
    """√d in the field to which it is added, where d is no square."""
    one = number / number
    return Residue(Polynomial.of((number - number, one)), Polynomial((-number, number - number, one)))


def components(polynomial: Polynomial) -> tuple[Polynomial, Polynomial]:
    """P and Q where the coefficients of P + √d·Q are residues."""

    def part(place: int) -> Polynomial:
        return polynomial.mapped(lambda each: (*each.value.coefficients, *each.modulus.coefficients[1:2] * 2)[place])

    return part(0), part(1)
