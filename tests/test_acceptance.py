"""The acceptance rows: answers right in value and shape, and no longer than the textbook's."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import wrt
from tests.oracle import draw, operators
from wrt.verify.oracle import equal

CASES = Path(__file__).parent / "cases"
MATRIX_FILES = ("matrix", "matrix_more")


def rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text().splitlines()]


SCALAR = rows("scalar")
MATRIX = {name: rows(name) for name in MATRIX_FILES}


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


@cache
def answer(name: str, place: int) -> wrt.Result:
    """What is derived for a row of a file; derived once for all tests."""
    row = MATRIX[name][place]
    return wrt.derive(row["text"], row["wrt"], order=row["order"], shapes=row["shapes"])


@pytest.mark.parametrize(
    ("name", "place"),
    [pytest.param(name, i, id=row["id"]) for name in MATRIX_FILES for i, row in enumerate(MATRIX[name])],
)
def test_matrix_derivative_is_right_in_value_and_shape(name, place):
    row = MATRIX[name][place]
    ours = answer(name, place).compile()
    expected = wrt.read(row["expected"], row["shapes"]).compile()
    function = wrt.read(row["text"], row["shapes"]).compile()
    for seed in range(3):
        point = draw(row["shapes"], row["domain"], seed)
        left, right = np.asarray(ours(**point)), np.asarray(expected(**point))
        assert left.shape == np.shape(function(**point)) + point[row["wrt"]].shape * row["order"]
        np.testing.assert_allclose(left, np.broadcast_to(right, left.shape), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", MATRIX_FILES)
def test_matrix_derivatives_read_back_with_the_names_of_their_parts(name):
    for place in range(len(MATRIX[name])):
        expr = answer(name, place).expr
        assert wrt.read(str(expr), shapes=expr.shapes).node is expr.node, str(expr)


@pytest.mark.parametrize("name", MATRIX_FILES)
def test_matrix_derivatives_are_no_longer_than_the_textbooks(name):
    sizes = {row["id"]: (operators(str(answer(name, i).expr)), row["ops"]) for i, row in enumerate(MATRIX[name])}
    longer = [each for each, (size, textbook) in sizes.items() if size > textbook]
    much = [each for each, (size, textbook) in sizes.items() if size > 1.5 * textbook + 2]
    assert not much
    assert len(longer) <= len(sizes) / 10, longer


@pytest.mark.parametrize("name", MATRIX_FILES)
def test_sizes_of_the_textbooks_answers_are_what_is_counted(name):
    assert [row["ops"] for row in MATRIX[name]] == [operators(row["expected"]) for row in MATRIX[name]]


@pytest.mark.parametrize("name", MATRIX_FILES)
def test_matrix_derivatives_are_in_matrix_notation_where_the_textbooks_are(name):
    """One einsum counts as one operator, however many indices it has, so the size does not see it."""
    answers = {
        row["id"]: str(answer(name, i).expr) for i, row in enumerate(MATRIX[name]) if not tensor(row["expected"])
    }
    assert not [each for each, text in answers.items() if tensor(text)]


def tensor(text: str) -> bool:
    """Whether an answer is written with indices."""
    return "einsum(" in text or "reshape(" in text
