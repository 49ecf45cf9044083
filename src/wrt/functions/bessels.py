"""Bessel functions of the orders 0 and 1, of the first kind and modified."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from wrt.expr.function import Function, Interval, Kink
from wrt.functions.declare import REALS, function, special
from wrt.functions.exponential import exp, log
from wrt.functions.piecewise import abs_, sign

_HALF = Fraction(1, 2)

j0: Function = function(
    "j0",
    "the Bessel function J₀",
    aliases=("bessel_j0",),
    symbols={"unicode": "J₀", "latex": "J_0", "typst": "J_0"},
    derivative=lambda x: -j1(x),
    range=Interval(Fraction("-0.403"), 1),
    limits={-inf: 0, inf: 0},
    values={0: 1},
    parity="even",
    engines=special("j0", jax=False, torch="bessel_j0"),
    source="DLMF 10.2, 10.6",
)

j1: Function = function(
    "j1",
    "the Bessel function J₁",
    aliases=("bessel_j1",),
    symbols={"unicode": "J₁", "latex": "J_1", "typst": "J_1"},
    derivative=lambda x: j0(x) - j1(x) / x,
    antiderivative=lambda x: -j0(x),
    removable={0: _HALF},
    range=Interval(Fraction("-0.582"), Fraction("0.582")),
    limits={-inf: 0, inf: 0},
    values={0: 0},
    parity="odd",
    engines=special("j1", jax=False, torch="bessel_j1"),
    source="DLMF 10.2, 10.6",
)

i0: Function = function(
    "i0",
    "the modified Bessel function I₀",
    aliases=("bessel_i0",),
    symbols={"unicode": "I₀", "latex": "I_0", "typst": "I_0"},
    derivative=lambda x: i1(x),
    range=Interval(1, inf, "[)"),
    limits={-inf: inf, inf: inf},
    values={0: 1},
    parity="even",
    stable={"log": lambda x: log(i0e(x)) + abs_(x)},
    engines=special("i0", torch="i0"),
    source="DLMF 10.25, 10.29",
)

i1: Function = function(
    "i1",
    "the modified Bessel function I₁",
    aliases=("bessel_i1",),
    symbols={"unicode": "I₁", "latex": "I_1", "typst": "I_1"},
    derivative=lambda x: i0(x) - i1(x) / x,
    antiderivative=lambda x: i0(x),
    removable={0: _HALF},
    range=REALS,
    limits={-inf: -inf, inf: inf},
    values={0: 0},
    parity="odd",
    monotone="increasing",
    engines=special("i1", torch="i1"),
    source="DLMF 10.25, 10.29",
)

i0e: Function = function(
    "i0e",
    "the scaled modified Bessel function exp(-|x|)·I₀(x)",
    definition=lambda x: exp(-abs_(x)) * i0(x),
    derivative=lambda x: i1e(x) - sign(x) * i0e(x),
    range=Interval(0, 1, "(]"),
    limits={-inf: 0, inf: 0},
    kinks=lambda x: (Kink(0, Interval(-1, 1)),),
    values={0: 1},
    parity="even",
    engines=special("i0e", torch="i0e"),
    source="DLMF 10.25, 10.29",
)

i1e: Function = function(
    "i1e",
    "the scaled modified Bessel function exp(-|x|)·I₁(x)",
    definition=lambda x: exp(-abs_(x)) * i1(x),
    derivative=lambda x: i0e(x) - i1e(x) / x - sign(x) * i1e(x),
    removable={0: _HALF},
    range=Interval(Fraction("-0.22"), Fraction("0.22")),
    limits={-inf: 0, inf: 0},
    values={0: 0},
    parity="odd",
    engines=special("i1e", torch="i1e"),
    source="DLMF 10.25, 10.29",
)
