"""Lines of cells in columns, and formulas broken where it hurts least."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

GAP = "   "
WIDEST = 56  # columns of a cell, beyond which those after it are not aligned
HANG = 4  # columns by which a line that goes on is indented
OPENING, CLOSING = "([{⟨", ")]}⟩"


class Line(NamedTuple):
    """Cells of one kind, with what stands before the first line and before those that it goes on in."""

    kind: str
    lead: str
    below: str
    cells: list[str]


class Columns:
    """Lines whose cells are aligned with those of the same kind; none wider than `width` that can be broken."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[Line] = []

    def add(self, kind: str, lead: str, below: str, cells: list[str]) -> None:
        """Add a line."""
        self.lines.append(Line(kind, lead, below, cells))

    def text(self) -> str:
        """All lines."""
        widths = self._widths()
        return "\n".join(row for line in self.lines for row in self._rows(line, widths[line.kind]))

    def _widths(self) -> dict[str, list[int]]:
        """How wide the columns of each kind are."""
        widths: dict[str, list[int]] = defaultdict(list)
        limit = min(WIDEST, self.width // 2)
        for line in self.lines:
            found = widths[line.kind]
            for place, cell in enumerate(line.cells):
                wide = len(cell) + (len(line.lead) if place == 0 else 0)
                if place == len(found):
                    found.append(0)
                if wide <= limit:
                    found[place] = max(found[place], wide)
        return widths

    def _rows(self, line: Line, widths: list[int]) -> list[str]:
        """A line, gone on below where it is too wide."""
        rows = [line.lead]
        start = 0
        hang = line.below + " " * HANG
        for place, cell in enumerate(line.cells):
            if cell:
                row = rows[-1].ljust(start) if len(rows) == 1 else rows[-1]
                if place and row.strip() and not row.endswith(GAP):
                    row += GAP if len(row) > start or not row.endswith(" ") else ""
                pieces = broken(cell, self.width - len(row), self.width - len(hang), place == 0)
                if pieces[0]:
                    rows[-1] = row + pieces[0]
                rows.extend(hang + piece for piece in pieces[1:])
            start += widths[place] + len(GAP)
        return [row.rstrip() for row in rows]


def broken(words: str, first: int, width: int, must: bool = False) -> list[str]:
    """Words in pieces of at most `width`, the first of at most `first`; that is empty if all fits below, unless `must`.

    >>> broken("(a + b)*c + d*(e - f)", 14, 14)
    ['(a + b)*c', '+ d*(e - f)']
    """
    if len(words) <= first:
        return [words]
    if len(words) <= width and not must:
        return ["", words]
    pieces = []
    room = first if must or first > width // 2 else 0
    if not room:
        pieces.append("")
        room = width
    while len(words) > room:
        place = _break(words, room)
        if place is None:
            break
        pieces.append(words[:place].rstrip())
        words = words[place:].lstrip()
        room = width
    return [*pieces, words]


def _break(words: str, room: int) -> int | None:
    """Where to go on in a new line: before a space outside of brackets, as far right as there is room; else within."""
    best: tuple[int, int] | None = None
    depth = 0
    for place, sign in enumerate(words[: room + 1]):
        depth += (sign in OPENING) - (sign in CLOSING)
        can = sign == " " and place > room // 3 and words[place - 1] not in "+-−=·⊙@→"
        if can and (best is None or -depth >= best[0]):
            best = (-depth, place)
    if best is not None:
        return best[1]
    opening = words.rfind("(", 1, room) + 1
    place = opening or words.find(" ", room)
    return place if 0 < place < len(words) else None
