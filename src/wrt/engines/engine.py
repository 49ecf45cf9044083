"""What an engine is: how each operation is spelled, and which modules its names come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from wrt.engines.helpers import MODULE
from wrt.engines.values import Value
from wrt.expr.node import Rational
from wrt.notation.plain import decimal
from wrt.notation.products import is_decimal


class Piece(NamedTuple):
    """Source, and how tightly its outermost operator binds."""

    text: str
    binds: int


# From loose to tight, as Python binds. A matrix product is put in brackets before it is scaled or negated: its result
# is cheaper to scale than the matrix that stands first in it.
CHOICE, OR, AND, NOT, COMPARE, BIT_OR, BIT_AND, SUM, MATMUL, PRODUCT, SIGN, POWER, ATOM = range(13)

LARGEST_WHOLE = 2**53
_DOTTED = re.compile(r"\b[a-z_]+(?:\.[A-Za-z_0-9]+)+")
_HOLE = re.compile(r"\{(\d)\}")


class Names:
    """The imports of a program: which module each name comes from."""

    def __init__(self, abbreviations: Mapping[str, str]) -> None:
        self.abbreviations = abbreviations
        self.modules: set[str] = set()
        self.members: dict[str, set[str]] = {}
        self.packages: set[str] = set()
        self.helpers: set[str] = set()

    def of(self, dotted: str) -> str:
        """How a dotted name is written: np.exp, expit."""
        module, _, member = dotted.rpartition(".")
        if module == MODULE:
            self.helpers.add(member)
            return member
        for known, short in self.abbreviations.items():
            if module == known or module.startswith(known + "."):
                self.modules.add(known)
                return short + dotted[len(known) :]
        if module:
            self.members.setdefault(module, set()).add(member)
        return member

    def require(self, text: str) -> None:
        """Import the modules that a text calls by their short names, and the packages that it calls by their own."""
        for known, short in self.abbreviations.items():
            package = known.partition(".")[0]
            if re.search(rf"\b{short}\.", text):
                self.modules.add(known)
            if package not in (known, short) and re.search(rf"\b{package}\.", text):
                self.packages.add(package)

    def lines(self) -> list[str]:
        """The import statements."""
        plain = [f"import {name}" for name in sorted(self.packages)]
        plain += [
            f"import {name} as {short}" if name != short else f"import {name}"
            for name, short in self.abbreviations.items()
            if name in self.modules
        ]
        taken = [f"from {name} import {', '.join(sorted(members))}" for name, members in sorted(self.members.items())]
        return [*plain, *taken]


@dataclass(frozen=True, slots=True)
class Writer:
    """What a spelling may ask for: the engine, names to import, and an argument that new arrays should be like."""

    engine: Engine
    names: Names
    like: str | None = None

    def array(self, name: str) -> str:
        """A name of the array library."""
        return self.names.of(f"{self.engine.module}.{name}")


Spelling = Callable[[Writer, Value, Sequence[Piece]], Piece]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A library that computes: `spell` has a row for each operation. A `lazy` one evaluates only the branch it takes;
    one that `integrates` may call SciPy's quadrature; one that is not `stable` computes what is written. Arguments are
    taken to `dtype`, or where there is none to the precision that they have."""

    name: str
    module: str
    abbreviations: Mapping[str, str]
    spell: Mapping[str, Spelling]
    lazy: bool = False
    integrates: bool = True
    stable: bool = True
    dtype: str | None = None


def within(piece: Piece, binds: int) -> str:
    """The text of a piece where something that binds like this is needed."""
    return piece.text if piece.binds >= binds else f"({piece.text})"


def called(name: str, *arguments: str, **options: object) -> Piece:
    """A call."""
    keywords = [f"{key}={value}" for key, value in options.items() if value is not None]
    return Piece(f"{name}({', '.join((*arguments, *keywords))})", ATOM)


def tuple_text(items: Sequence[object]) -> str:
    """A tuple as Python writes it."""
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(map(str, items))})"


def template(names: Names, pattern: str, pieces: Sequence[Piece]) -> Piece:
    """A dotted name applied to the pieces, or a pattern with {0}, {1}... in their places."""
    if "{" not in pattern:
        return called(names.of(pattern), *(piece.text for piece in pieces))
    spelled = _DOTTED.sub(lambda match: names.of(match.group()), pattern)

    def fill(match: re.Match[str]) -> str:
        before, after = spelled[: match.start()].rstrip()[-1:], spelled[match.end() :].lstrip()[:1]
        piece = pieces[int(match.group(1))]
        return piece.text if before and before in "(," and after and after in ",)" else within(piece, ATOM)

    return Piece(_HOLE.sub(fill, spelled), ATOM if spelled[-1] in ")]" else CHOICE)


def number_text(value: Rational) -> Piece:
    """A number: whole, as a decimal where it ends soon, else as a quotient."""
    if value < 0:
        return Piece("-" + within(number_text(-value), SIGN), SIGN)
    if max(value.numerator, value.denominator) > LARGEST_WHOLE:
        return Piece(repr(float(value)), ATOM)
    if isinstance(value, int) or is_decimal(value):
        return Piece(decimal(value), ATOM)
    return Piece(f"{value.numerator} / {value.denominator}", PRODUCT)


def exponent_text(exponent: Value, piece: Piece) -> str:
    """An exponent, as a decimal where it ends: x**1.5."""
    if exponent.op == "number" and Fraction(exponent.params[0]).denominator in (2, 4, 8):
        piece = Piece(repr(float(exponent.params[0])), SIGN if exponent.params[0] < 0 else ATOM)
    return within(piece, SIGN)


def sum_text(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    """Terms with their signs."""
    signs = value.params
    if signs[0] < 0:  # a positive term stands first
        lead = signs.index(1) if 1 in signs else 0
        signs = (signs[lead], *signs[:lead], *signs[lead + 1 :])
        pieces = [pieces[lead], *pieces[:lead], *pieces[lead + 1 :]]
    first = within(pieces[0], MATMUL) if signs[0] > 0 else "-" + within(pieces[0], PRODUCT)
    rest = [(" + " if s > 0 else " - ") + within(p, MATMUL) for s, p in zip(signs[1:], pieces[1:], strict=True)]
    return Piece(first + "".join(rest), SUM)


def product_text(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    """A number and scalars, over scalars, times arrays, over arrays: scalars meet before they meet an array."""
    coefficient, count = value.params
    sign = "-" if coefficient < 0 else ""
    sides: list[list[Piece]] = [[], [], [], []]
    for place, (piece, arg) in enumerate(zip(pieces, value.args, strict=True)):
        sides[2 * bool(arg.ndim) + (place >= count)].append(piece)
    above, below, tops, bottoms = sides
    over, under = _sides_of(abs(coefficient))
    if over is not None:
        above.insert(0, over)
    if under is not None:
        below.insert(0, under)
    if not above or not value.ndim:
        text = _quotient([*above, *tops], [*below, *bottoms], sign)
    else:
        scalar = _quotient(above, below, "")
        text = _quotient([Piece(scalar, PRODUCT), *tops], bottoms, sign)
    bare = len(tops) == 1 and not above and tops[0].binds == MATMUL and not sign
    return Piece(sign + text, MATMUL if bare else PRODUCT if " " in text else SIGN)


def _quotient(tops: Sequence[Piece], bottoms: Sequence[Piece], sign: str) -> str:
    first = within(tops[0], MATMUL if len(tops) == 1 and bottoms and not sign else PRODUCT) if tops else "1"
    top = " * ".join((first, *(within(each, POWER) for each in tops[1:])))
    if not bottoms:
        return top
    bottom = " * ".join(within(each, POWER) for each in bottoms)
    return f"{top} / {bottom}" if len(bottoms) == 1 else f"{top} / ({bottom})"


def _sides_of(value: Rational) -> tuple[Piece | None, Piece | None]:
    """What a positive number puts above and below the line."""
    if value == 1:
        return None, None
    if isinstance(value, int) or is_decimal(value) or max(value.numerator, value.denominator) > LARGEST_WHOLE:
        return number_text(value), None
    over = None if value.numerator == 1 else number_text(value.numerator)
    return over, number_text(value.denominator)


def compare_text(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    """A comparison."""
    left, right = (within(piece, SUM) for piece in pieces)
    return Piece(f"{left} {value.params[0]} {right}", COMPARE)
