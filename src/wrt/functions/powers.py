"""Names for powers: these expand at once, so that sqrt(x) and x**(1/2) are one object."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from wrt.expr.build import power
from wrt.expr.function import Function, Interval, RealSet
from wrt.functions.declare import NONNEGATIVE, POSITIVE, along, engines, function
from wrt.functions.exponential import log
from wrt.functions.piecewise import abs_

_NONZERO = RealSet((Interval.open(-inf, 0), POSITIVE))
_NEGATIVE_AXIS = along(Interval(-inf, 0, "(]"))

sqrt: Function = function(
    "sqrt",
    "the square root",
    symbols={"unicode": "√{}", "latex": r"\sqrt{{{}}}", "typst": "sqrt({})"},
    evaluate=lambda x: power(x, Fraction(1, 2)),
    derivative=lambda x: 1 / (2 * sqrt(x)),
    antiderivative=lambda x: 2 * x * sqrt(x) / 3,
    domain=NONNEGATIVE,
    range=NONNEGATIVE,
    limits={(0, "+"): 0, inf: inf},
    monotone="increasing",
    cuts=(_NEGATIVE_AXIS,),
    engines=engines("sqrt", scalar=True),
    source="DLMF 4.2",
)

rsqrt: Function = function(
    "rsqrt",
    "one over the square root",
    evaluate=lambda x: power(x, Fraction(-1, 2)),
    derivative=lambda x: -1 / (2 * x * sqrt(x)),
    antiderivative=lambda x: 2 * sqrt(x),
    domain=POSITIVE,
    range=POSITIVE,
    limits={(0, "+"): inf, inf: 0},
    monotone="decreasing",
    cuts=(_NEGATIVE_AXIS,),
    source="DLMF 4.2",
)

square: Function = function(
    "square",
    "the square",
    symbols={"unicode": "{}²", "latex": "{}^2", "typst": "{}^2"},
    evaluate=lambda x: power(x, 2),
    derivative=lambda x: 2 * x,
    antiderivative=lambda x: x**3 / 3,
    range=NONNEGATIVE,
    limits={-inf: inf, inf: inf},
    parity="even",
    inverse="sqrt",
    branch=NONNEGATIVE,
    engines=engines("square"),
    source="the power rule",
)

reciprocal: Function = function(
    "reciprocal",
    "one over x",
    symbols={"unicode": "1/{}", "latex": r"\frac{{1}}{{{}}}", "typst": "1/{}"},
    evaluate=lambda x: power(x, -1),
    derivative=lambda x: -1 / x**2,
    antiderivative=lambda x: log(abs_(x)),
    domain=_NONZERO,
    range=(Interval.open(-inf, 0), POSITIVE),
    limits={-inf: 0, (0, "-"): -inf, (0, "+"): inf, inf: 0},
    parity="odd",
    inverse="reciprocal",
    engines=engines("reciprocal"),
    source="the power rule",
)

exp2: Function = function(
    "exp2",
    "two to the power x",
    symbols={"unicode": "2^{}", "latex": "2^{{{}}}", "typst": "2^({})"},
    evaluate=lambda x: power(2, x),
    derivative=lambda x: exp2(x) * log(2),
    antiderivative=lambda x: exp2(x) / log(2),
    range=POSITIVE,
    limits={-inf: 0, inf: inf},
    monotone="increasing",
    inverse="log2",
    engines=engines("exp2", scalar=True),
    source="DLMF 4.2",
)
