"""Hard points, looked for: zeros of divisors, ends of domains, kinks, ties, the tiny and the huge."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf, isfinite
from typing import Any, Final

import numpy as np

from wrt.doctor.diagnosis import Diagnosis, Finding
from wrt.doctor.examine import Examination
from wrt.doctor.machines import Floats, Values, run
from wrt.doctor.program import Op, constant
from wrt.doctor.subject import Subject, symbols_of
from wrt.doctor.values import draw_sizes
from wrt.expr.function import Function, Interval
from wrt.expr.node import Constant, Formula, Symbol
from wrt.verify.sample import Sampler
from wrt.verify.sizes import shape_of

HARD: Final = (
    0.0, 1.0, -1.0, 1e-8, -1e-8, 0.5, -0.5, 20.0, -20.0, 40.0, -40.0, 1000.0, -1000.0, 1e-200, 1e200, -1e200,
)  # fmt: skip
HARD_SINGLE: Final = (*(x for x in HARD if 1e-30 < abs(x) < 1e30 or not x), 1e-4, 1e-30, 1e30, -1e30)
GRID: Final = tuple(sign * size for size in (0.01, 0.1, 0.3, 0.7, 1.5, 2.5, 3.5, 5, 8, 12, 30, 100) for sign in (1, -1))
TIES: Final = (0.0, 1.0)
DRAWS: Final = 40
MOST_CRITICAL, MOST_ROOTS, HALVINGS = 12, 12, 60
MOST_WHOLE: Final = 100  # powers up to this one mind no zero
Point = dict[str, Any]


def scanned(formula: Formula, wrt: Sequence[str], order: int, dtype: str) -> Diagnosis:
    """The worst finding of each cause and result over hard points of a function."""
    sizes: dict[Symbol, int] = {}
    notes = draw_sizes(formula, sizes)
    shapes = {name: shape_of(symbol, sizes) for name, symbol in symbols_of(formula).items()}
    subject = Subject(formula, wrt or list(shapes), order, shapes, sizes)
    hard = HARD if dtype == "float64" else HARD_SINGLE
    worst: dict[tuple[str, str | None, str], Finding] = {}
    count = 0
    for point in _points(subject, hard):
        count += 1
        for finding in Examination(subject, point, dtype).findings():
            key = (finding.mode, finding.variable, finding.cause)
            if _has_truth(finding) and (key not in worst or finding.digits_lost > worst[key].digits_lost):
                worst[key] = finding
    return Diagnosis(formula, order, dtype, tuple(worst.values()), subject, points=count, notes=notes)


def _has_truth(finding: Finding) -> bool:
    """Whether there is something to lose: a value that a number of this kind can be."""
    if isinstance(finding.true, tuple):
        return True
    return finding.true is not None and isfinite(finding.true)


def _points(subject: Subject, hard: Sequence[float]) -> Iterator[Point]:
    """Points at which one variable is hard and the others are ordinary; arrays at zeros, ties and extreme scales."""
    symbols = symbols_of(subject.formula)
    scales = (min(map(abs, filter(None, hard))), max(hard), 1000.0)
    ordinary = _ordinary(subject)
    for name, op in subject.inputs.items():
        if "integer" in symbols[name].facts:
            continue
        if op.shape:
            candidates = [np.full(op.shape, x) for x in TIES] + [ordinary[name] * scale for scale in scales]
        else:
            candidates = [np.float64(x) for x in dict.fromkeys((*hard, *_roots(subject, name, ordinary)))]
        for value in candidates:
            if _fits(symbols[name], value):
                yield {**ordinary, name: value}


def _ordinary(subject: Subject) -> Point:
    """Values with the declared facts at which nothing is wrong: the function and its derivatives are finite there."""
    symbols = symbols_of(subject.formula)
    sampler = Sampler(list(symbols.values()), subject.sizes, random.Random(0))
    for _ in range(DRAWS):
        drawn = {symbol.name: [float(entry.mid()) for entry in entries] for symbol, entries in sampler.draw().items()}
        values = _plainly(subject, drawn)
        if all(isfinite(float(entry)) for row in subject.rows for entry in values[row]):
            break
    return {name: np.reshape(drawn[name], op.shape)[()] for name, op in subject.inputs.items()}


def _plainly(subject: Subject, point: Mapping[str, Any]) -> Values:
    """The values of the plain program at a point."""
    inputs = {op: list(map(np.float64, np.ravel(point[name]))) for name, op in subject.inputs.items()}
    with np.errstate(all="ignore"):
        return run(subject.order_of_work, inputs, Floats(np.float64))


def _fits(symbol: Symbol, value: Any) -> bool:
    """Whether a value has the declared sign."""
    facts = symbol.facts
    low, high = float(np.min(value)), float(np.max(value))
    return not (
        ("positive" in facts and low <= 0)
        or ("nonnegative" in facts and low < 0)
        or ("negative" in facts and high >= 0)
        or ("nonpositive" in facts and high > 0)
    )


# Roots of what decides: divisors, arguments at the end of a domain, sides of comparisons.


def _roots(subject: Subject, name: str, ordinary: Mapping[str, Any]) -> list[float]:
    """Where something critical is zero along a variable, as floating point sees it."""
    criticals = list(_criticals(subject))[:MOST_CRITICAL]

    def at(x: float) -> list[float]:
        values = _plainly(subject, {**ordinary, name: x})
        return [float(values[op][0]) - shift for op, shift in criticals]

    grid = sorted((*GRID, 0.0))
    seen = [(x, at(x)) for x in grid] if criticals else []
    found: list[float] = []
    for place in range(len(criticals)):
        for (a, left), (b, right) in pairwise(seen):
            if left[place] == 0:
                found.append(a)
            elif left[place] * right[place] < 0:
                found.append(_bisected(lambda x, place=place: at(x)[place], a, b, left[place]))
    return found[:MOST_ROOTS]


def _bisected(function: Any, a: float, b: float, left: float) -> float:
    """A zero between two points with opposite signs."""
    for _ in range(HALVINGS):
        middle = (a + b) / 2
        value = function(middle)
        if value == 0 or middle in (a, b):
            return middle
        a, b = (middle, b) if value * left > 0 else (a, middle)
    return a


def _criticals(subject: Subject) -> Iterator[tuple[Op, float]]:
    """Operations of the function, each with the value at which something happens."""
    for op in subject.order_of_work:
        if op.backward or op.shape:
            continue
        match op.kind:
            case "div":
                yield op.args[1], 0.0
            case "compare" if constant(op.args[1]) is not None:
                yield op.args[0], float(constant(op.args[1]))
            case "pow" if constant(op.args[1]) not in range(2, MOST_WHOLE):
                yield op.args[0], 0.0
            case "call":
                yield from ((op.args[0], value) for value in (*_ends(op.params.domain[:1]), *_kinks(op.params)))


def _ends(domains: Sequence[Any]) -> Iterator[float]:
    """The finite ends of a domain that are numbers."""
    for domain in domains:
        for interval in domain.intervals:
            yield from (end for end in _numbers(interval) if abs(end) < inf)


def _kinks(function: Function) -> Iterator[float]:
    """The kinks of a function that are numbers."""
    names = [Symbol.intern(name, (), frozenset()) for name in function.arguments]
    for kink in function.kinks(*names) if function.kinks is not None else ():
        if isinstance(kink.at, Constant):
            yield float(kink.at.value)


def _numbers(interval: Interval) -> Iterator[float]:
    for end in (interval.lower, interval.upper):
        if isinstance(end, Constant):
            yield float(end.value)
