"""Subdifferentials in words: 0 if x < 0, 1 if x > 0, [0, 1] at x = 0."""

from __future__ import annotations

from collections.abc import Callable

from wrt.expr.function import Function, Interval, Points
from wrt.expr.node import Expr, symbol
from wrt.notation import text


def interval(found: Interval, write: Callable[[Expr], str] = text) -> str:
    """An interval in a notation."""
    return f"{found.ends[0]}{write(found.lower)}, {write(found.upper)}{found.ends[1]}"


def subdifferential(function: Function, write: Callable[[Expr], str] = text) -> tuple[str, ...]:
    """The slopes of a function where it has kinks, one line for each place; empty where it has none.

    >>> from wrt import functions
    >>> subdifferential(functions.relu), subdifferential(functions.abs), subdifferential(functions.sin)
    (('[0, 1] at x = 0',), ('[-1, 1] at x = 0',), ())
    """
    if function.kinks is None:
        return ()
    args = tuple(symbol(name) for name in function.arguments)
    lines = []
    for kink in function.kinks(*args):
        place = str(kink.at) if isinstance(kink.at, Points) else write(kink.at)
        where = f"at {write(args[0])} = {place}" + (f" if {write(kink.when)}" if kink.when is not None else "")
        if not kink.slopes:
            lines.append(f"{kink.kind} {where}")
        lines += [f"{interval(each, write)} {where}" for each in kink.slopes if each and each.lower is not each.upper]
    return tuple(lines)
