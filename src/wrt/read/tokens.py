"""The tokens of the text language, and statements: Python source with a map back to the user's text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from wrt.read.letters import GREEK, VARIANTS, spell

_GREEK = "".join(GREEK) + "".join(VARIANTS)
_RAISED = "²³¹⁰ⁱ⁴-ⁿᵀ⊤¼½¾⅐-⅞₀-₎"
_LETTER = rf"[A-Za-z_]|(?![{_GREEK}{_RAISED}])[^\W\d_\x00-\x7f]"

# Names of Latin letters may run on; a Greek letter is a name by itself, with a number or an underscored part after it.
TOKEN = re.compile(
    rf"""(?P<space>(?:[^\S\n]|\\\n|\u200b)+)
    |(?P<name>(?:{_LETTER})(?:{_LETTER}|[0-9\u0300-\u036f])*[₀-₉]*
             |[{_GREEK}](?:[₀-₉]+|[0-9]+|_(?:{_LETTER}|[{_GREEK}0-9])+[₀-₉]*)?)
    |(?P<number>(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<open>[(\[])
    |(?P<close>[)\]])
    |(?P<power>\*\*|\^)
    |(?P<end>[\n;])
    |(?P<comment>\#[^\n]*)
    |(?P<attribute>\.[^\S\n]*[^\W\d]\w*)
    |(?P<comparison>[<>=!]=|[≤≥≠<>])
    |(?P<refused>//|<<|>>|:=|->|&&|\.\.\.)
    |(?P<sign>[-+−–])
    |(?P<times>[*/@·⋅∙×∗⊙÷∕])
    |(?P<negation>[~¬])
    |(?P<joint>[&∧∨])
    |(?P<bar>\|\||[|‖∥])
    |(?P<quote>['’])
    |(?P<comma>,)
    |(?P<colon>:)
    |(?P<equals>=)
    |(?P<superscript>[⁺⁻]?(?:[⁰¹²³⁴-⁹]+|ⁿ)|⁻?[ᵀ⊤])
    |(?P<fraction>[¼½¾⅐-⅞])
    |(?P<infinity>∞)
    |(?P<root>[√∛])
    |(?P<string>"[^"\n]*")
    |(?P<refused_sign>.)""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of the user's text."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends in the user's text."""
        return self.start + len(self.text)


@dataclass(slots=True)
class Statement:
    """One line of a program as Python source, with the token of the user's that each piece came from."""

    text: str
    name: Token | None = None
    pieces: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    numbers: dict[int, int | Fraction] = field(default_factory=dict)
    length: int = 0

    @property
    def code(self) -> str:
        """The Python source of the expression."""
        return " ".join(self.pieces)

    @property
    def plain_name(self) -> str:
        """The name of the part, as it is spelled in expressions."""
        return "" if self.name is None else spell(self.name.text)

    def put(self, piece: str, token: Token) -> None:
        """Add a piece of source that stands for this token."""
        self.starts.append(self.length)
        self.tokens.append(token)
        self.pieces.append(piece)
        self.length += (len(piece) if piece.isascii() else len(piece.encode())) + 1

    def put_number(self, value: int | Fraction, token: Token) -> None:
        """Add a number, exactly."""
        self.numbers[self.length] = value
        self.put("0", token)

    def at(self, offset: int) -> Token:
        """The token that stands at this byte of the source."""
        return self.tokens[max(0, bisect_right(self.starts, offset) - 1)]

    def between(self, start: int, end: int) -> list[Token]:
        """The tokens from one byte of the source to another."""
        return self.tokens[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Position and width in the user's text of a part of the source."""
        tokens = [token for token in self.between(start, end) if token.text] or [self.at(start)]
        return tokens[0].start, max(1, tokens[-1].end - tokens[0].start)


_OPERAND = re.compile(r"\s*(?:[\w.₀-₉]*\s*(?=[(\[])|[\w.₀-₉]+|[√∛]\s*\w*)")


def end_of_operand(text: str, start: int) -> int:
    """Where the operand that starts here ends: a number, a name, or a bracket with what stands in it."""
    found = _OPERAND.match(text, start)
    end = found.end() if found else start + 1
    depth, position = 0, end
    while position < len(text) and (depth or text[position] in "(["):
        depth += (text[position] in "([") - (text[position] in ")]")
        position += 1
        if not depth:
            return position
    return end
