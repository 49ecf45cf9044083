"""The doctor at hard points: it finds what JAX gets wrong, cries no wolf where JAX is right, and knows the truth."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import wrt
from wrt.doctor.causes import MEANING

CASES = Path(__file__).parents[1] / "cases" / "pathological.jsonl"
ROWS = {row["id"]: row for row in map(json.loads, CASES.read_text().splitlines())}

# Where JAX is wrong and plain code is not.
UNFOUND = {
    "pow_x1_o2_at_0": "x**1.0 is read as x**1, which is x",
    "betaln_exp_o2_at_0": "a defect of JAX's own second derivative of betaln; the table's is right",
    "logdet_lib_o1_at_1e-200": "JAX's slogdet of a small matrix underflows; LAPACK's factors do not",
}

# Where JAX is right because its library has a function of its own, and the text spells it out.
SPELLED_OUT = {
    "sinc_o1_at_0": "jnp.sinc",
    "sinc_o2_at_0": "jnp.sinc",
    "sinc_o2_at_0.0001": "jnp.sinc",
    "log_sigmoid_lib_o1_at_-1000": "jax.nn.log_sigmoid",
    "log_sigmoid_lib_o2_at_-1000": "jax.nn.log_sigmoid",
    "softplus_lib_o1_at_1000": "jax.nn.softplus",
    "softplus_lib_o2_at_1000": "jax.nn.softplus",
    "softplus_lib_o2_at_21": "jax.nn.softplus",
}


@cache
def diagnosis(name: str):
    row = ROWS[name]
    formula = wrt.read(row["text"], shapes=row["shapes"])
    shape = [int(str(size)) for size in formula.symbols[row["wrt"]].shape]
    point = np.array([float(x) for x in row["point"]]).reshape(shape)
    return wrt.diagnose(formula, at={**row["at"], row["wrt"]: point}, wrt=row["wrt"], order=row["order"])


def mode(name: str) -> str:
    return ("gradient", "hessian")[ROWS[name]["order"] - 1]


def of_derivative(name: str) -> list:
    return [each for each in diagnosis(name).findings if each.mode == mode(name)]


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row["jax64"] != "ok" and name not in UNFOUND])
def test_what_jax_gets_wrong_is_found_with_a_cause(name):
    found = of_derivative(name)
    assert found
    assert all(each.cause in MEANING and each.cause != "no digits left" for each in found)
    assert all(each.digits_lost > 4 and each.remedy and each.text in ROWS[name]["text"] for each in found)


@pytest.mark.parametrize(
    "name", [name for name, row in ROWS.items() if row["jax64"] == "ok" and name not in SPELLED_OUT]
)
def test_the_doctor_cries_no_wolf_where_jax_is_right(name):
    assert not of_derivative(name)


@pytest.mark.parametrize("name", [*UNFOUND, *SPELLED_OUT])
def test_exceptions_are_exceptions(name):
    assert bool(of_derivative(name)) == (name in SPELLED_OUT)


@pytest.mark.parametrize("name", ROWS)
def test_the_truth_is_the_expected_value(name):
    truth = _flat(diagnosis(name).truth[mode(name)])
    expected = [float(x) for x in ROWS[name]["expected"]]
    for found, value in zip(truth, expected, strict=True):
        if isinstance(found, tuple):
            assert ROWS[name]["kind"] == "subgradient"
            assert found[0] <= value <= found[1]
        else:
            assert found == pytest.approx(value, rel=1e-12, abs=0)


def _flat(value) -> list:
    return [each for part in value for each in _flat(part)] if isinstance(value, list) else [value]
