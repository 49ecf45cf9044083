"""The doctor's reverse mode against JAX's, on the same plain programs: the same NaN, infinities and lost digits."""

from __future__ import annotations

from pkgutil import resolve_name

import numpy as np
import pytest

import wrt
from wrt.doctor.machines import run
from wrt.doctor.program import in_order

pytestmark = pytest.mark.slow

TEXTS = [
    "log(1 + exp(x))", "log(sigmoid(x))", "sin(x)/x", "(1 - cos(x))/x**2", "x*log(x)",  "tanh(x)/x",
    "sqrt(x**2)", "sqrt(1 + x**2) - 1", "log(cosh(x))", "exp(-1/x**2)", "abs(x)*x", "log(x**2)", "exp(x)/(1 + exp(x))",
    "x/(1 + exp(-x))", "log(1 - tanh(x)**2)", "atanh(tanh(x))", "sigmoid(x)*(1 - sigmoid(x))", "log(x)/(x - 1)",
    "1/x - 1/tan(x)", "log(erfc(x))", "cos(sqrt(x))", "x**2/(1 + x**2)", "maximum(x, 0) + minimum(x, 0)", "acos(x)**2",
]  # fmt: skip
POINTS = [0.0, 1.0, 1e-8, 20.0, -40.0, 1000.0, -1000.0, 1e200, 0.7]


class Jax:
    """Runs a plain program on JAX's numbers."""

    def __init__(self, jnp) -> None:
        self.jnp = jnp

    def number(self, value):
        return self.jnp.float64(float(value))

    def binary(self, kind, a, b):
        return {"add": a.__add__, "sub": a.__sub__, "mul": a.__mul__, "div": a.__truediv__}[kind](b)

    def negative(self, a):
        return -a

    def power(self, base, exponent):
        return base ** (int(exponent) if float(exponent).is_integer() else exponent)

    def call(self, function, columns, size):
        apply = resolve_name(function.engines["jax"])
        return [apply(*entries) for entries in zip(*columns, strict=True)]


@pytest.mark.parametrize("text", TEXTS)
def test_gradients_are_those_of_jax(text):
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        for x in POINTS:
            diagnosis = wrt.diagnose(text, at=x)
            subject = diagnosis.subject

            def value(point, subject=subject):
                order = in_order([subject.root])
                return run(order, {subject.inputs["x"]: [point]}, Jax(jax.numpy))[subject.root][0]

            theirs = float(jax.grad(value)(jax.numpy.float64(x)))
            ours, true = float(diagnosis.plain["gradient"]), diagnosis.truth["gradient"]
            both_lost = all(np.isfinite(each) and abs(each - true) > 1e-4 * abs(true) for each in (ours, theirs))
            assert both_lost or ours == pytest.approx(theirs, rel=1e-6, nan_ok=True), (text, x)
