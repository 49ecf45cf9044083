"""Functions in pieces: absolute value, sign, steps, the larger and the smaller, clipping, Huber."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from math import inf

from wrt.expr.build import cases, compare, logic, where
from wrt.expr.facts import is_nonnegative, is_positive
from wrt.expr.function import Function, Interval, Kink, Points
from wrt.expr.node import ONE, Constant, Expr, Rational, number
from wrt.functions.declare import NONNEGATIVE, REALS, engines, function


def _of_number(value: Callable[[Rational], Rational]) -> Callable[[Expr], Expr | None]:
    """An exact value at numbers."""
    return lambda x: number(value(x.value)) if isinstance(x, Constant) else None


def _abs(x: Expr) -> Expr | None:
    return x if is_nonnegative(x) else None


def _sign(x: Expr) -> Expr | None:
    return ONE if not x.shape and is_positive(x) else None


def _extremum(choose: Callable[..., Rational]) -> Callable[[Expr, Expr], Expr | None]:
    def value(x: Expr, y: Expr) -> Expr | None:
        if x is y:
            return x
        if isinstance(x, Constant) and isinstance(y, Constant):
            return number(choose(x.value, y.value))
        return None

    return value


def _clip(x: Expr, lo: Expr, hi: Expr) -> Expr | None:
    if isinstance(x, Constant) and isinstance(lo, Constant) and isinstance(hi, Constant):
        return number(min(max(x.value, lo.value), hi.value))
    return None


abs_: Function = function(
    "abs",
    "the absolute value",
    aliases=("absolute", "fabs"),
    symbols={"unicode": "|{}|", "latex": r"\left|{}\right|", "typst": "abs({})"},
    definition=lambda x: where(x >= 0, x, -x),
    derivative=lambda x: sign(x),
    antiderivative=lambda x: x * abs_(x) / 2,
    range=NONNEGATIVE,
    limits={-inf: inf, inf: inf},
    kinks=lambda x: (Kink(0, Interval(-1, 1)),),
    values={0: 0},
    evaluate=_abs,
    parity="even",
    engines=engines("abs") | {"scalar": "abs"},
    source="subdifferential: Rockafellar 1970, § 23",
)

sign: Function = function(
    "sign",
    "-1, 0 or 1",
    aliases=("sgn",),
    symbols={"unicode": "sign", "latex": r"\operatorname{sign}", "typst": 'op("sign")'},
    definition=lambda x: cases([(x > 0, 1), (x < 0, -1)], 0),
    derivative=lambda x: 0 * x,
    antiderivative=lambda x: abs_(x),
    range=Interval(-1, 1),
    limits={-inf: -1, (0, "-"): -1, (0, "+"): 1, inf: 1},
    kinks=lambda x: (Kink(0, kind="jump"),),
    values={0: 0},
    evaluate=_sign,
    parity="odd",
    engines=engines("sign") | {"scalar": lambda x: cases([(x > 0, 1), (x < 0, -1)], 0)},
    source="0 at 0, as in NumPy",
)

heaviside: Function = function(
    "heaviside",
    "the unit step: 0 below 0, 1 above, h at 0",
    arguments="x, h",
    defaults={"h": Fraction(1, 2)},
    symbols={"unicode": "H", "latex": "H", "typst": "H"},
    definition=lambda x, h: cases([(x > 0, 1), (x < 0, 0)], h),
    derivative=(lambda x, h: 0 * x, lambda x, h: where(compare("==", x, 0), 1, 0)),
    antiderivative=lambda x, h: maximum(x, 0),
    range=lambda x, h: Interval(minimum(0, h), maximum(1, h)),
    limits={-inf: 0, (0, "-"): 0, (0, "+"): 1, inf: 1},
    kinks=lambda x, h: (Kink(0, kind="jump"),),
    engines={"numpy": "numpy.heaviside", "jax": "jax.numpy.heaviside"},
    source="DLMF 1.16(iv)",
)

floor: Function = function(
    "floor",
    "the greatest whole number that is not greater",
    symbols={"unicode": "⌊{}⌋", "latex": r"\left\lfloor{}\right\rfloor", "typst": "floor({})"},
    derivative=lambda x: 0 * x,
    range=REALS,
    limits={-inf: -inf, inf: inf},
    kinks=lambda x: (Kink(Points(0, 1), kind="jump"),),
    evaluate=_of_number(math.floor),
    engines=engines("floor", scalar=True),
    source="Iverson 1962",
)

ceil: Function = function(
    "ceil",
    "the least whole number that is not smaller",
    aliases=("ceiling",),
    symbols={"unicode": "⌈{}⌉", "latex": r"\left\lceil{}\right\rceil", "typst": "ceil({})"},
    derivative=lambda x: 0 * x,
    range=REALS,
    limits={-inf: -inf, inf: inf},
    kinks=lambda x: (Kink(Points(0, 1), kind="jump"),),
    evaluate=_of_number(math.ceil),
    engines=engines("ceil", scalar=True),
    source="Iverson 1962",
)

# Where x = y, the slopes of max are (t, 1 − t) and those of min (1 − t, t), for t in [0, 1]. Both take t = 0, so that
# max(x, y) + min(x, y) = x + y holds for the slopes too. (Where x alone moves, each has all of [0, 1], and takes 0.)
_TIED = Interval(0, 1)

maximum: Function = function(
    "maximum",
    "the larger of two",
    arguments="x, y",
    aliases=("fmax",),
    symbols={"unicode": "max", "latex": r"\max", "typst": "max"},
    definition=lambda x, y: where(x > y, x, y),
    derivative=(lambda x, y: where(x > y, 1, 0), lambda x, y: where(x > y, 0, 1)),
    antiderivative=lambda x, y: maximum(x, y) ** 2 / 2 + y * minimum(x, y),
    range=REALS,
    kinks=lambda x, y: (Kink(y, _TIED, _TIED),),
    evaluate=_extremum(max),
    commutative=True,
    more=lambda x, y, *more: maximum(maximum(x, y), *more),
    engines=engines("maximum") | {"scalar": "max"},
    source="subdifferential: Rockafellar 1970, § 23",
)

minimum: Function = function(
    "minimum",
    "the smaller of two",
    arguments="x, y",
    aliases=("fmin",),
    symbols={"unicode": "min", "latex": r"\min", "typst": "min"},
    definition=lambda x, y: where(x < y, x, y),
    derivative=(lambda x, y: where(y < x, 0, 1), lambda x, y: where(y < x, 1, 0)),
    antiderivative=lambda x, y: minimum(x, y) ** 2 / 2 + y * maximum(x, y),
    range=REALS,
    kinks=lambda x, y: (Kink(y, _TIED, _TIED),),
    evaluate=_extremum(min),
    commutative=True,
    more=lambda x, y, *more: minimum(minimum(x, y), *more),
    engines=engines("minimum") | {"scalar": "min"},
    source="subdifferential: Clarke 1983, § 2.3",
)

clip: Function = function(
    "clip",
    "x, but not less than lo and not more than hi",
    arguments="x, lo, hi",
    aliases=("clamp",),
    definition=lambda x, lo, hi: minimum(maximum(x, lo), hi),
    derivative=(
        lambda x, lo, hi: where(logic("and", lo < x, x < hi), 1, 0),
        lambda x, lo, hi: where(x <= lo, 1, 0),
        lambda x, lo, hi: where(x >= hi, 1, 0),
    ),
    condition=lambda x, lo, hi: lo < hi,
    range=lambda x, lo, hi: Interval(lo, hi),
    limits=lambda x, lo, hi: {-inf: lo, inf: hi},
    kinks=lambda x, lo, hi: (Kink(lo, _TIED, _TIED, Interval(0, 0)), Kink(hi, _TIED, Interval(0, 0), _TIED)),
    evaluate=_clip,
    engines={
        "numpy": "numpy.clip",
        "scalar": lambda x, lo, hi: minimum(maximum(x, lo), hi),
        "jax": "jax.numpy.clip",
        "torch": "torch.clamp",
    },
    source="subdifferential: Clarke 1983, § 2.3",
)

huber: Function = function(
    "huber",
    "Huber's loss: x²/2 near 0, linear beyond delta",
    arguments="x, delta",
    defaults={"delta": 1},
    definition=lambda x, delta: where(abs_(x) <= delta, x**2 / 2, delta * (abs_(x) - delta / 2)),
    derivative=(lambda x, delta: clip(x, -delta, delta), lambda x, delta: maximum(abs_(x) - delta, 0)),
    antiderivative=lambda x, delta: where(
        abs_(x) <= delta, x**3 / 6, sign(x) * (delta * x**2 / 2 + delta**3 / 6) - delta**2 * x / 2
    ),
    domain=(REALS, Interval.open(0, inf)),
    range=NONNEGATIVE,
    limits={-inf: inf, inf: inf},
    engines={
        "numpy": "scipy.special.huber({1}, {0})",
        "scalar": lambda x, delta: where(abs_(x) <= delta, x**2 / 2, delta * (abs_(x) - delta / 2)),
    },
    source="Huber 1964",
)
