"""Rules that stop where polynomials would grow beyond the bounds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps

from wrt.integrate.rule import Move, Moves, Problem
from wrt.simplify.field import TooLargeError


def bounded(moves: Moves) -> Moves:
    """The moves up to the one that needs polynomials beyond the bounds."""

    @wraps(moves)
    def within(problem: Problem) -> Iterator[Move]:
        try:
            yield from moves(problem)
        except TooLargeError:
            return

    return within
