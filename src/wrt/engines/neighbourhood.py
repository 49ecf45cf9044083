"""A function near a point where its formula loses digits: A·hᵉ·(q₀ + q₁·w + q₂·w² + ...), w = C·hˢ, at a distance h.

The numbers q are exact and do not depend on parameters of the function, so that the same few terms serve all of them,
on the same disc of w. Both are chosen when code is written: the disc as wide as the terms allow, and no more terms than
it takes to meet the formula where that keeps its digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import ceil, gcd, isfinite, lcm
from typing import Final, NamedTuple

from wrt.engines.accuracy import Probe
from wrt.engines.floats import taylor
from wrt.engines.singular import Singularity
from wrt.expr.arithmetic import factors_of
from wrt.expr.build import add, cases, compare, logic, mul, neg, number, power, sub
from wrt.expr.facts import is_nonnegative
from wrt.expr.node import ONE, ZERO, Constant, Expr
from wrt.expr.walk import is_larger
from wrt.functions.piecewise import abs_
from wrt.limits.germ import Side
from wrt.limits.series import LOG, Series, expand

FEWEST_TERMS: Final = 4
MOST_TERMS: Final = 24
KNOWN_TERMS: Final = 32
LARGEST_RATE: Final = 12  # nodes
MOST_HALVINGS: Final = 8
SAMPLED: Final = tuple(map(Fraction, ("1", "0.8", "0.5", "0.2")))  # parts of the radius
TOLERANCE: Final = 16  # units in the last place that the formula may lose at the edge
RADII: Final = tuple(Fraction(size, 10 ** (k + 1)) for k in range(12) for size in (40, 30, 20, 15, 10, 8, 6, 5))


class Expansion(NamedTuple):
    """The series A·hᵉ·(q₀ + q₁·w + ...), with w = C·hˢ; h is the distance to one side, or goes to both."""

    factor: Expr
    rate: Expr
    lead: Fraction  # e
    step: Fraction  # s
    numbers: tuple[Fraction, ...]

    @property
    def root(self) -> int:
        """The disc of w is |w|^(1/root) < radius: |h| < radius for a series in h²."""
        return self.step.numerator


@lru_cache(maxsize=1024)
def series_beside(singularity: Singularity) -> tuple[Expr, Expr] | None:
    """Where a function is better computed from its series at a singular point, and that series; None where its formula
    is as good there, or has no series in powers."""
    probe = Probe(singularity)
    if not probe.sides or probe.keeps_digits():
        return None
    start = _series(singularity, probe.sides, 1)
    if start is None or not start.terms:
        return None
    factor, lead = start.terms[0]
    if LOG in factor.free or not (probe.loses_digits() or probe.is_wrong_there(lead, factor)):
        return None
    expansion = expanded(singularity, probe.sides)
    if expansion is None:
        return None
    radius, count = _extent(expansion, probe)
    series = _polynomial(expansion, _distance(singularity, probe.sides), count)
    for _ in range(MOST_HALVINGS):
        if all(probe.agrees(series, part * _edge(expansion, probe, radius)) for part in SAMPLED):
            return _written(singularity, expansion, probe.sides, radius, count)
        radius /= 2  # something is inside that the series does not see: a kink, a jump
    return None


@lru_cache(maxsize=1024)
def limit_beside(singularity: Singularity) -> tuple[Expr, Expr] | None:
    """The singular point of a function that has a limit there but no series in powers, and that limit."""
    probe = Probe(singularity)
    if not probe.sides or probe.keeps_digits():
        return None
    series = _series(singularity, probe.sides, 1)
    if series is None or not series.terms:
        return None
    factor, lead = series.terms[0]
    if lead < 0 or (LOG in factor.free and lead == 0) or not probe.is_wrong_there(lead, factor):
        return None
    return compare("==", singularity.variable, singularity.point), factor if lead == 0 else ZERO


def is_weak_pole(singularity: Singularity, order: Fraction) -> bool:
    """Whether a function is infinite at a singular point, but less than the distance to minus this order."""
    probe = Probe(singularity)
    series = _series(singularity, probe.sides, 1) if probe.sides else None
    if series is None or not series.terms:
        return False
    factor, lead = series.terms[0]
    return -order < lead and (lead < 0 or (lead == 0 and LOG in factor.free))


def has_series(singularity: Singularity) -> bool:
    """Whether a function has a series in powers at a singular point."""
    probe = Probe(singularity)
    series = _series(singularity, probe.sides, 1) if probe.sides else None
    return series is not None and not any(LOG in coefficient.free for coefficient, _ in series.terms)


def expanded(singularity: Singularity, sides: str) -> Expansion | None:
    """The series at a singular point, if its coefficients are numbers up to a factor and a rate."""
    expansion, count = None, FEWEST_TERMS
    while count <= KNOWN_TERMS:
        powers = _powers(singularity, sides, ceil(count * (expansion.step if expansion else 1)))
        normal = None if powers is None else _normalised(powers[2])
        if powers is None:
            return None
        if normal is None:
            return _in_decimals(singularity, sides, *powers[:2])
        expansion = Expansion(normal[0], normal[1], powers[0], powers[1], normal[2])
        known = len(normal[2]) - normal[2].count(0)
        if normal[1].free and (is_larger(normal[1], LARGEST_RATE) or (known < 3 and len(normal[2]) >= FEWEST_TERMS)):
            return None
        count *= 2
    return expansion


def _series(singularity: Singularity, sides: str, count: int) -> Series | None:
    side: Side | None = "+" if sides == "+" else "-" if sides == "-" else None
    return expand(singularity.function, singularity.variable, singularity.point, count, side)


def _powers(singularity: Singularity, sides: str, count: int) -> tuple[Fraction, Fraction, list[Expr]] | None:
    """The lead, the step and the coefficients of the series, if its terms are powers."""
    series = _series(singularity, sides, count)
    if series is None or not series.terms or any(LOG in coefficient.free for coefficient, _ in series.terms):
        return None
    known = {exponent: coefficient for coefficient, exponent in series.terms}
    lead = series.terms[0][1]
    step = _common([exponent - lead for exponent in known])
    places = range(ceil((series.order - lead) / step))
    return lead, step, [known.get(lead + place * step, ZERO) for place in places]


def _common(differences: Sequence[Fraction]) -> Fraction:
    """The greatest number of which all are multiples; 1 where they are 0."""
    below = lcm(*(each.denominator for each in differences))
    above = gcd(*(int(each * below) for each in differences))
    return Fraction(above, below) if above else Fraction(1)


def _normalised(coefficients: Sequence[Expr]) -> tuple[Expr, Expr, tuple[Fraction, ...]] | None:
    """A, C and the numbers q with coefficient k equal to A·Cᵏ·qₖ."""
    first = coefficients[0]
    ratios = [mul(each, power(first, -1)) for each in coefficients]
    place = next((place for place, each in enumerate(ratios) if place and each is not ZERO), None)
    rate: Expr = ONE
    if place is not None and not isinstance(ratios[place], Constant):
        _, factors = factors_of(ratios[place])
        rate = power(mul(*factors), Fraction(1, place))
    numbers = [mul(each, power(rate, -place)) for place, each in enumerate(ratios)]
    if all(isinstance(each, Constant) for each in numbers):
        return first, rate, tuple(Fraction(each.value) for each in numbers if isinstance(each, Constant))
    return None


def _in_decimals(singularity: Singularity, sides: str, lead: Fraction, step: Fraction) -> Expansion | None:
    """The series of a function without parameters or pole whose numbers are not rational; none where they overflow."""
    if lead < 0 or (singularity.function.free | singularity.point.free) != {singularity.variable}:
        return None
    regular = mul(singularity.function, power(_distance(singularity, sides), -lead))
    known = taylor(regular, singularity.variable, singularity.point, sides, ceil(KNOWN_TERMS * step))
    if known is None or step.denominator > 1 or not all(map(isfinite, known)):
        return None
    return Expansion(ONE, ONE, lead, step, tuple(map(Fraction, map(repr, known[:: int(step)]))))


def _extent(expansion: Expansion, probe: Probe) -> tuple[Fraction, int]:
    """The radius, and the number of terms that reach it: the fewest for which the formula keeps its digits outside."""
    found: list[tuple[float, Fraction, int]] = []
    for count in range(FEWEST_TERMS, MOST_TERMS + 1):
        reached = (each for each in RADII if _reaches(expansion.numbers, count, each**expansion.root))
        radius = next(reached, RADII[-1])
        found.append((probe.lost(_edge(expansion, probe, radius)), radius, count))
        if found[-1][0] <= TOLERANCE:
            return found[-1][1:]
    return min(found)[1:]


def _edge(expansion: Expansion, probe: Probe, radius: Fraction) -> Fraction:
    """The distance at the edge of the disc, for the probe's values of the other variables."""
    w = float(radius) ** expansion.root
    return Fraction((w / abs(probe.number(expansion.rate))) ** (1 / float(expansion.step)))


def _reaches(numbers: Sequence[Fraction], count: int, radius: Fraction) -> bool:
    """Whether so many terms are the whole sum to double precision, without cancelling one another."""
    for w in (radius, -radius):
        terms = [float(q) * float(w) ** k for k, q in enumerate(numbers)]
        whole = abs(sum(terms[:count]))
        if sum(map(abs, terms[:count])) > 4 * whole or 2 * sum(map(abs, terms[count:])) > 2.0**-53 * whole:
            return False
    return True


def _distance(singularity: Singularity, sides: str) -> Expr:
    forward = sub(singularity.variable, singularity.point)
    return forward if "+" in sides else neg(forward)


def _polynomial(expansion: Expansion, distance: Expr, count: int) -> Expr:
    """The first terms of the series, at a distance."""
    w = mul(expansion.rate, power(distance, expansion.step))
    total: Expr = ZERO
    for q in reversed(expansion.numbers[:count]):
        total = add(number(q), mul(w, total))
    return mul(expansion.factor, power(distance, expansion.lead), total)


def _written(
    singularity: Singularity, expansion: Expansion, sides: str, radius: Fraction, count: int
) -> tuple[Expr, Expr]:
    """Where the variable is within the radius, and the series there."""
    distance = _distance(singularity, sides)
    root = Fraction(1, expansion.root)
    rate = expansion.rate if expansion.root == 1 else power(abs_(expansion.rate), root)
    near = compare("<", abs_(mul(rate, power(distance, expansion.step * root))), radius)
    if len(sides) == 1 and not is_nonnegative(distance):
        near = logic("and", compare(">=", distance, 0), near)
    here = cases([(near, distance)], ZERO if expansion.lead >= 0 else ONE)
    return near, _polynomial(expansion, here, count)
