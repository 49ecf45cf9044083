"""Exponentials and logarithms, and what is made of x·log y."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from wrt.expr.build import ZERO, E, compare, logic, where
from wrt.expr.function import Function, Interval, Kink
from wrt.expr.node import Constant, Expr, Power
from wrt.functions import piecewise, sigmoids
from wrt.functions.declare import NONNEGATIVE, POSITIVE, REALS, along, engines, function, special


def _exact_log(x: Expr, base: int) -> Expr | None:
    """The logarithm of a power of the base."""
    if not isinstance(x, Constant) or x.value <= 0:
        return None
    value, exponent = Fraction(x.value), 0
    while value.denominator == 1 and value.numerator % base == 0:
        value, exponent = value / base, exponent + 1
    while value.numerator == 1 and value.denominator % base == 0:
        value, exponent = value * base, exponent - 1
    return Constant.intern(exponent) if value == 1 else None


def _exact_cbrt(x: Expr) -> Expr | None:
    """The real cube root of a cube."""
    if isinstance(x, Power) and isinstance(x.exponent, Constant) and Fraction(x.exponent.value) % 3 == 0:
        return x.base ** (x.exponent / 3)
    if isinstance(x, Constant) and x.value > 0:
        root = x ** Fraction(1, 3)
        return root if isinstance(root, Constant) else None
    return None


exp: Function = function(
    "exp",
    "the exponential function",
    symbols={"latex": r"\exp", "typst": "exp"},
    derivative=lambda x: exp(x),
    antiderivative=lambda x: exp(x),
    range=POSITIVE,
    limits={-inf: 0, inf: inf},
    values={0: 1, 1: E},
    monotone="increasing",
    inverse="log",
    stable={
        "log": lambda x: x,
        "-1": lambda x: expm1(x),
        "1-": lambda x: -expm1(x),
        "log1+": lambda x: sigmoids.softplus(x),
        "1/": lambda x: exp(-x),
    },
    engines=engines("exp", scalar=True),
    source="DLMF 4.2",
)

log: Function = function(
    "log",
    "the natural logarithm; log(x, b) is that to the base b",
    aliases=("ln",),
    symbols={"latex": r"\log", "typst": "log"},
    derivative=lambda x: 1 / x,
    antiderivative=lambda x: x * log(x) - x,
    domain=POSITIVE,
    range=REALS,
    limits={(0, "+"): -inf, inf: inf},
    values={1: 0, E: 1},
    monotone="increasing",
    inverse="exp",
    more=lambda x, b: log(x) / log(b),
    cuts=(along(Interval(-inf, 0, "(]")),),
    stable={"of 1+": lambda x: log1p(x), "exp": lambda x: x},
    engines=engines("log", scalar=True),
    source="DLMF 4.2",
)

expm1: Function = function(
    "expm1",
    "exp(x) - 1, exact near 0",
    definition=lambda x: exp(x) - 1,
    derivative=lambda x: exp(x),
    antiderivative=lambda x: exp(x) - x,
    range=Interval.open(-1, inf),
    limits={-inf: -1, inf: inf},
    values={0: 0},
    monotone="increasing",
    inverse="log1p",
    stable={"1+": lambda x: exp(x), "log1+": lambda x: x},
    engines=engines("expm1", scalar=True),
    source="DLMF 4.2",
)

log1p: Function = function(
    "log1p",
    "log(1 + x), exact near 0",
    definition=lambda x: log(1 + x),
    derivative=lambda x: 1 / (1 + x),
    antiderivative=lambda x: (1 + x) * log1p(x) - x,
    domain=Interval.open(-1, inf),
    range=REALS,
    limits={(-1, "+"): -inf, inf: inf},
    values={0: 0},
    monotone="increasing",
    inverse="expm1",
    cuts=(along(Interval(-inf, -1, "(]")),),
    stable={"exp": lambda x: 1 + x},
    engines=engines("log1p", scalar=True),
    source="DLMF 4.2",
)

log2: Function = function(
    "log2",
    "the logarithm to the base 2",
    symbols={"unicode": "log₂", "latex": r"\log_2", "typst": "log_2"},
    definition=lambda x: log(x) / log(2),
    derivative=lambda x: 1 / (x * log(2)),
    antiderivative=lambda x: x * log2(x) - x / log(2),
    domain=POSITIVE,
    range=REALS,
    limits={(0, "+"): -inf, inf: inf},
    evaluate=lambda x: _exact_log(x, 2),
    monotone="increasing",
    cuts=(along(Interval(-inf, 0, "(]")),),
    engines=engines("log2", scalar=True),
    source="DLMF 4.2",
)

log10: Function = function(
    "log10",
    "the logarithm to the base 10",
    symbols={"unicode": "log₁₀", "latex": r"\log_{10}", "typst": "log_10"},
    definition=lambda x: log(x) / log(10),
    derivative=lambda x: 1 / (x * log(10)),
    antiderivative=lambda x: x * log10(x) - x / log(10),
    domain=POSITIVE,
    range=REALS,
    limits={(0, "+"): -inf, inf: inf},
    evaluate=lambda x: _exact_log(x, 10),
    monotone="increasing",
    cuts=(along(Interval(-inf, 0, "(]")),),
    engines=engines("log10", scalar=True),
    source="DLMF 4.2",
)

cbrt: Function = function(
    "cbrt",
    "the real cube root, also of negative numbers",
    symbols={"unicode": "∛{}", "latex": r"\sqrt[3]{{{}}}", "typst": "root(3, {})"},
    definition=lambda x: where(x > 0, x ** Fraction(1, 3), -((-x) ** Fraction(1, 3))),
    derivative=lambda x: 1 / (3 * cbrt(x) ** 2),
    antiderivative=lambda x: 3 * x * cbrt(x) / 4,
    range=REALS,
    limits={-inf: -inf, inf: inf},
    kinks=lambda x: (Kink(0, kind="vertical tangent"),),
    values={0: 0},
    evaluate=_exact_cbrt,
    parity="odd",
    monotone="increasing",
    cuts=(along(Interval(-inf, 0, "(]")),),
    engines={"numpy": "numpy.cbrt", "scalar": "math.cbrt", "jax": "jax.numpy.cbrt"},
    source="the inverse of x³",
)


def _unless_still(x: Expr, y: Expr, slope: Expr) -> Expr:
    """The slope by y, which is 0 wherever x is 0: there the function is 0 for all y, also beyond its domain."""
    return slope if x.free & y.free else where(compare("==", x, 0), 0, slope)


xlogy: Function = function(
    "xlogy",
    "x·log(y), and 0 where x is 0",
    arguments="x, y",
    definition=lambda x, y: where(compare("==", x, 0), 0, x * log(y)),
    derivative=(lambda x, y: log(y), lambda x, y: _unless_still(x, y, x / y)),
    antiderivative=lambda x, y: x**2 * log(y) / 2,
    domain=(REALS, NONNEGATIVE),
    condition=lambda x, y: logic("or", y > 0, compare("==", x, 0)),
    range=REALS,
    evaluate=lambda x, y: x if x is ZERO else None,
    engines=special("xlogy", torch="xlogy") | {"scalar": lambda x, y: where(compare("==", x, 0), 0, x * log(y))},
    source="the continuous extension to x = 0",
)

xlog1py: Function = function(
    "xlog1py",
    "x·log(1 + y), and 0 where x is 0",
    arguments="x, y",
    definition=lambda x, y: where(compare("==", x, 0), 0, x * log1p(y)),
    derivative=(lambda x, y: log1p(y), lambda x, y: _unless_still(x, y, x / (1 + y))),
    antiderivative=lambda x, y: x**2 * log1p(y) / 2,
    domain=(REALS, Interval(-1, inf, "[)")),
    condition=lambda x, y: logic("or", y > -1, compare("==", x, 0)),
    range=REALS,
    evaluate=lambda x, y: x if x is ZERO else None,
    engines=special("xlog1py", torch="xlog1py") | {"scalar": lambda x, y: where(compare("==", x, 0), 0, x * log1p(y))},
    source="the continuous extension to x = 0",
)

entr: Function = function(
    "entr",
    "the entropy of one probability: -x·log(x), and 0 at 0",
    definition=lambda x: where(compare("==", x, 0), 0, -x * log(x)),
    derivative=lambda x: -log(x) - 1,
    antiderivative=lambda x: x**2 / 4 - x**2 * log(x) / 2,
    domain=NONNEGATIVE,
    range=Interval(-inf, exp(-1), "(]"),
    limits={(0, "+"): 0, inf: -inf},
    values={0: 0, 1: 0},
    cuts=(along(Interval(-inf, 0, "(]")),),
    engines=special("entr", torch="entr") | {"scalar": lambda x: where(compare("==", x, 0), 0, -x * log(x))},
    source="Shannon 1948",
)

logaddexp: Function = function(
    "logaddexp",
    "log(exp(x) + exp(y)), without overflow",
    arguments="x, y",
    definition=lambda x, y: log(exp(x) + exp(y)),
    derivative=(lambda x, y: sigmoids.sigmoid(x - y), lambda x, y: sigmoids.sigmoid(y - x)),
    range=REALS,
    commutative=True,
    more=lambda x, y, *more: logaddexp(logaddexp(x, y), *more),
    stable={"exp": lambda x, y: exp(x) + exp(y)},
    engines=engines("logaddexp")
    | {"scalar": lambda x, y: piecewise.maximum(x, y) + log1p(exp(-piecewise.abs_(x - y)))},
    source="the logarithm of a sum",
)

lambertw: Function = function(
    "lambertw",
    "the principal branch of Lambert's W: W(x)·exp(W(x)) = x",
    symbols={"unicode": "W", "latex": "W", "typst": "W"},
    derivative=lambda x: lambertw(x) / (x * (1 + lambertw(x))),
    antiderivative=lambda x: exp(lambertw(x)) * (lambertw(x) ** 2 - lambertw(x) + 1),
    removable={0: 1},
    domain=Interval(-exp(-1), inf, "[)"),
    range=Interval(-1, inf, "[)"),
    limits={(-exp(-1), "+"): -1, inf: inf},
    values={0: 0, E: 1, -exp(-1): -1},
    monotone="increasing",
    cuts=(along(Interval(-inf, -exp(-1), "(]")),),
    stable={"exp": lambda x: x / lambertw(x)},
    engines={"numpy": "numpy.real(scipy.special.lambertw({0}))"},
    source="DLMF 4.13",
)
