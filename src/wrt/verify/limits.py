"""The oracle for limits: values ever closer to the point, by ball arithmetic, against the limit that is claimed.

Nothing here knows a rule for limits: the function is evaluated at distances 2⁻ᵏ from the point (or at 2ᵏ), with as many
digits as it takes, and the values must settle on the claim, or grow beyond all bounds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log10
from typing import Final

from flint import arb

from wrt.errors import Unsolved, VerificationError
from wrt.expr.build import INFINITY, ZERO
from wrt.expr.node import Expr, Symbol
from wrt.expr.walk import nodes
from wrt.verify import sample
from wrt.verify.certificate import Certificate
from wrt.verify.evaluate import Environment, evaluate
from wrt.verify.series import PointError, Series, UnsupportedError, working
from wrt.verify.sizes import Sizes

DEPTHS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, *(2**j for j in range(8, 41)))
PRECISIONS: Final = (128, 512, 2048, 8192)
SHARP: Final = arb(2) ** -40  # the relative radius of a value that counts
SETTLED: Final = arb(2) ** -20  # the distance to the claim that needs no further look
HUGE: Final = arb(2) ** 20
FEWEST = 5  # values that allow a judgement
DRAWS, TRIES = 2, 40  # values for parameters that are looked at, and tried
UNDEFINED = 8  # depths without a value after which there is none on this side
OVERLAP = 6  # depths beyond the first value that is settled


@dataclass(frozen=True, slots=True)
class LimitCertificate(Certificate):
    """Values near the point approached the limit: `points` of them, the last one to so many `digits`."""

    nearest: str = ""

    def __str__(self) -> str:
        how = f"to {self.digits} digits" if self.digits else "slowly"
        return f"approached {how} by {self.points} values up to {self.nearest} ({self.oracle})"


def verify_limit(
    f: Expr, variable: Symbol, point: Expr, side: str | None, claim: Expr, *, seed: int = 0
) -> LimitCertificate:
    """Check that f goes to `claim` (a number, inf or -inf) as the variable goes to the point, from a side or both.

    Raises VerificationError where values settle elsewhere, Unsolved where too few of them can be computed to tell.

    >>> from wrt.expr.build import as_expr, symbol
    >>> x = symbol("x")
    >>> print(verify_limit((x**2 - 1) / (x - 1), x, as_expr(1), None, as_expr(2)))
    approached to 77 digits by 30 values up to x = 1 + 2^-256 (ball arithmetic)
    """
    infinite = INFINITY in nodes(point)
    sides = ("+",) if infinite else (side,) if side else ("-", "+")
    found: list[tuple[int, arb, str]] = []
    for values, sizes in _draws([f, point, claim], variable, seed):
        approaches = [_Approach(f, variable, point, each, values, sizes) for each in sides]
        judged = [judgement for each in approaches if (judgement := each.judged(claim)) is not None]
        found += judged
        if len(found) >= DRAWS * len(sides):
            break
    if not found:
        raise Unsolved("the limit could not be checked: too few values near the point can be computed")
    digits = min(_digits(error) for _, error, _ in found)
    worst = max(float(abs(error).upper()) for _, error, _ in found)
    return LimitCertificate("ball arithmetic", sum(count for count, _, _ in found), digits, worst, nearest=found[-1][2])


def _draws(expressions: Sequence[Expr], variable: Symbol, seed: int) -> Iterator[tuple[Environment, Sizes]]:
    """Values for the parameters; none are needed where there are no parameters."""
    rng = random.Random(seed)
    variables, dims = sample.symbols_of(expressions)
    parameters = [each for each in variables if each is not variable]
    sizes = sample.draw_sizes(dims, sample.fixed_sizes(expressions), rng)
    sampler = sample.Sampler(parameters, sizes, rng)
    for _ in range(TRIES if parameters else 1):
        yield {each: [Series([entry]) for entry in entries] for each, entries in sampler.draw().items()}, sizes


def _digits(error: arb) -> int:
    size = float(abs(error).upper())
    return 0 if size >= 1 else 99 if size < 1e-99 else int(-log10(size))


class _Approach:
    """The values of f along the way to a point from one side, for some values of the parameters."""

    def __init__(
        self, f: Expr, variable: Symbol, point: Expr, side: str | None, values: Environment, sizes: Sizes
    ) -> None:
        self.f = f
        self.variable = variable
        self.point = point
        self.side = side
        self.values = values
        self.sizes = sizes

    def judged(self, claim: Expr) -> tuple[int, arb, str] | None:
        """How many values there were, the distance of the last one to the claim, and where that was; None if too few.

        Raises VerificationError where the values settle elsewhere.
        """
        depths, along = self._along(claim)
        if len(along) < FEWEST:
            return None
        with working(PRECISIONS[0], 1):
            holds = (
                _grows(along, claim) if INFINITY in nodes(claim) else _settles([self._error(v, claim) for v in along])
            )
            last = self._error(along[-1], claim)
        if not holds:
            if INFINITY not in nodes(claim) and not _is_stuck(along, last):
                return None
            evidence = {self.variable.name: self._place(depths[-1]), "claimed": str(claim), "found": along[-1].str(8)}
            raise VerificationError("the limit is wrong", evidence=evidence)
        return len(along), last, f"{self.variable.name} = {self._place(depths[-1])}"

    def _along(self, claim: Expr) -> tuple[list[int], list[arb]]:
        """The depths at which there is a value, and the values."""
        depths: list[int] = []
        along: list[arb] = []
        missed = settled = 0
        for depth in DEPTHS:
            value = self._at(depth)
            if value is None:
                missed += 1
                if missed > (1 if along else UNDEFINED):
                    break
                continue
            missed = 0
            depths.append(depth)
            along.append(value)
            with working(PRECISIONS[0], 1):
                settled += bool(self._error(value, claim) < SETTLED)
            if settled > OVERLAP:
                break
        return depths, along

    def _error(self, value: arb, claim: Expr) -> arb:
        """The distance of a value to the claim, relative to it where that is large; 1/|value| for an infinite claim."""
        if INFINITY in nodes(claim):
            return 1 / abs(value) if abs(value) > 0 else arb(1)
        limit = self._number(claim)
        return abs(value - limit) / (1 + abs(limit)).mid()

    def _number(self, node: Expr) -> arb:
        try:
            value: arb = evaluate(node, self.values, self.sizes)[0][0]
        except PointError as error:
            raise Unsolved(f"the limit could not be checked: {node} has no value") from error
        return value

    def _at(self, depth: int) -> arb | None:
        """A sharp value at this depth, if there is one."""
        for bits in PRECISIONS:
            with working(bits, 1):
                try:
                    place = {**self.values, self.variable: [Series([self._moved(depth)])]}
                    (value,) = evaluate(self.f, place, self.sizes)
                except (PointError, UnsupportedError):
                    continue
                found: arb = value[0]
                if found.is_finite() and found.rad() < SHARP * (1 + abs(found)):
                    return found
        return None

    def _moved(self, depth: int) -> arb:
        if INFINITY in nodes(self.point):
            return arb(2) ** depth * (1 if self.point is INFINITY else -1)
        step = arb(2) ** -depth
        return self._number(self.point) + (step if self.side == "+" else -step)

    def _place(self, depth: int) -> str:
        if INFINITY in nodes(self.point):
            return f"{'' if self.point is INFINITY else '-'}2^{depth}"
        if self.point is ZERO:
            return f"{'-' if self.side == '-' else ''}2^-{depth}"
        return f"{self.point} {self.side} 2^-{depth}"


def _settles(errors: Sequence[arb]) -> bool:
    """Whether the distances vanish: the last one is tiny, or the last few shrink, fast or as slow series do."""
    if errors[-1] < SETTLED:
        return True
    last = errors[-4:]
    if not all(later < earlier for earlier, later in pairwise(last)):
        return False
    if all(later < arb(0.6) * earlier for earlier, later in pairwise(last)):
        return bool(last[-1] < arb(0.1))
    return bool(abs(_extrapolated(last[-3:])) < arb(0.75) * last[-1])


def _extrapolated(values: Sequence[arb]) -> arb:
    """Aitken's estimate of where three values lead."""
    first, second, third = values
    turn = (third - second) - (second - first)
    return third - (third - second) ** 2 / turn if not turn.contains(0) else third


def _grows(values: Sequence[arb], claim: Expr) -> bool:
    """Whether the values grow beyond all bounds, with the sign of the claim."""
    sizes = [value if claim is INFINITY else -value for value in values[-4:]]
    steps = [later - earlier for earlier, later in pairwise(sizes)]
    if not (sizes[-1] > 0 and all(step > 0 for step in steps)):
        return False
    steady = all(later > arb(0.4) * earlier for earlier, later in pairwise(steps))
    return steady or bool(sizes[-1] > HUGE)


def _is_stuck(values: Sequence[arb], error: arb) -> bool:
    """Whether the values have settled, compared with their distance to the claim."""
    with working(PRECISIONS[0], 1):
        return bool(8 * abs(values[-1] - values[-2]) < error * (1 + abs(values[-1])))
