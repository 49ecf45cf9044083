"""An expression in terms of one of its parts: (x⁴ + 1)·exp(x²) is (u² + 1)·exp(u) in terms of u = x²."""

from __future__ import annotations

from collections.abc import Iterator

from wrt.expr.build import add, mul, power, sub
from wrt.expr.node import Call, Constant, Expr, Power, Symbol
from wrt.expr.walk import rebuild
from wrt.simplify.field import Field, Kernel, Poly, TooLargeError

MOST_DIGITS = 40


def in_terms_of(node: Expr, part: Expr, letter: Symbol, variable: Symbol) -> Expr | None:
    """The expression with the letter for a part that depends on the variable; None where the variable is not gone then.

    Powers of the part are found inside polynomials.

    >>> from wrt.expr.build import symbol
    >>> x, u = symbol("x"), symbol("u")
    >>> print(in_terms_of((x**2 + 1)**3 * (x**4 + 2), x**2 + 1, u, x))
    u**3*(u - 1)**2 + 2*u**3
    """
    replaced = rebuild(node, lambda each: _as_power(each, part, letter))
    if variable not in replaced.free:
        return replaced
    try:
        field = Field(replaced, part)
        place = _only_kernel(field, variable)
        if place is None:
            return None
        top, bottom = field.reduced(*field.fraction(replaced))
        digits = _Digits(field, place, *field.fraction(part), letter)
        numerator, denominator = digits.of(top), digits.of(bottom)
    except TooLargeError:
        return None
    if numerator is None or denominator is None:
        return None
    return mul(numerator, power(denominator, -1))


def _as_power(node: Expr, part: Expr, letter: Symbol) -> Expr:
    """The letter for the part, and its whole power for a whole power of the part: u² for exp(2·x), where u = exp(x)."""
    if node is part:
        return letter
    of, exponent = _base_and_exponent(part)
    base, times = _base_and_exponent(node)
    if base is None or base is not of:
        return node
    ratio = mul(times, power(exponent, -1))
    return power(letter, ratio) if isinstance(ratio, Constant) and isinstance(ratio.value, int) else node


def _base_and_exponent(node: Expr) -> tuple[object, Expr]:
    """Base and exponent of a power, the function and its argument of an exponential; no base of anything else."""
    if isinstance(node, Power):
        return node.base, node.exponent
    if isinstance(node, Call) and node.function.name == "exp":
        return node.function, node.args[0]
    return None, node


def _only_kernel(field: Field, variable: Symbol) -> int | None:
    """The place of the kernel that depends on the variable, if it is the only one."""
    places = [place for place, kernel in enumerate(field.kernels) if variable in _symbols(kernel)]
    return places[0] if len(places) == 1 else None


def _symbols(kernel: Kernel) -> frozenset[Symbol]:
    return kernel.power(1).free


class _Digits:
    """Writes polynomials in one kernel in powers of another polynomial in it, as numbers are written in a base."""

    def __init__(self, field: Field, place: int, top: Poly, bottom: Poly, letter: Symbol) -> None:
        self.field, self.place = field, place
        self.coefficients = dict(_by_degree(top, place, field))
        self.degree = max(self.coefficients, default=0)
        self.bottom, self.letter = bottom, letter

    def of(self, poly: Poly) -> Expr | None:
        """The polynomial in powers of the other, or None if there is a remainder that depends on the kernel."""
        if self.degree < 1 or self.bottom.degrees()[self.place]:
            return None
        value = mul(self.letter, self.field.expression(self.bottom))
        lead = self.field.expression(self.coefficients[self.degree])
        if len(self.coefficients) == 1 or set(self.coefficients) == {0, self.degree}:
            constant = self.field.expression(self.coefficients[0]) if 0 in self.coefficients else 0
            return self._in_monomial(poly, mul(sub(value, constant), power(lead, -1)))
        if not self.coefficients[self.degree].is_constant():
            return None
        return self._in_base(poly, value)

    def _in_monomial(self, poly: Poly, value: Expr) -> Expr | None:
        """The polynomial where h**degree has this value."""
        terms = []
        for degree, coefficient in _by_degree(poly, self.place, self.field):
            times, left = divmod(degree, self.degree)
            if left:
                return None
            terms.append(mul(self.field.expression(coefficient), power(value, times)))
        return add(*terms, 0)

    def _in_base(self, poly: Poly, value: Expr) -> Expr | None:
        generator = self.field.generators[self.place]
        base = sum((each * generator**degree for degree, each in self.coefficients.items()), self.field.one * 0)
        terms: list[Expr] = []
        while not poly.is_zero():
            quotient, digit = _divided(poly, base, self.coefficients[self.degree], self.place, self.field)
            if digit.degrees()[self.place] or len(terms) > MOST_DIGITS:
                return None
            terms.append(mul(self.field.expression(digit), power(value, len(terms))))
            poly = quotient
        return add(*terms, 0)


def _by_degree(poly: Poly, place: int, field: Field) -> Iterator[tuple[int, Poly]]:
    """The coefficients of the powers of one generator."""
    found: dict[int, dict[tuple[int, ...], object]] = {}
    for exponents, value in poly.to_dict().items():
        rest = (*exponents[:place], 0, *exponents[place + 1 :])
        found.setdefault(int(exponents[place]), {})[rest] = value
    for degree, terms in found.items():
        yield degree, field.context.from_dict(terms)


def _divided(poly: Poly, base: Poly, lead: Poly, place: int, field: Field) -> tuple[Poly, Poly]:
    """Quotient and remainder by a polynomial whose leading coefficient in one generator is a number."""
    quotient = field.one * 0
    generator, height = field.generators[place], base.degrees()[place]
    while not poly.is_zero() and poly.degrees()[place] >= height:
        degree = poly.degrees()[place]
        step = dict(_by_degree(poly, place, field))[degree] * generator ** (degree - height) // lead
        quotient, poly = quotient + step, poly - step * base
    return quotient, poly
