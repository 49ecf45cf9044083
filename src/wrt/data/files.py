"""Data files: named arrays from CSV, .npz and .npy.

A table (CSV, or a structured `.npy`) gives each column by its name, `X` for the matrix of its numeric columns without
the target, and `y` for the target. An archive (`.npz`) gives its arrays by their names, and a plain `.npy` one array,
named like the file; if a target is asked of it, its columns are a table counted from 0.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from wrt.errors import WrtError

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

MATRIX, TARGET = "X", "y"  # what a table calls the matrix of its columns, and its target
_DELIMITERS = ",;\t"


class DataError(WrtError):
    """A data file, or a value given by hand, that cannot be used."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was most likely meant to be.

    >>> nearest("bmj", ["age", "bmi", "bp"])
    'bmi'
    """
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), None)


@dataclass(frozen=True)
class Table:
    """Columns of equal length, in order; text is read as numbers when a column is asked for."""

    source: str
    columns: Mapping[str, Sequence[str] | Array]
    lines: Sequence[int] | None = None  # the line of the file on which each row ends, where it has lines

    def numbers(self, name: str) -> Array:
        """A column as floats; DataError names the first cell that is not a finite number."""
        import numpy as np

        cells = self.columns[name]
        try:
            column = np.asarray(cells, dtype=np.float64)
        except (TypeError, ValueError):
            row = next(i for i, cell in enumerate(cells) if _number(cell) is None)
        else:
            if np.isfinite(column).all():
                return column
            row = int(np.flatnonzero(~np.isfinite(column))[0])
        cell = str(cells[row]).strip()
        what = f"{cell!r} is not a finite number" if cell else "a value is missing"
        place = f"row {row}" if self.lines is None else f"line {self.lines[row]}"
        raise DataError(
            f"{self.source}, {place}, column {name}: {what}",
            hint="remove or fill such rows first: data must be finite numbers",
        )

    def is_text(self, name: str) -> bool:
        """True for a column that never was meant as numbers: none of its cells is one."""
        return all(_number(cell) is None for cell in self.columns[name])

    def find(self, name: str) -> str:
        """The column called `name`, or counted by it (from 0; -1 is the last) where the file names none."""
        if name in self.columns:
            return name
        names = list(self.columns)
        if names == [str(i) for i in range(len(names))] and re.fullmatch(r"-\d+", name) and int(name) >= -len(names):
            return names[int(name)]
        raise _missing(f"{self.source} has no column {name!r}", name, names, "columns")

    def arrays(self, names: Collection[str], target: str | None) -> dict[str, Array]:
        """The arrays among `names`: columns, the matrix `X` of the numeric columns, and `y` for the target.

        The matrix leaves out the target; without a target, the columns that are among `names` themselves.
        """
        import numpy as np

        target = None if target is None else self.find(target)
        found: dict[str, Array] = {}
        for name in names:
            if name in self.columns:
                found[name] = self.numbers(name)
            elif name == MATRIX:
                others = {target} if target is not None else {*names}
                chosen = [column for column in self.columns if column not in others and not self.is_text(column)]
                if not chosen:
                    raise DataError(f"{self.source} has no numeric column to make {MATRIX} of")
                found[name] = np.column_stack([self.numbers(column) for column in chosen])
            elif name == TARGET and target is not None:
                found[name] = self.numbers(target)
        return found


@dataclass(frozen=True)
class Archive:
    """Arrays that the file itself names."""

    source: str
    members: Mapping[str, Any]

    def numbers(self, name: str) -> Array:
        """A member as floats; DataError if it is not an array of finite real numbers."""
        import numpy as np

        member = self.members[name]
        if member.dtype.kind not in "fiub":
            raise DataError(f"{self.source}, array {name}: it holds {member.dtype}, not real numbers")
        array: Array = member.astype(np.float64, copy=False)
        if not array.size:
            raise DataError(f"{self.source}, array {name}: it is empty")
        if not np.isfinite(array).all():
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise DataError(
                f"{self.source}, array {name}: the entry at {list(where)} is {array[where]}",
                hint="remove or fill such entries first: data must be finite numbers",
            )
        return array

    def arrays(self, names: Collection[str], target: str | None) -> dict[str, Array]:
        """The arrays among `names`, and `y` for the target."""
        if target is not None and target not in self.members:
            lone = next(iter(self.members.values())) if len(self.members) == 1 else None
            if lone is not None and lone.ndim == 2:
                table = Table(self.source, {str(i): column for i, column in enumerate(lone.T)})
                return table.arrays(names, target)
            raise _missing(f"{self.source} has no array {target!r}", target, self.members, "arrays")
        found = {name: self.numbers(name) for name in names if name in self.members}
        if target is not None and TARGET in names and TARGET not in found:
            found[TARGET] = self.numbers(target)
        return found


def load(path: str | Path, names: Collection[str], *, target: str | None = None) -> dict[str, Array]:
    """The arrays that a data file gives to those of the variables `names` that it knows.

    Raises DataError if the file cannot be read, the target is not in it, or something asked for is not finite numbers.

    >>> folder = Path(__file__).parents[3] / "examples"
    >>> {name: array.shape for name, array in load(folder / "diabetes.csv", ["X", "y", "w"], target="y").items()}
    {'X': (442, 10), 'y': (442,)}
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path}: {'that is a folder' if path.is_dir() else 'there is no such file'}")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(
            f"cannot tell what kind of file {path.name} is", hint=f"data files end in {', '.join(_READERS)}"
        )
    try:
        with path.open("rb") as file:
            return reader(path, file).arrays(names, target)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{path.name} is damaged or not what its name says",
            hint="it holds Python objects, and only numbers are read" if "Object" in str(error) else None,
        ) from error


def _missing(message: str, name: str, known: Iterable[str], what: str) -> DataError:
    """The error for a name that a file lacks, with the nearest name and the names there are."""
    names = list(known)
    near = nearest(name, names)
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return DataError(message, hint=(f"did you mean {near!r}? " if near else "") + f"its {what} are {listed}")


def _number(cell: Any) -> float | None:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


def _csv(path: Path, file: BinaryIO) -> Table:
    """A table of text: a header, then one row a line; without a header the columns are counted from 0."""
    try:
        text = file.read().decode("utf-8-sig")
        delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = [(reader.line_num, row) for row in reader if any(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name} is not a text file of comma-separated values ({error})") from error
    if not rows:
        raise DataError(f"{path.name} is empty")
    header = [cell.strip() for cell in rows[0][1]]
    if all(_number(cell) is not None for cell in header):
        header = [str(i) for i in range(len(header))]
    else:
        del rows[0]
    if not rows:
        raise DataError(f"{path.name} has a header but no rows")
    twice = next((name for i, name in enumerate(header) if name in header[:i]), None)
    if twice is not None:
        raise DataError(f"{path.name} has two columns called {twice!r}", hint="give each column a name of its own")
    for line, row in rows:
        if len(row) != len(header):
            raise DataError(f"{path.name}, line {line}: {len(row)} values where the first line has {len(header)}")
    columns = zip(*(row for _, row in rows), strict=True)
    return Table(path.name, dict(zip(header, columns, strict=True)), lines=[line for line, _ in rows])


def _numpy(path: Path, file: BinaryIO) -> Table | Archive:
    """NumPy's own files; pickled objects are refused."""
    import numpy as np

    content = np.load(file, allow_pickle=False)
    if not isinstance(content, np.ndarray):
        return Archive(path.name, content)
    if content.dtype.names:
        return Table(path.name, {name: content[name] for name in content.dtype.names})
    return Archive(path.name, {path.stem: content})


_READERS: dict[str, Callable[[Path, BinaryIO], Table | Archive]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".npz": _numpy,
    ".npy": _numpy,
}
