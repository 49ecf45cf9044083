"""Logarithms from the residues of the integrand, in the smallest field that has them; arctangents for complex ones."""

from __future__ import annotations

from collections.abc import Iterator

from wrt import functions
from wrt.derive.step import Statement
from wrt.expr.build import ZERO, add, mul
from wrt.expr.function import Function
from wrt.expr.node import Expr
from wrt.integrate.rational.bounded import bounded
from wrt.integrate.rational.logarithms import joined
from wrt.integrate.rational.polynomials import Polynomial, adjoined, components, gcd, inverse, square_root_of
from wrt.integrate.rational.quotients import Quotient, Ring, is_small, squarefree
from wrt.integrate.rational.roots import SquareRoot, in_radical, logarithm, multiple, square_root
from wrt.integrate.rule import Move, Problem, rule
from wrt.simplify import simplify
from wrt.simplify.field import Poly, TooLargeError

MOST_DEGREE = 20  # of a denominator with numbers only
MOST_DEGREE_WITH_PARAMETERS = 8


@rule(
    "logarithms of residues",
    "∫ A/B dx = Σ t·log(gcd(B, A − t·B′)) over the roots t of res(B, A − t·B′)",
    source="Lazard and Rioboo 1990; Trager 1976; Rioboo 1991; Bronstein, Symbolic Integration I, sec. 2.4 to 2.8",
    cost=4,
    decides=True,
)
@bounded
def logarithms_of_residues(problem: Problem) -> Iterator[Move]:
    """The residue of A/B at a simple root r of B is t = A(r)/B′(r), so that A/B is the sum of all t/(x − r).

    The roots with one residue t are those of gcd(B, A − t·B′), and the resultant in x is 0 for exactly these t. The
    rule is for residues that are rational in the parameters, but for one square root. Two conjugates t = u ± i·v, with
    S = P ± i·Q, make u·log(P² + Q²) and 2v·arctan(P/Q); the arctangent is replaced by a sum of arctangents of
    polynomials, which have no jumps.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = logarithms_of_residues.moves(Problem((x**4 - 3*x**2 + 6) / (x**6 - 5*x**4 + 5*x**2 + 4), x))
    >>> print(move.combine())
    atan(x**3) + atan(x) - atan(x*(3*x**2 - x**4 - 1)/2)
    """
    found = squarefree(problem)
    if found is None or found.ring.has_roots:
        return
    ring = found.ring
    if found.degree > (MOST_DEGREE if len(ring.field.kernels) == 1 else MOST_DEGREE_WITH_PARAMETERS):
        return
    bottom, numerator = ring.polynomial(found.bottom), found.numerator
    residues = _residues(ring, numerator, found.bottom)
    if any(residue.degree > 2 for residue in residues):
        return
    terms: list[Expr] = []
    notes: list[str | Expr | Function] = []
    for residue in residues:
        if residue.degree == 1:
            terms.append(_logarithm(ring, residue, numerator, bottom))
        else:
            term, note = _conjugates(ring, residue, numerator, bottom)
            terms.append(term)
            notes += note
    yield Move(combine=lambda: joined(*terms), note=tuple(notes))


def _residues(ring: Ring, numerator: Polynomial, bottom: Poly) -> list[Polynomial]:
    """The irreducible polynomials over the field of parameters whose roots are the residues."""
    from flint import Ordering, fmpq_mpoly_ctx

    names = (*ring.field.context.names(), "t")
    context = fmpq_mpoly_ctx.get(names, Ordering.degrevlex)

    def raised(poly: Poly) -> Poly:
        return context.from_dict({(*exponents, 0): value for exponents, value in poly.to_dict().items()})

    top, below = ring.cleared(numerator)
    t = context.gens()[-1]
    slope = raised(bottom.derivative(ring.place)) * raised(below)
    resultant = raised(bottom).resultant(raised(top) - t * slope, ring.place)
    if not is_small(resultant):
        raise TooLargeError
    return [_in_last(ring, factor) for factor, _ in resultant.factor()[1] if factor.degrees()[-1]]


def _in_last(ring: Ring, poly: Poly) -> Polynomial:
    """A polynomial in t with coefficients in the parameters."""
    terms: list[dict[tuple[int, ...], object]] = [{} for _ in range(int(poly.degrees()[-1]) + 1)]
    for exponents, value in poly.to_dict().items():
        terms[exponents[-1]][tuple(exponents[:-1])] = value
    return Polynomial.of(ring.quotient(ring.field.context.from_dict(each), ring.field.one) for each in terms)


def _logarithm(ring: Ring, residue: Polynomial, numerator: Polynomial, bottom: Polynomial) -> Expr:
    """t·log(S) for one residue."""
    t = -residue.coefficients[0] / residue.lead
    common = gcd(bottom, numerator - bottom.derivative().scaled(t))
    return mul(multiple(t), logarithm(ring, ring.primitive(common)))


def _conjugates(ring: Ring, residue: Polynomial, numerator: Polynomial, bottom: Polynomial) -> tuple[Expr, Statement]:
    """What two conjugate residues t = u ± w·√d give, and the condition under which it is real."""
    gamma, beta, _ = residue.monic().coefficients
    u = -beta / (ring.one * 2)
    root = square_root(u * u - gamma)
    radical = square_root_of(root.square)
    t = adjoined(u, radical.modulus) + adjoined(root.outside, radical.modulus) * radical
    lifted = [each.mapped(lambda c: adjoined(c, radical.modulus)) for each in (bottom, numerator)]
    common = gcd(lifted[0], lifted[1] - lifted[0].derivative().scaled(t))
    if root.is_taken_as_positive:
        return _two_logarithms(u, root, common), root.condition
    return _arctangents(u, root.opposite, common), root.opposite.condition


def _two_logarithms(u: Quotient, root: SquareRoot, common: Polynomial) -> Expr:
    """(u + w·√d)·log|S| + (u − w·√d)·log|S′|."""
    ring, radical = root.ring, root.radical
    width = mul(ring.number(root.outside), radical)
    terms = []
    for turn in (1, -1):
        inside = in_radical(ring, common, mul(turn, radical))
        terms.append(mul(add(ring.number(u), mul(turn, width)), functions.log(functions.abs(inside))))
    return add(*terms)


def _arctangents(u: Quotient, root: SquareRoot, common: Polynomial) -> Expr:
    """u·log(P² + d·Q²) + 2w·√d·arctan(P/(√d·Q)) for S = P ± i·√d·Q."""
    ring, d = root.ring, root.square
    p, q = components(common)
    norm = p * p + (q * q).scaled(d)
    logarithmic = mul(ring.number(u), logarithm(ring, ring.primitive(norm))) if u else ZERO
    if root.inside.is_one():
        angles = [ring.written(each) for each in continuous(p, q)]
    else:
        radical = square_root_of(d)
        p, q = (each.mapped(lambda c: adjoined(c, radical.modulus)) for each in (p, q))
        angles = [in_radical(ring, each, root.radical) for each in continuous(p, q.scaled(radical))]
    factor = mul(2, root.expr)
    return add(logarithmic, *(mul(factor, functions.atan(simplify(each))) for each in angles))


def continuous(a: Polynomial, b: Polynomial) -> list[Polynomial]:
    """Polynomials whose arctangents have the sum arctan(a/b) but for steps, where a and b have no common factor.

    For b·d − a·c = 1 it is arctan(a·d + b·c) + arctan(d/c); Rioboo 1991.
    """
    quotient, rest = divmod(a, b)
    if not rest:
        return [quotient]
    if a.degree < b.degree:
        return continuous(-b, a)
    d = inverse(b, a)
    one = Polynomial((b.lead / b.lead,))
    c = (b * d - one) // a
    return [a * d + b * c, *continuous(d, c)]
