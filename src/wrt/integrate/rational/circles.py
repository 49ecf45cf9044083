"""Denominators xⁿ + c and a·x²ⁿ + b·xⁿ + c: their roots lie on circles, at angles that are known."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as Ratio

from wrt import functions
from wrt.derive.step import Statement
from wrt.expr.arithmetic import split_coefficient
from wrt.expr.build import PI, add, div, mul, neg, number, power, sub
from wrt.expr.node import Expr
from wrt.integrate.rational.bounded import bounded
from wrt.integrate.rational.fractions import sum_of
from wrt.integrate.rational.logarithms import joined
from wrt.integrate.rational.polynomials import Polynomial
from wrt.integrate.rational.quartics import GRADSHTEYN, quadratic_in_power
from wrt.integrate.rational.quotients import Fraction, Quotient, squarefree
from wrt.integrate.rational.roots import HALF, square_root
from wrt.integrate.rational.signs import sign
from wrt.integrate.rule import Move, Problem, rule
from wrt.simplify import simplify
from wrt.simplify.field import rational

MOST_ROOTS = 24


def binomial(problem: Problem) -> Fraction | None:
    """The integrand where its denominator is xⁿ + c, up to a factor."""
    found = squarefree(problem)
    if found is None or found.degree > MOST_ROOTS:
        return None
    return found if found.ring.polynomial(found.bottom).exponents == [0, found.degree] else None


@rule("sum of cubes", "x³ + r³ = (x + r)·(x² − r·x + r²)", source=GRADSHTEYN, cost=2, decides=True)
@bounded
def sum_of_cubes(problem: Problem) -> Iterator[Move]:
    """The partial fractions of (m·x + n)/(x³ + r³) are k/(x + r) and (l − k·x)/(x² − r·x + r²).

    There k = (n − m·r)/(3r²) and l = n/r − k·r.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = sum_of_cubes.moves(Problem(1 / (x**3 + 2), x))
    >>> print(move.parts[0].integrand)
    2**(1/3)/(6*(x + 2**(1/3)))
    """
    found = binomial(problem)
    if found is None or found.degree != 3:
        return
    ring, x = found.ring, problem.variable
    p = ring.polynomial(found.bottom)
    r, condition = real_root(p.coefficients[0] / p.lead, 3)
    n, m, *_ = (ring.number(each / p.lead) for each in (*found.numerator.coefficients, ring.zero))
    k = simplify(div(sub(n, mul(m, r)), mul(3, power(r, 2))))
    l = simplify(sub(div(n, r), mul(k, r)))  # noqa: E741 - the letter of the statement
    linear = div(k, add(x, r))
    quadratic = div(sub(l, mul(k, x)), add(power(x, 2), neg(mul(r, x)), power(r, 2)))
    yield sum_of((linear, quadratic), problem, {"r": r}, condition)


def real_root(value: Quotient, n: int) -> tuple[Expr, Statement]:
    """A real n-th root, of a positive value if n is even, and its condition; that of aⁿ is a, whatever its sign."""
    ring = value.ring
    above, factors = value.top.factor()
    below, divisors = value.bottom.factor()
    content = Ratio(rational(above)) / Ratio(rational(below))
    turn = -1 if content < 0 else 1
    powers = [*((each, int(times)) for each, times in factors), *((each, -int(times)) for each, times in divisors)]
    outside = [power(ring.field.expression(each), int(times / n)) for each, times in powers]
    inside = [power(ring.field.expression(each), times - n * int(times / n)) for each, times in powers]
    root, condition = _root(mul(turn, *inside), n)
    return mul(power(number(abs(content)), Ratio(1, n)), *outside, root), condition


def _root(node: Expr, n: int) -> tuple[Expr, Statement]:
    """The real n-th root, and the condition under which it is real."""
    known = sign(node)
    if n == 3 and known is None:
        return functions.cbrt(node), ()
    if n % 2 and known == -1:
        return neg(power(neg(node), Ratio(1, n))), ()
    return power(node, Ratio(1, n)), () if known else (node, " > 0")


@rule(
    "binomial denominator",
    "∫ xᵐ⁻¹/(xⁿ + rⁿ) dx = −rᵐ⁻ⁿ/n·Σ (cos mθ·log(x² − 2r·x·cos θ + r²) − 2·sin mθ·arctan((x − r·cos θ)/(r·sin θ)))",
    source=GRADSHTEYN,
    cost=3,
    decides=True,
)
@bounded
def binomial_denominator(problem: Problem) -> Iterator[Move]:
    """The sum runs over the roots r·exp(iθ) of xⁿ = −rⁿ above the real axis; with −r in the place of r, of xⁿ = rⁿ.

    At a root z the residue of xᵐ⁻¹/(xⁿ + c) is zᵐ⁻¹/(n·zⁿ⁻¹) = −zᵐ/(n·c). The residues at z and at its conjugate give
    the logarithm and the arctangent; a real root gives half of that logarithm.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = binomial_denominator.moves(Problem(x / (x**5 + 1), x))
    >>> len(move.combine().terms)
    5
    """
    found = binomial(problem)
    if found is None:
        return
    p = found.ring.polynomial(found.bottom)
    constant = p.coefficients[0] / p.lead
    turn = 1 if found.degree % 2 or square_root(constant).is_taken_as_positive else -1
    r, condition = real_root(constant * turn, found.degree)
    yield Move(combine=lambda: _over_roots(found, r, turn), named={"r": r, "n": number(found.degree)}, note=condition)


def _over_roots(found: Fraction, r: Expr, turn: int) -> Expr:
    """The sum over the roots of xⁿ = −turn·rⁿ that are not below the real axis."""
    ring, n, x = found.ring, found.degree, found.ring.variable
    lead = ring.polynomial(found.bottom).lead * n * -turn
    factors = [(m, mul(ring.number(each / lead), power(r, m - n))) for m, each in _terms(found.numerator)]
    terms = []
    for k in range(turn > 0, n + 1, 2):
        angle = Ratio(k, n)
        real = simplify(add(*(mul(each, cosine(m * angle)) for m, each in factors)))
        imaginary = simplify(add(*(mul(each, sine(m * angle)) for m, each in factors)))
        if k in (0, n):
            terms.append(mul(real, functions.log(functions.abs(sub(x, mul(cosine(angle), r))))))
        else:
            terms.append(over_conjugates(x, r, cosine(angle), sine(angle), real, imaginary))
    return joined(*terms)


def _terms(numerator: Polynomial) -> list[tuple[int, Quotient]]:
    """m and the coefficient of xᵐ⁻¹."""
    return [(power + 1, numerator.coefficients[power]) for power in numerator.exponents]


def over_conjugates(x: Expr, r: Expr, cosine: Expr, sine: Expr, real: Expr, imaginary: Expr) -> Expr:
    """The antiderivative of the fractions with the roots r·(cos θ ± i·sin θ), from the parts of the residue."""
    logarithm = functions.log(add(power(x, 2), mul(-2, r, cosine, x), power(r, 2)))
    angle = functions.atan(simplify(div(sub(x, mul(r, cosine)), mul(r, sine))))
    return add(mul(real, logarithm), mul(-2, imaginary, angle))


def cos(angle: Expr) -> Expr:
    """The cosine, of an angle in the first quadrant if it is a rational multiple of π."""
    turns, rest = split_coefficient(angle)
    return cosine(Ratio(turns)) if rest is PI else functions.cos(angle)


def sin(angle: Expr) -> Expr:
    """The sine, of an angle in the first quadrant if it is a rational multiple of π."""
    turns, rest = split_coefficient(angle)
    return sine(Ratio(turns)) if rest is PI else functions.sin(angle)


def cosine(turns: Ratio) -> Expr:
    """cos(π·turns), of an angle in the first quadrant."""
    turns = abs((turns + 1) % 2 - 1)
    return neg(cosine(1 - turns)) if turns > HALF else functions.cos(mul(turns, PI))


def sine(turns: Ratio) -> Expr:
    """sin(π·turns), of an angle in the first quadrant."""
    turns %= 2
    return neg(sine(turns - 1)) if turns > 1 else functions.sin(mul(min(turns, 1 - turns), PI))


@rule(
    "quadratic in xⁿ without real roots",
    "∫ xᵐ⁻¹/(a·x²ⁿ + b·xⁿ + c) dx = rᵐ⁻ⁿ/(n·√(4ac − b²))·Σ (sin((m − n)θ)·log(x² − 2r·x·cos θ + r²)"
    " + 2·cos((m − n)θ)·arctan((x − r·cos θ)/(r·sin θ)))",
    source=GRADSHTEYN,
    cost=4,
    decides=True,
)
@bounded
def quadratic_in_power_without_real_roots(problem: Problem) -> Iterator[Move]:
    """The sum runs over θ = (φ + 2πk)/n, k < n: the roots are r·exp(±iθ), r = (c/a)^(1/(2n)), cos φ = −b/(2a·rⁿ).

    For a > 0 the residue of xᵐ⁻¹/p at such a root z is zᵐ⁻¹/(n·zⁿ⁻¹·(2a·zⁿ + b)), and 2a·zⁿ + b = ±i·√(4ac − b²).

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = quadratic_in_power_without_real_roots.moves(Problem(1 / (x**6 + x**3 + 2), x))
    >>> len(move.combine().terms)
    6
    """
    trinomial = quadratic_in_power(problem)
    if trinomial is None or trinomial[0].degree > MOST_ROOTS:
        return
    found, (c, b, a) = trinomial[0], trinomial[1].coefficients
    ring, n = found.ring, found.degree // 2
    root = square_root(a * c * 4 - b * b)
    if not root.is_taken_as_positive or square_root(a).sign != 1:
        return
    r = functions.abs(real_root(c / a, 2 * n)[0])
    angle = functions.acos(simplify(div(ring.number(-b), mul(2, ring.number(a), power(r, n)))))
    yield Move(
        combine=lambda: _over_circle(found, r, angle, functions.abs(root.expr)),
        named={"r": r, "φ": angle, "n": number(n)},
        note=root.condition,
    )


def _over_circle(found: Fraction, r: Expr, angle: Expr, root: Expr) -> Expr:
    """The sum over the roots of xⁿ = rⁿ·exp(iφ)."""
    ring, n, x = found.ring, found.degree // 2, found.ring.variable
    terms = []
    for k in range(n):
        theta = div(add(angle, mul(2 * k, PI)), n)
        parts = [(m, div(mul(ring.number(each), power(r, m - n)), mul(n, root))) for m, each in _terms(found.numerator)]
        real = simplify(add(*(mul(each, sin(mul(m - n, theta))) for m, each in parts)))
        imaginary = simplify(neg(add(*(mul(each, cos(mul(m - n, theta))) for m, each in parts))))
        terms.append(over_conjugates(x, r, cos(theta), sin(theta), real, imaginary))
    return joined(*terms)
