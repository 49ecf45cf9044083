"""Hyperbolic functions and their inverses."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from wrt.expr.build import power, where
from wrt.expr.function import Cut, Function, Interval, RealSet
from wrt.expr.node import Expr
from wrt.functions.declare import NONNEGATIVE, POSITIVE, REALS, along, engines, function
from wrt.functions.exponential import exp, expm1, log, log1p
from wrt.functions.piecewise import abs_, sign
from wrt.functions.sigmoids import sigmoid, softplus
from wrt.functions.trigonometric import asin, atan

_NONZERO = RealSet((Interval.open(-inf, 0), POSITIVE))
_OUTSIDE = (Interval.open(-inf, -1), Interval.open(1, inf))
_BEYOND_ONE = (Interval(-inf, -1, "(]"), Interval(1, inf, "[)"))
_ON_IMAGINARY_AXIS = Interval(0, 0)


def _sqrt(x: object) -> Expr:
    return power(x, Fraction(1, 2))


def _sech(x: Expr) -> Expr:
    """1/cosh(x) without overflow, and without a coefficient that grows in a product of many."""
    decay = exp(-2 * abs_(x))
    return exp(-abs_(x)) / (decay / 2 + Fraction(1, 2))


def _log_cosh(x: Expr) -> Expr:
    """log(cosh(x)), from sinh near 0."""
    size = abs_(x)
    return where(size < 1, log1p(2 * sinh(x / 2) ** 2), size - log(2) + log1p(exp(-2 * size)))


def _log_of_one_minus_tanh(x: Expr) -> Expr:
    """log(1 - tanh(x)), from expm1 near 0 and below."""
    return where(x < 1, -log1p(expm1(2 * x) / 2), log(2) - softplus(2 * x))


sinh: Function = function(
    "sinh",
    "the hyperbolic sine",
    symbols={"latex": r"\sinh", "typst": "sinh"},
    definition=lambda x: (exp(x) - exp(-x)) / 2,
    derivative=lambda x: cosh(x),
    antiderivative=lambda x: cosh(x),
    range=REALS,
    limits={-inf: -inf, inf: inf},
    values={0: 0},
    parity="odd",
    monotone="increasing",
    inverse="asinh",
    engines=engines("sinh", scalar=True),
    source="DLMF 4.28",
)

cosh: Function = function(
    "cosh",
    "the hyperbolic cosine",
    symbols={"latex": r"\cosh", "typst": "cosh"},
    definition=lambda x: (exp(x) + exp(-x)) / 2,
    derivative=lambda x: sinh(x),
    antiderivative=lambda x: sinh(x),
    range=Interval(1, inf, "[)"),
    limits={-inf: inf, inf: inf},
    values={0: 1},
    parity="even",
    inverse="acosh",
    branch=NONNEGATIVE,
    stable={
        "-1": lambda x: 2 * sinh(x / 2) ** 2,
        "log": lambda x: _log_cosh(x),
    },
    engines=engines("cosh", scalar=True),
    source="DLMF 4.28",
)

tanh: Function = function(
    "tanh",
    "the hyperbolic tangent",
    symbols={"latex": r"\tanh", "typst": "tanh"},
    definition=lambda x: (exp(x) - exp(-x)) / (exp(x) + exp(-x)),
    derivative=lambda x: 1 - tanh(x) ** 2,
    antiderivative=lambda x: log(cosh(x)),
    range=Interval.open(-1, 1),
    limits={-inf: -1, inf: 1},
    values={0: 0},
    parity="odd",
    monotone="increasing",
    inverse="atanh",
    stable={
        "1-": lambda x: 2 * sigmoid(-2 * x),
        "1+": lambda x: 2 * sigmoid(2 * x),
        "log1-": lambda x: _log_of_one_minus_tanh(x),
        "log1+": lambda x: _log_of_one_minus_tanh(-x),
        "1-**2": lambda x: sech(x) ** 2,
        "log1-**2": lambda x: -2 * _log_cosh(x),
    },
    engines=engines("tanh", scalar=True),
    source="DLMF 4.28",
)

coth: Function = function(
    "coth",
    "the hyperbolic cotangent",
    symbols={"latex": r"\coth", "typst": "coth"},
    definition=lambda x: 1 / tanh(x),
    derivative=lambda x: 1 - coth(x) ** 2,
    antiderivative=lambda x: log(abs_(sinh(x))),
    domain=_NONZERO,
    range=_OUTSIDE,
    limits={-inf: -1, (0, "-"): -inf, (0, "+"): inf, inf: 1},
    parity="odd",
    inverse="acoth",
    stable={"1-**2": lambda x: -(csch(x) ** 2)},
    source="DLMF 4.28",
)

sech: Function = function(
    "sech",
    "the hyperbolic secant",
    symbols={"unicode": "sech", "latex": r"\operatorname{sech}", "typst": "sech"},
    definition=lambda x: 1 / cosh(x),
    derivative=lambda x: -sech(x) * tanh(x),
    antiderivative=lambda x: atan(sinh(x)),
    range=Interval(0, 1, "(]"),
    limits={-inf: 0, inf: 0},
    values={0: 1},
    parity="even",
    inverse="asech",
    branch=NONNEGATIVE,
    engines=dict.fromkeys(("numpy", "scalar", "jax", "torch"), lambda x: _sech(x)),
    source="DLMF 4.28",
)

csch: Function = function(
    "csch",
    "the hyperbolic cosecant",
    aliases=("cosech",),
    symbols={"unicode": "csch", "latex": r"\operatorname{csch}", "typst": "csch"},
    definition=lambda x: 1 / sinh(x),
    derivative=lambda x: -csch(x) * coth(x),
    antiderivative=lambda x: log(abs_(tanh(x / 2))),
    domain=_NONZERO,
    range=(Interval.open(-inf, 0), POSITIVE),
    limits={-inf: 0, (0, "-"): -inf, (0, "+"): inf, inf: 0},
    parity="odd",
    inverse="acsch",
    engines=dict.fromkeys(
        ("numpy", "scalar", "jax", "torch"), lambda x: -2 * sign(x) * exp(-abs_(x)) / expm1(-2 * abs_(x))
    ),
    source="DLMF 4.28",
)

asinh: Function = function(
    "asinh",
    "the inverse hyperbolic sine",
    aliases=("arcsinh", "arsinh"),
    symbols={"unicode": "arsinh", "latex": r"\operatorname{arsinh}", "typst": 'op("arsinh")'},
    definition=lambda x: log(x + _sqrt(x**2 + 1)),
    derivative=lambda x: 1 / _sqrt(x**2 + 1),
    antiderivative=lambda x: x * asinh(x) - _sqrt(x**2 + 1),
    range=REALS,
    limits={-inf: -inf, inf: inf},
    values={0: 0},
    parity="odd",
    monotone="increasing",
    inverse="sinh",
    cuts=(Cut(_ON_IMAGINARY_AXIS, _BEYOND_ONE[0]), Cut(_ON_IMAGINARY_AXIS, _BEYOND_ONE[1])),
    engines={"numpy": "numpy.arcsinh", "scalar": "math.asinh", "jax": "jax.numpy.arcsinh", "torch": "torch.asinh"},
    source="DLMF 4.37",
)

acosh: Function = function(
    "acosh",
    "the inverse hyperbolic cosine, in [0, ∞)",
    aliases=("arccosh", "arcosh"),
    symbols={"unicode": "arcosh", "latex": r"\operatorname{arcosh}", "typst": 'op("arcosh")'},
    definition=lambda x: log(x + _sqrt(x**2 - 1)),
    derivative=lambda x: 1 / _sqrt(x**2 - 1),
    antiderivative=lambda x: x * acosh(x) - _sqrt(x**2 - 1),
    domain=Interval(1, inf, "[)"),
    range=NONNEGATIVE,
    limits={(1, "+"): 0, inf: inf},
    values={1: 0},
    monotone="increasing",
    inverse="cosh",
    cuts=(along(Interval(-inf, 1, "(]")),),
    engines={"numpy": "numpy.arccosh", "scalar": "math.acosh", "jax": "jax.numpy.arccosh", "torch": "torch.acosh"},
    source="DLMF 4.37",
)

atanh: Function = function(
    "atanh",
    "the inverse hyperbolic tangent",
    aliases=("arctanh", "artanh"),
    symbols={"unicode": "artanh", "latex": r"\operatorname{artanh}", "typst": 'op("artanh")'},
    definition=lambda x: (log(1 + x) - log(1 - x)) / 2,
    derivative=lambda x: 1 / (1 - x**2),
    antiderivative=lambda x: x * atanh(x) + log(1 - x**2) / 2,
    domain=Interval.open(-1, 1),
    range=REALS,
    limits={(-1, "+"): -inf, (1, "-"): inf},
    values={0: 0},
    parity="odd",
    monotone="increasing",
    inverse="tanh",
    cuts=tuple(map(along, _BEYOND_ONE)),
    engines={"numpy": "numpy.arctanh", "scalar": "math.atanh", "jax": "jax.numpy.arctanh", "torch": "torch.atanh"},
    source="DLMF 4.37",
)

acoth: Function = function(
    "acoth",
    "the inverse hyperbolic cotangent",
    aliases=("arccoth", "arcoth"),
    symbols={"unicode": "arcoth", "latex": r"\operatorname{arcoth}", "typst": 'op("arcoth")'},
    definition=lambda x: atanh(1 / x),
    derivative=lambda x: 1 / (1 - x**2),
    antiderivative=lambda x: x * acoth(x) + log(x**2 - 1) / 2,
    domain=RealSet(_OUTSIDE),
    range=(Interval.open(-inf, 0), POSITIVE),
    limits={-inf: 0, (-1, "-"): -inf, (1, "+"): inf, inf: 0},
    parity="odd",
    inverse="coth",
    cuts=(along(Interval(-1, 1)),),
    source="DLMF 4.37",
)

asech: Function = function(
    "asech",
    "the inverse hyperbolic secant, in [0, ∞)",
    aliases=("arcsech", "arsech"),
    symbols={"unicode": "arsech", "latex": r"\operatorname{arsech}", "typst": 'op("arsech")'},
    definition=lambda x: acosh(1 / x),
    derivative=lambda x: -1 / (x * _sqrt(1 - x**2)),
    antiderivative=lambda x: x * asech(x) + asin(x),
    domain=Interval(0, 1, "(]"),
    range=NONNEGATIVE,
    limits={(0, "+"): inf, (1, "-"): 0},
    values={1: 0},
    monotone="decreasing",
    inverse="sech",
    cuts=(along(Interval(-inf, 0, "(]")), along(Interval(1, inf, "[)"))),
    source="DLMF 4.37",
)

acsch: Function = function(
    "acsch",
    "the inverse hyperbolic cosecant",
    aliases=("arccsch", "arcsch"),
    symbols={"unicode": "arcsch", "latex": r"\operatorname{arcsch}", "typst": 'op("arcsch")'},
    definition=lambda x: asinh(1 / x),
    derivative=lambda x: -1 / (abs_(x) * _sqrt(1 + x**2)),
    antiderivative=lambda x: x * acsch(x) + sign(x) * asinh(x),
    domain=_NONZERO,
    range=(Interval.open(-inf, 0), POSITIVE),
    limits={-inf: 0, (0, "-"): -inf, (0, "+"): inf, inf: 0},
    parity="odd",
    inverse="csch",
    cuts=(Cut(_ON_IMAGINARY_AXIS, Interval(-1, 1)),),
    source="DLMF 4.37",
)
