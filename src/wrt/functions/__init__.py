"""The table of functions: one declaration each, grouped by family, built on first use.

>>> from wrt import functions
>>> from wrt.expr.build import symbol
>>> print(functions.tanh.derivative[0](symbol("x")))
1 - tanh(x)**2
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wrt.expr.function import Function
    from wrt.functions.printed import Row
    from wrt.functions.words import Word

FAMILIES = (
    "powers",
    "exponential",
    "trigonometric",
    "hyperbolic",
    "piecewise",
    "sigmoids",
    "activations",
    "normal",
    "gammas",
    "integrals",
    "bessels",
    "reductions",
    "matrices",
)
_ROOMS = frozenset((*FAMILIES, "declare", "printed", "registry", "stable", "words"))


def lookup(name: str) -> Function | Word | None:
    """The function or word that goes by this name, in any of its spellings.

    >>> lookup("arcsin")
    asin
    """
    from wrt.functions.registry import spellings

    return spellings().get(name)


def nearest(name: str) -> str | None:
    """The name in the table that an unknown name was most likely meant to be: the same letters, or nearly the same.

    >>> nearest("sigmod"), nearest("Sin"), nearest("qqq")
    ('sigmoid', 'sin', None)
    """
    from difflib import get_close_matches

    from wrt.functions.registry import spellings

    if name.lower() in spellings():
        return name.lower()
    near = get_close_matches(name, spellings(), 1, 0.7)
    return near[0] if near else None


def register(name: str, definition: Any, **declaration: Any) -> Function:
    """Add a function of the user's own, defined by others of the table; see `wrt.functions.registry.register`."""
    from wrt.functions import registry

    return registry.register(name, definition, **declaration)


def rows(name: str | None = None) -> tuple[Row, ...]:
    """The printed table, or one row of it; see `wrt.functions.printed.Row`."""
    from wrt.functions import printed

    return printed.rows(name)


def _attribute(name: str) -> Any:
    if name.startswith("__") or name in _ROOMS:
        raise AttributeError(name)
    from wrt.functions import registry, stable

    if name == "TABLE":
        return registry.table()
    if name == "STABLE_FORMS":
        return stable.STABLE_FORMS
    found = lookup(name)
    if found is None:
        near = nearest(name)
        raise AttributeError(f"no function {name!r} in the table" + (f": did you mean {near}?" if near else ""))
    globals()[name] = found
    return found


if TYPE_CHECKING:
    TABLE: Mapping[str, Function]
    STABLE_FORMS: Mapping[str, Any]

    def __getattr__(name: str) -> Function: ...
else:
    __getattr__ = _attribute
