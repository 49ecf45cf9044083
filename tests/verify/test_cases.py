"""The known answers against the oracle: all are confirmed, and what a small edit makes of them is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wrt import read
from wrt.errors import Unsolved, VerificationError, WrtError
from wrt.expr.walk import nodes, substitute
from wrt.face.compute import variable_of
from wrt.verify.oracle import equal, verify_derivative
from wrt.verify.patterns import Case
from wrt.verify.repairs import edits

CASES = Path(__file__).parent.parent / "cases"
UNDECLARED = {"onehot", "pm1", "01"}  # what these rows assume of a variable beside its declared facts
SUM_TO_ONE = {"ce-temperature", "ce-temperature-tau"}


def rows(name: str):
    for line in (CASES / name).read_text().splitlines():
        row = json.loads(line)
        if row["id"] not in SUM_TO_ONE and UNDECLARED.isdisjoint(
            row["domain"].values() if isinstance(row["domain"], dict) else ()
        ):
            yield pytest.param(row, id=row["id"])


def formulas(row):
    shapes = row.get("shapes", {})
    f = read(row["text"], shapes=shapes)
    variable = variable_of(f, row["wrt"])
    expected = read(row["expected"], shapes={variable.name: "", **f.shapes, **shapes})
    return f.node, variable, expected.node


@pytest.mark.parametrize("row", [*rows("scalar.jsonl"), *rows("matrix.jsonl")])
def test_known_answers_are_confirmed(row) -> None:
    f, variable, expected = formulas(row)
    certificate = verify_derivative(f, variable, expected, row["order"])
    assert certificate.points >= 3
    assert certificate.digits >= 25
    assert certificate.undefined is None


def wrong_answers(f, variable, expected, order):
    """What small edits make of the answer, where it is another function."""
    case = Case(f, variable, expected, order, [])
    for node in nodes(expected):
        for other, _, _ in edits(node, case):
            try:
                edited = substitute(expected, {node: other})
            except WrtError:
                continue
            if edited.shape == expected.shape and not _same(edited, expected):
                yield edited


def _same(edited, expected) -> bool:
    try:
        return bool(equal(edited, expected, points=4))
    except Unsolved:  # they are never defined together
        return False


@pytest.mark.slow
@pytest.mark.parametrize("row", [*rows("scalar.jsonl"), *rows("matrix.jsonl")])
def test_edited_answers_are_refused(row) -> None:
    f, variable, expected = formulas(row)
    for _, edited in zip(range(12), wrong_answers(f, variable, expected, row["order"]), strict=False):
        with pytest.raises((VerificationError, Unsolved)):
            verify_derivative(f, variable, edited, row["order"])
