"""Values for the variables of a function, and the sizes that its dimensions have by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any, Final

import numpy as np

from wrt.doctor.subject import symbols_of
from wrt.errors import ShapeError, WrtError
from wrt.expr.node import Constant, Expr, Formula, Symbol
from wrt.read import read
from wrt.verify.sizes import shape_of

SIZES: Final = (3, 2, 4, 5)  # of dimensions that nothing tells


@dataclass(frozen=True)
class Bound:
    """Arrays by name, sizes by dimension, and what was chosen because nothing told it."""

    values: Mapping[str, Any]
    sizes: Mapping[Symbol, int]
    notes: tuple[str, ...] = ()


def bind(formula: Formula, at: Mapping[str, Any]) -> Bound:
    """The values of all variables; one number fills any shape.

    Raises WrtError where one is missing or unknown, ShapeError where shapes do not fit.
    """
    symbols = symbols_of(formula)
    dims = {size.name: size for symbol in symbols.values() for axis in symbol.shape for size in axis.free}
    unknown = [name for name in at if name not in symbols and name not in dims]
    if unknown:
        raise WrtError(f"{unknown[0]} does not occur in the function", hint=f"it has {', '.join(symbols)}")
    missing = [name for name in symbols if name not in at]
    if missing:
        raise WrtError(f"there is no value for {', '.join(missing)}", hint="give one for each variable of the function")
    arrays = {name: number_array(name, at[name]) for name in symbols}
    sizes = {dims[name]: int(at[name]) for name in at if name in dims}
    for name, symbol in symbols.items():
        if arrays[name].ndim:
            _fit(symbol, arrays[name].shape, sizes)
    drawn = draw_sizes(formula, sizes)
    values = {name: np.broadcast_to(arrays[name], shape_of(symbol, sizes)) for name, symbol in symbols.items()}
    return Bound(values, sizes, drawn)


def draw_sizes(formula: Formula, sizes: dict[Symbol, int]) -> tuple[str, ...]:
    """Give small sizes to the dimensions that have none yet; what was given, in words."""
    symbols = symbols_of(formula).values()
    left = dict.fromkeys(size for symbol in symbols for axis in symbol.shape for size in sorted(axis.free, key=str))
    chosen = [size for size in left if size not in sizes]
    for place, size in enumerate(chosen):
        sizes[size] = SIZES[place % len(SIZES)]
    return tuple(f"{size.name} = {sizes[size]} was chosen" for size in chosen)


def number_array(name: str, value: Any) -> Any:
    """A value as an array of floats; text and expressions are numbers such as pi/2."""
    if isinstance(value, str):
        value = read(value)
    if isinstance(value, Expr):
        if value.free or value.shape:
            raise WrtError(f"the value of {name} is not a number")
        value = float(value.value) if isinstance(value, Constant) else float(value.compile()())
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise WrtError(f"the value of {name} is neither a number nor an array of numbers") from error
    if any(map(isnan, array.ravel().tolist())):
        raise WrtError(f"the value of {name} has NaN in it")
    return array


def _fit(symbol: Symbol, shape: tuple[int, ...], sizes: dict[Symbol, int]) -> None:
    """Sizes of dimensions from the shape of an array."""
    if len(shape) != len(symbol.shape):
        raise ShapeError(f"{symbol.name} has {len(symbol.shape)} axes, but its value has {len(shape)}")
    for size, count in zip(symbol.shape, shape, strict=True):
        known = sizes.setdefault(size, count) if isinstance(size, Symbol) else None
        if isinstance(size, Constant):
            known = int(size.value)
        if known is not None and known != count:
            raise ShapeError(f"an axis of {symbol.name} has {count} entries where {size} is {known}")
