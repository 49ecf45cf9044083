"""Integrals with one square root of a quadratic: R(x, √Q) becomes rational functions over √Q, each of a known kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wrt import functions
from wrt.expr.build import ONE, ZERO, add, mul, neg, number, power, sub
from wrt.expr.facts import is_positive
from wrt.expr.node import Expr, Symbol
from wrt.integrate.rational import fractions
from wrt.integrate.rule import Move, Problem, rule
from wrt.simplify import simplify
from wrt.simplify.field import Field, Poly, TooLargeError

GRADSHTEYN = "Gradshteyn & Ryzhik, 2.25–2.29"
HALF = number(1) / 2
MOST_DEGREE = 12

Coefficients = tuple[Expr, ...]  # of a polynomial, from the constant term on


class Quadratic(NamedTuple):
    """a·x² + b·x + c."""

    a: Expr
    b: Expr
    c: Expr

    def at(self, x: Expr) -> Expr:
        """Its value."""
        return add(mul(self.a, x, x), mul(self.b, x), self.c)

    @property
    def discriminant(self) -> Expr:
        """b² − 4·a·c."""
        return simplify(sub(mul(self.b, self.b), mul(4, self.a, self.c)))


class Radical(NamedTuple):
    """An integrand as (rational) + (irrational)/√Q, both rational functions of the variable."""

    quadratic: Quadratic
    rational: Expr
    irrational: Expr


def radical(problem: Problem) -> Radical | None:
    """The integrand with the square root of one quadratic, taken apart; None if it is no such."""
    x = problem.variable
    try:
        field = Field(problem.integrand)
        place = _root_place(field, x)
        if place is None:
            return None
        quadratic = quadratic_of(field.kernels[place].base, x)
        if quadratic is None:
            return None
        top, bottom = (_in_root(poly, place, field) for poly in field.fraction(problem.integrand))
        inside = field.fraction(field.kernels[place].base)[0]
        # (A + B·g)/(C + D·g) = (A·C − B·D·Q + (B·C − A·D)·g)/(C² − D²·Q), and g = Q/√Q.
        (a, b), (c, d) = top, bottom
        below = c * c - d * d * inside
        rational = _quotient(field, a * c - b * d * inside, below)
        irrational = _quotient(field, (b * c - a * d) * inside, below)
    except TooLargeError:
        return None
    return Radical(quadratic, rational, irrational)


def _root_place(field: Field, x: Symbol) -> int | None:
    """The place of the only kernel that depends on x beside x itself, if it is a square root."""
    moving = [
        place for place, kernel in enumerate(field.kernels) if x in kernel.power(1).free and kernel.power(1) is not x
    ]
    if len(moving) != 1 or field.kernels[moving[0]].root != 2:
        return None
    return moving[0]


def _in_root(poly: Poly, place: int, field: Field) -> tuple[Poly, Poly]:
    """A and B where the polynomial is A + B·g, g the root."""
    parts: list[dict[tuple[int, ...], object]] = [{}, {}]
    for exponents, value in field.without_root_powers(poly).to_dict().items():
        parts[int(exponents[place])][(*exponents[:place], 0, *exponents[place + 1 :])] = value
    even, odd = map(field.context.from_dict, parts)
    return even, odd


def _quotient(field: Field, top: Poly, bottom: Poly) -> Expr:
    top, bottom = field.reduced(top, bottom)
    return mul(field.expression(top), power(field.expression(bottom), -1))


def quadratic_of(node: Expr, x: Symbol) -> Quadratic | None:
    """The coefficients of a quadratic in x."""
    found = coefficients_of(node, x)
    return Quadratic(found[2], found[1], found[0]) if found is not None and len(found) == 3 else None


def coefficients_of(node: Expr, x: Symbol) -> Coefficients | None:
    """The coefficients of a polynomial in x, from the constant term on; None if it is none."""
    try:
        field = Field(node, x)
        top, bottom = field.reduced(*field.fraction(node))
    except TooLargeError:
        return None
    below = field.expression(bottom)
    place = next((at for at, kernel in enumerate(field.kernels) if kernel.power(1) is x), None)
    if place is None or x in below.free or top.degrees()[place] > MOST_DEGREE:
        return None
    found: list[Expr] = [ZERO] * (int(top.degrees()[place]) + 1)
    for exponents, value in top.to_dict().items():
        rest = field.monomial((*exponents[:place], 0, *exponents[place + 1 :]), 1)
        if x in rest.free:
            return None
        degree = int(exponents[place])
        found[degree] = add(found[degree], mul(rest, int(value.p), power(int(value.q), -1)))
    return tuple(mul(each, power(below, -1)) for each in found)


@rule("separate the root", "R(x, √Q) = A(x) + B(x)/√Q", source="Bronstein, Symbolic Integration I, ch. 2", cost=2)
def separate(problem: Problem) -> Iterator[Move]:
    """The denominator is multiplied by its conjugate, which takes the root out of it."""
    found = radical(problem)
    if found is None or found.irrational is ZERO:
        return
    x = problem.variable
    inverse = power(found.quadratic.at(x), -HALF)
    pieces = [mul(piece, inverse) for piece in pieces_of(found.irrational, x)]
    terms = [each for each in (found.rational, *pieces) if each is not ZERO]
    if len(terms) > 1 or terms[0] is not problem.integrand:
        parts = tuple(Problem(term, x) for term in terms)
        yield Move(parts=parts, combine=lambda *found: add(*found, 0))


def pieces_of(node: Expr, x: Symbol) -> list[Expr]:
    """A rational function as its polynomial and its partial fractions."""
    problem = Problem(node, x)
    for split in (fractions.division, fractions.partial_fractions):
        move = next(split.moves(problem), None)
        if move is not None:
            parts = [part for part in move.parts if isinstance(part, Problem)]
            return [piece for part in parts for piece in pieces_of(part.integrand, x)]
    return [node]


@rule("root of a quadratic", "∫ dx/√(a·x² + b·x + c)", source=GRADSHTEYN + "; 2.261")
def inverse_root(problem: Problem) -> Iterator[Move]:
    """Completing the square gives asin for a < 0, asinh or a logarithm for a > 0."""
    x = problem.variable
    found = radical(problem)
    if found is None or found.rational is not ZERO or found.irrational is not ONE:
        return
    whole = inverse_root_integral(found.quadratic, x)
    if whole is not None:
        yield Move(combine=lambda: whole)


def inverse_root_integral(quadratic: Quadratic, x: Symbol) -> Expr | None:
    """∫ dx/√Q."""
    a, b, _ = quadratic
    middle = add(mul(2, a, x), b)
    root = power(quadratic.at(x), HALF)
    if is_positive(neg(a)):
        inside = mul(middle, power(quadratic.discriminant, -HALF))
        return mul(-1, functions.asin(simplify(inside)), power(neg(a), -HALF))
    if is_positive(neg(quadratic.discriminant)):
        inside = mul(middle, power(neg(quadratic.discriminant), -HALF))
        return mul(functions.asinh(simplify(inside)), power(a, -HALF))
    inside = add(middle, mul(2, power(a, HALF), root))
    return mul(functions.log(functions.abs(simplify(mul(inside, HALF)))), power(a, -HALF))


@rule("polynomial over a root", "∫ P/√Q dx = S·√Q + λ·∫ dx/√Q", source=GRADSHTEYN + "; 2.260", cost=2)
def polynomial_over_root(problem: Problem) -> Iterator[Move]:
    """(S·√Q)′ = (S′·Q + S·Q′/2)/√Q: the coefficients of S follow from the highest down, λ is what is left."""
    x = problem.variable
    found = radical(problem)
    if found is None or found.rational is not ZERO or found.irrational is ONE:
        return
    coefficients = coefficients_of(found.irrational, x)
    if coefficients is None or len(coefficients) < 2:
        return
    a, b, c = found.quadratic
    left = list(coefficients)
    factor: list[Expr] = [ZERO] * (len(left) - 1)
    for degree in range(len(left) - 1, 0, -1):
        # The coefficient of xᵈ in S′·Q + S·Q′/2, for S = s·xᵈ⁻¹, is s·a·d.
        s = simplify(mul(left[degree], power(mul(a, degree), -1)))
        factor[degree - 1] = s
        left[degree] = ZERO
        left[degree - 1] = sub(left[degree - 1], mul(s, b, number(2 * degree - 1) / 2))
        if degree > 1:
            left[degree - 2] = sub(left[degree - 2], mul(s, c, degree - 1))
    root = power(found.quadratic.at(x), HALF)
    outside = mul(polynomial(factor, x), root)
    rest = simplify(left[0])
    parts = () if rest is ZERO else (Problem(mul(rest, power(root, -1)), x),)
    yield Move(parts=parts, combine=lambda *more: add(outside, *more))


def polynomial(coefficients: Sequence[Expr], x: Expr) -> Expr:
    """The polynomial with these coefficients, from the constant term on."""
    return add(*(mul(each, power(x, degree)) for degree, each in enumerate(coefficients)), 0)


@rule("pole beside a root", "∫ dx/((x − r)ᵏ·√Q)", source=GRADSHTEYN + "; 2.266–2.269", cost=2)
def pole_over_root(problem: Problem) -> Iterator[Move]:
    """x − r = 1/t for k = 1; for k > 1 the derivative of √Q/(x − r)ᵏ⁻¹ lowers k."""
    x = problem.variable
    found = radical(problem)
    pole = None if found is None or found.rational is not ZERO else _pole(found.irrational, x)
    if found is None or pole is None:
        return
    coefficient, at, times = pole
    y = sub(x, at)
    root = power(found.quadratic.at(x), HALF)
    a = found.quadratic.a
    value = simplify(found.quadratic.at(at))
    slope = simplify(add(mul(2, a, at), found.quadratic.b))

    def below(order: int) -> Problem:
        return Problem(mul(power(y, -order), power(root, -1)), x)

    k = number(times)
    if value is ZERO:
        outside = mul(root, power(y, -times), power(mul(HALF - k, slope), -1))
        weight = simplify(mul(k - 1, a, power(mul(HALF - k, slope), -1)))
        lower = [(weight, times - 1)]
    elif times == 1:
        outside, lower = simple_pole(value, slope, y, root), []
    else:
        scale = power(mul(k - 1, value), -1)
        outside = neg(mul(scale, root, power(y, 1 - times)))
        lower = [
            (simplify(mul(number(3) / 2 - k, slope, scale)), times - 1),
            (simplify(mul(2 - k, a, scale)), times - 2),
        ]
    lower = [(weight, order) for weight, order in lower if weight is not ZERO]
    weights = [mul(coefficient, weight) for weight, _ in lower]
    yield Move(
        parts=tuple(below(order) for _, order in lower),
        combine=lambda *more: add(
            mul(coefficient, outside), *(mul(w, each) for w, each in zip(weights, more, strict=True))
        ),
    )


def simple_pole(value: Expr, slope: Expr, y: Expr, root: Expr) -> Expr:
    """∫ dx/(y·√Q), where Q = value + slope·y + a·y²."""
    middle = add(mul(2, value), mul(slope, y))
    if is_positive(neg(value)):
        inside = mul(middle, power(mul(2, power(neg(value), HALF), root), -1))
        return mul(functions.atan(simplify(inside)), power(neg(value), -HALF))
    inside = mul(add(middle, mul(2, power(value, HALF), root)), power(y, -1))
    return neg(mul(functions.log(functions.abs(inside)), power(value, -HALF)))


def _pole(node: Expr, x: Symbol) -> tuple[Expr, Expr, int] | None:
    """c, r and k where the expression is c/(x − r)ᵏ."""
    below = coefficients_of(power(node, -1), x)
    if below is None or len(below) < 2:
        return None
    times = len(below) - 1
    lead = below[-1]
    at = simplify(neg(mul(below[-2], power(mul(lead, times), -1))))
    if simplify(sub(power(node, -1), mul(lead, power(sub(x, at), times)))) is not ZERO:
        return None
    return power(lead, -1), at, times


@rule("powers of the quadratic below", "P = S′·Q + (½ − k)·S·Q′ + R·Q", source="Hermite; Bronstein, sec. 2.2", cost=2)
def power_of_quadratic(problem: Problem) -> Iterator[Move]:
    """(S/Qᵏ⁻¹ᐟ²)′ = (S′·Q + (½ − k)·S·Q′)/Qᵏ⁺¹ᐟ²: with S chosen so, one power of Q is less."""
    x = problem.variable
    found = radical(problem)
    if found is None or found.rational is not ZERO:
        return
    quadratic = found.quadratic
    split = _over_powers(found.irrational, quadratic, x)
    if split is None:
        return
    top, times = split
    a, b, c = quadratic
    remainder = _remainder(top, quadratic)
    # (½ − k)·S·Q′ ≡ P modulo Q, for S = s·x + t.
    k = HALF - times
    disc = quadratic.discriminant
    if disc is ZERO:
        return
    p, q = (*remainder, ZERO, ZERO)[:2][::-1]  # P ≡ p·x + q
    # S·Q′ ≡ (2at + bs − 2bs)·x + (bt − 2cs) = (2a·t − b·s)·x + (b·t − 2c·s)
    s = simplify(mul(sub(mul(b, p), mul(2, a, q)), power(mul(k, neg(disc)), -1)))
    t = simplify(mul(sub(mul(2, c, p), mul(b, q)), power(mul(k, neg(disc)), -1)))
    inside = quadratic.at(x)
    chosen = add(mul(s, x), t)
    rest = sub(polynomial(top, x), add(mul(s, inside), mul(k, chosen, add(mul(2, a, x), b))))
    left = simplify(mul(simplify(mul(rest, power(inside, -1))), power(inside, 1 - times), power(inside, -HALF)))
    outside = mul(chosen, power(inside, HALF - times))
    parts = () if left is ZERO else (Problem(left, x),)
    yield Move(parts=parts, combine=lambda *more: add(outside, *more))


def _over_powers(node: Expr, quadratic: Quadratic, x: Symbol) -> tuple[Coefficients, int] | None:
    """P and k > 0 where the expression is P/Qᵏ."""
    inside = quadratic.at(x)
    for times in range(1, 7):
        found = coefficients_of(mul(node, power(inside, times)), x)
        if found is not None:
            return found, times
    return None


def _remainder(coefficients: Sequence[Expr], quadratic: Quadratic) -> Coefficients:
    """What is left of a polynomial after division by a quadratic."""
    a, b, c = quadratic
    left = list(coefficients)
    while len(left) > 2:
        ratio = mul(left.pop(), power(a, -1))
        left[-1] = simplify(sub(left[-1], mul(ratio, b)))
        left[-2] = simplify(sub(left[-2], mul(ratio, c)))
    return tuple(left)
