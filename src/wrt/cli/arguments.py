"""What stands on the command line: text that starts with a dash, NAME=VALUE pairs, and values."""

from __future__ import annotations

import ast
import contextlib
import math
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from wrt.errors import ReadError, WrtError
from wrt.expr.node import Constant

if TYPE_CHECKING:
    from wrt.data.files import Array
    from wrt.expr.node import Expr

_OPTION = re.compile(r"--[A-Za-z][\w-]*(=.*)?", re.DOTALL)
_NAME = re.compile(r"[^\W\d]\w*")
_LONGEST_LIST = 100_000  # characters


def shield(arguments: Sequence[str]) -> list[str]:
    """The arguments with a space before each that starts with a dash but is no long option: it then counts as text.

    >>> shield(["derive", "-x**2", "x", "--order", "2", "--x**2"])
    ['derive', ' -x**2', 'x', '--order', '2', ' --x**2']
    >>> shield(["derive", "-h"])
    ['derive', '--help']
    """
    if len(arguments) in (1, 2) and arguments[-1] == "-h":
        return [*arguments[:-1], "--help"]
    shielded: list[str] = []
    for position, argument in enumerate(arguments):
        if argument == "--":
            return shielded + list(arguments[position:])
        is_text = argument.startswith("-") and not _OPTION.fullmatch(argument)
        shielded.append(" " + argument if is_text else argument)
    return shielded


def pairs(arguments: Iterable[str], option: str, example: str) -> dict[str, str]:
    """The NAME=VALUE pairs given to an option that may be repeated.

    >>> pairs(["X=n d", "w = d"], "--shape", "X='n d'")
    {'X': 'n d', 'w': 'd'}
    """
    found: dict[str, str] = {}
    for argument in arguments:
        name, equals, value = (part.strip() for part in argument.partition("="))
        if not equals or not _NAME.fullmatch(name):
            raise ReadError(
                f"{option} {argument.strip()}: that is not NAME=VALUE", hint=f"write it as {option} {example}"
            )
        if name in found:
            raise ReadError(f"{option} gives {name} twice")
        found[name] = value
    return found


def interval(text: str) -> tuple[str, str]:
    """The ends of an interval as they are written: two numbers with a comma between.

    >>> interval("-1, pi/2")
    ('-1', 'pi/2')
    """
    ends = [part.strip() for part in text.strip().strip("[]()").split(",")]
    if len(ends) != 2 or not all(ends):
        raise ReadError(f"--within {text.strip()}: that is no interval", hint="write it as --within -1,1")
    return ends[0], ends[1]


def variable_names(arguments: Iterable[str]) -> list[str]:
    """The variables to differentiate by; ReadError for one that is not a name."""
    names = [argument.strip() for argument in arguments]
    for name in names:
        if not _NAME.fullmatch(name):
            raise ReadError(f"{name!r} is not a variable", hint="after the function come the names to differentiate by")
    return list(dict.fromkeys(names))


def mentioned(text: str) -> set[str]:
    """The names that occur in a text, and perhaps some that do not."""
    return set(_NAME.findall(text))


def assigned(text: str) -> set[str]:
    """The names that a text gives to its parts."""
    return set(re.findall(r"([^\W\d]\w*)\s*=(?!=)", text))


def value(name: str, text: str) -> Expr | Array:
    """A value as it is written: a number is exact, a list becomes an array.

    >>> print(value("t", "pi/2"), value("w", "[1, 2, 0.5]"))
    pi/2 [1.  2.  0.5]
    """
    try:
        return _list(text) if text.startswith(("[", "(")) else _number(text)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise ReadError(f"--at {name}={_short(text)}: that is no number and no list of numbers") from error
    except WrtError as error:
        raise ReadError(f"--at {name}={_short(text)}: {error}") from error


def _list(text: str) -> Array:
    import numpy as np

    if len(text) > _LONGEST_LIST:
        raise ReadError("that list is too long for the command line", hint="put it into a file and give it with --data")
    array = np.asarray(ast.literal_eval(text), dtype=np.float64)
    if not array.size:
        raise ReadError("the list is empty")
    if not np.isfinite(array).all():
        raise ReadError("values must be finite numbers")
    return array


def _number(text: str) -> Expr:
    from wrt.read import read

    formula = read(text)
    if formula.arguments or formula.shape:
        raise ReadError("a value is a number, such as 2, 1/3 or pi/2, or a list of numbers, such as [1, 2]")
    return formula.node


def decimal(name: str, number: Expr) -> float:
    """The floating-point number for an exact one; ReadError if it is not finite."""
    result = math.nan
    with contextlib.suppress(OverflowError):
        result = float(number.value) if isinstance(number, Constant) else float(number.compile()())
    if not math.isfinite(result):
        raise ReadError(f"--at {name}={_short(str(number))}: values must be finite numbers")
    return result


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
