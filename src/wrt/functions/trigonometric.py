"""Circular functions, their inverses, the angle of a point, and sinc."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from wrt.expr.build import PI, ZERO, compare, logic, power, where
from wrt.expr.function import Cut, Function, Interval, Kink, Points, RealSet
from wrt.expr.node import ONE, Constant, Expr
from wrt.functions.declare import REALS, along, engines, function
from wrt.functions.exponential import log
from wrt.functions.piecewise import abs_

_HALF = Fraction(1, 2)
_POLES_AT_HALF = Points(PI / 2, PI)
_POLES_AT_WHOLE = Points(0, PI)
_OUTSIDE = (Interval(-inf, -1, "(]"), Interval(1, inf, "[)"))
_POINT = Interval(0, 0)
_ABOVE_I = (Cut(_POINT, Interval(-inf, -1, "(]")), Cut(_POINT, Interval(1, inf, "[)")))


def _sqrt(x: object) -> Expr:
    return power(x, _HALF)


# sin at kπ/12 for the multiples of π/6 and π/4 in the first quadrant; the rest follows by symmetry.
_FIRST_QUADRANT: dict[int, Expr] = {
    0: ZERO,
    2: Constant.intern(_HALF),
    3: _sqrt(2) / 2,
    4: _sqrt(3) / 2,
    6: ONE,
}


def _sine(twelfths: int) -> Expr | None:
    """sin(kπ/12), where it is a single square root."""
    k = twelfths % 24
    if k > 12:
        value = _sine(k - 12)
        return None if value is None else -value
    return _FIRST_QUADRANT.get(min(k, 12 - k))


def _at_twelfths(numerator_shift: int | None, denominator_shift: int | None, turns: int) -> dict[Expr, Expr]:
    """Values at kπ/12 of a quotient of sines, each shifted by so many twelfths (6 makes a cosine, None is 1)."""
    values: dict[Expr, Expr] = {}
    for k in range(turns):
        top = ONE if numerator_shift is None else _sine(k + numerator_shift)
        bottom = ONE if denominator_shift is None else _sine(k + denominator_shift)
        if top is not None and bottom is not None and bottom is not ZERO:
            values[PI * Fraction(k, 12)] = top / bottom
    return values


def _inverted(values: dict[Expr, Expr], period: int, least: Fraction) -> dict[Expr, Expr]:
    """Values of the inverse on the branch from `least`·π to (`least` + 1)·π."""
    branch: dict[Expr, Expr] = {}
    for angle, value in values.items():
        turns = getattr(angle, "coefficient", Fraction(angle is PI))
        for shifted in (turns - period, turns):
            if least <= shifted <= least + 1:
                branch[value] = PI * shifted
    return branch


_SIN = _at_twelfths(0, None, 24)
_COS = _at_twelfths(6, None, 24)
_TAN = _at_twelfths(0, 6, 12)
_COT = _at_twelfths(6, 0, 12)
_SEC = _at_twelfths(None, 6, 24)
_CSC = _at_twelfths(None, 0, 24)

sin: Function = function(
    "sin",
    "the sine",
    symbols={"latex": r"\sin", "typst": "sin"},
    derivative=lambda x: cos(x),
    antiderivative=lambda x: -cos(x),
    range=Interval(-1, 1),
    values=_SIN,
    period=2 * PI,
    parity="odd",
    inverse="asin",
    branch=Interval(-PI / 2, PI / 2),
    engines=engines("sin", scalar=True),
    source="DLMF 4.20",
)

cos: Function = function(
    "cos",
    "the cosine",
    symbols={"latex": r"\cos", "typst": "cos"},
    derivative=lambda x: -sin(x),
    antiderivative=lambda x: sin(x),
    range=Interval(-1, 1),
    values=_COS,
    period=2 * PI,
    parity="even",
    inverse="acos",
    branch=Interval(0, PI),
    stable={"1-": lambda x: 2 * sin(x / 2) ** 2, "1+": lambda x: 2 * cos(x / 2) ** 2},
    engines=engines("cos", scalar=True),
    source="DLMF 4.20",
)

tan: Function = function(
    "tan",
    "the tangent",
    symbols={"latex": r"\tan", "typst": "tan"},
    definition=lambda x: sin(x) / cos(x),
    derivative=lambda x: sec(x) ** 2,
    antiderivative=lambda x: -log(abs_(cos(x))),
    domain=RealSet((REALS,), without=_POLES_AT_HALF),
    range=REALS,
    limits={(_POLES_AT_HALF, "-"): inf, (_POLES_AT_HALF, "+"): -inf},
    values=_TAN,
    period=PI,
    parity="odd",
    inverse="atan",
    branch=Interval.open(-PI / 2, PI / 2),
    engines=engines("tan", scalar=True),
    source="DLMF 4.20",
)

cot: Function = function(
    "cot",
    "the cotangent",
    symbols={"latex": r"\cot", "typst": "cot"},
    definition=lambda x: cos(x) / sin(x),
    derivative=lambda x: -(csc(x) ** 2),
    antiderivative=lambda x: log(abs_(sin(x))),
    domain=RealSet((REALS,), without=_POLES_AT_WHOLE),
    range=REALS,
    limits={(_POLES_AT_WHOLE, "-"): -inf, (_POLES_AT_WHOLE, "+"): inf},
    values=_COT,
    period=PI,
    parity="odd",
    inverse="acot",
    branch=Interval.open(0, PI),
    engines=dict.fromkeys(("numpy", "scalar", "jax", "torch"), lambda x: 1 / tan(x)),
    source="DLMF 4.20",
)

sec: Function = function(
    "sec",
    "the secant",
    symbols={"latex": r"\sec", "typst": "sec"},
    definition=lambda x: 1 / cos(x),
    derivative=lambda x: sec(x) * tan(x),
    antiderivative=lambda x: log(abs_(sec(x) + tan(x))),
    domain=RealSet((REALS,), without=_POLES_AT_HALF),
    range=_OUTSIDE,
    values=_SEC,
    period=2 * PI,
    parity="even",
    inverse="asec",
    branch=Interval(0, PI),
    source="DLMF 4.20",
)

csc: Function = function(
    "csc",
    "the cosecant",
    aliases=("cosec",),
    symbols={"latex": r"\csc", "typst": "csc"},
    definition=lambda x: 1 / sin(x),
    derivative=lambda x: -csc(x) * cot(x),
    antiderivative=lambda x: -log(abs_(csc(x) + cot(x))),
    domain=RealSet((REALS,), without=_POLES_AT_WHOLE),
    range=_OUTSIDE,
    values=_CSC,
    period=2 * PI,
    parity="odd",
    inverse="acsc",
    branch=Interval(-PI / 2, PI / 2),
    source="DLMF 4.20",
)

asin: Function = function(
    "asin",
    "the arcsine, in [-π/2, π/2]",
    aliases=("arcsin",),
    symbols={"unicode": "arcsin", "latex": r"\arcsin", "typst": "arcsin"},
    derivative=lambda x: 1 / _sqrt(1 - x**2),
    antiderivative=lambda x: x * asin(x) + _sqrt(1 - x**2),
    domain=Interval(-1, 1),
    range=Interval(-PI / 2, PI / 2),
    values=_inverted(_SIN, 2, -_HALF),
    parity="odd",
    monotone="increasing",
    inverse="sin",
    cuts=tuple(map(along, _OUTSIDE)),
    engines={"numpy": "numpy.arcsin", "scalar": "math.asin", "jax": "jax.numpy.arcsin", "torch": "torch.asin"},
    source="DLMF 4.23, 4.24",
)

acos: Function = function(
    "acos",
    "the arccosine, in [0, π]",
    aliases=("arccos",),
    symbols={"unicode": "arccos", "latex": r"\arccos", "typst": "arccos"},
    definition=lambda x: PI / 2 - asin(x),
    derivative=lambda x: -1 / _sqrt(1 - x**2),
    antiderivative=lambda x: x * acos(x) - _sqrt(1 - x**2),
    domain=Interval(-1, 1),
    range=Interval(0, PI),
    values=_inverted(_COS, 2, Fraction(0)),
    monotone="decreasing",
    inverse="cos",
    cuts=tuple(map(along, _OUTSIDE)),
    engines={"numpy": "numpy.arccos", "scalar": "math.acos", "jax": "jax.numpy.arccos", "torch": "torch.acos"},
    source="DLMF 4.23, 4.24",
)

atan: Function = function(
    "atan",
    "the arctangent, in (-π/2, π/2)",
    aliases=("arctan",),
    symbols={"unicode": "arctan", "latex": r"\arctan", "typst": "arctan"},
    derivative=lambda x: 1 / (1 + x**2),
    antiderivative=lambda x: x * atan(x) - log(1 + x**2) / 2,
    range=Interval.open(-PI / 2, PI / 2),
    limits={-inf: -PI / 2, inf: PI / 2},
    values=_inverted(_TAN, 1, -_HALF),
    parity="odd",
    monotone="increasing",
    inverse="tan",
    cuts=_ABOVE_I,
    engines={"numpy": "numpy.arctan", "scalar": "math.atan", "jax": "jax.numpy.arctan", "torch": "torch.atan"},
    source="DLMF 4.23, 4.24",
)

acot: Function = function(
    "acot",
    "the arccotangent, in (0, π): continuous at 0",
    aliases=("arccot",),
    symbols={"unicode": "arccot", "latex": r"\operatorname{arccot}", "typst": 'op("arccot")'},
    definition=lambda x: PI / 2 - atan(x),
    derivative=lambda x: -1 / (1 + x**2),
    antiderivative=lambda x: x * acot(x) + log(1 + x**2) / 2,
    range=Interval.open(0, PI),
    limits={-inf: PI, inf: 0},
    values=_inverted(_COT, 1, Fraction(0)),
    monotone="decreasing",
    inverse="cot",
    cuts=_ABOVE_I,
    engines=dict.fromkeys(("numpy", "scalar", "jax", "torch"), lambda x: atan2(1, x)),
    source="ISO 80000-2, 2-14.9",
)

asec: Function = function(
    "asec",
    "the arcsecant, in [0, π]",
    aliases=("arcsec",),
    symbols={"unicode": "arcsec", "latex": r"\operatorname{arcsec}", "typst": 'op("arcsec")'},
    definition=lambda x: acos(1 / x),
    derivative=lambda x: 1 / (abs_(x) * _sqrt(x**2 - 1)),
    antiderivative=lambda x: x * asec(x) - log(abs_(x) + _sqrt(x**2 - 1)),
    domain=RealSet(_OUTSIDE),
    range=(Interval(0, PI / 2, "[)"), Interval(PI / 2, PI, "(]")),
    limits={-inf: PI / 2, (-1, "-"): PI, (1, "+"): 0, inf: PI / 2},
    values=_inverted(_SEC, 2, Fraction(0)),
    inverse="sec",
    cuts=(along(Interval(-1, 1)),),
    source="DLMF 4.23, 4.24",
)

acsc: Function = function(
    "acsc",
    "the arccosecant, in [-π/2, π/2]",
    aliases=("arccsc", "acosec", "arccosec"),
    symbols={"unicode": "arccsc", "latex": r"\operatorname{arccsc}", "typst": 'op("arccsc")'},
    definition=lambda x: asin(1 / x),
    derivative=lambda x: -1 / (abs_(x) * _sqrt(x**2 - 1)),
    antiderivative=lambda x: x * acsc(x) + log(abs_(x) + _sqrt(x**2 - 1)),
    domain=RealSet(_OUTSIDE),
    range=(Interval(-PI / 2, 0, "[)"), Interval(0, PI / 2, "(]")),
    limits={-inf: 0, (-1, "-"): -PI / 2, (1, "+"): PI / 2, inf: 0},
    values=_inverted(_CSC, 2, -_HALF),
    parity="odd",
    inverse="csc",
    cuts=(along(Interval(-1, 1)),),
    source="DLMF 4.23, 4.24",
)

atan2: Function = function(
    "atan2",
    "the angle of the point (x, y), in (-π, π]",
    arguments="y, x",
    aliases=("arctan2",),
    symbols={"unicode": "atan2", "latex": r"\operatorname{atan2}", "typst": 'op("atan2")'},
    derivative=(lambda y, x: x / (x**2 + y**2), lambda y, x: -y / (x**2 + y**2)),
    condition=lambda y, x: logic("or", compare("!=", x, 0), compare("!=", y, 0)),
    range=Interval(-PI, PI, "(]"),
    limits={-inf: -PI / 2, inf: PI / 2},
    kinks=lambda y, x: (Kink(0, kind="jump", when=x < 0),),
    engines={"numpy": "numpy.arctan2", "scalar": "math.atan2", "jax": "jax.numpy.arctan2", "torch": "torch.atan2"},
    source="DLMF 1.9(i)",
)

hypot: Function = function(
    "hypot",
    "the length of (x, y): sqrt(x² + y²), without overflow",
    arguments="x, y",
    definition=lambda x, y: _sqrt(x**2 + y**2),
    derivative=(lambda x, y: x / hypot(x, y), lambda x, y: y / hypot(x, y)),
    range=Interval(0, inf, "[)"),
    limits={-inf: inf, inf: inf},
    kinks=lambda x, y: (Kink(0, Interval(-1, 1), Interval(-1, 1), when=compare("==", y, 0)),),
    commutative=True,
    more=lambda x, y, *more: hypot(hypot(x, y), *more),
    engines=engines("hypot", scalar=True),
    source="Pythagoras",
)

sinc: Function = function(
    "sinc",
    "NumPy's sinc: sin(πx)/(πx), and 1 at 0",
    definition=lambda x: where(compare("==", x, 0), 1, sin(PI * x) / (PI * x)),
    derivative=lambda x: (cos(PI * x) - sinc(x)) / x,
    removable={0: 0},
    range=Interval(Fraction("-0.218"), 1),
    limits={-inf: 0, inf: 0},
    values={0: 1},
    parity="even",
    engines={"numpy": "numpy.sinc", "jax": "jax.numpy.sinc", "torch": "torch.sinc"},
    source="Woodward 1953",
)
