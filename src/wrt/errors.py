"""The errors a user can meet: each says what was wrong, where it stands, and what to do about it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, Self

_WINDOW = 96  # columns of a long line that are shown around the place


class WrtError(Exception):
    """Anything `wrt` refuses or cannot do, said in words a user can act on.

    `message` is what was wrong, `hint` what to do; `text` and `position` (counted in characters from 0, `width`
    characters long) are where it stands in what the user wrote, and are shown with a caret.

    >>> print(WrtError("nothing stands after `+`", hint="write the second term", text="x + ", position=4))
    nothing stands after `+`
      x +
          ^
    write the second term
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        text: str | None = None,
        position: int | None = None,
        width: int = 1,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.text = text
        self.position = position
        self.width = width

    def at(self, text: str, position: int, width: int = 1) -> Self:
        """This error with its place filled in, unless it already knows it."""
        if self.position is None:
            self.text, self.position, self.width = text, position, width
        return self

    @property
    def caret(self) -> str | None:
        """The user's line and a caret line below it; None where the place is not known."""
        if self.text is None or self.position is None:
            return None
        return _caret(self.text, self.position, self.width)

    def __str__(self) -> str:
        return "\n".join(part for part in (self.message, self.caret, self.hint) if part)


class ReadError(WrtError):
    """What was written cannot be read."""


class ShapeError(WrtError):
    """Shapes do not fit, or a declared fact does not hold."""


class DomainError(WrtError):
    """A value lies outside the set where the expression is defined."""


class LimitError(WrtError):
    """The work asked for is larger than the bound that keeps `wrt` responsive."""


class Unsolved(WrtError):
    """No method here solves it; `tried` names the methods, in the order they were tried.

    >>> print(Unsolved("no antiderivative found for exp(x)/x", tried=["table", "by parts"]))
    no antiderivative found for exp(x)/x
    tried: table, by parts
    """

    def __init__(self, message: str, *, tried: Sequence[str] = (), **place: Any) -> None:
        super().__init__(message, **place)
        self.tried = tuple(tried)

    def __str__(self) -> str:
        return super().__str__() + (f"\ntried: {', '.join(self.tried)}" if self.tried else "")


class VerificationError(WrtError):
    """A computed result disagrees with the independent oracle; `evidence` is what the oracle saw (points, values).

    >>> print(VerificationError("the derivative is wrong", evidence={"x": 2, "claimed": 4, "found": 5}))
    the derivative is wrong
    evidence: x = 2, claimed = 4, found = 5
    """

    def __init__(self, message: str, *, evidence: Any = None, **place: Any) -> None:
        super().__init__(message, **place)
        self.evidence = evidence

    def __str__(self) -> str:
        if self.evidence is None:
            return super().__str__()
        items = self.evidence.items() if isinstance(self.evidence, dict) else None
        shown = ", ".join(f"{name} = {value}" for name, value in items) if items is not None else str(self.evidence)
        return f"{super().__str__()}\nevidence: {shown}"


def _caret(text: str, position: int, width: int) -> str:
    """The line of `text` that holds `position`, cut to a window when it is long, and carets under the place."""
    position = min(max(position, 0), len(text))
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", start)
    line = text[start : end if end >= 0 else len(text)].rstrip()
    column = position - start
    if len(line) > _WINDOW:
        left = max(0, min(column - _WINDOW // 2, len(line) - _WINDOW))
        right = left + _WINDOW
        line = "…" * (left > 0) + line[left:right] + "…" * (right < len(line))
        column += (left > 0) - left
    line = "".join(c if c.isprintable() else " " for c in line)
    marks = max(1, min(width, len(line) - column))
    pad = " " * sum(_columns(c) for c in line[:column].ljust(column))
    return f"  {line}\n  {pad}{'^' * marks}"


def _columns(character: str) -> int:
    """Terminal columns that a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
