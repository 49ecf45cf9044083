"""Everyday functions at ordinary points are healthy: in value, gradient and second derivative, in both precisions."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

import wrt
from tests.oracle import draw

CASES = Path(__file__).parents[1] / "cases"
EVERYDAY = {
    "x**2 + 3*x + 1": {},
    "sin(x)*exp(-x)": {},
    "log(1 + exp(x))": {},
    "x/(1 + abs(x))": {},
    "relu(x)**2 + tanh(x)": {},
    "gelu(x) + silu(x) + elu(x)": {},
    "where(x > 0, x, exp(x) - 1)": {},
    "sqrt(x**2 + 1)": {},
    "max(x, 0.3) - min(x, 0.1)": {},
    "gamma(x + 2) + erf(x)": {},
    "sum(v**2)": {"v": [0.3, -1.2, 2.0]},
    "norm(v)": {"v": [0.3, -1.2, 2.0]},
    "logsumexp(v) - softmax(v)[0]": {"v": [0.3, -1.2, 2.0]},
    "std(v) + mean(v) + prod(v)": {"v": [0.3, -1.2, 2.0]},
    "sum((X @ w - y)**2)/3": {"X": [[1, 2], [0.5, -1], [2, 0.3]], "w": [0.2, -0.4], "y": [1, 2, 3]},
    "h = tanh(W @ v + b); a @ h": {"W": [[0.1, 0.2, 0.3], [1, -1, 0.5]], "v": [1, 2, 3], "b": [0, 1], "a": [1, -2]},
    "logdet(A) + tr(inv(A)) + det(A)": {"A": [[2, 0.3], [0.1, 1.5]]},
    "cumsum(v)[-1] + v[1:] @ v[:-1]": {"v": [0.3, -1.2, 2.0]},
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("text", EVERYDAY)
def test_an_everyday_function_is_healthy(text, dtype):
    at = EVERYDAY[text] or {"x": 0.7}
    order = 2 if sum(np.size(value) for value in at.values()) < 5 else 1
    diagnosis = wrt.diagnose(text, at=at, order=order, dtype=dtype)
    assert diagnosis.healthy, str(diagnosis)
    assert diagnosis
    for name, truth in diagnosis.truth.items():
        np.testing.assert_allclose(diagnosis.plain[name], truth, rtol=(1e-9, 1e-4)[dtype == "float32"], atol=1e-6)


# A gradient through a branch that is not taken, where the other branch is undefined, is NaN in libraries too.
LEAKS = ("where(x > 0, x*log(x), 0)",)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scalar", "scalar_more"])
def test_functions_of_a_course_are_healthy_at_random_points(name):
    for number, row in enumerate(map(json.loads, (CASES / f"{name}.jsonl").read_text().splitlines())):
        if "integrate" in row["text"] or row["text"] in LEAKS:
            continue
        rng = random.Random(row["id"])
        ranges = {row["wrt"]: row["domain"], **row.get("params", {})}
        formula = wrt.read(row["text"], shapes=row.get("shapes", {}))
        at = {each: rng.uniform(*ends) for each, ends in ranges.items() if each in formula.arguments}
        diagnosis = wrt.diagnose(formula, at=at, order=1 + number % 2)
        assert diagnosis.healthy, str(diagnosis)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["matrix", "matrix_more"])
def test_matrix_functions_are_healthy_at_random_points(name):
    for row in map(json.loads, (CASES / f"{name}.jsonl").read_text().splitlines()):
        formula = wrt.read(row["text"], row["shapes"])
        point = draw(row["shapes"], row["domain"], 0)
        diagnosis = wrt.diagnose(formula, at={each: point[each] for each in formula.arguments}, wrt=row["wrt"])
        assert diagnosis.healthy, str(diagnosis)
