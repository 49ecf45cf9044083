"""Tangent lines and planes, from a function and its derivative at a point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wrt.errors import DomainError, WrtError
from wrt.expr.arithmetic import is_zero
from wrt.expr.build import add, as_expr, mul, sub, total
from wrt.expr.function import Points
from wrt.expr.node import Expr, Formula
from wrt.expr.walk import free_symbols, substitute
from wrt.face.point import number_of, value_at
from wrt.read import read
from wrt.simplify import simplify

if TYPE_CHECKING:
    from wrt.face.result import Result

_BESIDE, _DIFFERENT = 1e-7, 1e-4  # how far beside a kink slopes are compared, and from where on they differ


def tangent(result: Result, point: Mapping[str, Any]) -> Formula:
    """f(a) + f′(a)·(x - a), with the other variables at the values given or left as symbols.

    Raises WrtError where the point does not say where, DomainError where there is no tangent: outside the domain, or at
    a kink.
    """
    variable = result.variable
    if result.order != 1 or result.input.shape:
        raise WrtError("only the first derivative of a scalar function gives a tangent")
    if variable.name not in point:
        raise WrtError(f"where? give the point as {variable.name}=...")
    known = {symbol.name: symbol for symbol in free_symbols(result.input.node)}
    unknown = [name for name in point if name not in known and name != variable.name]
    if unknown:
        raise WrtError(f"{unknown[0]} does not occur in the function", hint=f"it has {', '.join(known)}")
    exact = {name: as_expr(read(value) if isinstance(value, str) else value) for name, value in point.items()}
    values: dict[Expr, Expr] = {known[name]: value for name, value in exact.items() if name in known}
    at = exact[variable.name]
    if at.shape != variable.shape:
        raise WrtError(f"{variable.name} at the point must have the shape of the variable")
    if known.keys() <= point.keys() and not variable.shape:
        value_at(result, exact)
        _smooth(result, values, exact)
    change = sub(variable, at)
    slope = substitute(result.expr.node, values)
    rise = total(mul(slope, change)) if variable.shape else mul(slope, change)
    node = simplify(add(substitute(result.input.node, values), rise))
    return Formula(node, arguments=result.input.arguments)


def _smooth(result: Result, values: Mapping[Expr, Expr], point: Mapping[str, Expr]) -> None:
    """DomainError if the point is a kink, and the slopes on its two sides differ."""
    for kink in result.kinks:
        if kink.at is None or isinstance(kink.at, Points):
            continue
        if not is_zero(simplify(substitute(sub(kink.argument, kink.at), values))):
            continue
        name = result.variable.name
        at = float(number_of(point[name]))
        step = _BESIDE * max(1.0, abs(at))
        left, right = (value_at(result, {**point, name: at + side * step}) for side in (-1, 1))
        if kink.kind != "corner" or abs(left - right) > _DIFFERENT * max(1.0, abs(left), abs(right)):
            raise DomainError(f"there is no tangent at {name} = {point[name]}: {kink}")
