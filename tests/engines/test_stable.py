"""Stable forms at the ends of the range: no warning, no NaN, the value of ball arithmetic; and what they look like."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pytest
from flint import arb

from wrt.engines import compile as compile_
from wrt.engines import source
from wrt.expr.node import Formula
from wrt.read import read
from wrt.verify.evaluate import evaluate
from wrt.verify.series import constant, working

EXTREMES = [-1000.0, -745.2, -37.0, -1.5, -1e-9, 1e-9, 0.5, 37.0, 709.9, 1000.0]


def exactly(formula: Formula, value: float, bits: int = 4000) -> float:
    (x,) = formula.node.free
    with working(bits, 1):
        return float(evaluate(formula.node, {x: (constant(arb(value)),)}, {})[0][0].mid())


@pytest.mark.parametrize(
    "text",
    [
        "log(sigmoid(x))",
        "log(1 - sigmoid(x))",
        "1 - sigmoid(x)",
        "sigmoid(x)*(1 - sigmoid(x))",
        "log(1 + exp(x))",
        "log(1 + exp(-x))",
        "log(2 + exp(x))",
        "log(exp(x) + exp(-x))",
        "log(3*exp(x) + exp(2*x))",
        "log(cosh(x))",
        "1/(1 + exp(-x))",
        "exp(x)/(1 + exp(x))",
        "exp(x)/(1 + exp(x))**2",
        "exp(-x)/(1 + exp(-x))**2",
        "exp(2*x)/(1 + exp(x))**3",
        "tanh(x)",
        "sech(x)",
        "softplus(x)",
        "log_sigmoid(x)",
        "silu(x)",
        "mish(x)",
        "gelu(x)",
        "elu(x)",
        "selu(x)",
        "exp(-x**2)/erfc(x)",
        "normpdf(x)/normcdf(x)",
        "normpdf(x)/normcdf(-x)",
        "where(x > 0, log(x), x)",
        "where(x > 0, x, exp(x) - 1)",
        "where(x >= 0, 1/(1 + exp(-x)), exp(x)/(1 + exp(x)))",
        "where(x > 1, sqrt(x - 1)*log(x), where(x > 0, 1/x, x**2))",
        "where(abs(x) < 1, asin(x), x)",
        "where(x == 0, 1, sin(x)/x)",
        "where(x <= 0, 0, where(log(x) > 1, 1/x, exp(-x)))",
        "where(x > 0 and x < 2, log(x*(2 - x)), 0)",
    ],
)
@pytest.mark.parametrize("engine", ["numpy", "scalar"])
def test_the_ends_of_the_range(text: str, engine: str) -> None:
    formula = read(text)
    function = compile_(formula, engine=engine)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for value in EXTREMES:
            assert function(value) == pytest.approx(exactly(formula, value), rel=1e-12, abs=1e-15), value
    if engine == "numpy":
        array = compile_(read(text, {"x": "n"}))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = array(np.array(EXTREMES))
        assert found == pytest.approx(np.array([function(value) for value in EXTREMES]), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(
    "text", ["exp(x) - 1", "log(1 + x)", "expm1(x)", "exp(x) - 1 - x", "cosh(x) - 1", "1 - exp(x)"]
)
def test_small_differences_keep_their_digits(text: str) -> None:
    formula = read(text)
    for engine in ("numpy", "scalar"):
        function = compile_(formula, engine=engine)
        for value in (1e-3, -1e-3):
            assert function(value) == pytest.approx(exactly(formula, value, 300), rel=1e-9)


MODEL = {"X": "n d", "w": "d", "y": "n"}


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("p = sigmoid(X @ w); -sum(y*log(p) + (1 - y)*log(1 - p))", (0.0, 1.0)),
        ("p = sigmoid(X @ w); X.T @ (p - y)", (0.0, 1.0)),
        ("p = sigmoid(X @ w); X.T @ diag(p*(1 - p)) @ X", (0.0, 1.0)),
        ("sum(log(1 + exp(-y*(X @ w))))", (-1.0, 1.0)),
        ("-X.T @ (y/(1 + exp(y*(X @ w))))", (-1.0, 1.0)),
        ("-X.T @ (y*exp(-y*(X @ w))/(1 + exp(-y*(X @ w))))", (-1.0, 1.0)),
        ("X.T @ diag(exp(X @ w)/(1 + exp(X @ w))**2) @ X", (0.0, 1.0)),
    ],
)
def test_logistic_losses_do_not_overflow(text: str, labels: Sequence[float]) -> None:
    function = compile_(read(text, MODEL))
    values = {"X": np.array([[1000.0], [-1000.0], [1.0], [-2.0]]), "w": [1.0], "y": np.array([*labels, *labels])}
    for sign in (1, -1):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = function(
                **{
                    name: sign * np.asarray(values[name]) if name == "w" else values[name]
                    for name in function.arguments
                }
            )
        assert np.all(np.isfinite(found))


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("log(softmax(z))", {"z": "k"}),
        ("log(softmax(z)[0])", {"z": "k"}),
        ("log(sum(exp(z)))", {"z": "k"}),
        ("log(mean(exp(z)))", {"z": "k"}),
        ("exp(z)/sum(exp(z))", {"z": "k"}),
        ("softmax(z)", {"z": "k"}),
        ("logsumexp(z)", {"z": "k"}),
        ("log(sum(exp(Z), axis=1))", {"Z": "n k"}),
        ("log(sum(exp(Z), axis=1, keepdims=True))", {"Z": "n k"}),
        ("log(sum(exp(Z), axis=0, keepdims=True) + zeros(n, k))", {"Z": "n k"}),
        ("log(softmax(Z, axis=1))", {"Z": "n k"}),
        ("log(softmax(Z, axis=1)[:, 0])", {"Z": "n k"}),
        ("exp(Z)/sum(exp(Z), axis=1, keepdims=True)", {"Z": "n k"}),
    ],
)
def test_sums_of_exponentials_do_not_overflow(text: str, shapes: dict[str, str]) -> None:
    function = compile_(read(text, shapes))
    value = np.array([[1000.0, 0.0, -1000.0], [-2000.0, -2001.0, -1999.0]])
    shift = value[0] if "z" in shapes else value
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = function(shift)
        moved = function(shift - 500)
    assert np.all(np.isfinite(found))
    expected = found - 500 if text in ("logsumexp(z)",) or text.startswith(("log(sum", "log(mean")) else found
    assert np.asarray(moved) == pytest.approx(np.asarray(expected))


def test_x_log_x_is_zero_at_zero() -> None:
    for text in ("x*log(x)", "-x*log(x)", "2*x*log(x) + 1 - 1", "x*log(3*x)"):
        for engine in ("numpy", "scalar"):
            assert compile_(read(text), engine=engine)(0.0) == 0
    entropy = compile_(read("-sum(p*log(p))", {"p": "k"}))
    divergence = compile_(read("sum(p*log(p/q))", {"p": "k", "q": "k"}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert entropy([0.0, 0.5, 0.5]) == pytest.approx(np.log(2))
        assert divergence([0.0, 1.0], [0.5, 0.5]) == pytest.approx(np.log(2))


@pytest.mark.parametrize(
    ("text", "engine", "expected"),
    [
        ("log(1 + exp(x))", "numpy", "np.logaddexp(0, x)"),
        ("log(sigmoid(x))", "numpy", "log_expit(x)"),
        ("1 - sigmoid(x)", "numpy", "expit(-x)"),
        ("1/(1 + exp(-x))", "numpy", "expit(x)"),
        ("exp(x) - 1", "numpy", "np.expm1(x)"),
        ("log(1 + x)", "numpy", "np.log1p(x)"),
        ("x*log(x)", "numpy", "xlogy(x, x)"),
        ("1 - tanh(x)**2", "numpy", "e / (1 / 2 + e / 2)**2"),
        ("where(x > 0, log(x), 0)", "scalar", "math.log(x) if x > 0 else 0.0"),
        ("sigmoid(x)", "scalar", "1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))"),
        ("sqrt(x)", "scalar", "math.sqrt(x)"),
        ("x**(1/3)", "scalar", "math.pow(x, 1 / 3)"),
    ],
)
def test_how_it_is_written(text: str, engine: str, expected: str) -> None:
    assert source(read(text), engine=engine).splitlines()[-1] == f"    return {expected}"
