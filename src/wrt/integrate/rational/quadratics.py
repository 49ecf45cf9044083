"""Integrals with one quadratic in the denominator: an arctangent or a logarithm, by the sign of its discriminant."""

from __future__ import annotations

from collections.abc import Iterator

from wrt import functions
from wrt.expr.build import ZERO, add, div, mul, power, sub
from wrt.expr.node import Expr
from wrt.integrate.rational.bounded import bounded
from wrt.integrate.rational.polynomials import Polynomial
from wrt.integrate.rational.quotients import Quotient, fraction
from wrt.integrate.rational.roots import SquareRoot, logarithm, multiple, square_root
from wrt.integrate.rule import Move, Problem, rule
from wrt.simplify import simplify


@rule(
    "quadratic denominator",
    "∫ (m·x + n)/(a·x² + b·x + c) dx = m/(2a)·log|a·x² + b·x + c| + (n − m·b/(2a))·∫ 1/(a·x² + b·x + c) dx",
    source="Gradshteyn and Ryzhik 2.103, 2.172",
    cost=2,
    decides=True,
)
@bounded
def quadratic_denominator(problem: Problem) -> Iterator[Move]:
    """The numerator is m/(2a)·q′ + (n − m·b/(2a)); completing the square, 4a·q = (2a·x + b)² − D with D = b² − 4ac.

    So ∫ 1/q dx = 2/√(−D)·arctan((2a·x + b)/√(−D)) for D < 0, and 1/√D·log|(2a·x + b − √D)/(2a·x + b + √D)| for D > 0.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = quadratic_denominator.moves(Problem(1 / (x**2 + x + 1), x))
    >>> print(move.combine())
    2*atan((2*x + 1)/sqrt(3))/sqrt(3)
    """
    found = fraction(problem)
    if found is None or len(found.factors) != 1 or found.degree != 2 or not found.is_proper:
        return
    ((q, times),) = found.factors
    if times != 1:
        return
    ring = found.ring
    c, b, a = ring.polynomial(q).coefficients
    n, m, *_ = (*found.numerator.coefficients, ring.zero)
    slope = m / (a * 2)
    rest = n - slope * b
    logarithmic = mul(multiple(slope), logarithm(ring, q)) if slope else ZERO
    if not rest:
        yield Move(combine=lambda: logarithmic)
        return
    line = Polynomial.of((b, a * 2))
    negative = square_root(a * c * 4 - b * b)
    ways = [(negative, arctangent), (negative.opposite, quotient_of_lines)]
    if not negative.is_taken_as_positive:
        ways.reverse()
    for root, way in ways[: 1 if negative.sign else 2]:
        whole = add(logarithmic, way(root, line, rest))
        yield Move(combine=lambda whole=whole: whole, note=root.condition)


def arctangent(root: SquareRoot, line: Polynomial, factor: Quotient) -> Expr:
    """2/√(−D)·arctan((2a·x + b)/√(−D)), times a factor."""
    inside = div(root.ring.written(line.scaled(root.ring.one / root.outside)), root.radical)
    return mul(
        multiple(factor / root.outside, 2),
        power(root.radical, -1),
        functions.atan(simplify(inside) if root.ring.has_roots else inside),
    )


def quotient_of_lines(root: SquareRoot, line: Polynomial, factor: Quotient) -> Expr:
    """1/√D·log|(2a·x + b − √D)/(2a·x + b + √D)|, times a factor."""
    ring = root.ring
    top, bottom = ring.cleared(line.scaled(ring.one / root.outside))
    line_expr, radical = ring.field.expression(top), mul(ring.factors(bottom), root.radical)
    ratio = div(sub(line_expr, radical), add(line_expr, radical))
    return mul(multiple(factor / root.outside), power(root.radical, -1), functions.log(functions.abs(ratio)))
