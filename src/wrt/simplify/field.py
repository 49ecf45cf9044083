"""Expressions as quotients of polynomials: kernels become generators, and python-flint does the algebra exactly.

A kernel is what arithmetic cannot take apart: a symbol, a call, a root, an exponential, a power with a symbolic
exponent. Each kernel is a base to a unit exponent such that every occurrence is a whole power of it: with x**(1/2) and
x, the generator is x**(1/2); with exp(x) and exp(2*x), it is exp(x).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, gcd, lcm
from typing import Any, TypeAlias

from wrt.expr.arithmetic import factors_of, is_hadamard, split_coefficient, terms_of
from wrt.expr.build import ONE, add, mul, number, power
from wrt.expr.node import Add, Call, Constant, Contract, Expr, Mul, Power, Rational

Poly: TypeAlias = Any  # flint.fmpq_mpoly, which is imported on use
Factors: TypeAlias = list[tuple[Poly, int]]

MOST_KERNELS = 12
MOST_TERMS = 400
MOST_NODES = 300
LARGEST_POWER = 64
LARGEST_DEGREE = 200
MOST_BITS = 512
MOST_FACTORED_TERMS = 60


class TooLargeError(Exception):
    """The polynomials would grow beyond the bound that keeps simplification fast."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """base**(unit*rest); an exponential has the function exp as base."""

    base: Any
    rest: Expr
    unit: Fraction

    def power(self, exponent: int) -> Expr:
        """The kernel to a whole power, as an expression."""
        scaled = mul(number(self.unit * int(exponent)), self.rest)
        return power(self.base, scaled) if isinstance(self.base, Expr) else self.base(scaled)

    @property
    def root(self) -> int:
        """q where the kernel is the q-th root of a base that is a polynomial itself, else 1."""
        if self.rest is ONE and isinstance(self.base, Add | Constant) and self.unit.numerator == 1:
            return self.unit.denominator
        return 1


@lru_cache(maxsize=MOST_KERNELS + 1)
def _context(count: int) -> Any:
    from flint import Ordering, fmpq_mpoly_ctx

    return fmpq_mpoly_ctx.get(tuple(f"k{place}" for place in range(count)), Ordering.degrevlex)


def _parts(node: Expr) -> Iterator[tuple[Any, Expr, Fraction]]:
    """The kernels that one factor contributes, as (base, rest, coefficient of the exponent)."""
    if isinstance(node, Call) and node.function.name == "exp":
        for term in terms_of(node.args[0]):
            coefficient, rest = split_coefficient(term)
            yield node.function, rest, Fraction(coefficient)
    elif isinstance(node, Power):
        for term in terms_of(node.exponent):
            coefficient, rest = split_coefficient(term)
            yield node.base, rest, Fraction(coefficient)
    else:
        yield node, ONE, Fraction(1)


class Field:
    """The quotients of polynomials in the kernels of some expressions."""

    def __init__(self, *roots: Expr) -> None:
        self.kernels: list[Kernel] = []
        self._place: dict[tuple[Any, Expr], int] = {}
        exponents: dict[tuple[Any, Expr], list[Fraction]] = {}
        self._survey(roots, exponents)
        if len(exponents) > MOST_KERNELS:
            raise TooLargeError
        for key, found in exponents.items():
            self._place[key] = len(self.kernels)
            self.kernels.append(Kernel(*key, _unit(key[1], found)))
        self.context = _context(len(self.kernels))
        self.generators = self.context.gens()
        self.one: Poly = self.context.constant(1)
        self._done: dict[Expr, tuple[Poly, Poly]] = {}

    def _survey(self, roots: tuple[Expr, ...], exponents: dict[tuple[Any, Expr], list[Fraction]]) -> None:
        """Find the kernels, and with which rational exponents each occurs."""
        seen: set[Expr] = set()
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node in seen or isinstance(node, Constant):
                continue
            seen.add(node)
            if len(seen) > MOST_NODES:
                raise TooLargeError
            if isinstance(node, Add | Mul) or is_hadamard(node):
                stack.extend(node.operands)
                continue
            for base, rest, coefficient in _parts(node):
                if rest is ONE and coefficient.denominator == 1 and isinstance(base, Add | Mul | Power | Constant):
                    stack.append(base)
                    continue
                if rest is ONE and isinstance(base, Add):
                    stack.append(base)
                exponents.setdefault((base, rest), []).append(coefficient)

    def fraction(self, node: Expr) -> tuple[Poly, Poly]:
        """Numerator and denominator. Raises TooLargeError."""
        known = self._done.get(node)
        if known is None:
            known = self._done[node] = self._fraction(node)
            for poly in known:
                if len(poly) > MOST_TERMS or (len(poly) > 1 and max(poly.degrees()) > LARGEST_DEGREE):
                    raise TooLargeError
        return known

    def _fraction(self, node: Expr) -> tuple[Poly, Poly]:
        match node:
            case Constant():
                return self._constant(node.value), self.one
            case Add():
                top, bottom = self.fraction(node.terms[0])
                for term in node.terms[1:]:
                    top, bottom = self._plus(top, bottom, *self.fraction(term))
                return top, bottom
            case Mul() | Contract() if isinstance(node, Mul) or is_hadamard(node):
                coefficient, factors = factors_of(node)
                top, bottom = self._constant(coefficient), self.one
                for factor in factors:
                    up, down = self.fraction(factor)
                    top, bottom = top * up, bottom * down
                return top, bottom
            case _:
                top, bottom = self.one, self.one
                for base, rest, coefficient in _parts(node):
                    up, down = self._kernel_power(base, rest, coefficient)
                    top, bottom = top * up, bottom * down
                return top, bottom

    def _kernel_power(self, base: Any, rest: Expr, coefficient: Fraction) -> tuple[Poly, Poly]:
        place = self._place.get((base, rest))
        if place is None:
            return self._whole_power(base, int(coefficient))
        exponent = coefficient / self.kernels[place].unit
        generator = self.generators[place]
        whole = int(exponent)
        return (generator**whole, self.one) if whole >= 0 else (self.one, generator**-whole)

    def _whole_power(self, base: Expr, exponent: int) -> tuple[Poly, Poly]:
        top, bottom = self.fraction(base)
        size = max(len(top), len(bottom))
        if size > 1 and (abs(exponent) > LARGEST_POWER or comb(abs(exponent) + size - 1, size - 1) > MOST_TERMS):
            raise TooLargeError
        return (top**exponent, bottom**exponent) if exponent >= 0 else (bottom**-exponent, top**-exponent)

    def _constant(self, value: Rational) -> Poly:
        from flint import fmpq

        value = Fraction(value)
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
            raise TooLargeError
        return self.context.constant(fmpq(value.numerator, value.denominator))

    def _plus(self, top: Poly, bottom: Poly, up: Poly, down: Poly) -> tuple[Poly, Poly]:
        if bottom == down:
            return top + up, bottom
        if down.is_one():
            return top + up * bottom, bottom
        if bottom.is_one():
            return top * down + up, down
        common = bottom.gcd(down)
        left, right = down // common, bottom // common
        return top * left + up * right, bottom * left

    def reduced(self, top: Poly, bottom: Poly) -> tuple[Poly, Poly]:
        """The quotient in lowest terms, with g**q replaced by the base in the numerator where g is its q-th root."""
        top, bottom = _lowest(top, bottom)
        simple = self.without_root_powers(top)
        return (top, bottom) if simple is top else _lowest(simple, bottom)

    def without_root_powers(self, poly: Poly) -> Poly:
        """The polynomial with g**q replaced by the base wherever g is its q-th root."""
        for place, kernel in enumerate(self.kernels):
            if kernel.root > 1:
                poly = self._without_root_powers(poly, place, kernel)
        return poly

    def _without_root_powers(self, poly: Poly, place: int, kernel: Kernel) -> Poly:
        if poly.degrees()[place] < kernel.root:
            return poly
        base_top, base_bottom = self.fraction(kernel.base)
        if not base_bottom.is_one():
            return poly
        result = self.context.constant(0)
        for exponents, coefficient in poly.to_dict().items():
            times, left = divmod(exponents[place], kernel.root)
            monomial = (*exponents[:place], left, *exponents[place + 1 :])
            result += self.context.from_dict({monomial: coefficient}) * base_top**times
        return result

    def monomial(self, exponents: tuple[int, ...], coefficient: Rational = 1) -> Expr:
        """The expression for a coefficient times whole powers of the kernels."""
        powers = [self.kernels[place].power(exponent) for place, exponent in enumerate(exponents) if exponent]
        return mul(number(coefficient), *powers)

    def expression(self, poly: Poly) -> Expr:
        """The expanded sum that a polynomial stands for."""
        return add(*(self.monomial(exponents, rational(value)) for exponents, value in poly.to_dict().items()))


def _lowest(top: Poly, bottom: Poly) -> tuple[Poly, Poly]:
    common = top.gcd(bottom)
    return top // common, bottom // common


def factored(poly: Poly) -> tuple[Rational, Factors]:
    """The content, and the irreducible factors with their exponents; a long polynomial stays as it is."""
    if len(poly) > MOST_FACTORED_TERMS:
        return 1, [(poly, 1)]
    content, factors = poly.factor()
    return rational(content), [(factor, int(exponent)) for factor, exponent in factors]


def joined(factors: Factors) -> Factors:
    """The factors, two of one exponent multiplied out where that leaves a sum as short: (x - 1)(x + 1) as x² - 1."""
    kept: Factors = []
    for factor, times in factors:
        for place, (other, exponent) in enumerate(kept):
            product = factor * other if exponent == times and 1 < len(factor) <= 3 and 1 < len(other) <= 3 else None
            if product is not None and len(product) <= max(len(factor), len(other)):
                kept[place] = (product, times)
                break
        else:
            kept.append((factor, times))
    return kept


def rational(value: Any) -> Rational:
    """A flint rational as Python's."""
    return Fraction(int(value.p), int(value.q)) if hasattr(value, "p") else int(value)


def _unit(rest: Expr, exponents: list[Fraction]) -> Fraction:
    """The exponent of which all are whole multiples: a root of the base, or of an exponential the largest there is."""
    denominator = lcm(*(each.denominator for each in exponents))
    if rest is ONE:
        return Fraction(1, denominator)
    unit = gcd(*(int(each * denominator) for each in exponents))
    return Fraction(-unit if all(each < 0 for each in exponents) else unit, denominator)


def has_sum(node: Expr) -> bool:
    """Whether arithmetic on this expression could change it: a sum stands among its factors or their bases."""
    _, factors = factors_of(node)
    for factor in factors:
        base = factor.base if isinstance(factor, Power) else factor
        if isinstance(base, Add):
            return True
    return False
