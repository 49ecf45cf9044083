"""How many digits a formula keeps near a point, measured by balls as wide as double precision, and what it is there."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from wrt.engines.floats import DOUBLE, Numbers, drawn, plain_values, value_of
from wrt.engines.rewriting import Rewriting
from wrt.engines.singular import Singularity
from wrt.engines.stable import stable
from wrt.expr.facts import is_nonnegative
from wrt.expr.node import ZERO, Expr

if TYPE_CHECKING:
    from flint import arb

FINE: Final = 256
PESSIMISM: Final = 4  # balls grow about so much faster than the errors that they bound
DRAWS: Final = 8
CLOSE: Final = (Fraction(1, 300), Fraction(1, 3 * 2**30))  # distances at which a formula that cancels has lost digits
TOO_MANY: Final = 64  # units in the last place lost, from which on a formula needs another


class Probe:
    """A function near a singular point, at values of its other variables at which it is defined: `sides` says on which
    sides of the point it is."""

    def __init__(self, singularity: Singularity) -> None:
        self.function, self.variable = singularity.function, singularity.variable
        self.point = singularity.point
        (self.formula,) = Rewriting(stable).apply([self.function])
        self.sides, self.others = self._domain()

    def _domain(self) -> tuple[str, Numbers]:
        rng = random.Random(0)
        names = sorted((self.function.free | self.point.free) - {self.variable}, key=lambda symbol: symbol.name)
        possible = "+" if is_nonnegative(self.variable) and self.point is ZERO else "+-"
        for _ in range(DRAWS if names else 1):
            self.others = {each: drawn(each, rng) for each in names}
            self.sides = possible
            sides = "".join(side for side in possible if self.at(CLOSE[0], side, FINE) is not None)
            if sides:
                return sides, self.others
        return "", {}

    def at(self, distance: Fraction, side: str, bits: int) -> arb | None:
        """The function at a distance from the point, as a ball of so many bits; None where it has no value."""
        at = self.beside(distance, side)
        return None if at is None else value_of(self.formula, {**self.others, self.variable: at}, bits)

    def beside(self, distance: Fraction, side: str) -> float | None:
        """The variable at about this distance from the point."""
        point = value_of(self.point, self.others, DOUBLE)
        step = float(distance if side == "+" else -distance)
        return None if point is None else float(point) + step

    def agrees(self, series: Expr, distance: Fraction) -> bool:
        """Whether a series is the function at a distance from the point, on all its sides."""
        for side in self.sides:
            at = self.beside(distance, side)
            values = {**self.others, self.variable: at} if at is not None else {}
            one, other = value_of(series, values, FINE), value_of(self.function, values, FINE)
            if one is None or other is None or not abs(one - other) <= abs(other) * 2.0**-50:
                return False
        return True

    def number(self, node: Expr) -> float:
        """An expression in the other variables as a number."""
        value = value_of(node, self.others, DOUBLE)
        return math.nan if value is None else float(value)

    def lost(self, distance: Fraction) -> float:
        """The units in the last place that the formula loses at a distance, on the worse side."""
        return max(_units(self.at(distance, side, DOUBLE)) for side in self.sides)

    def keeps_digits(self) -> bool:
        """Whether the formula is surely good at and near the point."""
        return not self.loses_digits() and all(map(math.isfinite, self._met().values()))

    def _met(self) -> dict[Expr, float]:
        """What floating-point arithmetic meets in the formula at the point itself."""
        return plain_values(self.formula, {**self.others, self.variable: self.number(self.point)})

    def loses_digits(self) -> bool:
        """Whether the formula loses digits near the point."""
        return any(self.lost(distance) > TOO_MANY for distance in CLOSE)

    def is_wrong_there(self, lead: Fraction, factor: Expr) -> bool:
        """Whether the formula, at the point itself, is not the limit of factor·hᵉ, where e is the lead."""
        met = self._met()
        found = met[self.formula]
        if lead < 0:
            return len(self.sides) == 1 and math.isnan(found)
        expected = self.number(factor) if lead == 0 else 0.0
        right = abs(found - expected) <= 1e-9 * max(1.0, abs(expected))
        return not (right and all(map(math.isfinite, met.values())))


def _units(value: arb | None) -> float:
    """The width of a ball of double precision in units in the last place, less what balls exaggerate."""
    if value is None or value.contains(0):
        return math.inf
    return float(value.rad() / abs(value.mid())) * 2.0**DOUBLE / PESSIMISM
