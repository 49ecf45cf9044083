"""The written form as text, in Python's grammar with NumPy's meaning; it reads back to the same expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from wrt.notation.tree import (
    Applied,
    Approached,
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


class Piece(NamedTuple):
    """Text, and how tightly its outermost operator binds."""

    text: str
    binds: int


JOIN, COMPARE, SUM, MATMUL, PRODUCT, POWER, ATOM = range(7)

Row: TypeAlias = Callable[[Any, list[Piece]], Piece]


def render(root: Written, table: dict[type[Written], Row]) -> Piece:
    """The tree spelled by a table with a row for each kind; a row gets its children spelled. Depth does not matter."""
    done: list[Piece] = []
    stack: list[tuple[Written, bool]] = [(root, False)]
    while stack:
        tree, ready = stack.pop()
        count = len(tree.children)
        if ready or not count:
            children = done[len(done) - count :] if count else []
            if count:
                del done[-count:]
            done.append(table[type(tree)](tree, children))
        else:
            stack.append((tree, True))
            stack.extend((child, False) for child in reversed(tree.children))
    return done[0]


def write(tree: Written) -> str:
    """The text of a written form."""
    return render(tree, _TEXT).text


def within(piece: Piece, binds: int) -> str:
    """The text of a piece where something that binds like this is needed."""
    return piece.text if piece.binds >= binds else f"({piece.text})"


def decimal(value: int | Fraction) -> str:
    """A number that ends, in plain digits.

    >>> decimal(Fraction(-1, 8)), decimal(Fraction(3, 20))
    ('-0.125', '0.15')
    """
    if isinstance(value, int) or value.denominator == 1:
        return str(value)
    places = 1
    while 10**places % value.denominator:
        places += 1
    digits = str(abs(value.numerator) * (10**places // value.denominator)).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + f"{digits[:-places]}.{digits[-places:]}"


def _sum(tree: Sum, terms: list[Piece]) -> Piece:
    text = ("-" if tree.signs[0] < 0 else "") + within(terms[0], MATMUL)
    for sign, term in zip(tree.signs[1:], terms[1:], strict=True):
        text += (" + " if sign > 0 else " - ") + within(term, MATMUL)
    return Piece(text, SUM)


def _product(tree: Product, factors: list[Piece]) -> Piece:
    first, *others = factors
    return Piece("*".join((within(first, PRODUCT), *(within(each, POWER) for each in others))), PRODUCT)


def _quotient(tree: Quotient, pieces: list[Piece]) -> Piece:
    top, bottom = pieces
    if isinstance(tree.children[0], Chain):
        return Piece(f"{top.text} / {within(bottom, POWER)}", MATMUL)
    return Piece(f"{within(top, PRODUCT)}/{within(bottom, POWER)}", PRODUCT)


def _minus(tree: Minus, pieces: list[Piece]) -> Piece:
    return Piece("-" + within(pieces[0], MATMUL), SUM)


def _raised(tree: Raised, pieces: list[Piece]) -> Piece:
    base, exponent = pieces
    return Piece(f"{within(base, ATOM)}**{within(exponent, ATOM)}", POWER)


def call(name: str, arguments: Sequence[str], keywords: Sequence[tuple[str, object]] = ()) -> Piece:
    """A function applied to arguments and options."""
    return Piece(f"{name}({', '.join((*arguments, *(f'{key}={value}' for key, value in keywords)))})", ATOM)


def _applied(tree: Applied, pieces: list[Piece]) -> Piece:
    return call(tree.name, [piece.text for piece in pieces], tree.keywords)


def _chain(tree: Chain, factors: list[Piece]) -> Piece:
    return Piece(" @ ".join(within(each, POWER) for each in factors), MATMUL)


def _scaled(tree: Scaled, pieces: list[Piece]) -> Piece:
    scalar, core = pieces
    return Piece(f"{within(scalar, PRODUCT)} * {core.text}", MATMUL)


def _indexed(tree: Indexed, pieces: list[Piece]) -> Piece:
    return Piece(f"{within(pieces[0], ATOM)}[{', '.join(map(item_text, tree.items))}]", ATOM)


def item_text(item: Written | Span) -> str:
    """An item of a subscript."""
    if isinstance(item, Written):
        return write(item)
    start, stop = ("" if end is None else write(end) for end in (item.start, item.stop))
    return f"{start}:{stop}" + (f":{item.step}" if item.step != 1 else "")


def _compared(tree: Compared, sides: list[Piece]) -> Piece:
    text = within(sides[0], SUM)
    for sign, side in zip(tree.signs, sides[1:], strict=True):
        text += f" {sign} {within(side, SUM)}"
    return Piece(text, COMPARE)


def _joined(tree: Joined, conditions: list[Piece]) -> Piece:
    texts = [within(each, COMPARE) for each in conditions]
    return Piece(f"not {texts[0]}" if tree.word == "not" else f" {tree.word} ".join(texts), JOIN)


def _where(tree: Where, pieces: list[Piece]) -> Piece:
    *branches, text = [piece.text for piece in pieces]
    for place in range(len(branches) - 2, -1, -2):
        text = f"where({branches[place]}, {branches[place + 1]}, {text})"
    return Piece(text, ATOM)


def _einsum(tree: Einsum, pieces: list[Piece]) -> Piece:
    return call("einsum", [f"'{tree.subscripts}'", *(piece.text for piece in pieces)])


def _integrated(tree: Integrated, pieces: list[Piece]) -> Piece:
    integrand, *limits = (piece.text for piece in pieces)
    return call("integrate", [integrand, tree.variable, *limits])


def _differentiated(tree: Differentiated, pieces: list[Piece]) -> Piece:
    order = [str(tree.order)] if tree.order != 1 else []
    return call("diff", [pieces[0].text, tree.variable, *order])


def _approached(tree: Approached, pieces: list[Piece]) -> Piece:
    side = [f"'{tree.side}'"] if tree.side else []
    return call("limit", [pieces[0].text, tree.variable, pieces[1].text, *side])


_TEXT: dict[type[Written], Row] = {
    Number: lambda tree, _: Piece(decimal(tree.value), ATOM),
    Name: lambda tree, _: Piece(tree.name, ATOM),
    Sum: _sum,
    Product: _product,
    Quotient: _quotient,
    Minus: _minus,
    Raised: _raised,
    Applied: _applied,
    Chain: _chain,
    Scaled: _scaled,
    Transposed: lambda tree, pieces: Piece(within(pieces[0], ATOM) + ".T", ATOM),
    Indexed: _indexed,
    Compared: _compared,
    Joined: _joined,
    Where: _where,
    Einsum: _einsum,
    Entry: lambda tree, pieces: Piece(f"{within(pieces[0], ATOM)}[{', '.join(tree.indices)}]", ATOM),
    Summed: lambda tree, pieces: call("sum", [*tree.indices, pieces[0].text]),
    Integrated: _integrated,
    Differentiated: _differentiated,
    Approached: _approached,
}
