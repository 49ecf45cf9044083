"""The error functions and the normal distribution."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from wrt.expr.build import PI, power, where
from wrt.expr.function import Function, Interval
from wrt.expr.node import Expr
from wrt.functions.declare import POSITIVE, REALS, along, function, special
from wrt.functions.exponential import exp, log, log1p
from wrt.functions.scaled import scaled_integral, scaled_ratio

_HALF = Fraction(1, 2)


def _sqrt(x: object) -> Expr:
    return power(x, _HALF)


def _log_erfc(x: Expr) -> Expr:
    """log(erfc(x)) from erf near 0 and below, from erfcx in the tail."""
    return where(x < 1, log1p(-erf(x)), _minus_log_of_reciprocal(erfcx(x)) - x**2)


def _minus_log_of_reciprocal(value: Expr) -> Expr:
    """log(value) itself, spelled so that no stable form takes its place once more."""
    return -log(1 / value)


erf: Function = function(
    "erf",
    "the error function",
    symbols={"unicode": "erf", "latex": r"\operatorname{erf}", "typst": 'op("erf")'},
    derivative=lambda x: 2 * exp(-(x**2)) / _sqrt(PI),
    antiderivative=lambda x: x * erf(x) + exp(-(x**2)) / _sqrt(PI),
    range=Interval.open(-1, 1),
    limits={-inf: -1, inf: 1},
    values={0: 0},
    parity="odd",
    monotone="increasing",
    inverse="erfinv",
    stable={
        "1-": lambda x: erfc(x),
        "1+": lambda x: erfc(-x),
        "log1-": lambda x: _log_erfc(x),
        "log1+": lambda x: _log_erfc(-x),
        "log": lambda x: where(x < _HALF, _minus_log_of_reciprocal(erf(x)), log1p(-erfc(x))),
    },
    engines=special("erf", torch="erf", scalar="erf"),
    source="DLMF 7.2",
)

erfc: Function = function(
    "erfc",
    "the complementary error function, 1 - erf(x)",
    symbols={"unicode": "erfc", "latex": r"\operatorname{erfc}", "typst": 'op("erfc")'},
    definition=lambda x: 1 - erf(x),
    derivative=lambda x: -2 * exp(-(x**2)) / _sqrt(PI),
    antiderivative=lambda x: x * erfc(x) - exp(-(x**2)) / _sqrt(PI),
    range=Interval.open(0, 2),
    limits={-inf: 2, inf: 0},
    values={0: 1},
    monotone="decreasing",
    inverse="erfcinv",
    stable={"1-": lambda x: erf(x), "log": lambda x: _log_erfc(x)},
    engines=special("erfc", torch="erfc", scalar="erfc"),
    source="DLMF 7.2",
)

erfcx: Function = function(
    "erfcx",
    "the scaled complementary error function, exp(x²)·erfc(x)",
    symbols={"unicode": "erfcx", "latex": r"\operatorname{erfcx}", "typst": 'op("erfcx")'},
    definition=lambda x: exp(x**2) * erfc(x),
    derivative=lambda x: 2 * x * erfcx(x) - 2 / _sqrt(PI),
    range=POSITIVE,
    limits={-inf: inf, inf: 0},
    values={0: 1},
    monotone="decreasing",
    stable={"log": lambda x: where(x < 1, x**2 + log1p(-erf(x)), _minus_log_of_reciprocal(erfcx(x)))},
    engines=special("erfcx", torch="erfcx") | {"jax": lambda x: scaled_integral(0, x)},
    source="DLMF 7.2",
)

ierfcx: Function = function(
    "ierfcx",
    "the scaled integral of erfc, exp(x²)·i¹erfc(x), without the cancellation of its definition",
    symbols={"unicode": "ierfcx", "latex": r"\operatorname{ierfcx}", "typst": 'op("ierfcx")'},
    definition=lambda x: 1 / _sqrt(PI) - x * erfcx(x),
    derivative=lambda x: -4 * i2erfcx(x),
    range=POSITIVE,
    limits={-inf: inf, inf: 0},
    values={0: 1 / _sqrt(PI)},
    monotone="decreasing",
    engines=dict.fromkeys(("numpy", "scalar", "jax", "torch"), lambda x: scaled_integral(1, x)),
    source="DLMF 7.18",
)

i2erfcx: Function = function(
    "i2erfcx",
    "the scaled second integral of erfc, exp(x²)·i²erfc(x), without the cancellation of its definition",
    symbols={"unicode": "i²erfcx", "latex": r"\operatorname{i^2erfcx}", "typst": 'op("i²erfcx")'},
    definition=lambda x: (erfcx(x) - 2 * x * ierfcx(x)) / 4,
    derivative=lambda x: 2 * x * i2erfcx(x) - ierfcx(x),
    range=POSITIVE,
    limits={-inf: inf, inf: 0},
    values={0: Fraction(1, 4)},
    monotone="decreasing",
    engines=dict.fromkeys(("numpy", "scalar", "jax", "torch"), lambda x: scaled_integral(2, x)),
    source="DLMF 7.18",
)

erfc_hazard: Function = function(
    "erfc_hazard",
    "ierfcx(x)/erfcx(x): what half the hazard of erfc has above x, without the cancellation of its definition",
    symbols={"unicode": "hazard", "latex": r"\operatorname{hazard}", "typst": 'op("hazard")'},
    definition=lambda x: 1 / (_sqrt(PI) * erfcx(x)) - x,
    derivative=lambda x: 2 * erfc_hazard(x) * (erfc_hazard(x) + x) - 1,
    range=POSITIVE,
    limits={-inf: inf, inf: 0},
    values={0: 1 / _sqrt(PI)},
    monotone="decreasing",
    engines=dict.fromkeys(("numpy", "scalar", "jax", "torch"), lambda x: scaled_ratio(x, erfcx)),
    source="DLMF 7.8, 7.18",
)

erfi: Function = function(
    "erfi",
    "the imaginary error function, -i·erf(ix)",
    symbols={"unicode": "erfi", "latex": r"\operatorname{erfi}", "typst": 'op("erfi")'},
    derivative=lambda x: 2 * exp(x**2) / _sqrt(PI),
    antiderivative=lambda x: x * erfi(x) - exp(x**2) / _sqrt(PI),
    range=REALS,
    limits={-inf: -inf, inf: inf},
    values={0: 0},
    parity="odd",
    monotone="increasing",
    engines=special("erfi", jax=False),
    source="DLMF 7.2",
)

erfinv: Function = function(
    "erfinv",
    "the inverse error function",
    symbols={"unicode": "erf⁻¹", "latex": r"\operatorname{erf}^{-1}", "typst": 'op("erf")^(-1)'},
    derivative=lambda x: _sqrt(PI) / 2 * exp(erfinv(x) ** 2),
    antiderivative=lambda x: -exp(-(erfinv(x) ** 2)) / _sqrt(PI),
    domain=Interval.open(-1, 1),
    range=REALS,
    limits={(-1, "+"): -inf, (1, "-"): inf},
    values={0: 0},
    parity="odd",
    monotone="increasing",
    inverse="erf",
    cuts=(along(Interval(-inf, -1, "(]")), along(Interval(1, inf, "[)"))),
    engines=special("erfinv", torch="erfinv"),
    source="DLMF 7.17",
)

erfcinv: Function = function(
    "erfcinv",
    "the inverse complementary error function",
    symbols={"unicode": "erfc⁻¹", "latex": r"\operatorname{erfc}^{-1}", "typst": 'op("erfc")^(-1)'},
    definition=lambda x: erfinv(1 - x),
    derivative=lambda x: -_sqrt(PI) / 2 * exp(erfcinv(x) ** 2),
    antiderivative=lambda x: exp(-(erfcinv(x) ** 2)) / _sqrt(PI),
    domain=Interval.open(0, 2),
    range=REALS,
    limits={(0, "+"): inf, (2, "-"): -inf},
    values={1: 0},
    monotone="decreasing",
    inverse="erfc",
    cuts=(along(Interval(-inf, 0, "(]")), along(Interval(2, inf, "[)"))),
    engines=special("erfcinv", jax=False),
    source="DLMF 7.17",
)

normpdf: Function = function(
    "normpdf",
    "the standard normal density",
    symbols={"unicode": "φ", "latex": r"\varphi", "typst": "phi.alt"},
    definition=lambda x: exp(-(x**2) / 2) / _sqrt(2 * PI),
    derivative=lambda x: -x * normpdf(x),
    antiderivative=lambda x: normcdf(x),
    range=Interval(0, 1 / _sqrt(2 * PI), "(]"),
    limits={-inf: 0, inf: 0},
    parity="even",
    stable={"log": lambda x: -(x**2) / 2 - log(2 * PI) / 2},
    source="DLMF 7.18",
)

normcdf: Function = function(
    "normcdf",
    "the standard normal distribution function",
    aliases=("ndtr",),
    symbols={"unicode": "Φ", "latex": r"\Phi", "typst": "Phi"},
    definition=lambda x: (1 + erf(x / _sqrt(2))) / 2,
    derivative=lambda x: normpdf(x),
    antiderivative=lambda x: x * normcdf(x) + normpdf(x),
    range=Interval.open(0, 1),
    limits={-inf: 0, inf: 1},
    values={0: _HALF},
    monotone="increasing",
    inverse="norminv",
    stable={
        "1-": lambda x: normcdf(-x),
        "log": lambda x: normlogcdf(x),
        "log1-": lambda x: normlogcdf(-x),
    },
    engines=special("ndtr", torch="ndtr")
    | {"jax": "jax.scipy.stats.norm.cdf", "scalar": lambda x: erfc(-x / _sqrt(2)) / 2},
    source="DLMF 7.18",
)

normlogcdf: Function = function(
    "normlogcdf",
    "the logarithm of the standard normal distribution function",
    aliases=("log_normcdf", "log_ndtr", "normcdfln"),
    symbols={"unicode": "log Φ", "latex": r"\log\Phi", "typst": "log Phi"},
    definition=lambda x: log(normcdf(x)),
    derivative=lambda x: normpdf(x) / normcdf(x),
    range=Interval.open(-inf, 0),
    limits={-inf: -inf, inf: 0},
    monotone="increasing",
    stable={"exp": lambda x: normcdf(x)},
    engines=special("log_ndtr", torch="log_ndtr"),
    source="DLMF 7.18",
)

norminv: Function = function(
    "norminv",
    "the standard normal quantile function (probit)",
    aliases=("normppf", "ndtri", "probit"),
    symbols={"unicode": "Φ⁻¹", "latex": r"\Phi^{-1}", "typst": "Phi^(-1)"},
    definition=lambda x: _sqrt(2) * erfinv(2 * x - 1),
    derivative=lambda x: 1 / normpdf(norminv(x)),
    antiderivative=lambda x: -normpdf(norminv(x)),
    domain=Interval.open(0, 1),
    range=REALS,
    limits={(0, "+"): -inf, (1, "-"): inf},
    values={_HALF: 0},
    monotone="increasing",
    inverse="normcdf",
    cuts=(along(Interval(-inf, 0, "(]")), along(Interval(1, inf, "[)"))),
    engines=special("ndtri", torch="ndtri"),
    source="DLMF 7.18",
)
