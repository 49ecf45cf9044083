"""Unicode mathematics for a terminal: 2x·sin(x) + x²·cos(x), Xᵀ(X w − y)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from wrt.notation.plain import ATOM, MATMUL, POWER, PRODUCT, SUM, Piece
from wrt.notation.tree import (
    Applied,
    Approached,
    Braced,
    Chain,
    Differentiated,
    Indexed,
    Integrated,
    Minus,
    Name,
    Number,
    Quotient,
    Raised,
    Where,
    Written,
)
from wrt.read.letters import GREEK_NAMES
from wrt.show.spelling import Spelling, Word

_RAISED = str.maketrans("0123456789+-−()nixaβpkmdt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿⁱˣᵃᵝᵖᵏᵐᵈᵗ")
_LOWERED = str.maketrans("0123456789+-−()ijklmnopaexrstuvh", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎ᵢⱼₖₗₘₙₒₚₐₑₓᵣₛₜᵤᵥₕ")
_CAN_RAISE = re.compile(r"[0-9+\-−()nixaβpkmdt]+")
_CAN_LOWER = re.compile(r"[0-9+\-−()ijklmnopaexrstuvh]+")
_NUMBERED = re.compile(r"([^\W\d_]+)_?(\d+)")
_CONSTANTS = {"inf": "∞", "pi": "π", "euler_gamma": "γ"}


def raised(text: str) -> str | None:
    """Text as a superscript, where Unicode has all of it."""
    return text.translate(_RAISED) if _CAN_RAISE.fullmatch(text) else None


def lowered(text: str) -> str:
    """Text as a subscript."""
    return text.translate(_LOWERED) if _CAN_LOWER.fullmatch(text) else f"_{text}"


class Unicode(Spelling):
    """Mathematics in one line of Unicode text."""

    key = "unicode"
    minus = "−"
    times = "·"
    entrywise = " ⊙ "
    where = "   where "
    signs: ClassVar[dict[str, str]] = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}

    def symbol(self, name: str) -> str:
        found = _CONSTANTS.get(name) or GREEK_NAMES.get(name)
        if found is not None:
            return found
        numbered = _NUMBERED.fullmatch(name)
        if numbered is not None:
            return self.symbol(numbered[1]) + lowered(numbered[2])
        return name

    def word(self, name: str) -> str:
        return name

    def power(self, base: str, exponent: Piece) -> str:
        return base + (raised(exponent.text) or f"^{self.within(exponent, ATOM)}")

    def transpose(self, base: str) -> str:
        return f"{base}ᵀ"

    def quotient(self, tree: Quotient, pieces: list[Piece]) -> Piece:
        top, bottom = pieces
        if isinstance(tree.children[0], Chain):
            return Piece(f"{top.text} / {self.within(bottom, POWER)}", MATMUL)
        return Piece(f"{self.within(top, PRODUCT)}/{self.within(bottom, POWER)}", PRODUCT)

    def raised(self, tree: Raised, pieces: list[Piece]) -> Piece:
        base, exponent = pieces
        call = tree.children[0]
        sign = raised(exponent.text) if isinstance(tree.children[1], Number) else None
        name, bracket, rest = base.text.partition("(")
        if sign and isinstance(call, Applied) and bracket and name.isidentifier() and not call.keywords:
            return Piece(f"{name}{sign}({rest}", ATOM)
        return Piece(self.power(self.within(base, ATOM), exponent), POWER)

    def indexed(self, tree: Indexed, pieces: list[Piece]) -> Piece:
        operand = tree.children[0]
        if isinstance(operand, Applied) and operand.name == "eye" and isinstance(tree.items[0], Written):
            return Piece("e" + lowered(self.tree(tree.items[0])), ATOM)
        return super().indexed(tree, pieces)

    def cases(self, tree: Where, pieces: list[Piece]) -> Piece:
        *branches, otherwise = [piece.text for piece in pieces]
        pairs = zip(branches[::2], branches[1::2], strict=True)
        return Piece("{" + ", ".join(f"{value} if {test}" for test, value in pairs) + f", else {otherwise}}}", ATOM)

    def braced(self, tree: Braced, pieces: list[Piece]) -> Piece:
        return pieces[0]

    def fraction(self, f: str, variables: Sequence[str], order: int) -> str:
        power = "" if order == 1 else raised(str(order))
        return f"∂{power}{f}/{''.join(f'∂{each}' for each in variables)}"

    def subscript(self, base: str, indices: tuple[str, ...]) -> str:
        short = all(len(index) == 1 or index[0] == "(" for index in indices)
        return base + lowered("".join(indices) if short else f"({','.join(indices)})")

    def integral(self, tree: Integrated, pieces: list[Piece]) -> Piece:
        integrand, *limits = pieces
        return Piece(f"∫{_limits(*limits)} {self.within(integrand, MATMUL)} d{self.symbol(tree.variable)}", SUM)

    def derivative(self, tree: Differentiated, pieces: list[Piece]) -> Piece:
        order = "" if tree.order == 1 else raised(str(tree.order)) or ""
        return Piece(f"d{order}/d{self.symbol(tree.variable)}{order} {self.within(pieces[0], POWER)}", MATMUL)

    def limit(self, tree: Approached, pieces: list[Piece]) -> Piece:
        operand, point = pieces
        side = (raised(tree.side) or "") if tree.side else ""
        return Piece(f"lim({self.symbol(tree.variable)}→{point.text}{side}) {self.within(operand, PRODUCT)}", MATMUL)

    def _root(self, tree: Applied, pieces: list[Piece]) -> Piece:
        simple = isinstance(tree.children[0], Number | Name)
        return Piece("√" + (pieces[0].text if simple else f"({pieces[0].text})"), ATOM)

    def _norm(self, tree: Applied, pieces: list[Piece]) -> Piece:
        order = lowered(pieces[1].text) if len(pieces) > 1 else ""
        if tree.keywords:
            return Piece(self.call("norm", [*(each.text for each in pieces), *_options(tree)]), ATOM)
        return Piece(f"‖{pieces[0].text}‖{order}", ATOM)

    def _outer(self, tree: Applied, pieces: list[Piece]) -> Piece:
        left, right = pieces
        return Piece(f"{self.within(left, POWER)} {self.transpose(self.within(right, ATOM))}", MATMUL)

    def _kron(self, tree: Applied, pieces: list[Piece]) -> Piece:
        return Piece(" ⊗ ".join(self.within(each, POWER) for each in pieces), PRODUCT)

    def _inverse(self, tree: Applied, pieces: list[Piece]) -> Piece:
        return Piece(f"{self.within(pieces[0], ATOM)}⁻¹", ATOM)

    def _exponential(self, tree: Applied, pieces: list[Piece]) -> Piece:
        child = tree.children[0]
        inner = child.children[0] if isinstance(child, Minus) else child
        sign = raised(pieces[0].text) if isinstance(inner, Name) else None
        return Piece(f"e{sign}", POWER) if sign else Piece(self.call("exp", [pieces[0].text]), ATOM)

    words: ClassVar[dict[str, Word]] = {
        "sqrt": _root,
        "norm": _norm,
        "outer": _outer,
        "kron": _kron,
        "inv": _inverse,
        "exp": _exponential,
        "eye": lambda self, tree, pieces: Piece("I", ATOM),
        "ones": lambda self, tree, pieces: Piece("𝟏", ATOM),
        "zeros": lambda self, tree, pieces: Piece("𝟎", ATOM),
    }


def _options(tree: Applied) -> list[str]:
    return [f"{key}={value}" for key, value in tree.keywords]


def _limits(lower: Piece | None = None, upper: Piece | None = None) -> str:
    """The limits of an integral below and above its sign, or in brackets after it; nothing of an indefinite one."""
    if lower is None or upper is None:
        return ""
    below, above = lowered(lower.text), raised(upper.text)
    return below + above if above and not below.startswith("_") else f"[{lower.text}, {upper.text}]"
