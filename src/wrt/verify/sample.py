"""Random dimensions and points: distinct sizes, values that respect the declared facts, and a search for the domain."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import floor, inf, log10, prod
from operator import add
from typing import Final

from flint import arb

from wrt.expr.node import Constant, Expr, Symbol
from wrt.expr.walk import dimensions, nodes, positions
from wrt.verify.sizes import Sizes, shape_of

Range = tuple[float, float]
Values = dict[Symbol, list[arb]]

# Where to look for a point, likeliest first: around 0, then the domains of roots, logarithms, probabilities, arcsines,
# nested logarithms, large and small values.
RANGES: Final[Sequence[Range]] = (
    (-2, 2),
    (0.2, 2.5),
    (0.05, 0.95),
    (-0.95, 0.95),
    (1.2, 4),
    (-0.3, 0.3),
    (3, 30),
    (-2.5, -0.2),
    (0.01, 0.1),
    (20, 1000),
    (-30, -3),
    (1000, 1e5),
)
ONE_SIDED: Final[Sequence[Range]] = tuple(each for each in RANGES if each[0] > 0)
_INTERVAL: Final = re.compile(r"in [(\[]([^,]+), ([^)\]]+)[)\]]")
ATTEMPTS = 3000
SHARED, KEPT = 0.5, 0.6  # how often all variables share a range, and how often what worked is used again


def symbols_of(expressions: Iterable[Expr]) -> tuple[list[Symbol], list[Symbol]]:
    """The variables of some expressions, and their whole numbers: dimensions and positions; by name."""
    expressions = list(expressions)
    sizes = {symbol for each in expressions for symbol in (*dimensions(each), *positions(each))}
    free = {symbol for expression in expressions for symbol in expression.free}
    sizes |= {symbol for variable in free for size in variable.shape for symbol in size.free}
    return (
        sorted(free - sizes, key=lambda symbol: symbol.name),
        sorted(sizes, key=lambda symbol: symbol.name),
    )


def fixed_sizes(expressions: Iterable[Expr]) -> set[int]:
    """The dimensions that are numbers already: drawn ones should differ from them."""
    return {
        int(size.value)
        for expression in expressions
        for node in nodes(expression)
        for size in node.shape
        if isinstance(size, Constant)
    }


def draw_sizes(dims: Sequence[Symbol], taken: set[int], rng: random.Random, growth: int = 0) -> dict[Symbol, int]:
    """Distinct sizes for the dimensions, from 2 to 5 or as many as are needed; `growth` allows larger ones."""
    choices = [size for size in range(2, 2 + len(dims) + len(taken) + 2 * growth) if size not in taken]
    choices += [size for size in (2, 3, 4, 5) if size not in choices and size not in taken] if len(dims) < 4 else []
    return dict(zip(dims, rng.sample(choices, len(dims)), strict=True))


def hints(expressions: Iterable[Expr]) -> list[Range]:
    """Ranges around the numbers that stand in the expressions, of either sign, where domains and kinks tend to end."""
    values = {
        sign * float(node.value)
        for expression in expressions
        for node in nodes(expression)
        if isinstance(node, Constant) and 2 < abs(Fraction(node.value)) < 10**9
        for sign in (-1, 1)
    }
    return [
        each for value in sorted(values, reverse=True)[:12] for each in ((value - 0.9, value), (value, value + 0.9))
    ]


class Sampler:
    """Points for some variables, of given dimensions. `accepted` tells it that the latest point was in the domain."""

    def __init__(
        self, variables: Sequence[Symbol], sizes: Sizes, rng: random.Random, extra: Sequence[Range] = ()
    ) -> None:
        self.variables = variables
        self.rng = rng
        self.shapes = {variable: shape_of(variable, sizes) for variable in variables}
        self.ranges = {variable: _ranges(variable, extra) for variable in variables}
        self.kept: dict[Symbol, Range] = {}
        self.latest: dict[Symbol, Range] = {}
        self.count = 0

    def draw(self) -> Values:
        """Another point."""
        self.count += 1
        self.latest = self._choose()
        return {each: _entries(each, self.shapes[each], self.latest[each], self.rng) for each in self.variables}

    def accepted(self) -> None:
        """Look near the ranges of the latest point again."""
        self.kept = self.latest

    def _choose(self) -> dict[Symbol, Range]:
        if self.kept and self.rng.random() < KEPT:
            return self.kept
        if self.count <= 2:
            return {variable: ranges[0] for variable, ranges in self.ranges.items()}
        if self.rng.random() < SHARED:
            share = self.rng.random()
            return {variable: ranges[int(share * len(ranges))] for variable, ranges in self.ranges.items()}
        return {variable: self._one(ranges) for variable, ranges in self.ranges.items()}

    def _one(self, ranges: Sequence[Range]) -> Range:
        return ranges[min(int(self.rng.expovariate(0.35)), len(ranges) - 1)]

    def direction(self, variable: Symbol) -> list[arb]:
        """A random direction: entries independent, also for a variable that is declared symmetric."""
        return [number(self.rng, (0.25, 2)) * self.rng.choice((1, -1)) for _ in range(prod(self.shapes[variable]))]


def number(rng: random.Random, within: Range) -> arb:
    """A random number of few digits within the range, so that a reported point can be typed in again."""
    low, high = within
    return arb(round(rng.uniform(low, high), 3 - floor(log10(high - low))))


def whole(rng: random.Random, within: Range) -> int:
    """A random whole number near a range."""
    low, high = round(within[0]), round(within[1])
    return rng.randint(low, max(high, low + 5))


def _ranges(variable: Symbol, extra: Sequence[Range]) -> Sequence[Range]:
    facts = variable.facts
    for fact in facts:
        declared = _INTERVAL.fullmatch(fact)
        if declared:
            return _inside(*(float(Fraction(end)) if "inf" not in end else float(end) for end in declared.groups()))
    if "positive" in facts or "nonnegative" in facts:
        return (*ONE_SIDED, *(each for each in extra if each[0] >= 0))
    if "negative" in facts or "nonpositive" in facts:
        return (*((-high, -low) for low, high in ONE_SIDED), *(each for each in extra if each[1] <= 0))
    return (*RANGES, *extra)


def _inside(low: float, high: float) -> Sequence[Range]:
    """Ranges in a declared interval: most of it, then its parts, or the usual ones counted from its end."""
    if low == -inf and high == inf:
        return RANGES
    if high == inf:
        return [(low + a, low + b) for a, b in ONE_SIDED]
    if low == -inf:
        return [(high - b, high - a) for a, b in ONE_SIDED]
    width = high - low
    return [(low + width * a, low + width * b) for a, b in ((0.05, 0.95), (0.05, 0.5), (0.5, 0.95), (0.001, 0.05))]


def _entries(variable: Symbol, shape: tuple[int, ...], within: Range, rng: random.Random) -> list[arb]:
    facts = variable.facts
    if "integer" in facts:
        least = 1 if "positive" in facts else 0 if "nonnegative" in facts else -(10**9)
        return _structured(facts, shape, lambda: arb(max(whole(rng, within), least)))
    if "nonzero" in facts:
        away = (0.1, max(map(abs, within)) + 0.2)
        return _structured(facts, shape, lambda: number(rng, away) * rng.choice((1, -1)))
    return _structured(facts, shape, lambda: number(rng, within))


def simple_entries(
    variable: Symbol, sizes: Sizes, simple: Sequence[float], rng: random.Random, attempt: int
) -> list[arb]:
    """Entries from a few simple numbers, as far as the facts allow: the first ones at first, then any."""
    shape = shape_of(variable, sizes)
    facts = variable.facts

    possible = [value for value in simple if _allowed(value, facts)] or [sum(_ranges(variable, ())[0]) / 2]

    def entry() -> arb:
        if attempt < 3 and not shape:
            return arb(possible[(attempt + len(variable.name)) % min(3, len(possible))])
        return arb(rng.choice(possible))

    return _structured(facts, shape, entry)


def _allowed(value: float, facts: frozenset[str]) -> bool:
    """Whether a simple number has the declared facts."""
    if "integer" in facts and value != int(value):
        return False
    if (value < 0 and facts & {"positive", "nonnegative"}) or (value > 0 and facts & {"negative", "nonpositive"}):
        return False
    ends = [_INTERVAL.fullmatch(fact) for fact in facts]
    return all(float(Fraction(low)) < value for low in _ends(ends, 1)) and all(
        value < float(Fraction(high)) for high in _ends(ends, 2)
    )


def _ends(matches: Sequence[re.Match[str] | None], group: int) -> list[str]:
    return [match[group] for match in matches if match and "inf" not in match[group]]


def _structured(facts: frozenset[str], shape: tuple[int, ...], entry: Callable[[], arb]) -> list[arb]:
    """A tensor of such entries; of a square matrix, with its declared structure."""
    if len(shape) < 2 or shape[-1] != shape[-2]:
        return [entry() for _ in range(prod(shape))]
    blocks = [_square(facts, shape[-1], entry) for _ in range(prod(shape[:-2]))]
    return [value for block in blocks for row in block for value in row]


Matrix = list[list[arb]]


def _square(facts: frozenset[str], size: int, entry: Callable[[], arb]) -> Matrix:
    """A square matrix with the structure that is declared of it."""
    entries = [[entry() for _ in range(size)] for _ in range(size)]
    axis = range(size)
    if "diagonal" in facts:
        return [[_definite(facts, entries[i][i]) if i == j else arb(0) for j in axis] for i in axis]
    if "positive definite" in facts or "positive semidefinite" in facts:
        gram = [[sum((entries[i][k] * entries[j][k] for k in axis), arb(0)) for j in axis] for i in axis]
        return [[(gram[i][j] + int(i == j)) / size for j in axis] for i in axis]
    if "symmetric" in facts:
        return [[entries[min(i, j)][max(i, j)] for j in axis] for i in axis]
    if "antisymmetric" in facts:
        return [[arb(0) if i == j else entries[i][j] if i < j else -entries[j][i] for j in axis] for i in axis]
    if "orthogonal" in facts:
        return _orthogonal(entries)
    if "lower triangular" in facts or "upper triangular" in facts:
        lower = "lower triangular" in facts
        return [[entries[i][j] if (i >= j) is lower or i == j else arb(0) for j in axis] for i in axis]
    return entries


def _definite(facts: frozenset[str], value: arb) -> arb:
    return abs(value) if "positive definite" in facts else value


def _orthogonal(vectors: Matrix) -> Matrix:
    """A product of reflections I − 2vvᵀ/vᵀv, one for each row."""
    axis = range(len(vectors))
    result = [[arb(int(i == j)) for j in axis] for i in axis]
    for vector in vectors:
        square = sum((value * value for value in vector), arb(0))
        if square.contains(0):
            continue
        for row in result:
            along = sum((a * b for a, b in zip(row, vector, strict=True)), arb(0)) * 2 / square
            row[:] = [a - along * b for a, b in zip(row, vector, strict=True)]
    return result


def applied(entries: Sequence[arb], direction: Sequence[arb]) -> list[arb]:
    """The last axis of a flat tensor contracted with a direction."""
    size = len(direction)
    return [
        reduce(add, [entry * step for entry, step in zip(entries[at : at + size], direction, strict=True)])
        for at in range(0, len(entries), size)
    ]


def readable(values: Mapping[Symbol, Sequence[arb]], shapes: Mapping[Symbol, tuple[int, ...]]) -> dict[str, object]:
    """A point as numbers and nested lists, for messages."""
    return {
        symbol.name: nested([float(entry.mid()) for entry in entries], shapes[symbol])
        for symbol, entries in values.items()
    }


def nested(flat: Sequence[float], shape: Sequence[int]) -> object:
    """A flat row-major list as nested lists of this shape."""
    items: Iterator[float] = iter(flat)

    def build(axes: Sequence[int]) -> object:
        return [build(axes[1:]) for _ in range(axes[0])] if axes else next(items)

    return build(tuple(shape))
