"""What a plain program really comes to at a point: by balls there, and where it is singular or has a kink, by limits.

The program is run beside the point too, on both sides and at two distances. Sides that agree give the limit; sides that
do not, a kink; values that grow as the distance shrinks, an infinite limit.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import inf, isinf
from typing import Any, Final, TypeAlias

from flint import arb

from wrt.doctor.machines import Balls, Entries, Values, exact, run
from wrt.doctor.program import Op
from wrt.verify.series import Series, working

Point: TypeAlias = Mapping[Op, Sequence[float]]
Beside: TypeAlias = tuple[list[Entries], list[Entries], Values]

PRECISIONS: Final = (1_200, 4_800, 19_200)  # bits
SPECIAL: Final = frozenset(
    {
        "gamma",
        "lgamma",
        "digamma",
        "trigamma",
        "polygamma",
        "beta",
        "betaln",
        "j0",
        "j1",
        "i0",
        "i1",
        "i0e",
        "i1e",
        "lambertw",
        "erfinv",
        "erfcinv",
        "norminv",
    }
)  # fmt: skip - so many bits of these take too long
NEAR, NEARER = 160, 320  # how far beside the point, as powers of two of its scale
SURE = 70  # bits of a value that must be certain
NOTHING = arb(2) ** -1_100  # what no floating-point number can tell from 0
GIANT = arb(2) ** 300  # stands for infinity as an input
EPSILON = arb(2) ** -53
DIRECTIONS, MOST_AXES = 2, 40
GROWN = 50  # what even a logarithm exceeds that near to its pole


@dataclass(frozen=True)
class Limit:
    """What an entry tends to along each side that has a value: numbers, or infinities as floats."""

    sides: tuple[arb | float, ...]
    known: bool = True  # whether balls decided anything: the sign of what is tiny may take more bits than there are

    @property
    def exists(self) -> bool:
        """Whether there is one finite value."""
        return self.value is not None

    @property
    def value(self) -> arb | None:
        """The one finite value, if there is one."""
        first = self.sides[0] if self.sides else inf
        if not isinstance(first, arb) or not all(isinstance(side, arb) and _same(first, side) for side in self.sides):
            return None
        return first

    @property
    def infinite(self) -> float | None:
        """The infinity that it tends to, if all sides agree on one."""
        found = set(self.sides) if all(isinstance(side, float) for side in self.sides) else set()
        return found.pop() if len(found) == 1 else None  # type: ignore[return-value]

    @property
    def ends(self) -> tuple[float, float] | None:
        """The least and the greatest of several finite values: between them lie the slopes of a kink."""
        if self.value is not None or not self.sides or not all(isinstance(side, arb) for side in self.sides):
            return None
        numbers = [float(side.mid()) for side in self.sides if isinstance(side, arb)]
        return min(numbers), max(numbers)


class Truth:
    """A program at a point in balls: `limits` of its results, `values` of all operations there and `beside` it.

    `spread` is how far the results move where the point does by a rounding. The first result is the function itself,
    whose value is what it is; the others are derivatives, which are what both sides say.
    """

    def __init__(self, order: Sequence[Op], results: Sequence[Op], point: Point, moving: Sequence[Op]) -> None:
        self.order, self.results, self.point, self.moving = order, results, point, moving
        special = any(op.kind == "call" and op.params.name in SPECIAL for op in order)
        self.precisions = PRECISIONS[:2] if special else PRECISIONS
        self.values, there = self._at(_balls(point))
        beside = [found for steps in self._directions() for found in self._along(steps)]
        self.limits = self._limits(there, beside)
        if any(limit.ends is not None for limits in self.limits[1:] for limit in limits):
            beside += [found for steps in self._axes() for found in self._along(steps)]
            self.limits = self._limits(there, beside)
        self.beside: Values = next((values for _, nearer, values in beside if _all_sure(nearer)), {})
        if not any(limit.sides or not limit.known for limit in self.limits[0]):  # no function, no derivative
            self._no_derivatives(known=True)
        elif self._jumps(there[0], beside):
            self._no_derivatives(known=False)
        self.spread = self._spread(there)

    def _limit(self, k: int, there: Any, beside: Sequence[tuple[Any, Any]]) -> Limit:
        """The limit of an entry; its own value where that is sure and nothing beside it says otherwise."""
        sides = [side for side in (_tends(*pair) for pair in beside) if side is not None]
        if _is_sure(there):
            value = _number(there)
            if k == 0 or all(isinstance(side, arb) and _same(side, value) for side in sides):
                return Limit((value,))
        found = tuple(sides) or ((_number(there),) if _is_sure(there) else ())
        return Limit(found, known=bool(found) or not _is_undecided(self.values))

    def _at(self, inputs: Mapping[Op, Entries]) -> tuple[Values, list[Entries]]:
        """All values at some inputs, with as many bits as their results need."""
        for bits in self.precisions:
            with working(bits, 1):
                values = run(self.order, inputs, Balls())
            found: list[Entries] = [[entry[0] for entry in values[op]] for op in self.results]
            if _all_sure(found) or not _is_undecided(values):
                break
        return values, found

    def _no_derivatives(self, known: bool) -> None:
        self.limits[1:] = [[Limit((), known)] * len(limits) for limits in self.limits[1:]]

    @staticmethod
    def _jumps(there: Entries, beside: Sequence[Beside]) -> bool:
        """Whether the function has another value at the point than beside it."""
        for i, entry in enumerate(there):
            for near, nearer, _ in beside:
                side = _tends(near[0][i], nearer[0][i])
                if _is_sure(entry) and isinstance(side, arb) and not _same(_number(entry), side):
                    return True
        return False

    def _limits(self, there: Sequence[Entries], beside: Sequence[Beside]) -> list[list[Limit]]:
        """The limits of all entries of all results."""
        return [
            [self._limit(k, entry, [(a[k][i], b[k][i]) for a, b, _ in beside]) for i, entry in enumerate(entries)]
            for k, entries in enumerate(there)
        ]

    def _directions(self) -> Iterator[list[arb]]:
        """Some directions in which all variables move."""
        rng = random.Random(0)
        count = sum(op.size for op in self.moving)
        if count == 1:
            yield [arb(1)]
            return
        for _ in range(DIRECTIONS):
            yield [arb(rng.choice((-1, 1)) * rng.uniform(0.5, 1)) for _ in range(count)]

    def _axes(self) -> Iterator[list[arb]]:
        """Directions in which one entry moves most: at a kink, each of them may choose another slope."""
        rng = random.Random(0)
        count = sum(op.size for op in self.moving)
        for chosen in range(min(count, MOST_AXES) if count > 1 else 0):
            yield [arb(1 if place == chosen else rng.uniform(-0.2, 0.2)) for place in range(count)]

    def _along(self, steps: Sequence[arb]) -> Iterator[Beside]:
        """The results near the point and nearer, along a direction and its opposite; and the values there."""
        for sign in (1, -1):
            along = [sign * step for step in steps]
            _, near = self._at(self._moved(along, NEAR))
            values, nearer = self._at(self._moved(along, NEARER))
            yield near, nearer, values

    def _moved(self, steps: Sequence[arb], distance: int) -> dict[Op, Entries]:
        """The inputs with the variables moved, relative to their size."""
        with working(PRECISIONS[-1], 1):
            inputs = dict(_balls(self.point))
            scale = max((abs(x) for op in self.moving for x in self.point[op] if not isinf(x)), default=0.0) or 1.0
            remaining = iter(steps)
            for op in self.moving:
                inputs[op] = [
                    exact(_input(x) + next(remaining) * arb(2) ** -distance * (abs(_input(x)) if x else arb(scale)))
                    for x in self.point[op]
                ]
        return inputs

    def _spread(self, there: Sequence[Entries]) -> list[list[arb]]:
        """How far each entry moves where all inputs move by half a unit in their last place."""
        found = [[arb(0)] * len(limits) for limits in self.limits]
        rng = random.Random(1)
        for _ in range(DIRECTIONS):
            with working(PRECISIONS[-1], 1):
                inputs = {
                    op: [exact(_input(x) * (1 + rng.choice((-1, 1)) * EPSILON)) for x in entries]
                    for op, entries in self.point.items()
                }
            _, moved = self._at(inputs)
            for k, limits in enumerate(self.limits):
                for i, limit in enumerate(limits):
                    if limit.value is not None and _is_sure(moved[k][i]):
                        bases = [limit.value, *([there[k][i]] if _is_sure(there[k][i]) else [])]
                        step = reduce(arb.min, [abs(moved[k][i] - base).mid() for base in bases])
                        found[k][i] = found[k][i].max(step)
        return found


def _balls(point: Point) -> dict[Op, Entries]:
    return {op: [exact(_input(x)) for x in entries] for op, entries in point.items()}


def _input(value: float) -> arb:
    """An input as a ball; an infinite one as a very large number."""
    return GIANT * (1 if value > 0 else -1) if isinf(value) else arb(value)


def _number(entry: arb) -> arb:
    return arb(0) if abs(entry) < NOTHING else entry.mid()


def _is_sure(entry: arb) -> bool:
    """Whether more bits would say no more: there are enough of them, or it is too small to matter."""
    return bool(entry.is_finite()) and bool(abs(entry) < NOTHING or entry.rel_accuracy_bits() >= SURE)


def _is_undecided(values: Values) -> bool:
    """Whether some value may be 0 or not, with as many bits as there are."""
    return any(
        isinstance(entry, Series) and len(entry) > 0 and entry[0].is_finite() and _may_be_zero(entry[0])
        for entries in values.values()
        for entry in entries
    )


def _may_be_zero(entry: arb) -> bool:
    return bool(entry.contains(0)) and not entry.is_exact()


def _all_sure(results: Sequence[Entries]) -> bool:
    return all(_is_sure(entry) for entries in results for entry in entries)


def _tends(near: arb, nearer: arb) -> arb | float | None:
    """The limit along one side, from values at two distances; None where there is none."""
    if not (_is_sure(near) and _is_sure(nearer)):
        return None
    a, b = near.mid(), nearer.mid()
    if abs(b) < NOTHING:
        return arb(0)
    if abs(a - b) <= abs(b) * arb(2) ** -40:
        return b
    if abs(b) < arb(2) ** -(NEAR // 4) and abs(b) < abs(a) * arb(2) ** -20:
        return arb(0)
    if abs(b) > (abs(a) * 1.5).max(arb(GROWN)) and a * b > 0:
        return inf if b > 0 else -inf
    return None


def _same(a: arb | float, b: arb | float) -> bool:
    """Whether two limits are one."""
    if not isinstance(a, arb) or not isinstance(b, arb):
        return a == b
    size = abs(a).max(abs(b))
    return bool(abs(a - b) <= size * arb(2) ** -30 or size < arb(2) ** -(NEAR // 4))
