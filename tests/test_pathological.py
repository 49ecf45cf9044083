"""Hard points: derivatives of everyday expressions where plain automatic differentiation is NaN, infinite or wrong.

Each row of `cases/pathological.jsonl` is held in double precision, and in single where its numbers can be represented.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wrt

CASES_FILE = Path(__file__).parent / "cases" / "pathological.jsonl"
ROWS = [json.loads(line) for line in CASES_FILE.read_text(encoding="utf-8").splitlines()]
LARGEST, SMALLEST = np.finfo(np.float32).max, np.finfo(np.float32).tiny


def numbers(values: list[Any]) -> np.ndarray:
    return np.array([float(value) for value in values])


def is_single(row: dict[str, Any]) -> bool:
    """Whether the point and the answer are numbers that single precision has."""
    size = np.abs(numbers([*row["point"], *row["expected"]]))
    return bool(np.all((size == 0) | np.isinf(size) | ((size < LARGEST) & (size > SMALLEST))))


@cache
def compiled(text: str, variable: str, order: int, shapes: tuple[tuple[str, str], ...]) -> Any:
    return wrt.derive(text, variable, order=order, shapes=dict(shapes), verify=False).compile()


def computed(row: dict[str, Any], precision: type[np.floating]) -> np.ndarray:
    function = compiled(row["text"], row["wrt"], row["order"], tuple(row["shapes"].items()))
    shape = [int(size) for size in row["shapes"][row["wrt"]].split()]
    point = numbers(row["point"]).astype(precision).reshape(shape)
    others = {name: precision(value) for name, value in row["at"].items()}
    with np.errstate(all="ignore"):
        return np.ravel(function(**{row["wrt"]: point[()], **others})).astype(float)


CASES = [
    pytest.param(
        row,
        precision,
        tolerance,
        id=f"{row['id']}-{name}",
    )
    for name, precision, tolerance in (("double", np.float64, 1e-9), ("single", np.float32, 1e-4))
    for row in ROWS
    if name == "double" or is_single(row)
]


@pytest.mark.parametrize(("row", "precision", "tolerance"), CASES)
def test_a_hard_point_is_right(row: dict[str, Any], precision: type[np.floating], tolerance: float) -> None:
    expected = numbers(row["expected"])
    allowed = tolerance * np.where(expected == 0, 1e-3 * max(1.0, np.max(np.abs(expected))), np.abs(expected))
    got = computed(row, precision)
    assert np.all(np.abs(got - expected) <= allowed), got
