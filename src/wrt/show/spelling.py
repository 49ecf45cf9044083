"""What all notations for people share: brackets where they are needed, signs, spacing; each fills in its own signs."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, ClassVar, TypeAlias

from wrt.expr.function import Function
from wrt.expr.node import Expr
from wrt.notation import Program, program
from wrt.notation.plain import ATOM, COMPARE, JOIN, MATMUL, POWER, PRODUCT, SUM, Piece, Row, decimal, render
from wrt.notation.tree import (
    Applied,
    Approached,
    Braced,
    Chain,
    Compared,
    Differentiated,
    Einsum,
    Entry,
    Indexed,
    Integrated,
    Joined,
    Minus,
    Name,
    Number,
    Product,
    Quotient,
    Raised,
    Scaled,
    Span,
    Sum,
    Summed,
    Transposed,
    Where,
    Written,
)
from wrt.show.entries import in_indices, needs_indices

Word: TypeAlias = Callable[[Any, Applied, list[Piece]], Piece]

MATRIX = 2  # axes; what has more is known by its entries

_SLOT = re.compile(r"(?<!\{)\{\}(?!\})|(?<=\{\{)\{\}(?=\}\})")


class Spelling(ABC):
    """A notation: its signs, and a method for each kind of tree."""

    minus: ClassVar[str]
    times: ClassVar[str]  # between scalars
    entrywise: ClassVar[str]  # between tensors
    beside: ClassVar[str] = " "  # between a scalar and a tensor, and in matrix products
    where: ClassVar[str]  # before the named parts
    signs: ClassVar[dict[str, str]] = {}  # of comparisons
    words: ClassVar[dict[str, Word]] = {}  # of linear algebra
    key: ClassVar[str]  # of a function's `symbols`

    def __init__(self) -> None:
        self.rows: dict[type[Written], Row] = {
            Number: self.number,
            Name: self.name,
            Sum: self.sum,
            Product: self.product,
            Quotient: self.quotient,
            Minus: self.negative,
            Raised: self.raised,
            Applied: self.applied,
            Chain: self.chain,
            Scaled: self.scaled,
            Transposed: self.transposed,
            Indexed: self.indexed,
            Compared: self.compared,
            Joined: self.joined,
            Where: self.cases,
            Einsum: self.einsum,
            Entry: self.entry,
            Summed: self.summed,
            Braced: self.braced,
            Integrated: self.integral,
            Differentiated: self.derivative,
            Approached: self.limit,
        }

    def formula(self, node: Expr) -> str:
        """An expression, with its named parts; by its entries, if no word says it."""
        if not needs_indices(node):
            return self.program(program(node))
        indices, whole = in_indices(node)
        return self.program(whole, indices if node.ndim <= MATRIX else ())

    def row(self, node: Expr) -> str:
        """A vector as a row."""
        whole = program(node)
        return self.program(Program(whole.parts, Transposed(whole.answer)))

    def plus(self, node: Expr, name: str) -> str:
        """An expression and a constant that is added to it."""
        whole = program(node)
        match whole.answer:
            case Sum(signs=signs, children=terms):
                pass
            case Minus(children=terms):
                signs = (-1,)
            case answer:
                signs, terms = (1,), (answer,)
        return self.program(Program(whole.parts, Sum((*signs, 1), (*terms, Name(name)))))

    def program(self, whole: Program, indices: tuple[str, ...] = ()) -> str:
        """An answer, and what the parts named in it are; with `indices`, the answer is what has this entry."""
        answer = self.tree(whole.answer)
        if indices:
            answer = self.subscript(f"[{answer}]", indices)
        if not whole.parts:
            return answer
        return answer + self.where + ", ".join(f"{self.symbol(name)} = {self.tree(part)}" for name, part in whole.parts)

    def tree(self, tree: Written) -> str:
        """A written form."""
        return render(tree, self.rows).text

    # Pieces.

    def bracketed(self, text: str) -> str:
        """Text in brackets."""
        return f"({text})"

    def within(self, piece: Piece, binds: int) -> str:
        """The text of a piece, in brackets where something that binds like this is needed."""
        return piece.text if piece.binds >= binds else self.bracketed(piece.text)

    @abstractmethod
    def symbol(self, name: str) -> str:
        """A name as it is written."""

    @abstractmethod
    def word(self, name: str) -> str:
        """The name of a function that has no sign of its own."""

    @abstractmethod
    def power(self, base: str, exponent: Piece) -> str:
        """A base with an exponent."""

    @abstractmethod
    def transpose(self, base: str) -> str:
        """A matrix with the sign of the transpose."""

    # Kinds of trees.

    def number(self, tree: Number, _: list[Piece]) -> Piece:
        return Piece(decimal(tree.value), ATOM)

    def name(self, tree: Name, _: list[Piece]) -> Piece:
        return Piece(self.symbol(tree.name), ATOM)

    def sum(self, tree: Sum, terms: list[Piece]) -> Piece:
        text = (self.minus if tree.signs[0] < 0 else "") + self.within(terms[0], MATMUL)
        for sign, term in zip(tree.signs[1:], terms[1:], strict=True):
            text += (" + " if sign > 0 else f" {self.minus} ") + self.within(term, MATMUL)
        return Piece(text, SUM)

    def negative(self, tree: Minus, pieces: list[Piece]) -> Piece:
        return Piece(self.minus + self.within(pieces[0], MATMUL), SUM)

    def product(self, tree: Product, factors: list[Piece]) -> Piece:
        count = len(factors)
        texts = [self.within(each, PRODUCT if place == 0 else POWER) for place, each in enumerate(factors)]
        joined = texts[0]
        for place in range(1, count):
            joined += self.between(tree, place, texts[place - 1], texts[place]) + texts[place]
        return Piece(joined, PRODUCT)

    def between(self, tree: Product, place: int, left: str, right: str) -> str:
        """What stands between two factors of a product."""
        tensors = len(tree.children) - tree.shaped
        left_tree, right_tree = tree.children[place - 1], tree.children[place]
        if isinstance(left_tree, Entry) and self.is_bracketed(right) and not isinstance(right_tree, Entry):
            return ""
        if isinstance(right_tree, Entry) and not isinstance(left_tree, Number):
            return self.beside
        if place > tensors:
            return self.entrywise
        first, second = tree.children[place - 1], tree.children[place]
        after_number = isinstance(first, Number) and not self.starts_digit(right)
        if self.is_bracketed(right) and (after_number or left.endswith(")")):
            return ""
        if after_number and not isinstance(second, Number | Quotient):
            return "" if self.is_letter(second) else self.beside
        return self.beside if place == tensors and tree.shaped else self.times

    def starts_digit(self, text: str) -> bool:
        return text[:1].isdigit()

    def is_letter(self, tree: Written) -> bool:
        """Whether a factor is a name or a power of one, so that a number can stand right before it."""
        base = tree.children[0] if isinstance(tree, Raised | Entry) else tree
        return isinstance(base, Name)

    def chain(self, tree: Chain, factors: list[Piece]) -> Piece:
        texts = [self.within(each, POWER) for each in factors]
        if tree.row:
            texts[0] = self.transpose(self.within(factors[0], ATOM))
        joined = texts[0]
        for before, after in pairwise(texts):
            joined += ("" if self.is_bracketed(after) and not self.is_bracketed(before) else self.beside) + after
        return Piece(joined, MATMUL)

    def is_bracketed(self, text: str) -> bool:
        return text.startswith("(")

    def scaled(self, tree: Scaled, pieces: list[Piece]) -> Piece:
        scalar, core = pieces
        close = isinstance(tree.children[0], Number | Name)
        return Piece(self.within(scalar, PRODUCT) + (self.beside if close else self.times_apart) + core.text, MATMUL)

    @property
    def times_apart(self) -> str:
        """The sign of a product, with space around it."""
        return f" {self.times.strip()} "

    def transposed(self, tree: Transposed, pieces: list[Piece]) -> Piece:
        operand = tree.children[0]
        if isinstance(operand, Applied) and operand.name == "inv":
            return Piece(pieces[0].text.replace(self.inverse, self.inverse_transpose), POWER)
        return Piece(self.transpose(self.within(pieces[0], ATOM)), ATOM)

    def applied(self, tree: Applied, pieces: list[Piece]) -> Piece:
        word = self.words.get(tree.name)
        if word is not None:
            return word(self, tree, pieces)
        pattern = self.pattern(tree.function, tree.name)
        ends = [match.span() for match in _SLOT.finditer(pattern)]
        if not ends:
            options = [self.option(f"{key}={value}") for key, value in tree.keywords]
            return Piece(self.call(pattern, [*(piece.text for piece in pieces), *options]), ATOM)
        if len(ends) != len(pieces) or tree.keywords:
            return Piece(self.call(self.word(tree.name), [piece.text for piece in pieces]), ATOM)
        enclosed = [_encloses(pattern[:start][-1:], pattern[end:][:1]) for start, end in ends]
        texts = [
            piece.text if around else self.within(piece, ATOM) for piece, around in zip(pieces, enclosed, strict=True)
        ]
        return Piece(pattern.format(*texts), ATOM if all(enclosed) else POWER)

    def option(self, text: str) -> str:
        """An option such as axis=0."""
        return text

    def pattern(self, function: Function | None, name: str) -> str:
        """The sign of a function, or a pattern with its arguments."""
        found = function.symbols.get(self.key) if function is not None else None
        return found if found is not None else self.word(name)

    def call(self, name: str, arguments: Iterable[str]) -> str:
        """A function applied."""
        return name + self.bracketed(", ".join(arguments))

    def compared(self, tree: Compared, sides: list[Piece]) -> Piece:
        text = self.within(sides[0], SUM)
        for sign, side in zip(tree.signs, sides[1:], strict=True):
            text += f" {self.signs.get(sign, sign)} {self.within(side, SUM)}"
        return Piece(text, COMPARE)

    def joined(self, tree: Joined, conditions: list[Piece]) -> Piece:
        texts = [self.within(each, COMPARE) for each in conditions]
        word = self.prose(tree.word)
        return Piece(word.lstrip() + texts[0] if tree.word == "not" else word.join(texts), JOIN)

    def prose(self, word: str) -> str:
        """A word of English between formulas."""
        return f" {word} "

    def item(self, item: Written | Span) -> str:
        """An item of a subscript."""
        if isinstance(item, Written):
            return self.tree(item)
        start, stop = ("" if end is None else self.tree(end) for end in (item.start, item.stop))
        return f"{start}:{stop}" + (f":{item.step}" if item.step != 1 else "")

    def indexed(self, tree: Indexed, pieces: list[Piece]) -> Piece:
        return Piece(f"{self.within(pieces[0], ATOM)}[{', '.join(map(self.item, tree.items))}]", ATOM)

    total: ClassVar[str] = "Σ"
    inverse: ClassVar[str] = "⁻¹"
    inverse_transpose: ClassVar[str] = "⁻ᵀ"

    @abstractmethod
    def quotient(self, tree: Quotient, pieces: list[Piece]) -> Piece: ...

    @abstractmethod
    def raised(self, tree: Raised, pieces: list[Piece]) -> Piece: ...

    @abstractmethod
    def cases(self, tree: Where, pieces: list[Piece]) -> Piece: ...

    def einsum(self, tree: Einsum, pieces: list[Piece]) -> Piece:
        """Inside what is written in words: as code."""
        arguments = [self.option(tree.subscripts), *(piece.text for piece in pieces)]
        return Piece(self.call(self.word("einsum"), arguments), ATOM)

    def entry(self, tree: Entry, pieces: list[Piece]) -> Piece:
        """An entry."""
        operand, (piece,) = tree.children[0], pieces
        called = isinstance(operand, Applied) and piece.binds == ATOM and piece.text.endswith(")")
        base = piece.text if called or isinstance(operand, Name) else self.bracketed(piece.text)
        return Piece(self.subscript(base, tree.indices), ATOM)

    @abstractmethod
    def subscript(self, base: str, indices: tuple[str, ...]) -> str:
        """A base with indices."""

    @abstractmethod
    def braced(self, tree: Braced, pieces: list[Piece]) -> Piece:
        """An expression with its shape."""

    @abstractmethod
    def fraction(self, f: str, variables: Sequence[str], order: int) -> str:
        """The derivative of f by one variable after another: ∂²f/∂x∂y."""

    def summed(self, tree: Summed, pieces: list[Piece]) -> Piece:
        """A sum over indices."""
        return Piece(f"{self.subscript(self.total, tree.indices)} {self.within(pieces[0], PRODUCT)}", MATMUL)

    @abstractmethod
    def integral(self, tree: Integrated, pieces: list[Piece]) -> Piece: ...

    @abstractmethod
    def derivative(self, tree: Differentiated, pieces: list[Piece]) -> Piece: ...

    @abstractmethod
    def limit(self, tree: Approached, pieces: list[Piece]) -> Piece: ...


def _encloses(before: str, after: str) -> bool:
    """Whether the signs before and after an argument are brackets of a kind."""
    return all(sign and not sign.isalnum() and not sign.isspace() for sign in (before, after))
