"""Linear equations, over the rational numbers or over polynomials in parameters; bounded in work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from wrt.expr.build import ZERO, mul, power
from wrt.expr.node import Expr
from wrt.simplify.field import Field, Poly, TooLargeError

MOST_TERMS = 300  # of one entry: common divisors cannot be interrupted
MOST_WORK = 200_000  # products of terms, of all eliminations

Row: TypeAlias = dict[int, Poly]  # the entries that are not 0, by column; the right side stands in the last


def rational_solution(rows: Sequence[Row], count: int) -> list[Expr] | None:
    """The numbers that solve equations in `count` unknowns, free ones 0; None if there are none."""
    from flint import fmpq, fmpq_mat

    matrix = fmpq_mat(len(rows), count + 1)
    for at, row in enumerate(rows):
        for place, value in row.items():
            matrix[at, place] = next(iter(value.to_dict().values()), 0)
    reduced, rank = matrix.rref()
    values: list[Any] = [fmpq(0)] * count
    for at in range(rank):
        lead = next(place for place in range(count + 1) if reduced[at, place] != 0)
        if lead == count:
            return None
        values[lead] = reduced[at, count]
    return [mul(int(value.p), power(int(value.q), -1)) for value in values]


class Elimination:
    """Gaussian elimination without fractions, of sparse rows of polynomials. Raises TooLargeError beyond its bounds."""

    def __init__(self, field: Field, count: int) -> None:
        self.field = field
        self.count = count
        self.work = 0

    def solution(self, rows: Iterable[Row]) -> list[Expr] | None:
        """The quotients of polynomials that solve the equations, free ones 0; None if there are none."""
        pending = [dict(row) for row in rows]
        done: list[tuple[int, Row]] = []
        while pending := [row for row in map(self.primitive, pending) if row]:
            pivot = min(pending, key=lambda row: (len(row), sum(map(len, row.values()))))
            unknowns = [place for place in pivot if place < self.count]
            if not unknowns:
                return None
            lead = min(unknowns, key=lambda place: len(pivot[place]))
            pending.remove(pivot)
            pending = [self.eliminated(row, pivot, lead) for row in pending]
            done = [(at, self.eliminated(row, pivot, lead)) for at, row in done]
            done.append((lead, pivot))
        return self._values(done)

    def _values(self, rows: Sequence[tuple[int, Row]]) -> list[Expr]:
        values: list[Expr] = [ZERO] * self.count
        for lead, row in rows:
            if self.count in row:
                top, bottom = self.field.reduced(row[self.count], row[lead])
                values[lead] = mul(self.field.expression(top), power(self.field.expression(bottom), -1))
        return values

    def eliminated(self, row: Row, pivot: Row, lead: int) -> Row:
        """The row without its entry in the column of a pivot."""
        if lead not in row:
            return row
        a, b = pivot[lead], row[lead]
        common = a.gcd(b)
        a, b = a // common, b // common
        found = {place: self.times(value, a) for place, value in row.items()}
        for place, value in pivot.items():
            change = self.times(value, b)
            found[place] = found[place] - change if place in found else -change
        return {place: value for place, value in found.items() if not value.is_zero()}

    def times(self, a: Poly, b: Poly) -> Poly:
        """A product, counted as work."""
        self.work += len(a) * len(b)
        if len(a) * len(b) > MOST_TERMS**2 or self.work > MOST_WORK:
            raise TooLargeError
        product = a * b
        if len(product) > MOST_TERMS:
            raise TooLargeError
        return product

    def primitive(self, row: Row) -> Row:
        """The row over the common divisor of its entries."""
        values = list(row.values())
        if not values or any(each.is_constant() for each in values):
            return row
        common = values[0]
        for each in values[1:]:
            common = common.gcd(each)
            if common.is_constant():
                return row
        return {place: value // common for place, value in row.items()}
