"""The value of a derivative at a point, and whether it has one there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wrt.errors import DomainError, WrtError
from wrt.expr.node import Expr, Formula
from wrt.read import read

if TYPE_CHECKING:
    from wrt.face.result import Answer


def value_at(result: Answer, values: Mapping[str, Any]) -> Any:
    """The value of a result; values may be numbers, arrays, or numbers as text or expressions.

    Raises DomainError where the function, or the derivative, has no finite value.
    """
    numbers = {name: number_of(value) for name, value in values.items()}
    finite(
        result.input, {name: number for name, number in numbers.items() if name in result.input.symbols}, "the function"
    )
    return finite(result.computed, numbers, "the derivative")


def number_of(value: Any) -> Any:
    """A value for computing: what is written as text or an expression becomes a float."""
    if isinstance(value, str):
        value = read(value)
    if not isinstance(value, Expr):
        return value
    if value.free:
        raise WrtError(f"{value} is not a number: it has the variable {min(symbol.name for symbol in value.free)}")
    return value.compile()()


def finite(formula: Formula, values: Mapping[str, Any], what: str) -> Any:
    """The value of a formula; DomainError where values that are finite give one that is not."""
    import numpy as np

    function = formula.compile()
    try:
        with np.errstate(all="ignore"):
            value = function(**values)
    except (ZeroDivisionError, OverflowError, ValueError) as error:
        raise DomainError(f"{what} has no value there ({error})") from error
    if not np.isfinite(value).all() and all(np.isfinite(each).all() for each in values.values()):
        raise DomainError(f"{what} has no finite value there")
    return value
