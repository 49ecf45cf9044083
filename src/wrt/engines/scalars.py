"""How Python's own floats and its math module spell each operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wrt.engines.arrays import CONSTANTS
from wrt.engines.engine import (
    AND,
    ATOM,
    CHOICE,
    COMPARE,
    NOT,
    OR,
    POWER,
    Engine,
    Piece,
    Spelling,
    Writer,
    called,
    compare_text,
    exponent_text,
    number_text,
    product_text,
    sum_text,
    template,
    within,
)
from wrt.engines.values import Value

EULER_GAMMA = "0.5772156649015329"


def _named(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (name,) = value.params
    return Piece(EULER_GAMMA if name == "euler_gamma" else writer.names.of(f"math.{CONSTANTS[name]}"), ATOM)


def _power(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    base, exponent = pieces
    number = value.args[1].params[0] if value.args[1].op == "number" else None
    if number is not None and number * 2 == 1:
        return called(writer.names.of("math.sqrt"), base.text)
    if isinstance(number, int):
        return Piece(f"{within(base, ATOM)}**{exponent_text(value.args[1], exponent)}", POWER)
    return called(writer.names.of("math.pow"), base.text, exponent.text)


def _call(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    engines = value.params[0].engines
    spelled = engines.get("scalar")
    if isinstance(spelled, str):
        return template(writer.names, spelled, pieces)
    return called("float", template(writer.names, engines["numpy"], pieces).text)


def _logic(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (op,) = value.params
    if not pieces:
        return Piece("True" if op == "and" else "False", ATOM)
    if op == "not":
        return Piece(f"not {within(pieces[0], COMPARE)}", NOT)
    binds = AND if op == "and" else OR
    return Piece(f" {op} ".join(within(piece, binds + 1) for piece in pieces), binds)


def as_float(piece: Piece) -> Piece:
    """A whole number as a float: a branch gives what the others give."""
    return piece._replace(text=f"{piece.text}.0") if piece.text.lstrip("-").isdigit() else piece


def _where(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
    (count,) = value.params
    pieces = [*pieces[:count], *map(as_float, pieces[count:])]
    text = pieces[-1].text
    for condition, piece in zip(reversed(pieces[:count]), reversed(pieces[count:-1]), strict=True):
        text = f"{within(piece, OR)} if {within(condition, OR)} else {text}"
    return Piece(text, CHOICE)


SPELLINGS: Mapping[str, Spelling] = {
    "number": lambda writer, value, pieces: number_text(value.params[0]),
    "named": _named,
    "sum": sum_text,
    "product": product_text,
    "power": _power,
    "compare": compare_text,
    "logic": _logic,
    "where": _where,
    "call": _call,
}

SCALAR = Engine(name="scalar", module="math", abbreviations={"math": "math"}, spell=SPELLINGS, lazy=True)
