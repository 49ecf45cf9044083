"""The forms of a structured linear map: an einsum with its zeros left out, diagonals, a scaled triangle, and their sum.

`parts` are the formulas that a map is made of. From their values, `fill` adds the map to a dense array, and `entries`
gives what is not zero, as values with their rows and columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from wrt.expr.node import Expr
from wrt.structure.terms import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]
    Entries: TypeAlias = tuple[Array, Array, Array]

Sizes: TypeAlias = tuple[int, ...]
Labels: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Einsum:
    """An einsum of its parts: `out` gives a label for each axis of the view, and axes with one label are a diagonal.

    An axis the label of which no part has is one along which the values repeat.
    """

    view: View
    expr: Expr
    parts: tuple[Expr, ...]
    subscripts: tuple[Labels, ...]
    out: Labels

    @property
    def labels(self) -> Labels:
        """The different labels of axes."""
        return tuple(dict.fromkeys(self.out))

    @property
    def matched(self) -> Labels:
        """The labels that rows and columns share."""
        rows = len(self.view.rows)
        return tuple(each for each in dict.fromkeys(self.out[:rows]) if each in self.out[rows:])

    def _values(self, values: Sequence[Array], sizes: Sizes) -> Array:
        """The einsum itself, with an axis for each label, of size 1 where nothing varies along it."""
        import numpy as np

        held = {label for subscript in self.subscripts for label in subscript}
        operands = [piece for pair in zip(values, self.subscripts, strict=True) for piece in pair]
        out = [label for label in self.labels if label in held]
        result: Array = np.einsum(*operands, out, optimize=len(values) > 2)
        return result.reshape([self._size(label, sizes) if label in held else 1 for label in self.labels])

    def _size(self, label: int, sizes: Sizes) -> int:
        return sizes[self.out.index(label)]

    def fill(self, into: Array, values: Sequence[Array], sizes: Sizes) -> None:
        import numpy as np

        diagonal = np.einsum(into, self.out, self.labels)  # a view
        diagonal += self._values(values, sizes)

    def entries(self, values: Sequence[Array], sizes: Sizes) -> Entries:
        import numpy as np

        shape = tuple(self._size(label, sizes) for label in self.labels)
        at = dict(zip(self.labels, np.indices(shape).reshape(len(shape), -1), strict=True))
        flat = np.broadcast_to(self._values(values, sizes), shape).reshape(-1)
        rows = len(self.view.rows)
        return flat, _flat(self.out[:rows], at, sizes[:rows], flat), _flat(self.out[rows:], at, sizes[rows:], flat)


def _flat(labels: Labels, at: dict[int, Array], sizes: Sizes, like: Array) -> Array:
    """The places in row-major order."""
    import numpy as np

    if not labels:
        return np.zeros(like.shape, dtype=int)
    return np.ravel_multi_index([at[label] for label in labels], sizes)


@dataclass(frozen=True, slots=True)
class Diagonals:
    """Some diagonals: `slopes` and the offsets, the last parts, say in which column stands the entry of each row.

    The first parts are the entries by rows, as many as there are diagonals; column = offset + slope · row.
    """

    view: View
    expr: Expr
    parts: tuple[Expr, ...]
    slopes: tuple[int, ...]

    @property
    def offsets(self) -> tuple[Expr, ...]:
        """How far to the right of the first entry each diagonal starts."""
        return self.parts[len(self.slopes) :]

    def fill(self, into: Array, values: Sequence[Array], sizes: Sizes) -> None:
        for entries, rows, columns in self._each(values, sizes):
            into[rows, columns] += entries

    def entries(self, values: Sequence[Array], sizes: Sizes) -> Entries:
        import numpy as np

        found = [np.concatenate(each) for each in zip(*self._each(values, sizes), strict=True)]
        return found[0], found[1], found[2]

    def _each(self, values: Sequence[Array], sizes: Sizes) -> Iterator[Entries]:
        import numpy as np

        count = len(self.slopes)
        for slope, entries, offset in zip(self.slopes, values[:count], values[count:], strict=True):
            rows = np.arange(sizes[0])
            columns = int(offset) + slope * rows
            inside = (columns >= 0) & (columns < sizes[1])
            yield entries[inside], rows[inside], columns[inside]


@dataclass(frozen=True, slots=True)
class Triangular:
    """A triangle of ones, lower or upper, with its rows and its columns scaled by the two parts."""

    view: View
    expr: Expr
    parts: tuple[Expr, ...]
    lower: bool

    def fill(self, into: Array, values: Sequence[Array], sizes: Sizes) -> None:
        entries, rows, columns = self.entries(values, sizes)
        into[rows, columns] += entries

    def entries(self, values: Sequence[Array], sizes: Sizes) -> Entries:
        import numpy as np

        rows, columns = np.tril_indices(sizes[0]) if self.lower else np.triu_indices(sizes[0])
        return values[0][rows] * values[1][columns], rows, columns


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of structured maps; of none, it is zero."""

    view: View
    expr: Expr
    terms: tuple[Einsum | Diagonals | Triangular, ...]

    @property
    def parts(self) -> tuple[Expr, ...]:
        """The parts of all terms."""
        return tuple(part for term in self.terms for part in term.parts)

    def shared(self, values: Sequence[Array]) -> list[Sequence[Array]]:
        """The values of each term's parts."""
        left = iter(values)
        return [[next(left) for _ in term.parts] for term in self.terms]

    def fill(self, into: Array, values: Sequence[Array], sizes: Sizes) -> None:
        for term, own in zip(self.terms, self.shared(values), strict=True):
            term.fill(into, own, sizes)

    def entries(self, values: Sequence[Array], sizes: Sizes) -> Entries:
        import numpy as np

        empty = (np.zeros(0), np.zeros(0, int), np.zeros(0, int))
        found = [term.entries(own, sizes) for term, own in zip(self.terms, self.shared(values), strict=True)]
        joined = [np.concatenate(each) for each in zip(empty, *found, strict=True)]
        return joined[0], joined[1], joined[2]


@dataclass(frozen=True, slots=True)
class Dense:
    """A map of which nothing is known: its one part is all of it."""

    view: View
    expr: Expr

    @property
    def parts(self) -> tuple[Expr, ...]:
        """The map itself."""
        return (self.expr,)

    def fill(self, into: Array, values: Sequence[Array], sizes: Sizes) -> None:
        into += values[0]

    def entries(self, values: Sequence[Array], sizes: Sizes) -> Entries:
        import numpy as np

        rows = prod(sizes[: len(self.view.rows)])
        matrix = np.asarray(values[0]).reshape(rows, -1)
        at = np.nonzero(matrix)
        return matrix[at], at[0], at[1]


Form: TypeAlias = Einsum | Diagonals | Triangular | Sum | Dense
