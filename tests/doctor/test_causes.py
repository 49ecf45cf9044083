"""Each cause, in functions that are known for it: the operation that goes bad first, and what is offered instead."""

from __future__ import annotations

import json

import numpy as np
import pytest

import wrt
from wrt.errors import ShapeError, WrtError

# text, point, and (mode, cause, sub-expression) of the first finding.
CAUSES = [
    ("sin(x)/x", {"x": 0}, ("value", "0/0", "sin(x)/x")),
    ("exp(x)/(1 + exp(x))", {"x": 1000}, ("value", "overflow", "exp(x)")),
    ("gamma(x)/gamma(x - 1)", {"x": 200}, ("value", "overflow", "gamma(x)")),
    ("x**2*log(x)", {"x": 0}, ("value", "division by zero", "log(x)")),
    ("x*(1/x)", {"x": 0}, ("value", "division by zero", "1/x")),
    ("log(normcdf(x))", {"x": -40}, ("value", "underflow", "normcdf(x)")),
    ("prod(v)", {"v": [1e-200, 1e-200, 1e300]}, ("value", "underflow", "prod(v)")),
    ("log(1 - sigmoid(x))", {"x": 40}, ("value", "saturation", "1 - sigmoid(x)")),
    ("log(1 - sigmoid(x))", {"x": 1e200}, ("value", "saturation", "1 - sigmoid(x)")),
    ("log(sigmoid(x))", {"x": 20}, ("value", "saturation", "sigmoid(x)")),
    ("logdet(A + 1)", {"A": [[1e-30, 0.0], [0.0, 3e-30]]}, ("value", "absorption", "A + 1")),
    (
        "tr(K @ L)/norm(K)",
        {"K": [[0.0, 0.0], [0.0, 0.0]], "L": [[1.0, 2.0], [3.0, 4.0]]},
        ("value", "0/0", "tr(K @ L)/norm(K)"),
    ),
    ("atanh(tanh(x))", {"x": 20}, ("value", "saturation", "tanh(x)")),
    ("tanh(x)", {"x": 20}, ("gradient", "saturation", "tanh(x)")),
    ("(exp(x) - 1)/x", {"x": 1e-12}, ("value", "cancellation", "exp(x) - 1")),
    ("sqrt(x**2 + 1) - x", {"x": 1e9}, ("value", "cancellation", "sqrt(x**2 + 1) - x")),
    ("mean(v**2) - mean(v)**2", {"v": [1e9, 1e9 + 1, 1e9 + 2]}, ("value", "cancellation", "mean(v**2) - mean(v)**2")),
    ("log(1 + x)", {"x": 1e-17}, ("value", "absorption", "1 + x")),
    ("log(x)", {"x": -1}, ("value", "domain", "log(x)")),
    ("1/x", {"x": 0}, ("value", "division by zero", "1/x")),
    ("where(x > 0, log(x), x)", {"x": 0}, ("gradient", "branch not taken", "log(x)")),
    ("where(x > 0, sqrt(x), x)", {"x": -1}, ("gradient", "branch not taken", "sqrt(x)")),
    ("where(v > 0, sqrt(v), v)", {"v": [1.0, -1.0]}, ("gradient", "branch not taken", "sqrt(v)")),
    ("where(x != 0, sin(x)/x, 1)", {"x": 0}, ("gradient", "branch not taken", "sin(x)/x")),
    ("where(x == 0, 0, x)", {"x": 0}, ("gradient", "kink", "x == 0")),
    ("relu(x) - relu(-x)", {"x": 0}, ("gradient", "kink", "relu(x)")),
    ("norm(v)", {"v": [0.0, 0.0]}, ("gradient", "division by zero", "norm(v)")),
    ("norm(v)", {"v": [1e200, 1e200]}, ("value", "overflow", "norm(v)")),
    ("inv(A)", {"A": [[1.0, 2.0], [2.0, 4.0]]}, ("value", "division by zero", "inv(A)")),
    ("jnp.log(jax.nn.softmax(z))", {"z": [1000.0, 0.0]}, ("value", "underflow", "softmax(z)")),
]


@pytest.mark.parametrize(("text", "at", "expected"), CAUSES, ids=[f"{text} at {at}" for text, at, _ in CAUSES])
def test_the_first_operation_that_goes_bad(text, at, expected):
    found = wrt.diagnose(text, at=at).findings[0]
    assert (found.mode, found.cause, found.text) == expected
    context, position, width = found.place
    assert context[position : position + width] == found.text


HEALTHY = [
    ("abs(x)", {"x": 0}), ("max(v, axis=0)", {"v": [1.0, 1.0]}), ("clip(x, 0, 1)", {"x": 1}), ("floor(x)", {"x": 2}),
    ("sin(x)", {"x": np.pi}), ("tan(x)", {"x": np.pi / 2}), ("var(v)", {"v": [1e9, 1e9 + 1, 1e9 + 2]}),
    ("logsumexp(z)", {"z": [1000.0, 1000.0]}), ("tanh(x)", {"x": 400}), ("x**2 - 2", {"x": 2**0.5}),
    ("max(v)", {"v": [0.0] * 9}), ("norm(v, inf)", {"v": [0.0, 0.0]}), ("norm(v, 1)", {"v": [0.0, 1.0]}),
    ("where(x == 0, 1, x)", {"x": 0}), ("relu(x)**2", {"x": 0}), ("where(x > 0, x, 0)", {"x": -1}),
    ("elu(x)", {"x": 1000}), ("normlogcdf(x)", {"x": -40}),
    ("x - inv(H) @ (H @ x)", {"H": [[2.0, 0.3], [0.1, 1.7]], "x": [1.0, 2.0]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at"), HEALTHY, ids=[f"{text} at {at}" for text, at in HEALTHY])
def test_no_wolf_is_cried(text, at):
    """Kinks have slopes to choose from; what a rounding of the point changes as much is no fault of the code."""
    diagnosis = wrt.diagnose(text, at=at, order=2 if "inv" not in text else 1)
    assert diagnosis.healthy, str(diagnosis)


@pytest.mark.parametrize(
    ("text", "at", "offer"),
    [
        ("log(1 + exp(x))", 1000, "write softplus(x) for log(1 + exp(x))"),
        ("log(1 - sigmoid(x))", 40, "write sigmoid(-x) for 1 - sigmoid(x)"),
        ("(exp(x) - 1)/x", 1e-12, "write expm1(x) for exp(x) - 1"),
        ("relu(x) - relu(-x)", 0, "write x for relu(x) - relu(-x)"),
    ],
)
def test_what_to_write_instead(text, at, offer):
    assert wrt.diagnose(text, at=at).findings[0].remedy == offer


def test_the_rewrites_of_a_function():
    diagnosis = wrt.diagnose("a*(exp(x) - 1) + log(1 + exp(y))", at={"a": 1, "x": 1e-12, "y": 1})
    assert diagnosis.rewrites == (("exp(x) - 1", "expm1(x)"), ("log(1 + exp(y))", "softplus(y)"))
    assert wrt.diagnose("x**2", at=1).rewrites == ()


def test_single_precision_overflows_sooner():
    assert wrt.diagnose("log(1 + exp(x))", at=100).healthy
    found = wrt.diagnose("log(1 + exp(x))", at=100, dtype="float32").findings[0]
    assert (found.cause, found.true) == ("overflow", 100.0)


def test_hard_points_are_looked_for():
    (found,) = wrt.diagnose("relu(2*x - 7) - relu(7 - 2*x)").findings
    assert (found.cause, found.at) == ("kink", {"x": 3.5})
    (found,) = wrt.diagnose("sqrt(x - 2)*(x - 2)").findings
    assert (found.cause, found.at) == ("division by zero", {"x": 2.0})
    diagnosis = wrt.diagnose("log(1 + exp(-x))")
    assert {each.cause for each in diagnosis.findings} == {"absorption", "overflow"}
    assert diagnosis.points > 10
    assert wrt.diagnose("x*exp(-x**2)").healthy
    assert {each.cause for each in wrt.diagnose("norm(v)", v="n").findings} >= {"overflow", "underflow"}


def test_declared_signs_are_kept():
    assert wrt.diagnose("x*log(x)").findings[0].at == {"x": 0.0}
    assert wrt.diagnose("x*log(x)", x=">0").healthy


def test_values_and_derivatives_beside_each_other():
    diagnosis = wrt.diagnose("x*y + log(1 + exp(x))", at={"x": 1000, "y": 2}, wrt="x", order=2)
    assert diagnosis.truth == {"value": 3000.0, "gradient": 3.0, "hessian": 0.0}
    assert diagnosis.stable == {"value": 3000.0, "gradient": 3.0, "hessian": 0.0}
    assert np.isinf(diagnosis.plain["value"])
    assert np.isnan(diagnosis.plain["gradient"])
    both = wrt.diagnose("x*y", at={"x": 1, "y": 2})
    assert both.truth == {"value": 2.0, "gradient by x": 2.0, "gradient by y": 1.0}


def test_a_jacobian_has_its_shape():
    truth = wrt.diagnose("softmax(z)", at={"z": [0.0, 0.0]}, order=2).truth
    assert truth["gradient"] == [[0.25, -0.25], [-0.25, 0.25]]
    assert np.shape(truth["hessian"]) == (2, 2, 2)


def test_data_are_plain():
    data = json.loads(json.dumps(wrt.diagnose("norm(v)", at={"v": [0.0, 0.0]}).as_json()))
    assert data["healthy"] is False
    assert data["plain"]["gradient"] == ["nan", "nan"]
    assert data["findings"][0]["cause"] == "division by zero"


def test_large_data_are_only_searched_for_nan():
    rng = np.random.default_rng(0)
    X, w = rng.normal(size=(4000, 20)), rng.normal(size=20)
    diagnosis = wrt.diagnose("sum(log(1 + exp(X @ w)))", at={"X": X, "w": w}, wrt="w")
    assert diagnosis.healthy
    assert "too many entries" in diagnosis.notes[0]
    assert not wrt.diagnose("sum(log(1 + exp(X @ w)))", at={"X": 1000 * X, "w": w}, wrt="w").healthy


BAD = [
    ("log(x)", {"at": {"y": 1}}, WrtError, "y does not occur"),
    ("x*y", {"at": {"x": 1}}, WrtError, "there is no value for y"),
    ("x*y", {"at": 1}, WrtError, "one variable"),
    ("x", {"at": 1, "order": 3}, WrtError, "order=3"),
    ("x", {"at": 1, "dtype": "float16"}, WrtError, "float16"),
    ("x", {"at": {"x": float("nan")}}, WrtError, "NaN"),
    ("x", {"at": {"x": "y"}}, WrtError, "not a number"),
    ("x", {"at": {"x": {}}}, WrtError, "neither a number"),
    ("x", {"at": 1, "wrt": "z"}, WrtError, "z"),
    ("X @ w", {"at": {"X": [[1, 2]], "w": [1, 2, 3]}}, ShapeError, "3 entries"),
    ("sum(w)", {"at": {"w": [[1, 2]]}, "w": "n"}, ShapeError, "its value has 2"),
    ("integrate(exp(t), t, 0, x)", {"at": {"x": 1}}, WrtError, "integrals"),
    ("x[5]", {"at": {"x": [1, 2]}}, WrtError, "beyond the end"),
    ("tanh(X)", {"at": {"X": np.zeros((7, 7))}, "X": "n n"}, WrtError, "rows"),
]


@pytest.mark.parametrize(("text", "options", "error", "message"), BAD, ids=[f"{each[0]} {each[3]}" for each in BAD])
def test_bad_input(text, options, error, message):
    with pytest.raises(error, match=message):
        wrt.diagnose(text, **options)
