"""Square roots, signs and logarithms of polynomials in parameters and the variable."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from wrt import functions
from wrt.derive.step import Statement
from wrt.expr.arithmetic import split_coefficient
from wrt.expr.build import ZERO, add, mul, neg, number, power
from wrt.expr.node import Expr, Rational
from wrt.integrate.rational.polynomials import Polynomial, components
from wrt.integrate.rational.quotients import Quotient, Ring
from wrt.integrate.rational.signs import sign
from wrt.notation import effort
from wrt.simplify import simplify
from wrt.simplify.field import Poly, rational

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class SquareRoot:
    """outside·√inside, where `inside` has no square in it. Either sign of `outside` will do where it is used."""

    ring: Ring
    outside: Quotient
    inside: Poly

    @property
    def radicand(self) -> Expr:
        """What stands under the root, as an expression."""
        return simplify(self.ring.factors(self.inside))

    @property
    def radical(self) -> Expr:
        """√inside."""
        return power(self.radicand, HALF)

    @property
    def sign(self) -> int | None:
        """The sign of what stands under the root, if it is known."""
        known = sign_of(self.ring, self.inside) or sign(self.radicand)
        against = None if known else sign(self.opposite.radicand)
        return -against if against else known

    @property
    def expr(self) -> Expr:
        """The root as an expression."""
        return mul(self.ring.number(self.outside), self.radical)

    @property
    def square(self) -> Quotient:
        """What stands under the root, as an element of the field."""
        return self.ring.quotient(self.inside, self.ring.field.one)

    @property
    def opposite(self) -> SquareRoot:
        """The root of the opposite."""
        return SquareRoot(self.ring, self.outside, -self.inside)

    @property
    def is_taken_as_positive(self) -> bool:
        """Whether what stands under the root is known to be positive, or may be for positive parameters."""
        known = self.sign
        return any(value > 0 for value in self.inside.coeffs()) if known is None else known > 0

    @property
    def condition(self) -> Statement:
        """What must hold for the root to be real, if that is not known."""
        if self.sign:
            return ()
        content, _ = self.inside.factor()
        return self.ring.factors(self.inside / abs(content)), " > 0"


def square_root(value: Quotient) -> SquareRoot:
    """The square root of an element of the field, with squares taken out."""
    ring = value.ring
    content, factors = (value.top * value.bottom).factor()
    content = Fraction(rational(content))
    outside, inside = ring.field.one, ring.field.one
    for factor, times in factors:
        outside = outside * factor ** (int(times) // 2)
        inside = inside * factor ** (int(times) % 2)
    square, surd = _square_part(abs(content.numerator * content.denominator))
    outside = outside * square
    inside = inside * surd * (1 if content > 0 else -1)
    return SquareRoot(ring, ring.quotient(outside, value.bottom * content.denominator), inside)


def _square_part(value: int) -> tuple[int, int]:
    """s and r with s²·r the value, r without squares that are easily found."""
    root, _ = split_coefficient(power(number(value), HALF))
    return int(root), value // int(root) ** 2


def sign_of(ring: Ring, poly: Poly) -> int | None:
    """The sign of a polynomial, if it is known of each factor that it has an odd number of times."""
    content, factors = poly.factor()
    found: int | None = 1 if content > 0 else -1
    for factor, times in factors:
        if int(times) % 2:
            each = sign(simplify(ring.field.expression(factor)))
            if each is None or found is None:
                return None
            found *= each
    return found


def constant_sign(ring: Ring, poly: Poly) -> int | None:
    """The sign that a polynomial in the variable has everywhere, None if it changes or is not known."""
    found = sign(ring.field.expression(poly))
    if found is not None:
        return found
    coefficients = ring.polynomial(poly).coefficients
    if len(coefficients) == 3:
        c, b, a = coefficients
        discriminant = b * b - a * c * 4
        if discriminant and sign_of(ring, discriminant.top) == -1:
            return sign_of(ring, a.top)
    if all(each.top.is_constant() for each in coefficients) and not _has_real_root(ring, poly):
        return 1 if coefficients[0].top.leading_coefficient() > 0 else -1
    return None


def _has_real_root(ring: Ring, poly: Poly) -> bool:
    """Whether a polynomial with rational coefficients is 0 somewhere."""
    from flint import fmpq, fmpq_poly

    terms = {int(exponents[ring.place]): value for exponents, value in poly.to_dict().items()}
    univariate = fmpq_poly([terms.get(degree, fmpq(0)) for degree in range(ring.degree(poly) + 1)])
    roots: Any = univariate.numer().complex_roots()  # pairs of a root and its multiplicity
    return any(root.imag == 0 for root, _ in roots)


def shortest(ring: Ring, poly: Poly) -> Expr:
    """A polynomial in factors or multiplied out, whichever is shorter."""
    return min((ring.field.expression(poly), ring.factors(poly)), key=effort)


def logarithm(ring: Ring, poly: Poly) -> Expr:
    """An antiderivative of p′/p: log(p), log(-p), or log|p| where the sign of p changes or is not known."""
    found = constant_sign(ring, poly)
    node = shortest(ring, poly)
    return functions.log(functions.abs(node) if found is None else node if found > 0 else neg(node))


def multiple(coefficient: Quotient, scale: Rational = 1) -> Expr:
    """A coefficient of the field times a number, as an expression."""
    return mul(number(scale), coefficient.ring.number(coefficient))


def in_radical(ring: Ring, polynomial: Polynomial, radical: Expr) -> Expr:
    """A polynomial whose coefficients are residues u + v·√d as an expression."""
    plain, multiple_of_root = (ring.written(each) if each else ZERO for each in components(polynomial))
    if plain is ZERO or multiple_of_root is ZERO:
        return add(plain, mul(radical, multiple_of_root))
    terms = (
        add(*(mul(ring.number(c), power(radical, k)) for k, c in enumerate(each.value.coefficients)), ZERO)
        for each in polynomial.coefficients
    )
    return add(*(mul(each, power(ring.variable, degree)) for degree, each in enumerate(terms)))
