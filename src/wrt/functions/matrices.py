"""Functions of a square matrix."""

from __future__ import annotations

from wrt.expr.build import compare, einsum, mul, transpose
from wrt.expr.function import Function
from wrt.functions.declare import function
from wrt.functions.exponential import log
from wrt.functions.piecewise import abs_

# A V = I gives dA V + A dV = 0, so dV = −V dA V.
inv: Function = function(
    "inv",
    "the inverse matrix",
    kind="matrix",
    arguments="A",
    condition=lambda A: compare("!=", det(A), 0),
    symbols={"unicode": "{}⁻¹", "latex": "{}^{{-1}}", "typst": "{}^(-1)"},
    derivative=lambda A: mul(-1, einsum("ik,lj->ijkl", inv(A), inv(A))),
    engines={"numpy": "numpy.linalg.inv", "jax": "jax.numpy.linalg.inv", "torch": "torch.linalg.inv"},
    source="Magnus, Neudecker 2019, § 8.4",
)

# Jacobi's formula: d det A = det A · tr(A⁻¹ dA).
det: Function = function(
    "det",
    "the determinant",
    kind="matrix",
    arguments="A",
    symbols={"latex": r"\det", "typst": "det"},
    derivative=lambda A: det(A) * transpose(inv(A)),
    engines={"numpy": "numpy.linalg.det", "jax": "jax.numpy.linalg.det", "torch": "torch.linalg.det"},
    stable={"log": lambda A: logdet(A)},
    source="Magnus, Neudecker 2019, § 8.3",
)

logdet: Function = function(
    "logdet",
    "log|det A|",
    kind="matrix",
    arguments="A",
    symbols={"unicode": "log|det {}|", "latex": r"\log\left|\det {}\right|", "typst": "log abs(det {})"},
    condition=lambda A: compare("!=", det(A), 0),
    definition=lambda A: log(abs_(det(A))),
    derivative=lambda A: transpose(inv(A)),
    engines={
        "numpy": "numpy.linalg.slogdet({0})[1]",
        "jax": "jax.numpy.linalg.slogdet({0})[1]",
        "torch": "torch.linalg.slogdet({0})[1]",
    },
    source="Magnus, Neudecker 2019, § 8.3",
)
