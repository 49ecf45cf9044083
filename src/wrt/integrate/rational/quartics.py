"""Denominators that are irreducible over their coefficients and split by square roots: quartics, quadratics in xⁿ."""

from __future__ import annotations

from collections.abc import Iterator

from wrt.derive.step import Statement
from wrt.expr.build import add, div, mul, power, sub
from wrt.expr.node import Expr
from wrt.integrate.rational.bounded import bounded
from wrt.integrate.rational.fractions import sum_of
from wrt.integrate.rational.polynomials import Polynomial, Residue, adjoined, inverse, square_root_of
from wrt.integrate.rational.quotients import Fraction, Quotient, Ring, squarefree
from wrt.integrate.rational.roots import HALF, in_radical, square_root
from wrt.integrate.rule import Move, Problem, rule
from wrt.integrate.substitution import new_letter, substituted
from wrt.simplify import simplify

GRADSHTEYN = "Gradshteyn and Ryzhik 2.13 to 2.16"


@rule(
    "terms by their degree",
    "∫ (A(xⁿ) + xⁿ⁻¹·B(xⁿ) + …)/C(xⁿ) dx = ∫ (A(xⁿ) + …)/C(xⁿ) dx + ∫ xⁿ⁻¹·B(xⁿ)/C(xⁿ) dx",
    source=GRADSHTEYN,
    decides=True,
)
@bounded
def terms_by_degree(problem: Problem) -> Iterator[Move]:
    """A sum; u = xⁿ serves for its second part. For n = 2 these are the even and the odd part.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = terms_by_degree.moves(Problem((x + 1) / (x**4 + 1), x))
    >>> print(*(part.integrand for part in move.parts), sep=", ")
    1/(1 + x**4), x/(1 + x**4)
    """
    found = squarefree(problem)
    if found is None:
        return
    step = found.ring.polynomial(found.bottom).step
    for n in (each for each in range(step, 1, -1) if step % each == 0):
        parts = _by_degree(found.numerator, n)
        if all(parts):
            yield sum_of([found.ring.written(each, *found.factors) for each in parts], problem)
            return


def _by_degree(numerator: Polynomial, n: int) -> tuple[Polynomial, Polynomial]:
    """The terms that are not of degree n − 1 modulo n, and those that are."""
    return numerator.split(lambda degree: degree % n != n - 1)


@rule(
    "shift",
    "∫ f(x) dx = ∫ f(u − h) du, u = x + h",
    source="Stewart, Calculus, sec. 5.5; Cardano 1545 for the choice of h",
    decides=True,
)
@bounded
def shift(problem: Problem) -> Iterator[Move]:
    """With h the mean of the roots of the denominator, its sign changed, the second term of the denominator vanishes.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = shift.moves(Problem(1 / (x**3 + 3 * x**2 + 3 * x + 3), x))
    >>> print(move.parts[0].integrand, "|", move.named["u"])
    1/(2 + u**3) | x + 1
    """
    found = squarefree(problem)
    if found is None:
        return
    ring = found.ring
    p = ring.polynomial(found.bottom)
    h = mean(p)
    moved = p.shifted(-h)
    if h and moved.step > 1:
        part = add(problem.variable, ring.number(h))
        u = new_letter(problem, part)
        inside = div(ring.in_letter(found.numerator.shifted(-h), u), ring.in_letter(moved, u))
        yield substituted(Problem(inside, u), part)


def mean(p: Polynomial) -> Quotient:
    """The mean of the roots, with its sign changed."""
    return p.coefficients[-2] / (p.lead * p.degree)  # type: ignore[no-any-return]


def quadratic_in_power(problem: Problem) -> tuple[Fraction, Polynomial] | None:
    """The integrand and c + b·y + a·y², where its denominator is that for y = xⁿ, n > 1."""
    found = squarefree(problem, 4)
    if found is None:
        return None
    p = found.ring.polynomial(found.bottom)
    n, odd = divmod(p.degree, 2)
    return None if odd or p.step % n else (found, Polynomial(p.coefficients[::n]))


@rule(
    "even quartic as two quadratics",
    "a·x⁴ + b·x² + c = a·(x² + s·x + q)·(x² − s·x + q), q = √(c/a), s = √(2q − b/a)",
    source=GRADSHTEYN + "; Sophie Germain's identity",
    cost=2,
    decides=True,
)
@bounded
def even_quartic(problem: Problem) -> Iterator[Move]:
    """(x² + q)² − (s·x)²; the partial fractions of (m·x² + n)/p are (±k·x + l)/(x² ± s·x + q).

        There l = n/(2aq) and k = (l − m/(2a))/s. It serves where x² has no real root, b² < 4ac, or q no radical.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = even_quartic.moves(Problem(1 / (x**4 + 1), x))
    >>> print(move.parts[0].integrand)
    (1/2 + x/(2*sqrt(2)))/(x**2 + sqrt(2)*x + 1)
    """
    quartic = quadratic_in_power(problem)
    if quartic is None or quartic[0].degree > 4 or quartic[0].numerator.step % 2:
        return
    found, (c, b, a) = quartic[0], quartic[1].coefficients
    ring = found.ring
    n, m, *_ = (*found.numerator.coefficients[::2], ring.zero)
    root = square_root(a * c * 4 - b * b)
    if not (root.is_taken_as_positive or _is_difference_of_squares(c / a, b / a)):
        return
    q, s, condition = _half_and_width(ring, c / a, b / a)
    line = simplify(div(ring.number(n / (a * 2)), q))
    slope = simplify(div(sub(line, ring.number(m / (a * 2))), s))
    x = problem.variable
    parts = [div(add(mul(turn, slope, x), line), add(power(x, 2), mul(turn, s, x), q)) for turn in (1, -1)]
    yield sum_of(parts, problem, {"q": q, "s": s}, condition or (root.condition if root.is_taken_as_positive else ()))


def _is_difference_of_squares(c: Quotient, b: Quotient) -> bool:
    """Whether √c is in the field, and √(2√c − b) real."""
    root = square_root(c)
    return root.inside.is_one() and square_root(root.outside * 2 - b).sign == 1


def _half_and_width(ring: Ring, c: Quotient, b: Quotient) -> tuple[Expr, Expr, Statement]:
    """q = √c and s = √(2q − b), and the condition for s to be real if q has no radical; then q may be negative."""
    product = square_root(c)
    if not product.inside.is_one():
        root = power(ring.number(c), HALF)
        return root, power(simplify(sub(mul(2, root), ring.number(b))), HALF), ()
    ways = [(q, square_root(q * 2 - b)) for q in (product.outside, -product.outside)]
    q, s = next((q, s) for q, s in ways if s.is_taken_as_positive)
    return ring.number(q), s.expr, s.condition


@rule(
    "quadratic in xⁿ with real roots",
    "a·x²ⁿ + b·xⁿ + c = a·(xⁿ − r)·(xⁿ − r′), r, r′ = (−b ± √(b² − 4ac))/(2a)",
    source=GRADSHTEYN,
    cost=2,
    decides=True,
)
@bounded
def quadratic_in_power_with_real_roots(problem: Problem) -> Iterator[Move]:
    """The partial fractions of (M·xⁿ + N)/p are (M·r + N)/(a·(r − r′)·(xⁿ − r)) and the same with r and r′ exchanged.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = quadratic_in_power_with_real_roots.moves(Problem(1 / (x**4 - 2), x))
    >>> print(move.parts[0].integrand)
    1/(2*sqrt(2)*(x**2 - sqrt(2)))
    """
    trinomial = quadratic_in_power(problem)
    if trinomial is None:
        return
    found, (c, b, a) = trinomial[0], trinomial[1].coefficients
    ring, n, x = found.ring, found.degree // 2, problem.variable
    root = square_root(b * b - a * c * 4)
    if root.sign == -1 or (n > 2 and not b):
        return
    low, high = Polynomial.of(found.numerator.coefficients[:n]), Polynomial(found.numerator.coefficients[n:])
    width = div(root.expr, ring.number(a))
    parts = []
    for turn in (1, -1):
        r = simplify(add(ring.number(-b / (a * 2)), mul(turn, HALF, width)))
        numerator = add(ring.written(low), mul(r, ring.written(high)))
        parts.append(div(simplify(div(numerator, mul(turn, ring.number(a), width))), sub(power(x, n), r)))
    yield sum_of(parts, problem, note=root.condition)


@rule(
    "quartic as two quadratics",
    "p = (y² + s·y + (e + s² − f/s)/2)·(y² − s·y + (e + s² + f/s)/2), p = y⁴ + e·y² + f·y + g",
    source="Descartes 1637; van der Waerden, Algebra I, § 64",
    cost=3,
    decides=True,
)
@bounded
def quartic(problem: Problem) -> Iterator[Move]:
    """Comparing coefficients, z = s² is a root of z³ + 2e·z² + (e² − 4g)·z − f², here one without radicals.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = quartic.moves(Problem(1 / (x**4 + x**3 + x**2 + x + 1), x))
    >>> print(move.named["s"])
    sqrt(5)/2
    """
    found = squarefree(problem, 4)
    if found is None or found.degree > 4:
        return
    ring = found.ring
    p = ring.polynomial(found.bottom)
    h = mean(p)
    g, f, e, *_ = p.monic().shifted(-h).coefficients
    z = _root_of_resolvent(ring, Polynomial.of((-(f * f), e * e - g * 4, e * 2, ring.one)))
    if z is None:
        return
    root = square_root(z)
    radical = square_root_of(root.square)

    def lifted(number: Quotient) -> Residue:
        return adjoined(number, radical.modulus)

    s = lifted(root.outside) * radical
    middle, ratio, two = lifted(e + z), lifted(f) / s, lifted(ring.one * 2)
    first, second = (
        Polynomial(((middle - turn) / two, step, lifted(ring.one))).shifted(lifted(h))
        for turn, step in ((ratio, s), (-ratio, -s))
    )
    numerator = found.numerator.mapped(lambda each: lifted(each / p.lead))
    parts = [
        div(*(in_radical(ring, each, root.radical) for each in (numerator * inverse(other, here) % here, here)))
        for here, other in ((first, second), (second, first))
    ]
    yield sum_of(parts, problem, {"s": root.expr})


def _root_of_resolvent(ring: Ring, resolvent: Polynomial) -> Quotient | None:
    """A root in the field of the coefficients that is known to be positive."""
    for factor, _ in ring.cleared(resolvent)[0].factor()[1]:
        if ring.degree(factor) == 1:
            constant, lead = ring.polynomial(factor).coefficients
            z: Quotient = -constant / lead
            if z and square_root(z).sign == 1:
                return z
    return None
