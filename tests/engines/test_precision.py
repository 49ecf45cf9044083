"""Single precision on request, and the literal program: what is computed in which precision, and how it is written."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import wrt
from wrt.engines import compile as compile_
from wrt.errors import WrtError
from wrt.read import read

LIBRARIES = ["numpy", *(name for name in ("jax", "torch") if find_spec(name))]
TAILS = [  # a text, an order, a point, the derivative there
    ("tanh(x)", 1, 20.0, 1.699341702116e-17),
    ("log(1 - tanh(x)**2)", 2, 20.0, -3.398683404233e-17),
    ("log(1 - erf(x))", 2, 10.0, -1.990288106443),
    ("log(erfc(x))", 2, 30.0, -1.998892580),
    ("exp(x**2)*erfc(x)", 1, 1e5, -5.641895834e-11),
    ("exp(x**2)*erfc(x)", 2, 1e5, 1.128379167e-15),
    ("log(normcdf(x))", 2, -30.0, -0.9988959778),
    ("log(sigmoid(x))", 1, -90.0, 1.0),
    ("log(cosh(x))", 2, 30.0, 3.502604305e-26),
    ("lgamma(x + 1) - lgamma(x)", 1, 1e6, 1e-6),
]


@pytest.mark.parametrize(("text", "order", "point", "expected"), TAILS)
@pytest.mark.parametrize("engine", LIBRARIES)
def test_tails_in_single_precision(text: str, order: int, point: float, expected: float, engine: str) -> None:
    result = wrt.derive(text, "x", order=order, verify=False)
    found = result.compile(engine, dtype="float32")(point)
    assert float(found) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    "text",
    [
        "exp(-x**2)/sqrt(2*pi)",
        "normcdf(x)*log(2)",
        "log(erfc(x))",
        "x + ones(n)",
        "x*sqrt(3) + pi",
        "x/norm(x)",
        "x**3",
    ],
)
def test_nothing_is_computed_in_double(text: str) -> None:
    formula = read(text, {"x": "n"})
    compiled = compile_(formula, dtype="float32")
    namespace: dict[str, object] = {}
    exec(compiled.source, namespace)  # noqa: S102
    single = np.linspace(0.1, 2, 5, dtype=np.float32)
    assert namespace["f"](single).dtype == np.float32  # type: ignore[operator]
    assert compiled(np.linspace(0.1, 2, 5)).dtype == np.float32
    assert compiled(single) == pytest.approx(compile_(formula)(single.astype(float)), rel=1e-5)


def test_a_precision_that_is_not_there_is_refused() -> None:
    with pytest.raises(WrtError, match="no precision 'half'"):
        compile_(read("sin(x)"), dtype="half")
    with pytest.raises(WrtError, match="scalar computes in double"):
        compile_(read("sin(x)"), "scalar", dtype="float32")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1 - tanh(x)**2", "1 - np.tanh(x)**2"),
        ("log(1 + exp(x))", "np.log(1 + np.exp(x))"),
        ("where(x > 0, log(x), 0)", "np.where(x > 0, np.log(x), 0)"),
        ("sigmoid(x)*(1 - sigmoid(x))", "s * (1 - s)"),
        ("x*log(x)", "x * np.log(x)"),
    ],
)
def test_the_literal_program(text: str, written: str) -> None:
    formula = read(text)
    assert formula.python(stable=False).splitlines()[-1] == f"    return {written}"
    point = 0.7
    assert formula.compile(stable=False)(point) == pytest.approx(formula.compile()(point), rel=1e-14)
    assert wrt.compile(text, stable=False).source == formula.python(stable=False)


def test_every_hard_point_has_a_literal_program() -> None:
    rows = (Path(__file__).parent.parent / "cases" / "pathological.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, rows[::10]):
        result = wrt.derive(row["text"], row["wrt"], order=row["order"], shapes=row["shapes"], verify=False)
        assert "def f(" in result.python(stable=False)
