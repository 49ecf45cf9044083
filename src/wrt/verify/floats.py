"""The last resort: functions that only a floating-point library knows, as balls as wide as rounding makes them."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from flint import arb

from wrt.verify.series import Series, undefined

if TYPE_CHECKING:
    from wrt.expr.function import Function

ROUNDING = 2.0**-48  # what is believed of a library function, relative to its value


def supports(function: Function) -> bool:
    """Whether a library function is named for it."""
    return function.kind == "elementwise" and isinstance(function.engines.get("numpy"), str)


def operation(function: Function) -> Callable[..., Series]:
    """The library function on values; it has no series, so nothing here moves."""
    name = function.engines["numpy"]
    assert isinstance(name, str)
    library = resolve_name(name)

    def run(*entries: Series) -> Series:
        value = float(library(*(float(entry[0].mid()) for entry in entries)))
        return Series([arb(value, abs(value) * ROUNDING)]) if isfinite(value) else undefined()

    return run
