"""The table as `wrt functions` prints it: each row's definition, derivative, domain, range and kinks as expressions."""

from __future__ import annotations

from dataclasses import dataclass

from wrt.errors import WrtError
from wrt.expr.build import symbol
from wrt.expr.function import Function, Kink, RealSet
from wrt.expr.node import Expr, Symbol
from wrt.functions import lookup, nearest
from wrt.functions.registry import table
from wrt.functions.words import ALL, Word


@dataclass(frozen=True, slots=True)
class Row:
    """A function as it is printed.

    `definition` and the derivatives (by argument) are expressions in `arguments`, or text for a word that builds other
    nodes; None for a primitive. `domain`, `range` and `kinks` are text; `jumps` are the kinks that have no slopes.
    """

    name: str
    aliases: tuple[str, ...]
    meaning: str
    signature: str
    arguments: tuple[Symbol, ...]
    definition: Expr | str | None
    derivative: dict[str, Expr | str]
    antiderivative: Expr | None
    domain: str
    range: str
    kinks: tuple[str, ...]
    jumps: tuple[str, ...]
    source: str


def rows(name: str | None = None) -> tuple[Row, ...]:
    """Every row, functions first, or the row of the function that goes by this name.

    Raises WrtError for a name that is not known.

    >>> (row,) = rows("relu")
    >>> print(row.definition, "|", row.derivative["x"], "|", *row.kinks)
    where(x > 0, x, 0) | where(x > 0, 1, 0) | [0, 1] at x = 0
    """
    if name is None:
        return (*map(_of_function, table().values()), *map(_of_word, ALL))
    found = lookup(name)
    if found is None:
        near = nearest(name)
        raise WrtError(f"no function {name!r} in the table", hint=f"did you mean {near}?" if near else None)
    return (_of_word(found) if isinstance(found, Word) else _of_function(found),)


def _of_word(word: Word) -> Row:
    return Row(
        name=word.name,
        aliases=word.aliases,
        meaning=word.meaning,
        signature=word.signature,
        arguments=(),
        definition=word.definition,
        derivative={word.arguments[0].rstrip("=12"): word.derivative},
        antiderivative=None,
        domain="",
        range="",
        kinks=(),
        jumps=(),
        source=word.source,
    )


def _of_function(function: Function) -> Row:
    args = _arguments(function)
    axes = {"reduction": ((0,),), "axiswise": ((0,),)}.get(function.kind, ())
    derivative = {
        name: partial(*args, *axes)
        for name, partial in zip(function.arguments, function.derivative, strict=False)
        if partial is not None
    }
    return Row(
        name=function.name,
        aliases=function.aliases,
        meaning=function.meaning,
        signature=function.signature if function.kind == "elementwise" else function.arguments[0],
        arguments=args,
        definition=None if function.definition is None else function.definition(*args, *axes),
        derivative=dict(derivative),
        antiderivative=None if function.antiderivative is None else function.antiderivative(*args),
        domain=domain_text(function, args),
        range="" if function.range is None else str(function.range(*args)),
        kinks=kink_texts(function, args),
        jumps=kink_texts(function, args, slopes=False),
        source=function.source,
    )


def _arguments(function: Function) -> tuple[Symbol, ...]:
    """Symbols by the names of the declaration: numbers, or a vector, or a square matrix."""
    n = symbol("n", facts=("dimension",))
    shape = {"elementwise": (), "matrix": (n, n)}.get(function.kind, (n,))
    return tuple(symbol(name, shape) for name in function.arguments)


def domain_text(function: Function, args: tuple[Expr, ...]) -> str:
    """Where the function is defined: "x in (0, inf)"; empty where it is defined everywhere."""
    parts = [
        f"{name} in {values}" if values.without is None else f"{name}: {values}"
        for name, values in zip(function.arguments, function.domain, strict=True)
        if not _is_everything(values)
    ]
    if function.condition is not None:
        condition = str(function.condition(*args))
        parts.append(f"({condition})" if parts and " or " in condition else condition)
    return " and ".join(parts)


def _is_everything(values: RealSet) -> bool:
    first, *more = values.intervals
    return not more and values.without is None and str(first) == "(-inf, inf)"


def kink_texts(function: Function, args: tuple[Expr, ...], slopes: bool = True) -> tuple[str, ...]:
    """Where the function has no derivative, and what is known of its slopes there: "[0, 1] at x = 0".

    Without `slopes`, only where it has none: jumps and vertical tangents.
    """
    if function.kinks is None:
        return ()
    return tuple(_kink_text(function, kink) for kink in function.kinks(*args) if slopes or not kink.slopes)


def _kink_text(function: Function, kink: Kink) -> str:
    slopes = [interval for interval in kink.slopes if interval is not None]
    what = " × ".join(map(str, slopes)) if slopes else kink.kind
    when = "" if kink.when is None else f", {kink.when}"
    return f"{what} at {function.arguments[0]} = {kink.at}{when}"
