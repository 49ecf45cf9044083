"""The acceptance rows: answers right in value and shape, and no longer than the textbook's."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

import wrt
from tests.oracle import draw, operators
from wrt.verify.oracle import equal

CASES = Path(__file__).parent / "cases"
FAMILIES = {"trace", "quadratic", "norm", "elementwise", "loss"}


def rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text().splitlines()]


SCALAR = rows("scalar")
MATRIX = [row for row in rows("matrix") if row["family"] in FAMILIES]


def question(row) -> tuple:
    return row["text"], row["wrt"], row["order"]


# A question that stands twice has two accepted answers.
LONGEST = {}
for each in SCALAR:
    LONGEST[question(each)] = max(LONGEST.get(question(each), 0), operators(each["expected"]))


@pytest.mark.parametrize("row", SCALAR, ids=lambda row: f"{row['id']}:{row['text']}")
def test_scalar_derivative_is_right_and_no_longer_than_the_textbook(row):
    result = wrt.derive(row["text"], row["wrt"], order=row["order"])
    expected = wrt.read(row["expected"])
    if "integrate" not in str(result.expr):
        assert equal(result.expr.node, expected.node)
    _compare_in_numbers(row, result, expected)
    allowed = max(
        operators(each["expected"])
        for each in SCALAR
        if each["text"] == row["text"] and each["order"] == row["order"] and each["wrt"] == row["wrt"]
    )
    assert operators(str(result.expr)) <= allowed, str(result.expr)


def _compare_in_numbers(row, result, expected):
    rng = random.Random(row["id"])
    ranges = {row["wrt"]: row["domain"], **row.get("params", {})}
    ours, theirs = result.compile(), expected.compile()
    for _ in range(20):
        point = {name: rng.uniform(*ends) for name, ends in ranges.items()}
        if any(abs(point[row["wrt"]] - kink) < 0.02 for kink in row.get("kinks", [])):
            continue
        left = ours(**{name: point[name] for name in ours.arguments})
        right = theirs(**{name: point[name] for name in theirs.arguments})
        assert left == pytest.approx(right, rel=1e-9, abs=1e-12), point


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row["id"])
def test_matrix_derivative_is_right_in_value_and_shape(row):
    result = wrt.derive(row["text"], row["wrt"], order=row["order"], shapes=row["shapes"])
    expected = wrt.read(row["expected"], row["shapes"]).compile()
    ours = result.compile()
    for seed in range(3):
        point = draw(row["shapes"], row["domain"], seed)
        left, right = np.asarray(ours(**point)), np.asarray(expected(**point))
        shape = point[row["wrt"]].shape * (row["order"])
        function_shape = np.shape(wrt.read(row["text"], row["shapes"]).compile()(**point))
        assert left.shape == function_shape + shape
        np.testing.assert_allclose(left, np.broadcast_to(right, left.shape), rtol=1e-8, atol=1e-10)
