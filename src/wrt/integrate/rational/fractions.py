"""Rational functions: polynomials, powers, substitution of a power, division, partial fractions, Hermite reduction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from math import gcd as common

from wrt.derive.step import Statement
from wrt.expr.build import add, mul, number, power
from wrt.expr.node import Expr
from wrt.integrate.rational import polynomials
from wrt.integrate.rational.bounded import bounded
from wrt.integrate.rational.logarithms import joined
from wrt.integrate.rational.polynomials import Polynomial, digits, inverse
from wrt.integrate.rational.quotients import Fraction, Quotient, fraction, multiplied
from wrt.integrate.rational.roots import logarithm, multiple, shortest
from wrt.integrate.rule import Move, Problem, rule
from wrt.integrate.substitution import new_letter, substituted
from wrt.simplify.field import Poly

BRONSTEIN = "Bronstein, Symbolic Integration I, ch. 2"
STEWART = "Stewart, Calculus, sec. 7.4"


@rule(
    "polynomial",
    "∫ Σ c·xᵏ dx = Σ c·xᵏ⁺¹/(k + 1); ∫ 1/x dx = log|x|",
    source="Stewart, Calculus, sec. 5.4",
    decides=True,
)
@bounded
def polynomial(problem: Problem) -> Iterator[Move]:
    """The power rule for each term, also of negative powers; in powers of a·x + b where these are fewer.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = polynomial.moves(Problem((x + 1) ** 2 / x, x))
    >>> print(move.combine())
    x**2/2 + 2*x + log(abs(x))
    """
    found = fraction(problem)
    if found is None or any(factor != found.ring.x for factor, _ in found.factors):
        return
    base, coefficients, lowest = _in_powers(found)
    whole = add(*(_power_rule(base, c, k) for k, c in enumerate(coefficients, lowest) if c))
    yield Move(combine=lambda: whole)


def _in_powers(found: Fraction) -> tuple[Poly, Sequence[Quotient], int]:
    """A linear polynomial, and coefficients of its powers from some lowest one on that make up the integrand."""
    ring = found.ring
    plain = found.numerator.coefficients
    count = sum(map(bool, plain))
    if not found.factors:
        for factor, times in found.top.factor()[1]:
            if ring.degree(factor) == 1 and times > 1:
                rest = found.numerator // ring.polynomial(factor) ** int(times)
                expanded = [
                    each.coefficients[0] if each else ring.zero for each in digits(rest, ring.polynomial(factor))
                ]
                if len(expanded) < count:
                    return factor, expanded, int(times)
    return ring.x, plain, -found.degree


def _power_rule(base: Poly, coefficient: Quotient, exponent: int) -> Expr:
    """The antiderivative of c·(a·x + b)ᵏ."""
    ring = coefficient.ring
    scaled = coefficient / ring.polynomial(base).lead
    if exponent == -1:
        return mul(multiple(scaled), logarithm(ring, base))
    return mul(ring.number(scaled), power(exponent + 1, -1), power(ring.field.expression(base), exponent + 1))


@rule(
    "power of a polynomial",
    "∫ c·p′·pⁿ dx = c·pⁿ⁺¹/(n + 1), n ≠ −1; ∫ c·p′/p dx = c·log|p|",
    source="Stewart, Calculus, sec. 5.5",
    decides=True,
)
@bounded
def power_of_polynomial(problem: Problem) -> Iterator[Move]:
    """The chain rule: (pⁿ⁺¹)′ = (n + 1)·pⁿ·p′, and log|p|′ = p′/p.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = power_of_polynomial.moves(Problem(x / (x**2 - 1) ** 3, x))
    >>> print(move.combine())
    -1/(4*(1 - x**2)**2)
    """
    found = fraction(problem)
    if found is None:
        return
    for base, exponent in _powers(found):
        rest = found.numerator // found.ring.polynomial(base) ** exponent if exponent > 0 else found.numerator
        factor, remainder = divmod(rest, found.ring.polynomial(base).derivative())
        if factor.degree == 0 and not remainder:
            yield Move(
                combine=partial(_chain_rule, base, factor.lead, exponent),
                named={"p": shortest(found.ring, base), "n": number(exponent)},
            )
            return


def _powers(found: Fraction) -> Iterator[tuple[Poly, int]]:
    """Polynomials p and exponents n such that the integrand may be p′·pⁿ."""
    ring = found.ring
    if found.factors:
        times = reduce(common, (each for _, each in found.factors))
        yield multiplied(ring, ((factor, each // times) for factor, each in found.factors)), -times
        return
    factors = [(factor, int(each)) for factor, each in found.top.factor()[1] if ring.degree(factor)]
    for times in sorted({each for _, each in factors if each > 1}, reverse=True):
        yield multiplied(ring, ((factor, 1) for factor, each in factors if each == times)), times


def _chain_rule(base: Poly, factor: Quotient, exponent: int) -> Expr:
    """The antiderivative of c·p′·pⁿ."""
    ring = factor.ring
    if exponent == -1:
        return mul(multiple(factor), logarithm(ring, base))
    return mul(ring.number(factor), power(exponent + 1, -1), power(shortest(ring, base), exponent + 1))


@rule(
    "power substitution", "∫ xⁿ⁻¹·f(xⁿ) dx = 1/n·∫ f(u) du, u = xⁿ", source="Stewart, Calculus, sec. 5.5", decides=True
)
@bounded
def power_substitution(problem: Problem) -> Iterator[Move]:
    """The chain rule, read from right to left, where x·(integrand) depends on xⁿ only, for the largest n.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = power_substitution.moves(Problem(x**3 / (1 + x**8), x))
    >>> print(move.parts[0].integrand)
    1/(4*(1 + u**2))
    """
    found = fraction(problem)
    if found is None:
        return
    ring = found.ring
    top, bottom = found.numerator, ring.polynomial(found.bottom)
    (lowest, *above), (least, *below) = top.exponents, bottom.exponents
    turn = lowest + 1 - least
    n = reduce(common, (each - lowest for each in above), reduce(common, (each - least for each in below), turn))
    if n < 2 or not below:
        return
    part = power(problem.variable, n)
    u = new_letter(problem, part)
    top = Polynomial(top.coefficients[lowest::n]).scaled(ring.one / (ring.one * n))
    bottom = Polynomial(bottom.coefficients[least::n])
    inside = mul(ring.in_letter(top, u), power(ring.in_letter(bottom, u), -1), power(u, turn // n - 1))
    yield substituted(Problem(inside, u), part)


@rule("polynomial division", "∫ A/B dx = ∫ Q dx + ∫ R/B dx, A = Q·B + R", source=STEWART, decides=True)
@bounded
def division(problem: Problem) -> Iterator[Move]:
    """Division with remainder leaves a numerator of lower degree than the denominator.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = division.moves(Problem(x**2 / (x + 1), x))
    >>> print(*(part.integrand for part in move.parts))
    x - 1 1/(x + 1)
    """
    found = fraction(problem)
    if found is None or found.is_proper or not found.factors:
        return
    ring = found.ring
    quotient, rest = divmod(found.numerator, ring.polynomial(found.bottom))
    parts = (ring.written(quotient), ring.written(rest, *found.factors))
    yield sum_of(parts, problem)


def sum_of(
    integrands: Sequence[Expr], problem: Problem, named: Mapping[str, Expr] | None = None, note: Statement = ()
) -> Move:
    """The move that leaves the terms of the integrand."""
    parts = tuple(Problem(each, problem.variable) for each in integrands)
    return Move(parts=parts, combine=joined, named=named or {}, note=note)


@rule(
    "Hermite reduction",
    "∫ A/pⁿ dx = −T/((n − 1)·pⁿ⁻¹) + ∫ (S + T′/(n − 1))/pⁿ⁻¹ dx, A = S·p + T·p′",
    source=BRONSTEIN + ", sec. 2.2; Hermite 1872",
    cost=2,
    decides=True,
)
@bounded
def hermite(problem: Problem) -> Iterator[Move]:
    """(T/pⁿ⁻¹)′ = T′/pⁿ⁻¹ − (n − 1)·T·p′/pⁿ, repeated down to n = 1; S and T exist as p and p′ have no common factor.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = hermite.moves(Problem(1 / (x**2 + 1) ** 2, x))
    >>> print(*(part.integrand for part in move.parts), move.combine(0))
    1/(2*(1 + x**2)) x/(2*(1 + x**2))
    """
    found = fraction(problem)
    times = {each for _, each in found.factors} if found is not None and found.is_proper else ()
    if found is None or len(times) != 1 or (n := max(times)) < 2:
        return
    ring = found.ring
    base = multiplied(ring, ((factor, 1) for factor, _ in found.factors))
    p = ring.polynomial(base)
    reduced, rest = _reduced(found.numerator, p, n)
    worthwhile = p.degree == 2 or len(found.factors) == 1 or not rest or _is_sparse(found, p)
    if p.degree < 2 or not worthwhile:
        return
    whole = add(*(ring.written(each, (base, k)) for k, each in reduced.items() if each))
    left = (Problem(ring.written(rest, (base, 1)), problem.variable),) if rest else ()
    yield Move(parts=left, combine=lambda *more: add(whole, *more), named={"p": shortest(ring, base), "n": number(n)})


def _reduced(numerator: Polynomial, p: Polynomial, n: int) -> tuple[dict[int, Polynomial], Polynomial]:
    """T by k, and A, such that N/pⁿ = (Σ T/pᵏ)′ + A/p."""
    carried = dict(zip(range(n, 0, -1), [*digits(numerator, p), *[polynomials.ZERO] * n], strict=False))
    slope, found = p.derivative(), {}
    undo = inverse(slope, p)
    for k in range(n - 1, 0, -1):
        a = carried[k + 1]
        t = a * undo % p
        over = t.scaled(p.lead / (p.lead * -k)) if t else t
        found[k] = over
        carried[k] = carried[k] + (a - t * slope) // p - over.derivative()
    return found, carried[1]


def _is_sparse(found: Fraction, p: Polynomial) -> bool:
    """Whether a polynomial with factors of higher degree than 2 is better left whole, as xⁿ + c is."""
    return sum(map(bool, p.coefficients)) == 2 and any(found.ring.degree(factor) > 2 for factor, _ in found.factors)


@rule(
    "partial fractions",
    "∫ A/(p·qᵐ·…) dx = ∫ B/p dx + ∫ (C/q + … + D/qᵐ) dx + …",
    source=STEWART + "; " + BRONSTEIN,
    cost=2,
    decides=True,
)
@bounded
def partial_fractions(problem: Problem) -> Iterator[Move]:
    """For coprime p, q: A/(p·q) = B/p + C/q, B = A·q⁻¹ mod p, C = A·p⁻¹ mod q; for A/qᵐ by the digits of A in base q.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> (move,) = partial_fractions.moves(Problem(1 / (x * (x + 1) ** 2), x))
    >>> print(*(part.integrand for part in move.parts), sep=", ")
    1/x, -1/(x + 1), -1/(x + 1)**2
    """
    found = fraction(problem)
    if found is None or not found.is_proper:
        return
    blocks = _blocks(found)
    if sum(times for _, times in blocks) < 2:
        return
    parts: list[Expr] = []
    for block, times in blocks:
        parts += _simple_fractions(found, block, times, blocks)
    if len(parts) > 1:
        yield sum_of(parts, problem)


def _blocks(found: Fraction) -> list[tuple[Poly, int]]:
    """The coprime factors and their exponents: irreducible ones, but xⁿ + c whole where these are not all quadratic."""
    ring = found.ring
    blocks = list(found.factors)
    for times in {times for factor, times in blocks if ring.degree(factor) > 2}:
        group = [(factor, each) for factor, each in blocks if each == times and factor != ring.x]
        product = multiplied(ring, ((factor, 1) for factor, _ in group))
        if sum(map(bool, ring.polynomial(product).coefficients)) == 2:
            blocks = [each for each in blocks if each not in group] + [(product, times)]
    return blocks


def _simple_fractions(found: Fraction, block: Poly, times: int, blocks: Sequence[tuple[Poly, int]]) -> list[Expr]:
    """The part of the integrand with powers of one factor: a term for each of a linear one, else their sum."""
    ring = found.ring
    p = ring.polynomial(block)
    modulus = p**times
    others = ring.polynomial(multiplied(ring, (each for each in blocks if each[0] != block)))
    numerator = found.numerator * inverse(others, modulus) % modulus
    terms = [ring.written(digit, (block, times - place)) for place, digit in enumerate(digits(numerator, p)) if digit]
    terms.reverse()
    return terms if p.degree == 1 or len(terms) < 2 else [add(*terms)]
