"""NumPy in single precision: numbers stay Python's, which take the type of the arrays, and new arrays are single."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wrt.engines import scalars
from wrt.engines.engine import ATOM, Engine, Piece, Spelling, Writer, within
from wrt.engines.torches import is_plain
from wrt.engines.values import Value

ARRAYS_MADE = ("eye", "band", "triangle", "unit", "full")


def in_single(engine: Engine) -> Engine:
    """The engine with spellings that never make a double of a single."""
    spell = dict(engine.spell)
    spell |= {op: _plain_or(spell[op]) for op in ("call", "power", "named")}
    spell |= {op: _made(spell[op]) for op in ARRAYS_MADE}
    return replace(engine, spell=spell, abbreviations={**engine.abbreviations, "math": "math"})


def _plain_or(spelling: Spelling) -> Spelling:
    """As for Python's numbers where there is no array."""

    def spell(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
        spelled = value.op != "call" or isinstance(value.params[0].engines.get("scalar"), str)
        return (scalars.SPELLINGS[value.op] if is_plain(value) and spelled else spelling)(writer, value, pieces)

    return spell


def _made(spelling: Spelling) -> Spelling:
    def spell(writer: Writer, value: Value, pieces: Sequence[Piece]) -> Piece:
        made = within(spelling(writer, value, pieces), ATOM)
        return Piece(f"{made}.astype({writer.array('float32')})", ATOM)

    return spell
