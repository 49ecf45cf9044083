"""The points at which a claim is looked at: random ones for the search, and simple ones to show."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

from flint import arb

from wrt.expr.build import derivative
from wrt.expr.node import Expr, Symbol
from wrt.verify import sample
from wrt.verify.evaluate import evaluate
from wrt.verify.instructions import Entries
from wrt.verify.patterns import Numbers, View
from wrt.verify.search import point
from wrt.verify.series import PointError, Series
from wrt.verify.sizes import shape_of

BITS = 160
VIEWS = 4
TRIES = 60
LARGEST_SHOWN = 16  # entries of a counterexample's values

SIMPLE: Final[Sequence[float]] = (1, 2, 3, -1, 0.5, -2, 1.5, -0.5, 0.25, 4)


def views_of(f: Expr, variable: Symbol, claim: Expr, order: int) -> Iterator[View]:
    """Some random points with the claim and the truth there."""
    truth = derivative(f, variable, order)
    for sizes, sampler in samplers([f, claim, variable], random.Random(1)):
        kept = 0
        for _ in range(TRIES):
            values: dict[Symbol, Entries] = {
                symbol: [Series([v]) for v in each] for symbol, each in sampler.draw().items()
            }
            try:
                found = [entry[0] for entry in evaluate(truth, values, sizes)]
                claimed = [entry[0] for entry in evaluate(claim, values, sizes)]
            except PointError:
                continue
            sampler.accepted()
            yield View(sizes, values, claimed, found)
            kept += 1
            if kept == (2 if sizes else VIEWS):
                break


def samplers(expressions: Sequence[Expr], rng: random.Random) -> Iterator[tuple[dict[Symbol, int], sample.Sampler]]:
    """Two choices of dimensions, or the one there is."""
    variables, dims = sample.symbols_of(expressions)
    taken = sample.fixed_sizes(expressions)
    first = sample.draw_sizes(dims, taken, rng)
    second = sample.draw_sizes(dims, taken | set(first.values()), rng)
    for sizes in (first, second) if dims else (first,):
        yield sizes, sample.Sampler(variables, sizes, rng, sample.hints(expressions))


def simple_counterexample(f: Expr, variable: Symbol, claim: Expr, order: int) -> dict[str, Any] | None:
    """A point of simple numbers at which the claim differs from the truth, with both values."""
    variables, dims = sample.symbols_of([f, claim, variable])
    taken = sample.fixed_sizes([f, claim, variable])
    rng = random.Random(2)
    truth = derivative(f, variable, order)
    for attempt in range(TRIES):
        sizes = dict(zip(dims, [size for size in range(2, 40) if size not in taken], strict=False))
        values = {symbol: sample.simple_entries(symbol, sizes, SIMPLE, rng, attempt) for symbol in variables}
        series = {symbol: [Series([value]) for value in each] for symbol, each in values.items()}
        try:
            found = [entry[0] for entry in evaluate(truth, series, sizes)]
            claimed = [entry[0] for entry in evaluate(claim, series, sizes)]
        except PointError:
            continue
        wrong = [at for at, (a, b) in enumerate(zip(found, claimed, strict=True)) if not a.overlaps(b)]
        if wrong:
            shape = shape_of(claim, sizes)
            used = {symbol: each for symbol, each in values.items() if symbol in f.free | claim.free | {variable}}
            return {**point(used, sizes), **_shown(claimed, found, wrong, shape)}
    return None


def _shown(claimed: Numbers, found: Numbers, wrong: Sequence[int], shape: tuple[int, ...]) -> dict[str, Any]:
    """Both values, or where they have many entries, one that differs."""
    if len(found) <= LARGEST_SHOWN:
        return {
            name: sample.nested([_plainly(value) for value in values], shape)
            for name, values in (("claimed", claimed), ("found", found))
        }
    at = wrong[0]
    index: list[int] = []
    for size in reversed(shape):
        at, place = divmod(at, size)
        index.insert(0, place)
    return {"entry": tuple(index), "claimed": _plainly(claimed[wrong[0]]), "found": _plainly(found[wrong[0]])}


def _plainly(value: arb) -> float:
    number = float(value.mid())
    return 0.0 if abs(number) < 1e-25 else number
