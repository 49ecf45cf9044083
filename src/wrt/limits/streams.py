"""Power series whose coefficients are computed as they are asked for, so that none is ever missing.

A series may be defined by itself: the exponential of u is the y with y(0) = 1 and θy = y·θu, where θ = t·d/dt, and that
equation, read coefficient by coefficient, is the recurrence for it (McIlroy 1999, Power series, power serious).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import lcm

from wrt.expr.node import Expr
from wrt.limits.coefficients import Coefficient, UndecidedError, by_log, dot, exact, has_log, is_zero

DEPTH = 40  # how many leading coefficients may vanish before a series counts as undecided


class Stream:
    """The series Σ self[n]·t^(n/grid) for n >= low; coefficients are polynomials in log t."""

    __slots__ = ("_busy", "grid", "known", "low", "rule")

    def __init__(
        self, grid: int, low: int, rule: Callable[[int], Coefficient], known: Sequence[Coefficient] = ()
    ) -> None:
        self.grid = grid
        self.low = low
        self.rule = rule
        self.known = list(known)
        self._busy = False

    def __getitem__(self, n: int) -> Coefficient:
        if n < self.low:
            return 0
        self.reach(n)
        return self.known[n - self.low]

    def reach(self, n: int) -> None:
        """Compute all coefficients up to this one."""
        while len(self.known) <= n - self.low:
            if self._busy:
                raise UndecidedError("a coefficient that depends on itself")
            self._busy = True
            try:
                self.known.append(exact(self.rule(self.low + len(self.known))))
            finally:
                self._busy = False

    def leading(self) -> int:
        """The place of the first coefficient that is not 0. Raises UndecidedError if there is none in sight."""
        for n in range(self.low, self.low + DEPTH * self.grid):
            if not is_zero(self[n]):
                return n
        raise UndecidedError("whether a series is 0")


def polynomial(low: int, *known: Coefficient) -> Stream:
    """A series with these coefficients and no others."""
    return Stream(1, low, lambda n: 0, [exact(each) for each in known])


def stretched(a: Stream, grid: int) -> Stream:
    """The same series on a finer grid."""
    if grid == a.grid:
        return a
    times = grid // a.grid
    return Stream(grid, a.low * times, lambda n: 0 if n % times else a[n // times])


def shifted(a: Stream, by: int) -> Stream:
    """The series times t^(by/grid)."""
    return Stream(a.grid, a.low + by, lambda n: a[n - by])


def since(a: Stream, low: int) -> Stream:
    """The terms of a series from a place on."""
    return a if low <= a.low else Stream(a.grid, low, a.__getitem__)


def scaled(a: Stream, factor: Coefficient) -> Stream:
    """The series times something that does not depend on t."""
    return a if factor == 1 else Stream(a.grid, a.low, lambda n: a[n] * factor)


def total(terms: Iterable[Stream]) -> Stream:
    """The sum."""
    parts = list(terms)
    grid = lcm(*(each.grid for each in parts))
    parts = [stretched(each, grid) for each in parts]

    def rule(n: int) -> Coefficient:
        value: Coefficient = 0
        for each in parts:
            value += each[n]
        return value

    return Stream(grid, min(each.low for each in parts), rule)


def product(a: Stream, b: Stream) -> Stream:
    """The product."""
    grid = lcm(a.grid, b.grid)
    a, b = stretched(a, grid), stretched(b, grid)
    low = a.low + b.low

    def rule(n: int) -> Coefficient:
        a.reach(n - b.low)
        b.reach(n - a.low)
        return dot(a.known, b.known, n - low)

    return Stream(grid, low, rule)


def quotient(a: Stream, b: Stream) -> Stream:
    """The quotient."""
    grid = lcm(a.grid, b.grid)
    a, b = stretched(a, grid), stretched(b, grid)
    place, lead = leading_term(b)
    low = a.low - place
    result = Stream(grid, low, lambda n: 0)

    def rule(n: int) -> Coefficient:
        b.reach(place + n - low)
        done = dot(b.known[place - b.low + 1 :], result.known, n - low - 1) if n > low else 0
        return (a[n + place] - done) / lead

    result.rule = rule
    return result


def leading_term(a: Stream) -> tuple[int, Fraction | Expr]:
    """The place and the coefficient of the leading term. Raises UndecidedError if log t is in it."""
    place = a.leading()
    lead = a[place]
    if has_log(lead):
        raise UndecidedError("log t in the leading term of a divisor")
    return place, Fraction(lead) if isinstance(lead, int) else lead


def theta(a: Stream) -> Stream:
    """t·da/dt."""
    if a.low == 0 and not has_log(a[0]):
        a = since(a, 1)
    return Stream(a.grid, a.low, lambda n: a[n] * Fraction(n, a.grid) + by_log(a[n]))


def integral(slope: Callable[[], Stream], value: Coefficient, grid: int) -> Stream:
    """The y with y(0) = value and θy = slope, which may be made from y itself."""
    found: list[Stream] = []

    def rule(n: int) -> Coefficient:
        if not found:
            found.append(_vanishing(slope(), grid))
        return _divided(found[0][n], Fraction(n, grid))

    return Stream(grid, 0, rule, [exact(value)])


def _vanishing(slope: Stream, grid: int) -> Stream:
    """The series, on this grid, if it has only powers that vanish with t."""
    if grid % slope.grid:
        raise UndecidedError("a slope in other roots of t than what it is the slope of")
    slope = stretched(slope, grid)
    if not all(is_zero(slope[n]) for n in range(slope.low, 1)):
        raise UndecidedError("a slope that is too steep to be integrated")
    return slope


def _divided(slope: Coefficient, exponent: Fraction) -> Coefficient:
    """The c with exponent·c + dc/d(log t) = slope."""
    value: Coefficient = 0
    factor = 1 / exponent
    while slope:
        value += slope * factor
        slope, factor = by_log(slope), -factor / exponent
    return value


def exponential(small: Stream) -> Stream:
    """The exponential of a series that vanishes with t."""
    slope = theta(small)
    result = integral(lambda: product(result, slope), 1, small.grid)
    return result


def logarithm(near_one: Stream) -> Stream:
    """The logarithm of a series that starts with 1."""
    return integral(lambda: quotient(theta(near_one), near_one), 0, near_one.grid)


def real_power(near_one: Stream, exponent: Coefficient) -> Stream:
    """A series that starts with 1, to a power."""

    def slope() -> Stream:
        return product(result, scaled(quotient(theta(near_one), near_one), exponent))

    result = integral(slope, 1, near_one.grid)
    return result


def whole_power(a: Stream, exponent: int) -> Stream:
    """A series to a small whole power that is not negative."""
    result = polynomial(0, 1)
    for _ in range(exponent):
        result = product(result, a)
    return result


def composed(coefficients: Callable[[int], Coefficient], small: Stream) -> Stream:
    """Σ coefficients(k)·small^k, for a series that vanishes with t: nested as c₀ + small·(c₁ + small·(…))."""

    def after(k: int) -> Stream:
        return Stream(small.grid, 0, lambda n: rest(k)[n], [exact(coefficients(k))])

    def rest(k: int) -> Stream:
        if k not in rests:
            rests[k] = product(small, after(k + 1))
        return rests[k]

    rests: dict[int, Stream] = {}
    return after(0)
