"""Central differences with Richardson's extrapolation: the fallback for functions that have no series."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import comb

from flint import arb

from wrt.expr.node import Expr, Symbol
from wrt.verify import sample
from wrt.verify.evaluate import MissingValueError, Plan
from wrt.verify.search import UndefinedError, compare
from wrt.verify.series import Series
from wrt.verify.sizes import Sizes

HALVINGS = 6
FIRST_STEP = 0.125


class Differences:
    """Along one random direction at a time, difference quotients of f against the claim applied to the direction."""

    def __init__(
        self, f: Expr, variable: Symbol, result: Expr, order: int, sizes: Sizes, sampler: sample.Sampler
    ) -> None:
        self.variable, self.order, self.sizes, self.sampler = variable, order, sizes, sampler
        self.truth, self.claim = Plan([f], sizes), Plan([result], sizes)
        self.work = (self.truth.work + self.claim.work) * HALVINGS * (order + 1)

    @property
    def nodes(self) -> Iterable[Expr]:
        """What is computed."""
        return (*self.truth.nodes, *self.claim.nodes)

    def __call__(self, values: sample.Values, digits: int, final: bool) -> float:
        direction = self.sampler.direction(self.variable)
        table = [self._quotient(values, direction, arb(FIRST_STEP) / 2**k) for k in range(HALVINGS)]
        found = [extrapolated([row[entry] for row in table]) for entry in range(len(table[0]))]
        still = {symbol: [Series([value]) for value in entries] for symbol, entries in values.items()}
        try:
            claimed = [entry[0] for entry in self.claim.defined(still)]
        except MissingValueError as missing:
            raise UndefinedError(missing) from None
        for _ in range(self.order):
            claimed = sample.applied(claimed, direction)
        return compare(found, claimed, arb(1), digits, final, values, self.sizes)

    def _quotient(self, values: sample.Values, direction: list[arb], step: arb) -> list[arb]:
        """The central difference quotient, whose error has even powers of the step only."""
        total: list[arb] = []
        for k in range(self.order + 1):
            place = step * (arb(self.order) / 2 - k)
            moved = {symbol: [Series([value]) for value in entries] for symbol, entries in values.items()}
            at = values[self.variable]
            moved[self.variable] = [Series([v + place * d]) for v, d in zip(at, direction, strict=True)]
            sign = (-1) ** k * comb(self.order, k)
            column = [entry[0] * sign for entry in self.truth.defined(moved)]
            total = [a + b for a, b in zip(total, column, strict=True)] if total else column
        return [value / step**self.order for value in total]


def extrapolated(quotients: list[arb]) -> arb:
    """Richardson's table: the entry that changed least, and a hundred times that change as its error."""
    row, best, error = quotients, quotients[0], arb(1e300)
    for power in range(1, len(quotients)):
        row = [(4**power * fine - coarse) / (4**power - 1) for coarse, fine in pairwise(row)]
        changes = [abs(fine - coarse).mid() + fine.rad() for coarse, fine in pairwise(row)]
        for value, change in zip(row[1:], changes, strict=True):
            if change < error:
                best, error = value, change
    return arb(best.mid(), 100 * error)
