"""The search for points: over dimensions, ranges and precisions, until enough of them have decided a comparison."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import floor, log10, prod
from typing import Any, Final, Protocol

from flint import arb

from wrt.errors import DomainError, Unsolved, VerificationError, WrtError
from wrt.expr.node import Call, Expr, Integral, Symbol
from wrt.expr.walk import nodes
from wrt.verify import sample
from wrt.verify.certificate import Certificate
from wrt.verify.edges import Edges
from wrt.verify.evaluate import MissingValueError
from wrt.verify.instructions import needs_floats
from wrt.verify.series import PointError, UnsupportedError, working
from wrt.verify.sizes import Sizes, shape_of

# Bits, and the digits that must agree: fewer, and the precision is raised; at the highest, and the point is dropped.
PRECISIONS: Final[Sequence[tuple[int, int]]] = ((128, 29), (256, 29), (512, 29), (1024, 8))
FLOATS: Final[Sequence[tuple[int, int]]] = ((128, 5),)
SHAPES, MOST_SHAPES = 3, 14
PATIENCE = 12  # how many vague points a quadrature may have
HEAVY = 20_000  # entries computed for one point, above which fewer points are tried
MOST_WORK = 3_000_000  # entries computed, after which the search for a first point is given up
QUADRATURE = 500  # how often a quadrature computes its integrand
MOST_ENTRIES = 100_000  # of a truth or a claim: with larger dimensions it is not tried
METHOD = "ball arithmetic"
DIFFERENCES = "differences in float64"
WITH_INTEGRALS = "ball arithmetic and double-exponential quadrature"
POINTS_WITH_INTEGRALS = 4


class DisagreementError(Exception):
    """Balls that do not meet, in one entry of a truth and a claim: the claim is wrong."""

    def __init__(self, values: sample.Values, sizes: Sizes, entry: int, claimed: arb, found: arb) -> None:
        super().__init__("the claim is wrong")
        self.values, self.sizes, self.entry, self.claimed, self.found = values, sizes, entry, claimed, found


class VagueError(Exception):
    """Balls that meet, but are too wide to say much: more precision is needed."""


class UndefinedError(Exception):
    """The truth has a value at this point, the claim has none: `missing` says what it lacks."""

    def __init__(self, missing: MissingValueError) -> None:
        super().__init__(missing)
        self.missing = missing


class Comparison(Protocol):
    """Truth and claim for fixed dimensions. Calling it on a point compares them there: the relative error that cannot
    be excluded, or one of the errors above. `work` is the number of entries it computes."""

    work: int

    @property
    def nodes(self) -> Iterable[Expr]:
        """What is computed."""

    def __call__(self, values: sample.Values, digits: int, final: bool) -> float:
        """Compare at a point, where so many digits are asked for; `final` if no higher precision comes after this."""


@dataclass(slots=True)
class Tally:
    """What the comparisons so far have seen."""

    points: int = 0
    edges: int = 0
    worst: float = 0.0
    shapes: list[dict[str, int]] = field(default_factory=list)
    undefined: dict[str, Any] | None = None
    undefined_count: int = 0

    def add(self, other: Tally, sizes: dict[str, int]) -> None:
        """Take in what was seen with these dimensions."""
        self.points += other.points
        self.edges += other.edges
        self.worst = max(self.worst, other.worst)
        self.shapes.append(sizes)
        self.undefined = self.undefined or other.undefined

    def is_undefined(self, where: dict[str, Any]) -> bool:
        """Note a point where only the claim is undefined. Raises VerificationError where that is nearly everywhere,
        although the claim is defined somewhere; true where it seems to be so for these dimensions."""
        self.undefined_count += 1
        self.undefined = self.undefined or where
        often = self.undefined_count >= 25 + 10 * self.points
        if often and self.points:
            raise VerificationError("the result is undefined where the derivative exists", evidence=self.undefined)
        return often

    def certificate(self, method: str) -> Certificate:
        """The certificate for all of them."""
        digits = floor(-log10(self.worst)) if self.worst > 0 else PRECISIONS[0][1]
        return Certificate(
            method,
            self.points,
            digits,
            self.worst,
            shapes=tuple(filter(None, self.shapes)),
            edges=self.edges,
            undefined=self.undefined,
        )


class Search:
    """Points for some expressions: `run` compares until enough points agree."""

    def __init__(self, expressions: Sequence[Expr], variables: Sequence[Symbol], *, points: int, seed: int) -> None:
        self.integrals = any(isinstance(node, Integral) for node in nodes(*expressions))
        self.points = min(points, POINTS_WITH_INTEGRALS) if self.integrals else points
        self.floats = any(map(needs_floats, expressions))
        self.method = DIFFERENCES if self.floats else WITH_INTEGRALS if self.integrals else METHOD
        self.rng = random.Random(seed)
        self.expressions = expressions
        self.variables, self.dims = sample.symbols_of([*expressions, *variables])
        self.taken = sample.fixed_sizes([*expressions, *variables])
        self.hints = sample.hints(expressions)
        self.sampler: sample.Sampler
        self.why: object = "undefined everywhere"
        self.missing: MissingValueError | None = None  # what a claim lacked where the truth has a value
        self.work = 0  # entries computed so far, at this precision

    def run(self, comparison: Callable[[Sizes], Comparison]) -> Certificate:
        """The certificate of a comparison that holds. Raises DisagreementError, or Unsolved if no point was found."""
        precisions = FLOATS if self.floats else PRECISIONS
        for bits, digits in precisions:
            try:
                return self._at_precision(comparison, bits, digits, (bits, digits) == precisions[-1])
            except VagueError:
                continue
            except UnsupportedError as error:
                raise Unsolved(f"the result could not be checked: {error}", tried=[self.method]) from None
        raise Unsolved("the values are too sensitive to be compared", tried=[f"{bits} bits" for bits, _ in precisions])

    def _at_precision(
        self, comparison: Callable[[Sizes], Comparison], bits: int, digits: int, final: bool
    ) -> Certificate:
        tally = Tally()
        self.work = 0
        shapes = SHAPES if self.dims else 1
        nowhere: dict[str, Any] | None = None
        sizes: dict[Symbol, int] = {}
        for attempt in range(MOST_SHAPES if self.dims else 1):
            sizes = self._sizes(attempt, sizes if attempt > len(tally.shapes) else {})
            wanted = -(-(self.points - tally.points) // (shapes - len(tally.shapes)))
            here = Tally()
            try:
                self._check_entries(sizes)
                with working(bits, 1):
                    self.sampler = sample.Sampler(self.variables, sizes, self.rng, self.hints)
                    compare = comparison(sizes)
                    wanted = 1 if compare.work > HEAVY else wanted
                    decide = partial(self._decide, compare, digits, final)
                    seen = self._try_points(decide, sizes, wanted, here, attempt)
                    if seen and compare.work <= HEAVY:
                        self._try_edges(decide, Edges(compare.nodes, sizes, self.sampler), seen, here)
            except PointError as error:
                self.why = error
            if here.points:
                tally.add(here, {symbol.name: size for symbol, size in sizes.items()})
            else:
                nowhere = nowhere or here.undefined
            if len(tally.shapes) == shapes or tally.points >= self.points or self._is_hopeless(tally):
                break
        if not tally.points and nowhere is not None:
            raise self._undefined(nowhere)
        if not tally.points:
            raise Unsolved(
                f"the result could not be checked: no point was found where everything is defined ({self.why})",
                tried=[self.method],
            )
        return tally.certificate(self.method)

    def _undefined(self, where: dict[str, Any]) -> WrtError:
        """What is said of a claim that has no value where the truth has one, at every point that was tried."""
        part = self.missing.part if self.missing else None
        if isinstance(part, Call) and part.function.kind == "matrix":
            return DomainError(
                f"the derivative needs {part}, but the matrix was singular at every point that was tried",
            )
        what = "the result" if part is None else str(part)
        return VerificationError(f"{what} is undefined where the derivative exists", evidence=where)

    def _decide(self, compare: Comparison, digits: int, final: bool, values: sample.Values) -> float:
        self.work += compare.work * (QUADRATURE if self.integrals else 1)
        return compare(values, digits, final)

    def _is_hopeless(self, tally: Tally) -> bool:
        """Whether so much was computed without a point that decides something that none is expected."""
        return not tally.points and self.work > MOST_WORK

    def _sizes(self, attempt: int, failed: Mapping[Symbol, int]) -> dict[Symbol, int]:
        """Dimensions to try: after a failure those same ones in the reverse order (a Gram matrix needs enough rows)."""
        if failed and attempt % 2:
            ordered = sorted(failed, key=lambda symbol: failed[symbol])
            values = sorted(failed.values(), reverse=True)
            return dict(zip(ordered, values, strict=True))
        return sample.draw_sizes(self.dims, self.taken, self.rng, growth=attempt // 3)

    def _check_entries(self, sizes: Sizes) -> None:
        """Raises PointError for dimensions with which a tensor of many axes has more entries than can be tried."""
        most = max(prod(shape_of(each, sizes)) for each in self.expressions)
        if most > MOST_ENTRIES:
            raise PointError(f"{most} entries are too many to be compared")

    def _try_points(
        self,
        compare: Callable[[sample.Values], float],
        sizes: dict[Symbol, int],
        wanted: int,
        tally: Tally,
        attempt: int,
    ) -> list[sample.Values]:
        """Compare at random points, as many as are wanted if they can be found."""
        seen: list[sample.Values] = []
        vague = 0
        # Few points at first where other dimensions may do better.
        for _ in range(min(12 * 2 ** (attempt // 2), 400) if self.dims else sample.ATTEMPTS):
            if tally.points >= wanted or self._is_hopeless(tally):
                break
            values = self.sampler.draw()
            try:
                worst = compare(values)
            except UndefinedError as error:
                self.missing = self.missing or error.missing
                if tally.is_undefined(point(values, sizes)):
                    break
            except PointError as error:
                self.why = error
            except VagueError:
                # A few more bits are cheap, but not for a quadrature: other points may converge sooner.
                vague += 1
                if not self.integrals or vague > PATIENCE:
                    raise
            else:
                self.sampler.accepted()
                seen.append(values)
                tally.points += 1
                tally.worst = max(tally.worst, worst)
        return seen

    def _try_edges(
        self, compare: Callable[[sample.Values], float], edges: Edges, seen: Sequence[sample.Values], tally: Tally
    ) -> None:
        """Compare in every piece, and beside the edges."""
        if not edges.plan.work:
            return
        for values in edges.points(seen):
            try:
                worst = compare(values)
            except (PointError, UndefinedError, VagueError):
                continue
            tally.edges += 1
            tally.worst = max(tally.worst, worst)


def compare(
    found: Sequence[arb],
    claimed: Sequence[arb],
    scale: arb,
    digits: int,
    final: bool,
    values: sample.Values,
    sizes: Sizes,
) -> float:
    """The error that cannot be excluded, relative to the largest entry, or to `scale` where all vanish.

    Raises DisagreementError where balls do not meet, VagueError (PointError if `final`) where they are too wide.
    """
    largest = max((abs(value).mid() for value in found), default=arb(0))
    if not largest > scale * arb(10) ** -40:
        largest = scale if scale > 0 else arb(1)
    worst = 0.0
    for entry, (truth, claim) in enumerate(zip(found, claimed, strict=True)):
        if not truth.overlaps(claim):
            raise DisagreementError(values, sizes, entry, claim, truth)
        worst = max(worst, float(((truth - claim).abs_upper() / largest).mid()))
    if worst > 10.0**-digits:
        raise PointError("too sensitive here to be compared") if final else VagueError
    return worst


def point(values: Mapping[Symbol, Sequence[arb]], sizes: Sizes) -> dict[str, Any]:
    """A point as numbers and nested lists by name, dimensions included."""
    shapes = {symbol: shape_of(symbol, sizes) for symbol in values}
    return {**{symbol.name: size for symbol, size in sizes.items()}, **sample.readable(values, shapes)}
