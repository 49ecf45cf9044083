"""Integrands as quotients of polynomials in the variable; coefficients are quotients of polynomials in parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from wrt.expr.build import ONE, mul, number, power
from wrt.expr.node import Add, Constant, Expr, Mul, Power, Symbol
from wrt.expr.walk import substitute
from wrt.integrate.rational.polynomials import Polynomial, gcd
from wrt.integrate.rule import Problem
from wrt.simplify.field import Field, Poly, TooLargeError, factored, joined

# Factoring, common divisors and resultants cannot be interrupted; what is larger is left alone.
MOST_DEGREE = 40
MOST_PARAMETERS = 6
MOST_TERMS = 150
MOST_BITS = 1500
LARGEST_PRODUCT = 20_000  # of the numbers of terms, in a common divisor


class Ring:
    """The polynomials in a variable over the field of its parameters, which are all other kernels of an integrand."""

    def __init__(self, field: Field, variable: Symbol, place: int) -> None:
        self.field, self.variable, self.place = field, variable, place
        self.x: Poly = field.generators[place]
        self.has_roots = any(kernel.root > 1 for kernel in field.kernels)

    @property
    def one(self) -> Quotient:
        """The number 1."""
        return Quotient(self, self.field.one, self.field.one)

    @property
    def zero(self) -> Quotient:
        """The number 0."""
        return Quotient(self, self.field.one * 0, self.field.one)

    def quotient(self, top: Poly, bottom: Poly) -> Quotient:
        """An element of the field of parameters in lowest terms. Raises TooLargeError."""
        if self.has_roots:
            top, bottom = self.field.without_root_powers(top), self.field.without_root_powers(bottom)
        if not bottom.is_one():
            if len(top) * len(bottom) > LARGEST_PRODUCT:
                raise TooLargeError
            common = top.gcd(bottom)
            unit = bottom.leading_coefficient() / common.leading_coefficient()
            top, bottom = top // common / unit, bottom // common / unit
        return Quotient(self, top, bottom)

    def polynomial(self, poly: Poly) -> Polynomial:
        """A polynomial in all kernels as one in the variable."""
        found: dict[int, dict[tuple[int, ...], object]] = {}
        for exponents, value in poly.to_dict().items():
            rest = (*exponents[: self.place], 0, *exponents[self.place + 1 :])
            found.setdefault(int(exponents[self.place]), {})[rest] = value
        return Polynomial.of(
            Quotient(self, self.field.context.from_dict(found[degree]), self.field.one)
            if degree in found
            else self.zero
            for degree in range(max(found, default=-1) + 1)
        )

    def cleared(self, polynomial: Polynomial) -> tuple[Poly, Poly]:
        """A polynomial in the variable as one in all kernels, over a polynomial in the parameters."""
        bottom = self.field.one
        for each in polynomial.coefficients:
            bottom = bottom * each.bottom // bottom.gcd(each.bottom)
        top = self.field.one * 0
        for degree, each in enumerate(polynomial.coefficients):
            top += each.top * (bottom // each.bottom) * self.x**degree
        return top, bottom

    def primitive(self, polynomial: Polynomial) -> Poly:
        """A polynomial in the variable without its content, as one in all kernels."""
        top, _ = self.cleared(polynomial)
        factors = top.factor()[1]
        return multiplied(self, ((each, int(times)) for each, times in factors if self.degree(each)))

    def written(self, polynomial: Polynomial, *bottom: tuple[Poly, int]) -> Expr:
        """A polynomial in the variable over powers of others, as an expression in factors."""
        top, below = self.cleared(polynomial)
        return self.product((top, 1), (below, -1), *((factor, -times) for factor, times in bottom))

    def in_letter(self, polynomial: Polynomial, letter: Symbol) -> Expr:
        """A polynomial in the variable with another letter for it."""
        return substitute(self.written(polynomial), {self.variable: letter})

    def product(self, *powers: tuple[Poly, int]) -> Expr:
        """A product of powers of polynomials as an expression, each of them in factors."""
        return mul(*(power(self.factors(poly), exponent) for poly, exponent in powers))

    def factors(self, poly: Poly) -> Expr:
        """A polynomial as a product of its irreducible factors, with as few sums as possible."""
        content, factors = factored(poly)
        return mul(number(content), *(power(self.field.expression(each), times) for each, times in joined(factors)))

    def number(self, value: Quotient) -> Expr:
        """An element of the field of parameters as an expression."""
        return self.product((value.top, 1), (value.bottom, -1))

    def degree(self, poly: Poly) -> int:
        """The degree in the variable."""
        return int(poly.degrees()[self.place])


@dataclass(frozen=True, slots=True)
class Quotient:
    """A quotient of polynomials in the parameters, in lowest terms, the leading coefficient of `bottom` being 1."""

    ring: Ring
    top: Poly
    bottom: Poly

    def __bool__(self) -> bool:
        return not self.top.is_zero()

    def __neg__(self) -> Quotient:
        return Quotient(self.ring, -self.top, self.bottom)

    def __add__(self, other: Quotient) -> Quotient:
        if self.bottom == other.bottom:
            return self.ring.quotient(self.top + other.top, self.bottom)
        top = self.top * other.bottom + other.top * self.bottom
        return self.ring.quotient(top, self.bottom * other.bottom)

    def __sub__(self, other: Quotient) -> Quotient:
        return self + -other

    def __mul__(self, other: Quotient | int) -> Quotient:
        if isinstance(other, int):
            return self.ring.quotient(self.top * other, self.bottom)
        return self.ring.quotient(self.top * other.top, self.bottom * other.bottom)

    def __truediv__(self, other: Quotient) -> Quotient:
        return self.ring.quotient(self.top * other.bottom, self.bottom * other.top)


@dataclass(frozen=True, slots=True)
class Fraction:
    """A rational integrand in lowest terms: `top` over `content`, which has parameters only, and over `factors`.

    The factors are the irreducible ones that depend on the variable, with their exponents.
    """

    ring: Ring
    top: Poly
    content: Poly
    factors: tuple[tuple[Poly, int], ...]

    @property
    def degree(self) -> int:
        """The degree of the denominator."""
        return sum(self.ring.degree(factor) * times for factor, times in self.factors)

    @property
    def is_proper(self) -> bool:
        """Whether the numerator has the lower degree."""
        return self.ring.degree(self.top) < self.degree

    @property
    def numerator(self) -> Polynomial:
        """The numerator over the content, as a polynomial in the variable."""
        scale = self.ring.quotient(self.ring.field.one, self.content)
        return self.ring.polynomial(self.top).scaled(scale)

    @property
    def bottom(self) -> Poly:
        """The factors multiplied out."""
        return multiplied(self.ring, self.factors)


def multiplied(ring: Ring, factors: Iterable[tuple[Poly, int]]) -> Poly:
    """The product of powers."""
    return prod((factor**times for factor, times in factors), start=ring.field.one)


@lru_cache(maxsize=512)
def fraction(problem: Problem) -> Fraction | None:
    """The integrand as a quotient of polynomials in the variable; None if it is none, or a large one.

    >>> from wrt.expr.build import symbol
    >>> a, x = symbol("a"), symbol("x")
    >>> found = fraction(Problem(1 / (a * x**3 + x**2), x))
    >>> print(*(found.ring.product(each) for each in found.factors), sep=", ")
    a*x + 1, x**2
    """
    node, variable = problem.integrand, problem.variable
    if node.shape or not is_rational(node, variable):
        return None
    try:
        return _fraction(Field(node, variable), node, variable)
    except TooLargeError:
        return None


def is_rational(node: Expr, variable: Symbol) -> bool:
    """Whether the variable stands only in sums, products and whole powers."""
    if variable not in node.free or node is variable:
        return True
    if isinstance(node, Power):
        whole = isinstance(node.exponent, Constant) and isinstance(node.exponent.value, int)
        return whole and is_rational(node.base, variable)
    return isinstance(node, Add | Mul) and all(is_rational(each, variable) for each in node.operands)


def _fraction(field: Field, node: Expr, variable: Symbol) -> Fraction | None:
    place = next(at for at, kernel in enumerate(field.kernels) if kernel.base is variable and kernel.rest is ONE)
    if len(field.kernels) > MOST_PARAMETERS + 1:
        return None
    ring = Ring(field, variable, place)
    top, bottom = field.fraction(node)
    if not is_small(top, bottom):
        return None
    common = top.gcd(bottom)
    unit, found = (bottom // common).factor()
    top, content, factors = field.without_root_powers(top // common / unit), field.one, []
    for factor, times in ((field.without_root_powers(each), int(times)) for each, times in found):
        if ring.degree(factor):
            factors.append((factor, times))
        else:
            content = content * factor**times
    whole = Fraction(ring, top, content, tuple(factors))
    return whole if not ring.has_roots or _is_lowest(whole) else None


def _is_lowest(whole: Fraction) -> bool:
    """Whether numerator and factors are coprime, which is not plain where a root stands among the coefficients."""
    ring = whole.ring
    once = ring.polynomial(multiplied(ring, ((factor, 1) for factor, _ in whole.factors)))
    return gcd(once, once.derivative()).degree < 1 and gcd(once, ring.polynomial(whole.top)).degree < 1


def is_small(*polys: Poly) -> bool:
    """Whether polynomials are within the bounds for calls that cannot be interrupted."""
    return all(
        len(poly) <= MOST_TERMS
        and (poly.is_zero() or max(poly.degrees(), default=0) <= MOST_DEGREE)
        and all(max(int(c.p).bit_length(), int(c.q).bit_length()) <= MOST_BITS for c in poly.coeffs())
        for poly in polys
    )


def squarefree(problem: Problem, least: int = 3) -> Fraction | None:
    """The integrand where it is proper, and its denominator has at least this degree and no multiple factor."""
    found = fraction(problem)
    if found is None or not found.is_proper or found.degree < least or any(times > 1 for _, times in found.factors):
        return None
    return found
