"""One point: the plain program in floating point beside the truth, and what is to blame for each wrong result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import inf, isfinite, isinf, isnan, log10
from typing import Any, Final, NamedTuple

import numpy as np
from flint import arb

from wrt.doctor.causes import Blame, Blaming
from wrt.doctor.diagnosis import DIGITS, Finding, Side
from wrt.doctor.machines import Entries, Floats, Values, run
from wrt.doctor.program import Op
from wrt.doctor.remedies import NOWHERE, remedy
from wrt.doctor.subject import Result, Subject
from wrt.doctor.truth import Limit, Truth
from wrt.errors import WrtError

LARGEST: Final = 60_000  # entries of all operations, above which balls take too long


class Precision(NamedTuple):
    """What a floating-point type promises: errors below `tolerance` are none."""

    dtype: Any
    tolerance: float
    epsilon: float
    tiny: float
    largest: float


PRECISIONS: Final[Mapping[str, Precision]] = {
    "float64": Precision(np.float64, 1e-9, 2.0**-53, 2.0**-1022, float(np.finfo(np.float64).max)),
    "float32": Precision(np.float32, 1e-4, 2.0**-24, 2.0**-126, float(np.finfo(np.float32).max)),
}
MOVED = 64  # roundings of the point that an error may amount to


class Examination:
    """A subject at a point."""

    def __init__(self, subject: Subject, values: Mapping[str, Any], dtype: str) -> None:
        self.subject, self.values, self.dtype = subject, values, dtype
        self.precision = PRECISIONS[dtype]
        point = {op: self._rounded(values[name]).ravel().tolist() for name, op in subject.inputs.items()}
        self.floats = self._plainly(point)
        rows = subject.rows
        self.truth = Truth(subject.order_of_work, rows, point, subject.moving) if subject.work <= LARGEST else None
        self._starts: dict[Op, int] = {row: place for place, row in enumerate(rows)}

    def _rounded(self, value: Any) -> Any:
        """A value in the precision asked for."""
        with np.errstate(over="ignore"):
            return np.asarray(value, dtype=self.precision.dtype)

    def _plainly(self, point: Mapping[Op, Sequence[float]]) -> Values:
        with np.errstate(all="ignore"):
            inputs = {op: [self.precision.dtype(x) for x in entries] for op, entries in point.items()}
            return run(self.subject.order_of_work, inputs, Floats(self.precision.dtype))

    # Findings.

    def findings(self) -> list[Finding]:
        """What is wrong: for each result and operation to blame, the entry that is worst."""
        worst: dict[tuple[Any, ...], Finding] = {}
        for result in self.subject.results:
            for place, row in enumerate(result.rows):
                for entry, value in enumerate(self.floats[row]):
                    error = self._error(result, row, entry, float(value))
                    if error is None:
                        continue
                    blame = self._blame(row, entry)
                    key = (result.mode, result.variable, blame.op.origin, blame.cause)
                    if key not in worst or worst[key].digits_lost < error:
                        worst[key] = self._finding(result, blame, place, entry, error)
        return sorted(worst.values(), key=lambda each: ("value", "gradient", "hessian").index(each.mode))

    def _limit(self, row: Op, entry: int) -> Limit | None:
        return None if self.truth is None else self.truth.limits[self._starts[row]][entry]

    def _error(self, result: Result, row: Op, entry: int, value: float) -> float | None:
        """How many digits a result has lost; None if it is right as far as can be asked."""
        everything = float(DIGITS[self.dtype])
        limit = self._limit(row, entry)
        if limit is None or not limit.known:
            return None if isfinite(value) else everything
        if result.mode != "value" and not self._is_defined():
            return None
        if isnan(value):
            return everything
        if limit.value is None:
            return self._without_value(limit, value, everything)
        if isinf(value):
            return everything
        wrong = abs(arb(value) - limit.value)
        return None if self._is_close(result, row, entry, wrong) else self._lost(wrong, limit.value, everything)

    def _is_defined(self) -> bool:
        """Whether the function has a value there, or beside it."""
        return self.truth is not None and any(each.sides or not each.known for each in self.truth.limits[0])

    def _without_value(self, limit: Limit, value: float, everything: float) -> float | None:
        """Where there is no single value: an infinite one is wrong, and so is one beside the slopes of a kink."""
        if limit.ends is not None:
            low, high = limit.ends
            slack = self.precision.tolerance * max(abs(low), abs(high))
            return None if low - slack <= value <= high + slack else everything
        return everything

    def _is_close(self, result: Result, row: Op, entry: int, wrong: arb) -> bool:
        """Whether an error is no more than rounding the point, or the largest entry, makes it."""
        assert self.truth is not None
        p = self.precision
        place = self._starts[row]
        limits = [each.value for each in self.truth.limits[place] if each.value is not None]
        true = self.truth.limits[place][entry].value
        assert true is not None
        largest = max((abs(each) for each in limits), key=lambda each: float(each.mid()), default=arb(0))
        spread = self.truth.spread[place][entry] * p.epsilon * 2.0**53
        allowed = [arb(p.tiny), abs(true) * p.tolerance, largest * MOVED * p.epsilon, spread * MOVED]
        if largest == 0:  # what is 0 is right up to a rounding of what cancels
            allowed.append(arb(self._scale * MOVED * p.epsilon))
        return any(bool(wrong <= each) for each in allowed)

    @cached_property
    def _scale(self) -> float:
        """The largest finite number on the way."""
        numbers = (abs(float(x)) for entries in self.floats.values() for x in entries)
        return max(filter(isfinite, numbers), default=0.0)

    @staticmethod
    def _lost(wrong: arb, true: arb, everything: float) -> float:
        ratio = wrong / abs(true) if true != 0 else arb(1)
        kept = -log10(min(max(float(ratio.mid()), 1e-300), 1e300))
        return min(everything, everything - max(kept, 0.0))

    def _blame(self, row: Op, entry: int) -> Blame:
        p = self.precision
        there, beside = ({}, {}) if self.truth is None else (self.truth.values, self.truth.beside)
        return Blaming(self.floats, there, beside, p.tolerance / 10, p.tiny, self._rerun).of(row, entry)

    def _rerun(self, op: Op, entries: Entries, order: Sequence[Op]) -> Values:
        """The values where one operation gives other entries than it does."""
        given = [each if isinstance(each, bool | None) else self.precision.dtype(each) for each in entries]
        inputs = {each: self.floats[each] for each in self.subject.inputs.values()}
        with np.errstate(all="ignore"):
            return run(order, {**inputs, op: given}, Floats(self.precision.dtype))

    def _finding(self, result: Result, blame: Blame, place: int, entry: int, lost: float) -> Finding:
        """What is wrong with an entry of one of the rows of a result."""
        row = result.rows[place]
        index = np.unravel_index(place * row.size + entry, result.shape) if result.shape else ()
        step = blame.op.origin or self.subject.program.answer
        limit = self._limit(row, entry)
        assert step.node is not None
        return Finding(
            where=step.node,
            text=step.text,
            place=(step.statement.text, *step.statement.span(step.start, step.end)),
            cause=blame.cause,
            mode=result.mode,
            variable=result.variable,
            at=self.values,
            entry=tuple(map(int, index)),
            plain=float(self.floats[row][entry]),
            true=_number(limit),
            digits_lost=lost,
            remedy=remedy(self.subject.program, step, blame.cause) if _has_value(limit) else NOWHERE,
            backward=blame.op.backward,
            travels=tuple((op.origin.text if op.origin else "", cause) for op, cause in blame.travels),
        )

    # Values beside each other.

    def sides(self) -> tuple[Side, ...]:
        """Each result as plain code, truth and wrt's own code have it, with their errors."""
        return tuple(self._side(result) for result in self.subject.results)

    def _side(self, result: Result) -> Side:
        plain, own, limits = self.plain(result), self.own(result), self._limits(result)
        return Side(
            result.mode,
            result.variable,
            plain,
            self.true(result),
            own,
            _worst(np.ravel(plain), limits),
            None if own is None else _worst(np.ravel(own), limits),
            self._is_kept(result, own),
        )

    def _is_kept(self, result: Result, own: Any) -> bool | None:
        """Whether wrt's code is right wherever there is a value; None where there is none, or no code."""
        entries = [(row, entry) for row in result.rows for entry in range(row.size)]
        if own is None or not any(_is_judged(self._limit(*each)) for each in entries):
            return None
        return not any(
            _is_judged(self._limit(row, entry)) and self._error(result, row, entry, float(value)) is not None
            for (row, entry), value in zip(entries, np.ravel(own), strict=True)
        )

    def _limits(self, result: Result) -> list[Limit | None]:
        return [self._limit(row, entry) for row in result.rows for entry in range(row.size)]

    def plain(self, result: Result) -> Any:
        """What plain code gives."""
        entries = [value for row in result.rows for value in self.floats[row]]
        return np.array(entries, dtype=self.precision.dtype).reshape(result.shape)[()]

    def true(self, result: Result) -> Any:
        """What it really is; None for an entry without a value, and for all of them where that is too much work."""
        return None if self.truth is None else _shaped([_number(each) for each in self._limits(result)], result.shape)

    def own(self, result: Result) -> Any:
        """What wrt's code gives; None where it refuses the function or the point."""
        given = {name: self._rounded(self.values[name]) for name in self.subject.inputs}
        sizes = {size.name: count for size, count in self.subject.sizes.items()}
        try:
            function = self.subject.compiled(result.mode, result.variable)
            known = {name: value for name, value in {**sizes, **given}.items() if name in function.arguments}
            with np.errstate(all="ignore"):
                value = np.asarray(function(**known))
        except WrtError:
            return None
        return np.broadcast_to(value, result.shape)[()]


def _number(limit: Limit | None) -> float | tuple[float, float] | None:
    """A limit as a number, an infinity, or the slopes of a kink."""
    if limit is None:
        return None
    if limit.value is not None:
        return float(limit.value.mid())
    return limit.infinite if limit.infinite is not None else limit.ends


def _has_value(limit: Limit | None) -> bool:
    """Whether there is something to compute: a value, or slopes to choose from."""
    return limit is None or not limit.known or limit.value is not None or limit.ends is not None


def _is_judged(limit: Limit | None) -> bool:
    return limit is not None and (limit.value is not None or limit.ends is not None)


def _shaped(values: list[Any], shape: tuple[int, ...]) -> Any:
    array = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        array[place] = value
    return array.reshape(shape).tolist() if shape else values[0]


def _worst(values: Any, limits: Sequence[Limit | None]) -> float | None:
    """The largest error, relative to the largest entry that is right to be compared with it."""
    worst: float | None = None
    size = max(
        (abs(float(each.value.mid())) for each in limits if each is not None and each.value is not None), default=0.0
    )
    for value, limit in zip(values, limits, strict=True):
        if limit is None:
            continue
        error = _relative(float(value), limit, size)
        if error is not None:
            worst = error if worst is None else max(worst, error)
    return worst


def _relative(value: float, limit: Limit, size: float) -> float | None:
    if limit.value is None:
        ends = limit.ends
        if ends is None:
            return None
        return 0.0 if ends[0] <= value <= ends[1] else inf
    if not isfinite(value):
        return inf
    gap = abs(arb(value) - limit.value)
    if gap == 0:
        return 0.0
    scale = abs(limit.value) if limit.value != 0 else arb(size or 1.0)
    return float((gap / scale).mid())
