"""Functions that are integrals of elementary ones: of exponentials, logarithms, sines, and of roots of cubics."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from wrt.expr.function import Function, Interval, RealSet
from wrt.expr.node import INFINITY, PI
from wrt.functions.declare import POSITIVE, REALS, along, function, special
from wrt.functions.exponential import exp, log
from wrt.functions.trigonometric import cos, sin

_HALF = Fraction(1, 2)
_NONZERO = RealSet((Interval.open(-inf, 0), Interval.open(0, inf)))


Ei: Function = function(
    "Ei",
    "the exponential integral, the principal value of the integral of exp(t)/t up to x",
    aliases=("expi",),
    symbols={"latex": r"\operatorname{Ei}", "typst": 'op("Ei")'},
    derivative=lambda x: exp(x) / x,
    antiderivative=lambda x: x * Ei(x) - exp(x),
    domain=_NONZERO,
    range=REALS,
    limits={-inf: 0, 0: -inf, inf: inf},
    cuts=(along(Interval(-inf, 0, "(]")),),
    engines=special("expi"),
    source="DLMF 6.2",
)

li: Function = function(
    "li",
    "the logarithmic integral, the principal value of the integral of 1/log(t) from 0 to x",
    symbols={"latex": r"\operatorname{li}", "typst": 'op("li")'},
    definition=lambda x: Ei(log(x)),
    derivative=lambda x: 1 / log(x),
    antiderivative=lambda x: x * li(x) - Ei(2 * log(x)),
    domain=RealSet((Interval.open(0, 1), Interval.open(1, inf))),
    range=REALS,
    limits={(0, "+"): 0, 1: -inf, inf: inf},
    cuts=(along(Interval(-inf, 1, "(]")),),
    source="DLMF 6.2",
)

Si: Function = function(
    "Si",
    "the sine integral, of sin(t)/t from 0 to x",
    symbols={"latex": r"\operatorname{Si}", "typst": 'op("Si")'},
    derivative=lambda x: sin(x) / x,
    antiderivative=lambda x: x * Si(x) + cos(x),
    removable={0: 1},
    range=lambda x: Interval(-Si(PI), Si(PI)),
    limits={-inf: -PI / 2, inf: PI / 2},
    values={0: 0},
    parity="odd",
    engines={"numpy": "scipy.special.sici({0})[0]"},
    source="DLMF 6.2",
)

Ci: Function = function(
    "Ci",
    "the cosine integral, of cos(t)/t up to x, for positive x",
    symbols={"latex": r"\operatorname{Ci}", "typst": 'op("Ci")'},
    derivative=lambda x: cos(x) / x,
    antiderivative=lambda x: x * Ci(x) - sin(x),
    domain=POSITIVE,
    range=lambda x: Interval(-INFINITY, Ci(PI / 2), "(]"),
    limits={(0, "+"): -inf, inf: 0},
    cuts=(along(Interval(-inf, 0, "(]")),),
    engines={"numpy": "scipy.special.sici({0})[1]"},
    source="DLMF 6.2",
)

fresnels: Function = function(
    "fresnels",
    "the Fresnel integral of sin(pi*t**2/2) from 0 to x",
    symbols={"unicode": "S", "latex": r"\operatorname{S}", "typst": 'op("S")'},
    derivative=lambda x: sin(PI * x**2 / 2),
    antiderivative=lambda x: x * fresnels(x) + cos(PI * x**2 / 2) / PI,
    range=lambda x: Interval(-fresnels(2**_HALF), fresnels(2**_HALF)),
    limits={-inf: -_HALF, inf: _HALF},
    values={0: 0},
    parity="odd",
    engines={"numpy": "scipy.special.fresnel({0})[0]"},
    source="DLMF 7.2",
)

fresnelc: Function = function(
    "fresnelc",
    "the Fresnel integral of cos(pi*t**2/2) from 0 to x",
    symbols={"unicode": "C", "latex": r"\operatorname{C}", "typst": 'op("C")'},
    derivative=lambda x: cos(PI * x**2 / 2),
    antiderivative=lambda x: x * fresnelc(x) - sin(PI * x**2 / 2) / PI,
    range=lambda x: Interval(-fresnelc(1), fresnelc(1)),
    limits={-inf: -_HALF, inf: _HALF},
    values={0: 0},
    parity="odd",
    engines={"numpy": "scipy.special.fresnel({0})[1]"},
    source="DLMF 7.2",
)

dilog: Function = function(
    "dilog",
    "the dilogarithm Li₂, the integral of -log(1 - t)/t from 0 to x",
    symbols={"unicode": "Li₂", "latex": r"\operatorname{Li}_2", "typst": 'op("Li")_2'},
    derivative=lambda x: -log(1 - x) / x,
    antiderivative=lambda x: x * dilog(x) - x - (1 - x) * log(1 - x),
    removable={0: 1},
    domain=Interval(-inf, 1, "(]"),
    range=Interval(-inf, PI**2 / 6, "(]"),
    limits={-inf: -inf},
    values={0: 0, 1: PI**2 / 6, -1: -(PI**2) / 12},
    monotone="increasing",
    cuts=(along(Interval(1, inf, "[)")),),
    engines={"numpy": "scipy.special.spence(1 - {0})", "jax": "jax.scipy.special.spence(1 - {0})"},
    source="DLMF 25.12",
)


uppergamma: Function = function(
    "uppergamma",
    "the upper incomplete gamma function, the integral of t**(a - 1)*exp(-t) from x on",
    arguments="a, x",
    symbols={"unicode": "Γ", "latex": r"\Gamma", "typst": "Gamma"},
    derivative=(None, lambda a, x: -(x ** (a - 1)) * exp(-x)),
    domain=(POSITIVE, POSITIVE),
    range=POSITIVE,
    engines={"numpy": "scipy.special.gammaincc({0}, {1}) * scipy.special.gamma({0})"},
    source="DLMF 8.2",
)
