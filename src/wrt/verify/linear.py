"""Inverse, determinant and log|det| of square matrices of power series, by elimination with the surest pivot."""

from __future__ import annotations

from collections.abc import Sequence

from wrt.verify.series import Series, constant, log, undefined

Matrix = list[list[Series]]


def _square(entries: Sequence[Series], size: int) -> Matrix:
    return [list(entries[row * size : (row + 1) * size]) for row in range(size)]


def _surest_pivot(matrix: Matrix, column: int) -> int | None:
    """The row at or below the diagonal whose ball is farthest from zero, or None where each may be zero."""
    rows = [row for row in range(column, len(matrix)) if not matrix[row][column][0].contains(0)]
    return max(rows, key=lambda row: matrix[row][column][0].abs_lower(), default=None)


def _eliminate(matrix: Matrix, right: Matrix) -> Series | None:
    """Bring `matrix` to triangular form in place, with the same row operations on `right`; its determinant, or None
    where a pivot cannot be told from zero."""
    size = len(matrix)
    determinant = constant(1)
    for column in range(size):
        pivot = _surest_pivot(matrix, column)
        if pivot is None:
            return None
        if pivot != column:
            matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
            right[column], right[pivot] = right[pivot], right[column]
            determinant = -determinant
        head = matrix[column][column]
        determinant = determinant * head
        for row in range(column + 1, size):
            factor = matrix[row][column] / head
            for at in range(column + 1, size):
                matrix[row][at] = matrix[row][at] - factor * matrix[column][at]
            right[row] = [mine - factor * above for mine, above in zip(right[row], right[column], strict=True)]
    return determinant


def inverse(entries: Sequence[Series], size: int) -> list[Series]:
    """The entries of the inverse; undefined for a matrix that may be singular."""
    matrix = _square(entries, size)
    right = [[constant(int(row == column)) for column in range(size)] for row in range(size)]
    if _eliminate(matrix, right) is None:
        return [undefined()] * (size * size)
    for column in range(size - 1, -1, -1):
        head = matrix[column][column]
        right[column] = [value / head for value in right[column]]
        for row in range(column):
            factor = matrix[row][column]
            right[row] = [mine - factor * below for mine, below in zip(right[row], right[column], strict=True)]
    return [value for row in right for value in row]


def determinant(entries: Sequence[Series], size: int) -> Series:
    """The determinant, also of a singular matrix: by expansion where elimination finds no sure pivot."""
    matrix = _square(entries, size)
    result = _eliminate(matrix, [[] for _ in range(size)])
    return _expanded(_square(entries, size)) if result is None else result


def _expanded(matrix: Matrix) -> Series:
    """Division-free determinant (Bird 2011): n − 1 products of matrices."""
    size = len(matrix)
    current = matrix
    for _ in range(size - 1):
        upper = [
            [value if column > row else constant(0) for column, value in enumerate(entries)]
            for row, entries in enumerate(current)
        ]
        tail = constant(0)
        for row in range(size - 1, -1, -1):
            upper[row][row] = -tail
            tail = tail + current[row][row]
        current = [
            [_dot(upper[row], [matrix[k][column] for k in range(size)]) for column in range(size)]
            for row in range(size)
        ]
    return current[0][0] if size % 2 else -current[0][0]


def _dot(left: Sequence[Series], right: Sequence[Series]) -> Series:
    total = constant(0)
    for a, b in zip(left, right, strict=True):
        total = total + a * b
    return total


def logdet(entries: Sequence[Series], size: int) -> Series:
    """log|det|."""
    value = determinant(entries, size)
    return log(value if value[0] > 0 else -value)
