"""Points for functions in pieces: one in every piece that can be found, and two beside the edges between them.

A handful of random points may all lie in one piece, or on the same side of a threshold that is wrong. What decides
between pieces is the sign of an expression (a switch): the sides of a comparison, the argument of an absolute value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from flint import arb

from wrt.expr.build import sub
from wrt.expr.node import Call, Compare, Expr
from wrt.verify.evaluate import Plan
from wrt.verify.sample import Sampler, Values
from wrt.verify.series import PointError, Series
from wrt.verify.sizes import Sizes

MOST_SWITCHES = 12
DRAWS, DRAWS_OF_SCALARS = 40, 200
MOST_PIECES = 24
PAIRS = 3  # crossings of each switch that are tried
MANY = 3  # crossings that are tried, where switches have more entries
HALVINGS = 20

Signs = tuple[int, ...]  # of every entry of every switch

SWITCHES: Final[Mapping[str, Callable[..., Iterable[Expr]]]] = {
    "abs": lambda x: (x,),
    "sign": lambda x: (x,),
    "heaviside": lambda x, at_zero: (x,),
    "cbrt": lambda x: (x,),
    "maximum": lambda x, y: (sub(x, y),),
    "minimum": lambda x, y: (sub(x, y),),
    "clip": lambda x, low, high: (sub(x, low), sub(x, high)),
}


def switches(nodes: Iterable[Expr]) -> list[Expr]:
    """The expressions whose signs decide between pieces."""
    found: dict[Expr, None] = {}
    for node in nodes:
        if isinstance(node, Compare):
            found.setdefault(sub(node.left, node.right))
        elif isinstance(node, Call) and node.function.name in SWITCHES:
            found.update(dict.fromkeys(SWITCHES[node.function.name](*node.args)))
    return [node for node in found if node.free][:MOST_SWITCHES]


class Edges:
    """The pieces of some expressions for given dimensions."""

    def __init__(self, nodes: Iterable[Expr], sizes: Sizes, sampler: Sampler) -> None:
        self.sampler = sampler
        found = switches(nodes)
        self.scalar = not any(node.shape for node in found)  # else pieces are too many to be told apart
        self.plan = Plan(found, sizes)
        self.fixed = [symbol for symbol in sampler.variables if symbol.facts & {"integer", "orthogonal"}]

    def points(self, seen: Sequence[Values]) -> Iterator[Values]:
        """Points in pieces that none of the points seen lies in, then points beside edges."""
        pieces: dict[Signs, Values] = {}
        for values in seen:
            self._note(values, pieces)
        known = len(pieces)
        for _ in range(DRAWS_OF_SCALARS if self.scalar else DRAWS):
            self._note(self.sampler.draw(), pieces)
        if self.scalar:
            yield from islice(pieces.values(), known, known + MOST_PIECES)
        places = [place for place, signs in enumerate(zip(*pieces, strict=True)) if len(set(signs)) == 2]
        if not self.scalar:
            places = self.sampler.rng.sample(places, min(MANY, len(places)))
        for place in places:
            for one, other in islice(_pairs(pieces, place), PAIRS if self.scalar else 1):
                yield from self._beside(one, other, place)

    def _note(self, values: Values, pieces: dict[Signs, Values]) -> None:
        signs = self._signs(values)
        if signs is not None:
            pieces.setdefault(signs, values)

    def _signs(self, values: Values) -> Signs | None:
        """The signs of all switches, or None where one is undefined or zero."""
        try:
            roots = self.plan({symbol: [Series([value]) for value in entries] for symbol, entries in values.items()})
        except PointError:
            return None
        signs = tuple(1 if entry[0] > 0 else -1 if entry[0] < 0 else 0 for entries in roots for entry in entries)
        return signs if 0 not in signs else None

    def _beside(self, one: Values, other: Values, place: int) -> Iterator[Values]:
        """Two points on the way from one to the other, close to where the sign changes, on both sides of it."""
        start = self._signs(one)
        if start is None or any(_differs(one[symbol], other[symbol]) for symbol in self.fixed):
            return
        near, far = one, other
        for _ in range(HALVINGS):
            middle = {symbol: _between(near[symbol], far[symbol]) for symbol in near}
            signs = self._signs(middle)
            if signs is None:
                break
            near, far = (middle, far) if signs[place] == start[place] else (near, middle)
        yield near
        yield far


def _pairs(pieces: Mapping[Signs, Values], place: int) -> Iterator[tuple[Values, Values]]:
    """Points on both sides of one switch, those first that differ in the fewest others."""
    sides: dict[int, list[Signs]] = {1: [], -1: []}
    for signs in pieces:
        sides[signs[place]].append(signs)
    pairs = [(a, b) for a in sides[1][:8] for b in sides[-1][:8]]
    pairs.sort(key=lambda pair: sum(a != b for a, b in zip(*pair, strict=True)))
    return ((pieces[a], pieces[b]) for a, b in pairs)


def _between(one: Sequence[arb], other: Sequence[arb]) -> list[arb]:
    return [(a + b) / 2 for a, b in zip(one, other, strict=True)]


def _differs(one: Sequence[arb], other: Sequence[arb]) -> bool:
    return any(a != b for a, b in zip(one, other, strict=True))
