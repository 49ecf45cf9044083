"""Typst markup: what stands between its dollar signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from wrt.notation.plain import ATOM, JOIN, MATMUL, POWER, PRODUCT, SUM, Piece
from wrt.notation.tree import (
    Applied,
    Approached,
    Braced,
    Chain,
    Differentiated,
    Indexed,
    Integrated,
    Product,
    Quotient,
    Raised,
    Scaled,
    Where,
    Written,
)
from wrt.read.letters import GREEK_NAMES
from wrt.show.spelling import Spelling, Word

_PARTS = re.compile(r"([^\W\d_]+)_?(\w*)")
_CONSTANTS = {"inf": "infinity", "euler_gamma": "gamma", "e": "upright(e)", "pi": "pi", "lam": "lambda"}


class Typst(Spelling):
    """Mathematics as Typst, to stand between dollar signs."""

    key = "typst"
    minus = "-"
    times = " dot "
    entrywise = " dot.o "
    where = ' quad "where" '
    signs: ClassVar[dict[str, str]] = {"==": "="}
    total = "sum"
    inverse = "^(-1)"
    inverse_transpose = "^(-top)"

    def symbol(self, name: str) -> str:
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        parts = _PARTS.fullmatch(name)
        if parts is None:
            return f'"{name}"'
        stem, index = parts.groups()
        if stem == "lam":
            stem = "lambda"
        elif stem not in GREEK_NAMES and len(stem) > 1:
            stem = f'"{stem}"'
        if not index:
            return stem
        return f"{stem}_{index}" if len(index) == 1 or index.isdigit() else f'{stem}_"{index}"'

    def word(self, name: str) -> str:
        return f'op("{name}")'

    def power(self, base: str, exponent: Piece) -> str:
        return f"{base}^({exponent.text})"

    def transpose(self, base: str) -> str:
        return f"{base}^top"

    def is_bracketed(self, text: str) -> bool:
        return False  # a bracket right after a name would be taken for a call

    def option(self, text: str) -> str:
        return f'"{text}"'

    def prose(self, word: str) -> str:
        return f' "{word}" '

    def between(self, tree: Product, place: int, left: str, right: str) -> str:
        return super().between(tree, place, left, right) or " "

    def scaled(self, tree: Scaled, pieces: list[Piece]) -> Piece:
        return Piece(f"{self.within(pieces[0], POWER)} {pieces[1].text}", MATMUL)

    def quotient(self, tree: Quotient, pieces: list[Piece]) -> Piece:
        top, bottom = pieces
        if isinstance(tree.children[0], Chain) and not tree.children[0].row:
            return Piece(f"1/({bottom.text}) {top.text}", MATMUL)
        return Piece(f"frac({top.text}, {bottom.text})", POWER)

    def raised(self, tree: Raised, pieces: list[Piece]) -> Piece:
        return Piece(self.power(self.within(pieces[0], ATOM), pieces[1]), POWER)

    def indexed(self, tree: Indexed, pieces: list[Piece]) -> Piece:
        operand = tree.children[0]
        items = ", ".join(map(self.item, tree.items))
        if isinstance(operand, Applied) and operand.name == "eye" and isinstance(tree.items[0], Written):
            return Piece(f"e_({items})", ATOM)
        return Piece(f"{self.within(pieces[0], ATOM)}_({items})", ATOM)

    def cases(self, tree: Where, pieces: list[Piece]) -> Piece:
        *branches, otherwise = [piece.text for piece in pieces]
        lines = [f'{value} &"if " {test}' for test, value in zip(branches[::2], branches[1::2], strict=True)]
        lines.append(f'{otherwise} &"otherwise"')
        return Piece(f"cases({', '.join(lines)})", JOIN)

    def braced(self, tree: Braced, pieces: list[Piece]) -> Piece:
        shape = " times ".join(map(self.tree, tree.shape))
        return Piece(f"underbrace({pieces[0].text}, {shape})", MATMUL)

    def fraction(self, f: str, variables: Sequence[str], order: int) -> str:
        power = "" if order == 1 else f"^{order}"
        return f"frac(diff{power} {f}, {' '.join(f'diff {each}' for each in variables)})"

    def subscript(self, base: str, indices: tuple[str, ...]) -> str:
        return f"{base}_({' '.join(indices)})"

    def integral(self, tree: Integrated, pieces: list[Piece]) -> Piece:
        integrand, *limits = pieces
        inner = self.within(integrand, MATMUL)
        sign = "integral" + "".join(f"{mark}({limit.text})" for mark, limit in zip("_^", limits, strict=False))
        return Piece(f"{sign} {inner} dif {self.symbol(tree.variable)}", SUM)

    def derivative(self, tree: Differentiated, pieces: list[Piece]) -> Piece:
        order = "" if tree.order == 1 else f"^{tree.order}"
        sign = f"frac(dif{order}, dif {self.symbol(tree.variable)}{order})"
        return Piece(f"{sign} {self.within(pieces[0], POWER)}", MATMUL)

    def limit(self, tree: Approached, pieces: list[Piece]) -> Piece:
        operand, point = pieces
        side = f"^({tree.side})" if tree.side else ""
        return Piece(
            f"lim_({self.symbol(tree.variable)} -> {point.text}{side}) {self.within(operand, PRODUCT)}", MATMUL
        )

    def _norm(self, tree: Applied, pieces: list[Piece]) -> Piece:
        order = f"_({pieces[1].text})" if len(pieces) > 1 else ""
        if tree.keywords:
            options = [self.option(f"{key}={value}") for key, value in tree.keywords]
            return Piece(self.call(self.word("norm"), [*(each.text for each in pieces), *options]), ATOM)
        return Piece(f"norm({pieces[0].text}){order}", ATOM)

    def _outer(self, tree: Applied, pieces: list[Piece]) -> Piece:
        left, right = pieces
        return Piece(f"{self.within(left, POWER)} {self.transpose(self.within(right, ATOM))}", MATMUL)

    words: ClassVar[dict[str, Word]] = {
        "sqrt": lambda self, tree, pieces: Piece(f"sqrt({pieces[0].text})", ATOM),
        "norm": _norm,
        "outer": _outer,
        "exp": lambda self, tree, pieces: Piece(f"e^({pieces[0].text})", POWER),
        "kron": lambda self, tree, pieces: Piece(" times.o ".join(self.within(each, POWER) for each in pieces), MATMUL),
        "inv": lambda self, tree, pieces: Piece(f"{self.within(pieces[0], ATOM)}^(-1)", POWER),
        "eye": lambda self, tree, pieces: Piece("I", ATOM),
        "ones": lambda self, tree, pieces: Piece("bold(1)", ATOM),
        "zeros": lambda self, tree, pieces: Piece("bold(0)", ATOM),
    }
