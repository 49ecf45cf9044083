"""What stands on the command line: text that starts with a dash, NAME=VALUE pairs, and values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from wrt.errors import ReadError, WrtError

if TYPE_CHECKING:
    from wrt.data.files import Array

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
    if len(arguments) <= 2 and arguments[-1:] == ["-h"]:
        return [*arguments[:-1], "--help"]
    shielded = []
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


def values(given: Mapping[str, str]) -> dict[str, Array]:
    """Numbers and arrays as they are written on the command line.

    >>> values({"x": "2", "w": "[1, 2, 0.5]", "t": "pi/2"})
    {'x': array(2.), 'w': array([1. , 2. , 0.5]), 't': array(1.57079633)}
    """
    return {name: _value(name, text) for name, text in given.items()}


def _value(name: str, text: str) -> Array:
    import numpy as np

    try:
        value = np.asarray(_list(text) if text.startswith(("[", "(")) else _number(text), dtype=np.float64)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise ReadError(f"--at {name}={_short(text)}: that is no number and no list of numbers") from error
    except WrtError as error:
        raise ReadError(f"--at {name}={_short(text)}: {error}") from error
    if not value.size:
        raise ReadError(f"--at {name}={_short(text)}: the list is empty")
    if not np.isfinite(value).all():
        raise ReadError(f"--at {name}={_short(text)}: values must be finite numbers")
    return value


def _list(text: str) -> object:
    if len(text) > _LONGEST_LIST:
        raise ReadError("that list is too long for the command line", hint="put it into a file and give it with --data")
    return ast.literal_eval(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    from wrt.read import read

    formula = read(text)
    if formula.arguments or formula.shape:
        raise ReadError("a value is a number, such as 2, 1/3 or pi/2")
    return float(formula.compile()())


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
