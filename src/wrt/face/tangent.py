"""Tangent lines and planes, from a function and its derivative at a point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wrt.errors import WrtError
from wrt.expr.build import add, as_expr, mul, sub, total
from wrt.expr.node import Expr, Formula
from wrt.expr.walk import free_symbols, substitute
from wrt.simplify import simplify

if TYPE_CHECKING:
    from wrt.face.result import Result


def tangent(result: Result, point: Mapping[str, Any]) -> Formula:
    """f(a) + f′(a)·(x - a), with the other variables at the values given or left as symbols.

    Raises WrtError where there is no tangent, or the point does not say where.
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
    values: dict[Expr, Expr] = {known[name]: as_expr(value) for name, value in point.items() if name in known}
    at = as_expr(point[variable.name])
    if at.shape != variable.shape:
        raise WrtError(f"{variable.name} at the point must have the shape of the variable")
    change = sub(variable, at)
    slope = substitute(result.expr.node, values)
    rise = total(mul(slope, change)) if variable.shape else mul(slope, change)
    node = simplify(add(substitute(result.input.node, values), rise))
    return Formula(node, arguments=result.input.arguments)
