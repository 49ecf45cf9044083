"""LaTeX markup: fractions, roots, bold ones, Greek letters; braces always in pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from wrt.expr.function import Function
from wrt.notation.plain import ATOM, JOIN, MATMUL, POWER, PRODUCT, SUM, Piece
from wrt.notation.tree import (
    Applied,
    Approached,
    Braced,
    Chain,
    Differentiated,
    Indexed,
    Integrated,
    Number,
    Product,
    Quotient,
    Raised,
    Scaled,
    Where,
    Written,
)
from wrt.read.letters import GREEK_NAMES
from wrt.show.spelling import Spelling, Word

_GLUED = re.compile(r"(\\[A-Za-z]+)\{\}")  # a command whose name would run into the argument
_NAME_OF_FUNCTION = re.compile(r"\\[A-Za-z]+(\{[^{}]*\})?")  # right before its argument
_PARTS = re.compile(r"([^\W\d_]+)_?(\w*)")
_CONSTANTS = {"inf": r"\infty", "euler_gamma": r"\gamma", "e": r"\mathrm{e}"}
_VARIANTS = {"epsilon": r"\varepsilon", "phi": r"\varphi", "omicron": "o"}
_LATIN = {"Alpha", "Beta", "Epsilon", "Zeta", "Eta", "Iota", "Kappa", "Mu", "Nu", "Rho", "Tau", "Chi"}


class Latex(Spelling):
    """Mathematics as LaTeX, to stand between dollar signs."""

    key = "latex"
    minus = "-"
    times = r" \, "
    entrywise = r" \odot "
    beside = " "
    where = r" \quad\text{where } "
    signs: ClassVar[dict[str, str]] = {"<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne"}
    total = r"\sum"
    inverse = "^{-1}"
    inverse_transpose = r"^{-\top}"

    def bracketed(self, text: str) -> str:
        return rf"\left({text}\right)"

    def is_bracketed(self, text: str) -> bool:
        return text.startswith(r"\left(")

    def starts_digit(self, text: str) -> bool:
        return text[:1].isdigit() or text.startswith(r"\frac")

    @property
    def times_apart(self) -> str:
        return r" \, "

    def symbol(self, name: str) -> str:
        found = _CONSTANTS.get(name)
        if found is not None:
            return found
        parts = _PARTS.fullmatch(name)
        if parts is None:
            return self.word(name)
        stem, index = parts[1], parts[2].replace("_", r"\_")
        if stem in GREEK_NAMES and stem not in _LATIN:
            stem = _VARIANTS.get(stem) or ("\\lambda" if stem == "lam" else f"\\{stem}")
        elif len(stem) > 1:
            stem = rf"\mathrm{{{stem}}}"
        if not index:
            return stem
        plain = len(index) == 1 or index.isdigit()
        return f"{stem}_{{{index}}}" if plain else rf"{stem}_{{\mathrm{{{index}}}}}"

    def word(self, name: str) -> str:
        escaped = name.replace("_", r"\_")
        return rf"\operatorname{{{escaped}}}"

    def power(self, base: str, exponent: Piece) -> str:
        return f"{base}^{{{exponent.text}}}"

    def transpose(self, base: str) -> str:
        return rf"{{{base}}}^{{\top}}" if "^" in base else rf"{base}^{{\top}}"

    def call(self, name: str, arguments: Iterable[str]) -> str:
        return name + self.bracketed(", ".join(arguments))

    def option(self, text: str) -> str:
        return rf"\text{{{text}}}"

    def prose(self, word: str) -> str:
        return rf" \text{{ {word} }} "

    def pattern(self, function: Function | None, name: str) -> str:
        return _GLUED.sub(r"\1 {}", super().pattern(function, name))

    def between(self, tree: Product, place: int, left: str, right: str) -> str:
        found = super().between(tree, place, left, right)
        return found or " "

    def scaled(self, tree: Scaled, pieces: list[Piece]) -> Piece:
        return Piece(f"{self.within(pieces[0], ATOM - 1)} {pieces[1].text}", MATMUL)

    def quotient(self, tree: Quotient, pieces: list[Piece]) -> Piece:
        top, bottom = pieces
        if isinstance(tree.children[0], Chain) and not tree.children[0].row:
            return Piece(rf"\frac{{1}}{{{bottom.text}}} {top.text}", MATMUL)
        return Piece(rf"\frac{{{top.text}}}{{{bottom.text}}}", POWER)

    def raised(self, tree: Raised, pieces: list[Piece]) -> Piece:
        base, exponent = pieces
        name, bracket, rest = base.text.partition(r"\left(")
        call = tree.children[0]
        plain = isinstance(call, Applied) and base.binds == ATOM and bracket and not call.keywords
        if plain and _NAME_OF_FUNCTION.fullmatch(name) and isinstance(tree.children[1], Number):
            return Piece(f"{name}^{{{exponent.text}}}{bracket}{rest}", ATOM)
        return Piece(self.power(self.within(base, ATOM), exponent), POWER)

    def indexed(self, tree: Indexed, pieces: list[Piece]) -> Piece:
        operand = tree.children[0]
        items = ", ".join(map(self.item, tree.items))
        if isinstance(operand, Applied) and operand.name == "eye" and isinstance(tree.items[0], Written):
            return Piece(f"e_{{{items}}}", ATOM)
        base = self.within(pieces[0], ATOM)
        return Piece(f"{{{base}}}_{{{items}}}" if "_" in base else f"{base}_{{{items}}}", ATOM)

    def cases(self, tree: Where, pieces: list[Piece]) -> Piece:
        *branches, otherwise = [piece.text for piece in pieces]
        lines = [rf"{value} & \text{{if }} {test}" for test, value in zip(branches[::2], branches[1::2], strict=True)]
        lines.append(rf"{otherwise} & \text{{otherwise}}")
        joined = r" \\ ".join(lines)
        return Piece(rf"\begin{{cases}} {joined} \end{{cases}}", JOIN)

    def braced(self, tree: Braced, pieces: list[Piece]) -> Piece:
        shape = r" \times ".join(map(self.tree, tree.shape))
        return Piece(rf"\underbrace{{{pieces[0].text}}}_{{{shape}}}", MATMUL)

    def fraction(self, f: str, variables: Sequence[str], order: int) -> str:
        power = "" if order == 1 else f"^{{{order}}}"
        below = r" \, ".join(rf"\partial {each}" for each in variables)
        return rf"\frac{{\partial{power} {f}}}{{{below}}}"

    def subscript(self, base: str, indices: tuple[str, ...]) -> str:
        below = f"_{{{''.join(indices)}}}"
        return f"{{{base}}}{below}" if "_" in base else base + below

    def integral(self, tree: Integrated, pieces: list[Piece]) -> Piece:
        integrand, *limits = pieces
        inner = self.within(integrand, MATMUL)
        sign = r"\int" + "".join(f"{mark}{{{limit.text}}}" for mark, limit in zip("_^", limits, strict=False))
        return Piece(rf"{sign} {inner} \, \mathrm{{d}}{self.symbol(tree.variable)}", SUM)

    def derivative(self, tree: Differentiated, pieces: list[Piece]) -> Piece:
        order = "" if tree.order == 1 else f"^{{{tree.order}}}"
        variable = self.symbol(tree.variable)
        sign = rf"\frac{{\mathrm{{d}}{order}}}{{\mathrm{{d}}{variable}{order}}}"
        return Piece(f"{sign} {self.within(pieces[0], POWER)}", MATMUL)

    def limit(self, tree: Approached, pieces: list[Piece]) -> Piece:
        operand, point = pieces
        side = f"^{{{tree.side}}}" if tree.side else ""
        to = rf"{self.symbol(tree.variable)} \to {point.text}{side}"
        return Piece(rf"\lim_{{{to}}} {self.within(operand, PRODUCT)}", MATMUL)

    def _norm(self, tree: Applied, pieces: list[Piece]) -> Piece:
        order = f"_{{{pieces[1].text}}}" if len(pieces) > 1 else ""
        if tree.keywords:
            options = [self.option(f"{key}={value}") for key, value in tree.keywords]
            return Piece(self.call(self.word("norm"), [*(each.text for each in pieces), *options]), ATOM)
        return Piece(rf"\left\lVert {pieces[0].text} \right\rVert{order}", ATOM)

    def _outer(self, tree: Applied, pieces: list[Piece]) -> Piece:
        left, right = pieces
        return Piece(f"{self.within(left, POWER)} {self.transpose(self.within(right, ATOM))}", MATMUL)

    def _exponential(self, tree: Applied, pieces: list[Piece]) -> Piece:
        return Piece(rf"\mathrm{{e}}^{{{pieces[0].text}}}", POWER)

    words: ClassVar[dict[str, Word]] = {
        "sqrt": lambda self, tree, pieces: Piece(rf"\sqrt{{{pieces[0].text}}}", ATOM),
        "norm": _norm,
        "outer": _outer,
        "exp": _exponential,
        "kron": lambda self, tree, pieces: Piece(
            r" \otimes ".join(self.within(each, POWER) for each in pieces), MATMUL
        ),
        "inv": lambda self, tree, pieces: Piece(f"{self.within(pieces[0], ATOM)}^{{-1}}", POWER),
        "eye": lambda self, tree, pieces: Piece("I", ATOM),
        "ones": lambda self, tree, pieces: Piece(r"\mathbf{1}", ATOM),
        "zeros": lambda self, tree, pieces: Piece(r"\mathbf{0}", ATOM),
    }
