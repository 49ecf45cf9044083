"""Compiled functions against ball arithmetic: every text and answer of the acceptance cases, at random points."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb

from wrt.engines import compile as compile_
from wrt.expr.node import Formula
from wrt.read import read
from wrt.verify.evaluate import evaluate, shape_of
from wrt.verify.series import PointError, constant, working

CASES = Path(__file__).parents[1] / "cases"
sys.path.append(str(CASES.parent))

from oracle import draw  # noqa: E402


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines()]


def exactly(formula: Formula, point: dict[str, Any]) -> np.ndarray:
    """The value by ball arithmetic."""
    sizes: dict[Any, int] = {}
    values: dict[Any, Any] = {}
    for name, variable in formula.symbols.items():
        if "dimension" in variable.facts:
            continue
        array = np.asarray(point[name])
        values[variable] = [constant(arb(float(entry))) for entry in array.ravel()]
        sizes.update(zip(variable.shape, array.shape, strict=True))
    node = formula.node
    with working(160, 1):
        sizes = {size: axis for size, axis in sizes.items() if size.free}
        entries = evaluate(node, values, sizes)
        return np.array([float(entry[0].mid()) for entry in entries]).reshape(shape_of(node, sizes))


def assert_close(found: Any, exact: np.ndarray) -> None:
    assert np.shape(found) == exact.shape
    scale = 1 + np.abs(exact).max(initial=0)
    assert np.abs(np.asarray(found) - exact).max(initial=0) <= 1e-11 * scale


@pytest.mark.parametrize("row", rows("matrix.jsonl"), ids=lambda row: str(row["id"]))
def test_a_matrix_case_computes_what_it_says(row: dict[str, Any]) -> None:
    point = draw(row["shapes"], row["domain"], 7)
    for text in (row["text"], row["expected"]):
        formula = read(text, row["shapes"])
        function = compile_(formula)
        assert_close(function(**{name: point[name] for name in function.arguments}), exactly(formula, point))


@pytest.mark.parametrize("row", rows("scalar.jsonl"), ids=lambda row: str(row["id"]))
@pytest.mark.parametrize("engine", ["numpy", "scalar"])
def test_a_scalar_case_computes_what_it_says(row: dict[str, Any], engine: str) -> None:
    generator = random.Random(3)
    ranges = {row["wrt"]: row["domain"], **row.get("params", {})}
    for text in (row["text"], row["expected"]):
        formula = read(text)
        function = compile_(formula, engine=engine)
        tried = 0
        for _ in range(6):
            point = {name: generator.uniform(*ranges.get(name, (0.3, 2.5))) for name in function.arguments}
            try:
                exact = exactly(formula, point)
            except PointError:
                continue
            tried += 1
            assert_close(function(**point), exact)
        assert tried
