"""Functions that are piecewise in one quantity: where along its line the pieces meet, and what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key, partial
from itertools import pairwise
from operator import or_

from wrt import functions
from wrt.errors import DomainError
from wrt.expr.arithmetic import full, is_zero, positive_form, split_coefficient, terms_of, uniform_value
from wrt.expr.build import add, cases, compare, logic, mul, neg, number, sub
from wrt.expr.facts import is_positive
from wrt.expr.node import ZERO, Add, Cases, Constant, Expr, Power, Symbol
from wrt.expr.walk import nodes, substitute
from wrt.notation import size
from wrt.simplify.collect import take_content
from wrt.simplify.field import Field, TooLargeError, has_sum
from wrt.simplify.order import near, sign_of
from wrt.simplify.sides import has_pieces, in_pieces, on_side, quantities
from wrt.simplify.zeros import zeros

MOST_BREAKS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """The values of a quantity, on which what is compared has a sign."""

    quantity: Expr

    @classmethod
    def of(cls, compared: Expr) -> Line | None:
        """The line of what is compared with a number: that of a - b for 2*b - 2*a + 1; None for a number."""
        quantity = _apart(compared)[1]
        return None if quantity is None else cls(quantity)

    def place(self, node: Expr) -> tuple[Fraction, Fraction] | None:
        """The numbers for which an expression is the first times the quantity, plus the second; None if it is not."""
        times, core, constant = _apart(node)
        if core is None or core is self.quantity:
            return times, constant
        return None

    def breaks(self, node: Expr) -> tuple[Expr, ...] | None:
        """Where along the line an expression without pieces may be 0; None where that is not known."""
        place = self.place(node)
        if place is not None:
            return (number(-place[1] / place[0]),) if place[0] else ()
        if isinstance(self.quantity, Symbol) and not self.quantity.shape:
            found = zeros(node, self.quantity)
            return found.points if found.complete else None
        return None

    def sign(self, point: Expr, node: Expr) -> int | None:
        """The sign of an expression at a point of the line."""
        place = self.place(node)
        if place is not None:
            return sign_of(add(mul(number(place[0]), point), number(place[1])))
        return sign_of(simplified(self.put(node, point))) if isinstance(self.quantity, Symbol) else None

    def put(self, node: Expr, point: Expr) -> Expr:
        """An expression with a point for the quantity."""
        return substitute(node, {self.quantity: full(point, self.quantity.shape)})

    def vanishes(self, node: Expr, point: Expr) -> bool:
        """Whether an expression is known to be 0 where the quantity is at a point."""
        if is_zero(node):
            return True
        if _divides_by_others(node, self.quantity):
            return False
        if not isinstance(self.quantity, Symbol):
            return _is_multiple(node, sub(self.quantity, point))
        try:
            return is_zero(simplified(self.put(node, point)))
        except DomainError:
            return False


@dataclass(frozen=True, slots=True)
class Pieces:
    """A function along a line: its value at each of some points, in ascending order, and on the intervals around."""

    line: Line
    breaks: tuple[Expr, ...]
    at: tuple[Expr, ...]
    values: tuple[Expr, ...]

    def without_false_breaks(self) -> Pieces:
        """The same function without the points at which it goes on as before."""
        values = [self.values[0]]
        kept: list[tuple[Expr, Expr]] = []
        for point, here, after in zip(self.breaks, self.at, self.values[1:], strict=True):
            goes_on = is_zero(simplified(sub(values[-1], after)))
            if not (goes_on and self.line.vanishes(sub(here, after), point)):
                kept.append((point, here))
                values.append(after)
        return Pieces(self.line, tuple(each for each, _ in kept), tuple(each for _, each in kept), tuple(values))

    def written(self) -> Expr:
        """The function as an expression: in cases, as a number times a sign, or as one piece inside another."""
        return min(self._forms(), key=size)

    def _forms(self) -> Iterator[Expr]:
        quantity, (first, *_, last) = self.line.quantity, self.values
        before = [self._is(here, value, at) for here, value, at in zip(self.at, self.values, self.breaks, strict=False)]
        after = [
            self._is(here, value, at) for here, value, at in zip(self.at, self.values[1:], self.breaks, strict=True)
        ]
        chosen: list[tuple[Expr, Expr]] = []
        for place, point in enumerate(self.breaks):
            chosen.append((compare("<=" if before[place] else "<", quantity, point), self.values[place]))
            if not before[place] and not after[place]:
                chosen.append((compare("<=", quantity, point), self.at[place]))
        yield cases(chosen, last, quantity.shape)
        if len(self.breaks) == 1 and isinstance(last, Constant) and last is neg(first) and is_zero(self.at[0]):
            yield mul(last, functions.sign(sub(quantity, self.breaks[0])))
        if len(self.breaks) == 2 and first is last and all(map(or_, before, after)):
            low, high = self.breaks
            inside = [
                compare(">=" if after[0] else ">", quantity, low),
                compare("<=" if before[1] else "<", quantity, high),
            ]
            yield cases([(logic("and", *inside), self.values[1])], last, quantity.shape)

    def _is(self, here: Expr, value: Expr, point: Expr) -> bool:
        """Whether a value at a point is that of a piece there."""
        return self.line.vanishes(sub(here, value), point)


def pieces_along(line: Line, node: Expr) -> Pieces | None:
    """The pieces of a function along a line; None where they are too many, or not all are found."""
    breaks: dict[Expr, None] = {}
    for compared in dict.fromkeys(quantities(node)):
        for branch in branches(compared):
            found = line.breaks(branch)
            if found is None or len(breaks) > MOST_BREAKS:
                return None
            breaks.update(dict.fromkeys(found))
    if not breaks or any(near(each) is None for each in breaks):
        return None
    points = tuple(sorted(breaks, key=cmp_to_key(_order)))
    at = tuple(on_side(node, partial(line.sign, point)) for point in points)
    values = tuple(on_side(node, partial(line.sign, point)) for point in _between(points))
    if any(map(has_pieces, (*at, *values))):
        return None
    return Pieces(line, points, at, tuple(map(simplified, values)))


def _shaped(value: Expr, like: Expr) -> Expr:
    """A value with the shape of the pieces that it is one of."""
    return value if value.shape == like.shape else full(value, like.shape)


def branches(node: Expr) -> Iterator[Expr]:
    """The expressions without pieces that an expression may be."""
    stack = [node]
    while stack:
        each = stack.pop()
        chosen = next((part for part in nodes(each) if isinstance(part, Cases) or in_pieces(part) is not None), None)
        if chosen is None:
            yield each
        elif isinstance(chosen, Cases):
            values = (_shaped(value, chosen) for value in (*chosen.values, chosen.otherwise))
            stack.extend(substitute(each, {chosen: value}) for value in values)
        else:
            stack.append(substitute(each, {chosen: in_pieces(chosen) or ZERO}))


def simplified(node: Expr) -> Expr:
    """The expression in its shortest form."""
    from wrt.simplify.pipeline import simplify

    return simplify(node)


def _apart(node: Expr) -> tuple[Fraction, Expr | None, Fraction]:
    """An expression as a number times a core, plus a number; the core has no content and no sign of its own."""
    if isinstance(node, Add) and any(map(has_sum, node.terms)):
        node = simplified(node)
    node = uniform_value(node) or node
    constant = sum((Fraction(term.value) for term in terms_of(node) if isinstance(term, Constant)), Fraction(0))
    moving = add(*(term for term in terms_of(node) if not isinstance(term, Constant)))
    if is_zero(moving):
        return Fraction(0), None, constant
    times, core = split_coefficient(take_content(moving) if isinstance(moving, Add) else moving)
    if isinstance(core, Add):
        sign, core = positive_form(core)
        times *= sign
    return Fraction(times), core, constant


def _order(left: Expr, right: Expr) -> int:
    return sign_of(sub(left, right)) or 0


def _between(points: Sequence[Expr]) -> Iterator[Expr]:
    """A rational in each of the intervals that some points leave."""
    places = [near(point) or Fraction(0) for point in points]
    yield number(places[0] - 1)
    yield from (number((left + right) / 2) for left, right in pairwise(places))
    yield number(places[-1] + 1)


def _is_multiple(node: Expr, factor: Expr) -> bool:
    """Whether an expression is a polynomial multiple of another, which its denominator is prime to."""
    try:
        field = Field(node, factor)
        (top, bottom), (divisor, _) = field.fraction(node), field.fraction(factor)
    except TooLargeError:
        return False
    return bool((top % divisor).is_zero() and bottom.gcd(divisor).is_one())


def _divides_by_others(node: Expr, quantity: Expr) -> bool:
    """Whether an expression divides by something besides the quantity that may be 0: where(a == 0, 0, a/x) is not a/x,
    which is nothing at a = x = 0."""
    return any(
        isinstance(each, Power)
        and not (isinstance(each.exponent, Constant) and each.exponent.value > 0)
        and not is_positive(each.base)
        and bool(each.base.free - quantity.free)
        for each in nodes(node)
    )
