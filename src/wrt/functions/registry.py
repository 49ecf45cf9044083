"""The table itself: every declared function by its name, every spelling, and functions of the user's own."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from wrt.errors import WrtError
from wrt.expr.build import symbol
from wrt.expr.coerce import as_expr
from wrt.expr.function import Function
from wrt.expr.node import Expr
from wrt.functions import FAMILIES
from wrt.functions.declare import function
from wrt.functions.words import ALL, Word


@cache
def _functions() -> dict[str, Function]:
    """Every function by its name, family by family, in the order of the declarations."""
    found: dict[str, Function] = {}
    for family in FAMILIES:
        module = import_module(f"wrt.functions.{family}")
        rows = (vars(module)[name] for name in module.__annotations__)
        found.update((row.name, row) for row in rows if isinstance(row, Function))
    return found


@cache
def _spellings() -> dict[str, Function | Word]:
    rows: tuple[Function | Word, ...] = (*_functions().values(), *ALL)
    return {name: row for row in rows for name in (row.name, *row.aliases)}


def table() -> Mapping[str, Function]:
    """Every function by its name."""
    return MappingProxyType(_functions())


def spellings() -> Mapping[str, Function | Word]:
    """Every function and word, by each of its spellings."""
    return _spellings()


def register(
    name: str, definition: Callable[..., object], *, meaning: str = "a function of the user's own", **declaration: Any
) -> Function:
    """Add a function of the user's own to the table.

    `definition` is a Python function of expressions; its parameters are the function's arguments, defaults included.
    What else is known (`derivative`, `domain`, `range`, `limits`, `kinks`, `stable`...) is declared as in the table;
    without a `derivative` it is that of the definition. Raises WrtError for a name that is taken or cannot be written.

    >>> from wrt import functions
    >>> swash = functions.register("swash", lambda x, beta=1: x * functions.sigmoid(beta * x))
    >>> print(swash(symbol("t")), swash(symbol("t"), 2))
    swash(t) swash(t, 2)
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise WrtError(f"{name!r} cannot be the name of a function", hint="letters, digits and _, as in Python")
    for spelling in (name, *declaration.get("aliases", ())):
        if spelling in _spellings():
            raise WrtError(f"{spelling} is in the table already: {_spellings()[spelling].meaning}")
    parameters = inspect.signature(definition).parameters.values()
    if not parameters or any(each.kind is not each.POSITIONAL_OR_KEYWORD for each in parameters):
        raise WrtError(f"{name} must be defined with named arguments, as in lambda x: ...")
    defaults = {each.name: _number(each.default) for each in parameters if each.default is not each.empty}
    _try(name, definition, [each.name for each in parameters])
    row = function(
        name,
        meaning,
        arguments=", ".join(each.name for each in parameters),
        defaults=defaults,
        definition=lambda *args: as_expr(definition(*args)),
        **declaration,
    )
    _functions()[name] = row
    _spellings().update(dict.fromkeys((name, *row.aliases), row))
    return row


def _number(value: object) -> int | Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise WrtError(f"a default must be a number, not {value!r}")
    return Fraction(repr(value)) if isinstance(value, float) else value


def _try(name: str, definition: Callable[..., object], arguments: list[str]) -> None:
    """Build the definition once, so that what is wrong with it is said at once."""
    try:
        value = definition(*map(symbol, arguments))
    except TypeError as error:
        raise WrtError(f"the definition of {name} does not work on expressions: {error}") from error
    if not isinstance(value, Expr | int | float | Fraction):
        raise WrtError(f"the definition of {name} must give an expression, not a {type(value).__name__}")
