"""What the terminal can show: signs of mathematics or ASCII in their place, colours or none."""

from __future__ import annotations

import io
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from wrt.show.plain import SIGNS, plain

if TYPE_CHECKING:
    from wrt.expr.node import Expr


WIDTH, NARROWEST = 110, 40  # columns where the output is no terminal, and the fewest that lines are broken for


@dataclass(frozen=True)
class Terminal:
    """Writes lines in one of two alphabets, `unicode` says which, and of a width."""

    unicode: bool
    width: int = WIDTH

    @classmethod
    def of(cls, stream: TextIO, form: str) -> Terminal:
        """The terminal behind a stream, for a result asked as `unicode` or `text`."""
        columns = shutil.get_terminal_size((WIDTH, 24)).columns if stream.isatty() else WIDTH
        return cls(form == "unicode" and shows_unicode(stream), max(columns, NARROWEST))

    @property
    def form(self) -> str:
        """The form of the answer: unicode or text."""
        return "unicode" if self.unicode else "text"

    def formula(self, node: Expr) -> str:
        """An expression as this terminal shows it."""
        return node.unicode() if self.unicode else str(node)

    def words(self, text: str) -> str:
        """Signs and words as this terminal shows them."""
        return text if self.unicode else plain(text)

    def shape(self, shape: tuple[Expr, ...]) -> str:
        """A shape, such as n×d."""
        return self.words("×".join(map(str, shape))) if shape else "scalar"


def shows_unicode(stream: TextIO) -> bool:
    """Whether the stream's encoding has the signs of mathematics."""
    try:
        SIGNS.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def adapt(stream: TextIO) -> None:
    """Let a stream write what its encoding lacks as an escape, not as an error."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def has_colours(stream: TextIO) -> bool:
    """Whether to write colours: on a terminal that has them, unless the user asked for none (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write(lines: list[tuple[str, str]]) -> None:
    """Print lines, each with its style (a style of rich; empty for none)."""
    if not has_colours(sys.stdout):
        print("\n".join(text for text, _ in lines))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for text, style in lines:
        console.print(Text(text, style=style), soft_wrap=True)
