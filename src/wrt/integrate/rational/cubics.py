"""Denominators that are irreducible cubics, by a real root in trigonometric or hyperbolic functions."""

from __future__ import annotations

from collections.abc import Iterator

from wrt import functions
from wrt.expr.build import PI, add, div, mul, neg, power, sub, symbol
from wrt.expr.node import Expr
from wrt.expr.walk import substitute
from wrt.integrate.rational.bounded import bounded
from wrt.integrate.rational.circles import cos
from wrt.integrate.rational.fractions import sum_of
from wrt.integrate.rational.polynomials import Polynomial
from wrt.integrate.rational.quartics import mean
from wrt.integrate.rational.quotients import Quotient, squarefree
from wrt.integrate.rational.roots import square_root
from wrt.integrate.rule import Move, Problem, rule
from wrt.simplify import simplify

LETTERS = "rstuvwzy"  # more than there may be parameters


@rule(
    "cubic denominator",
    "y³ + e·y + f = (y − r)·(y² + r·y + r² + e), r a real root",
    source="Viète 1615; DLMF 1.11(iii), 4.43",
    cost=4,
    decides=True,
)
@bounded
def cubic_denominator(problem: Problem) -> Iterator[Move]:
    """The residue of A/p at r is k = A(r)/p′(r), so A/p is k/(y − r) and a fraction over the quadratic.

    With three real roots it is the sum of k/(y − r) over them. Each root is put in the place of r in the end.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = cubic_denominator.moves(Problem(1 / (x**3 - 3 * x + 1), x))
    >>> print(move.parts[0].integrand, move.named["r"])
    1/((3 - 3*r**2)*(r - x)) 2*cos(2*pi/9)
    """
    found = squarefree(problem)
    if found is None or found.degree != 3:
        return
    ring = found.ring
    p = ring.polynomial(found.bottom)
    h = mean(p)
    f, e, *_ = p.monic().shifted(-h).coefficients
    roots = real_roots(e, f)
    if not roots:
        return
    taken = {each.name for each in problem.integrand.free}
    r = symbol(next(name for name in LETTERS if name not in taken))
    y = add(problem.variable, ring.number(h))
    fractions = _fractions(found.numerator.scaled(ring.one / p.lead).shifted(-h), e, y, r)
    parts = fractions[:1] if len(roots) == 3 else fractions
    move = sum_of(parts, problem)
    yield Move(
        parts=move.parts,
        combine=lambda *wholes: add(*(substitute(move.combine(*wholes), {r: root}) for root in roots)),
        named={"r": roots[0], "y": y},
    )


def _fractions(numerator: Polynomial, e: Quotient, y: Expr, r: Expr) -> tuple[Expr, Expr]:
    """k/(y − r), and ((l − k)·y + m + (l − 2k)·r)/(y² + r·y + r² + e) for the numerator l·y² + m·y + n."""
    ring = e.ring
    n, m, l, *_ = map(ring.number, (*numerator.coefficients, ring.zero, ring.zero))  # noqa: E741
    k = div(add(mul(l, power(r, 2)), mul(m, r), n), add(mul(3, power(r, 2)), ring.number(e)))
    linear = add(mul(sub(l, k), y), m, mul(sub(l, mul(2, k)), r))
    quadratic = add(power(y, 2), mul(r, y), power(r, 2), ring.number(e))
    return div(k, sub(y, r)), div(linear, quadratic)


def real_roots(e: Quotient, f: Quotient) -> list[Expr]:
    """The real roots of y³ + e·y + f, where the signs of e and of the discriminant are known, and e is not 0.

    With y = 2m·c and 4c³ − 3c = cos 3t for c = cos t, m = √(−e/3), the equation is cos 3t = −f/(2m³); likewise with the
    hyperbolic functions.
    """
    ring = e.ring
    discriminant = -(e * e * e * 4 + f * f * 27)
    signs = [square_root(each).sign for each in (discriminant, e, f)] if discriminant and e and f else [None]
    if None in signs:
        return []
    several, up, turn = (each == 1 for each in signs)
    m = square_root(e / (ring.one * (3 if up else -3))).expr
    ratio = simplify(div(ring.number(-f), mul(2, power(m, 3))))
    if several:
        angles = (div(add(functions.acos(ratio), mul(2 * turns, PI)), 3) for turns in range(3))
        return [simplify(mul(2, m, cos(angle))) for angle in angles]
    if up:
        return [mul(2, m, functions.sinh(div(functions.asinh(ratio), 3)))]
    size = neg(ratio) if turn else ratio
    return [mul(-2 if turn else 2, m, functions.cosh(div(functions.acosh(size), 3)))]
