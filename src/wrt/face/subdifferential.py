"""Slopes at a point: the one-sided derivatives of a function of one variable, and all between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wrt.errors import DomainError, Unsolved, WrtError
from wrt.expr.build import as_expr
from wrt.expr.function import Interval
from wrt.expr.node import Expr
from wrt.expr.walk import substitute
from wrt.read import read

if TYPE_CHECKING:
    from wrt.derive.corners import Found
    from wrt.face.result import Result


def subdifferential(result: Result, point: Mapping[str, Any]) -> Interval:
    """All slopes at a point."""
    found = _found(result, point)
    if found.corner is not None and found.corner.slopes is not None:
        return found.corner.slopes
    if found.value is None:
        raise DomainError(f"there is no slope at {_said(point)}: {found.corner}")
    return Interval(found.value, found.value)


def one_sided(result: Result, point: Mapping[str, Any]) -> tuple[Expr, Expr]:
    """The slopes on the left and on the right of a point."""
    found = _found(result, point)
    if found.sides is None:
        raise DomainError(f"there is no slope at {_said(point)}: {found.corner}")
    return found.sides


def _found(result: Result, point: Mapping[str, Any]) -> Found:
    """What is known of the point. Raises Unsolved where nothing is."""
    from wrt.derive.corners import UNKNOWN, slopes_at

    x = result.variable
    if result.input.shape or x.shape:
        raise WrtError("only a scalar function of one scalar has slopes on two sides")
    if x.name not in point:
        raise WrtError(f"where? give the point as {x.name}=...")
    values = {name: as_expr(read(value) if isinstance(value, str) else value) for name, value in point.items()}
    symbols = result.input.symbols
    unknown = next((name for name in values if name not in symbols and name != x.name), None)
    if unknown is not None:
        raise WrtError(f"{unknown} does not occur in the function")
    others: dict[Expr, Expr] = {symbols[name]: value for name, value in values.items() if name != x.name}
    last = result.derivation
    found = slopes_at(
        substitute(last.differentiated, others), substitute(last.readable, others), x, values[x.name], last.order
    )
    if found.corner is not None and found.corner.kind == UNKNOWN:
        raise Unsolved(f"the slopes at {_said(point)} are not known", tried=("one-sided limits",))
    return found


def _said(point: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in point.items())
