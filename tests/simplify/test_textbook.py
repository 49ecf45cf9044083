"""Textbook derivatives over all topics of a course: right, and no longer than the textbook's form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import wrt
from tests.oracle import operators
from wrt.expr.node import Integral
from wrt.expr.walk import nodes
from wrt.verify.oracle import equal

ROWS = [
    json.loads(line) for line in (Path(__file__).parents[1] / "cases" / "scalar_more.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['id']}:{row['text']}")
def test_derivative_is_right_and_no_longer_than_the_textbook(row):
    shapes = row.get("shapes", {})
    result = wrt.derive(row["text"], row["wrt"], order=row["order"], shapes=shapes, verify=False).expr
    known = {name: fact for name, fact in shapes.items() if name in row["expected"]}
    if not any(isinstance(node, Integral) for node in nodes(result.node)):
        assert equal(result.node, wrt.read(row["expected"], known).node), str(result)
    if "longer" in row:  # the row says why
        pytest.xfail(row["longer"])
    assert operators(str(result)) <= operators(row["expected"]), str(result)
