"""How a function is declared: short forms for what a row of the table says, made uniform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from wrt.expr.build import as_expr
from wrt.expr.function import Cut, Function, Interval, Points, RealSet
from wrt.expr.node import Expr

REALS = Interval.open(-inf, inf)
POSITIVE = Interval.open(0, inf)
NONNEGATIVE = Interval(0, inf, "[)")
POINT = Interval(0, 0)  # the imaginary part of a cut along the real line

Values = Interval | RealSet | tuple[Interval, ...]


def function(
    name: str,
    meaning: str,
    *,
    arguments: str = "x",
    derivative: Callable[..., Expr] | tuple[Callable[..., Expr] | None, ...] = (),
    domain: Interval | RealSet | tuple[Interval | RealSet, ...] = REALS,
    range: Values | Callable[..., Values] | None = None,  # noqa: A002 - the word for it
    limits: Mapping[Any, object] | Callable[..., Mapping[Any, object]] | None = None,
    values: Mapping[Any, object] | None = None,
    removable: Mapping[Any, object] | None = None,
    period: object = None,
    **more: Any,
) -> Function:
    """A row of the table.

    A single derivative or domain is that of the only argument; limits are by point, or by point and side where they
    differ; ranges and limits that depend on further arguments are lambdas.
    """
    names = tuple(arguments.split(", "))
    domains = domain if isinstance(domain, tuple) else (domain,) * len(names)
    return Function(
        name=name,
        meaning=meaning,
        arguments=names,
        derivative=derivative if isinstance(derivative, tuple) else (derivative,),
        domain=tuple(map(_set, domains)),
        range=None if range is None else _later(range, _set),
        limits=None if limits is None else _later(limits, _by_side),
        values=_exact(values or {}),
        removable=_exact(removable or {}),
        period=None if period is None else as_expr(period),
        **more,
    )


def along(interval: Interval) -> Cut:
    """A branch cut along the real line."""
    return Cut(interval, POINT)


def engines(name: str, *, scalar: bool = False, torch: bool = True) -> dict[str, str]:
    """The engines of a function that NumPy and its followers call by one name; `scalar` if Python's math does too."""
    found = {"numpy": f"numpy.{name}", "jax": f"jax.numpy.{name}"}
    if torch:
        found["torch"] = f"torch.{name}"
    if scalar:
        found["scalar"] = f"math.{name}"
    return found


def special(name: str, *, torch: str | None = None, jax: bool = True, scalar: str | None = None) -> dict[str, str]:
    """The engines of a function of scipy.special."""
    found = {"numpy": f"scipy.special.{name}"}
    if jax:
        found["jax"] = f"jax.scipy.special.{name}"
    if torch:
        found["torch"] = f"torch.special.{torch}"
    if scalar:
        found["scalar"] = f"math.{scalar}"
    return found


def _set(values: Values) -> RealSet:
    if isinstance(values, RealSet):
        return values
    return RealSet(values if isinstance(values, tuple) else (values,))


def _exact(values: Mapping[Any, object]) -> dict[Expr, Expr]:
    return {as_expr(point): as_expr(value) for point, value in values.items()}


def _by_side(limits: Mapping[Any, object]) -> dict[tuple[Expr | Points, str], Expr]:
    sided: dict[tuple[Expr | Points, str], Expr] = {}
    for key, value in limits.items():
        point, sides = key if isinstance(key, tuple) else (key, "+" if key == -inf else "-" if key == inf else "-+")
        for side in sides:
            sided[point if isinstance(point, Points) else as_expr(point), side] = as_expr(value)
    return sided


def _later(value: Any, uniform: Callable[[Any], Any]) -> Callable[..., Any]:
    """What depends on the arguments as it is asked for; what does not, once."""
    if callable(value):
        return lambda *args: uniform(value(*args))
    constant = uniform(value)
    return lambda *args: constant
