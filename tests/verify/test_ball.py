"""Every ball function against mpmath: values and Taylor coefficients, inside its domain, at its kinks and outside."""

from __future__ import annotations

from math import factorial

import mpmath
import pytest
from flint import arb

from wrt.verify.ball import PRIMITIVES
from wrt.verify.series import KinkError, Series, divide, is_defined, real_power, whole_power, working

BITS, TERMS = 140, 5
REAL = (-2.3, -0.7, 0.4, 1.9)
POSITIVE = (0.03, 0.6, 2.7, 31.5)
UNIT = (-0.93, -0.2, 0.05, 0.8)
ABOVE_ONE = (1.02, 1.7, 12.5)
OUTSIDE_UNIT = (-4.5, -1.3, 1.1, 7.5)


def _lgamma(x):
    return mpmath.log(abs(mpmath.gamma(x)))


# name: (the function in mpmath, points, points outside its domain)
KNOWN = {
    "exp": (mpmath.exp, REAL, ()),
    "exp2": (lambda x: mpmath.mpf(2) ** x, REAL, ()),
    "expm1": (mpmath.expm1, (*REAL, 1e-9), ()),
    "log": (mpmath.log, POSITIVE, (-1.5, 0)),
    "log1p": (mpmath.log1p, (-0.9, 1e-9, 0.4, 8), (-1.5, -1)),
    "log2": (lambda x: mpmath.log(x, 2), POSITIVE, (-1,)),
    "log10": (mpmath.log10, POSITIVE, (-1,)),
    "entr": (lambda x: -x * mpmath.log(x), POSITIVE, (-1,)),
    "sqrt": (mpmath.sqrt, POSITIVE, (-1,)),
    "rsqrt": (lambda x: 1 / mpmath.sqrt(x), POSITIVE, (-1, 0)),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), REAL, ()),
    "square": (lambda x: x * x, REAL, ()),
    "reciprocal": (lambda x: 1 / x, REAL, (0,)),
    "sin": (mpmath.sin, REAL, ()),
    "cos": (mpmath.cos, REAL, ()),
    "tan": (mpmath.tan, REAL, ()),
    "cot": (mpmath.cot, REAL, (0,)),
    "sec": (mpmath.sec, REAL, ()),
    "csc": (mpmath.csc, REAL, (0,)),
    "asin": (mpmath.asin, UNIT, (-1.5, 1.5)),
    "acos": (mpmath.acos, UNIT, (-1.5, 1.5)),
    "atan": (mpmath.atan, REAL, ()),
    "asec": (mpmath.asec, OUTSIDE_UNIT, (0.5, 0)),
    "acsc": (mpmath.acsc, OUTSIDE_UNIT, (0.5, 0)),
    "sinh": (mpmath.sinh, REAL, ()),
    "cosh": (mpmath.cosh, REAL, ()),
    "tanh": (mpmath.tanh, (*REAL, -60), ()),
    "coth": (mpmath.coth, REAL, (0,)),
    "sech": (mpmath.sech, REAL, ()),
    "csch": (mpmath.csch, REAL, (0,)),
    "asinh": (mpmath.asinh, (*REAL, -4000), ()),
    "acosh": (mpmath.acosh, ABOVE_ONE, (-3, 0, 0.9)),
    "atanh": (mpmath.atanh, UNIT, (-1.5, 1, 2)),
    "acoth": (mpmath.acoth, OUTSIDE_UNIT, (0.5, 0)),
    "asech": (mpmath.asech, (0.1, 0.5, 0.98), (-0.5, 0, 1.5)),
    "acsch": (mpmath.acsch, REAL, (0,)),
    "abs": (abs, REAL, ()),
    "erf": (mpmath.erf, REAL, ()),
    "erfc": (mpmath.erfc, REAL, ()),
    "erfi": (mpmath.erfi, REAL, ()),
    "erfcx": (lambda x: mpmath.exp(x * x) * mpmath.erfc(x), (*REAL, 9), ()),
    "erfinv": (mpmath.erfinv, UNIT, (-1, 1.5)),
    "erfcinv": (lambda x: mpmath.erfinv(1 - x), (0.1, 0.7, 1.8), (-0.5, 2.5)),
    "normcdf": (mpmath.ncdf, REAL, ()),
    "normlogcdf": (lambda x: mpmath.log(mpmath.ncdf(x)), (*REAL, -15), ()),
    "gamma": (mpmath.gamma, (-2.5, -0.3, 0.4, 5.5), (-2, 0)),
    "lgamma": (_lgamma, (-2.5, -0.3, 0.4, 5.5), (-2, 0)),
    "digamma": (mpmath.digamma, (-2.5, -0.3, 0.4, 5.5), (-2, 0)),
    "trigamma": (lambda x: mpmath.psi(1, x), (-2.5, -0.3, 0.4, 5.5), (-2, 0)),
    "j0": (lambda x: mpmath.besselj(0, x), (*REAL, 0, 20), ()),
    "j1": (lambda x: mpmath.besselj(1, x), (*REAL, 0, 20), ()),
    "i0": (lambda x: mpmath.besseli(0, x), (*REAL, 0, 20), ()),
    "i1": (lambda x: mpmath.besseli(1, x), (*REAL, 0, 20), ()),
    "lambertw": (lambda x: mpmath.lambertw(x).real, (-0.3, 0.2, 5), (-0.5,)),
    "Ei": (mpmath.ei, REAL, (0,)),
    "li": (mpmath.li, (0.3, 0.8, 1.6, 20), (-1, 1)),
    "Si": (mpmath.si, REAL, ()),
    "Ci": (mpmath.ci, POSITIVE, (-1,)),
    "fresnels": (mpmath.fresnels, REAL, ()),
    "fresnelc": (mpmath.fresnelc, REAL, ()),
    "dilog": (lambda x: mpmath.polylog(2, x).real, (-3.5, -0.4, 0.2, 0.9), (1.5,)),
    # two arguments, each along its own slope
    "logaddexp": (lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)), ((0.3, -2), (-90, 3)), ()),
    "xlogy": (lambda x, y: x * mpmath.log(y), ((-0.4, 0.3), (2, 5)), ((1, -1),)),
    "xlog1py": (lambda x, y: x * mpmath.log1p(y), ((-0.4, 0.3), (2, -0.5)), ((1, -2),)),
    "hypot": (mpmath.hypot, ((-0.4, 0.3), (2, 5)), ()),
    "atan2": (mpmath.atan2, ((0.5, 2), (-0.5, 2), (3, -0.1), (-3, -0.1), (0.5, -4)), ()),
    "beta": (mpmath.beta, ((0.5, 2), (3.5, 0.2)), ()),
    "betaln": (lambda x, y: mpmath.log(abs(mpmath.beta(x, y))), ((0.5, 2), (3.5, 0.2)), ()),
}
PIECES = {"sign", "heaviside", "floor", "ceil", "maximum", "minimum", "clip", "acot"}  # these and the next are below
FIXED = {"polygamma", "uppergamma"}  # of a parameter that does not move
SLOPES = (1, -0.75)


def test_every_ball_function_is_compared() -> None:
    assert set(KNOWN) | PIECES | FIXED == set(PRIMITIVES)


def _arguments(point):
    point = point if isinstance(point, tuple) else (point,)
    return [Series([arb(value), arb(slope)]) for value, slope in zip(point, SLOPES, strict=False)]


@pytest.mark.parametrize("name", KNOWN)
def test_value_and_derivatives_equal_mpmath(name: str) -> None:
    function, points, _ = KNOWN[name]
    for point in points:
        with working(BITS, TERMS), mpmath.workdps(120):
            series = PRIMITIVES[name](*_arguments(point))
            places = [mpmath.mpf(value) for value in (point if isinstance(point, tuple) else (point,))]
            along = lambda t, places=places: function(
                *(place + t * slope for place, slope in zip(places, SLOPES, strict=False))
            )
            assert series.prec == TERMS
            for k in range(TERMS):
                expected = mpmath.diff(along, 0, k, h=mpmath.mpf(10) ** -15) / factorial(k) if k else along(0)
                error = abs(mpmath.mpf(str(series[k].mid().str(60, radius=False))) - expected)
                assert error <= mpmath.mpf(10) ** (-24 if k else -33) * (1 + abs(expected)), (point, k)


@pytest.mark.parametrize("name", KNOWN)
def test_a_constant_argument_gives_the_same_value(name: str) -> None:
    _, points, _ = KNOWN[name]
    for point in points:
        with working(BITS, TERMS):
            moving = PRIMITIVES[name](*_arguments(point))
            still = PRIMITIVES[name](*(Series([argument[0]]) for argument in _arguments(point)))
            assert len(still) <= 1
            assert still[0].overlaps(moving[0])


@pytest.mark.parametrize("name", [name for name, (_, _, outside) in KNOWN.items() if outside])
def test_outside_the_domain_there_is_no_value(name: str) -> None:
    for point in KNOWN[name][2]:
        with working(BITS, TERMS):
            for arguments in (_arguments(point), [Series([argument[0]]) for argument in _arguments(point)]):
                if name in ("sqrt", "entr") and not arguments[0][0]:
                    continue
                assert not is_defined(PRIMITIVES[name](*arguments)), point


@pytest.mark.parametrize("x", [0.2, 1.5, 8])
@pytest.mark.parametrize("a", [0.5, 2, 3.7])
def test_uppergamma_of_a_fixed_parameter(a: float, x: float) -> None:
    with working(BITS, TERMS), mpmath.workdps(60):
        series = PRIMITIVES["uppergamma"](Series([arb(a)]), Series([arb(x), 1]))
        for k in range(TERMS):
            expected = mpmath.diff(lambda t: mpmath.gammainc(a, t), x, k) / factorial(k)
            assert abs(mpmath.mpf(str(series[k].mid().str(30, radius=False))) - expected) <= 1e-12 * (1 + abs(expected))


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_polygamma_of_any_order(order: int) -> None:
    with working(BITS, 3), mpmath.workdps(60):
        for x in (0.7, 4.5, -1.5):
            series = PRIMITIVES["polygamma"](Series([order]), Series([arb(x), 1]))
            for k in range(3):
                expected = mpmath.psi(order + k, x) / factorial(k)
                assert abs(mpmath.mpf(series[k].str(50, radius=False)) / expected - 1) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize("name", ["abs", "sign", "floor", "ceil", "cbrt"])
def test_a_ball_across_a_kink_is_refused(name: str) -> None:
    with working(BITS, 2), pytest.raises(KinkError):
        PRIMITIVES[name](Series([arb(0, 1e-20), 1]))


def test_at_a_kink_that_does_not_move_the_value_is_exact() -> None:
    with working(BITS, 2):
        zero = Series([0])
        assert PRIMITIVES["abs"](zero)[0] == 0
        assert PRIMITIVES["sign"](zero)[0] == 0
        assert PRIMITIVES["floor"](Series([3]))[0] == 3
        assert PRIMITIVES["maximum"](zero, zero)[0] == 0


def test_steps_and_extremes() -> None:
    with working(BITS, 2):
        x, y = Series([arb(-1.5), 1]), Series([arb(0.25), 3])
        assert PRIMITIVES["sign"](x)[0] == -1
        assert PRIMITIVES["heaviside"](y, x)[0] == 1
        assert PRIMITIVES["heaviside"](Series([0]), y)[0] == 0.25
        assert PRIMITIVES["floor"](x)[0] == -2
        assert PRIMITIVES["ceil"](x)[0] == -1
        assert PRIMITIVES["maximum"](x, y)[1] == 3
        assert PRIMITIVES["minimum"](x, y)[1] == 1
        assert PRIMITIVES["clip"](y, x, Series([0]))[1] == 0
        assert not is_defined(PRIMITIVES["clip"](y, Series([0]), x))


def test_powers_where_python_flint_alone_is_wrong() -> None:
    with working(BITS, 2):
        assert not is_defined(whole_power(Series([0]), -1))  # Series([0])**-1 is 0 in python-flint 0.9
        assert not is_defined(divide(Series([1]), Series([arb(0, 1)])))
        assert not is_defined(real_power(Series([-2, 1]), Series([arb(1) / 3])))
        assert real_power(Series([-2, 1]), Series([3]))[1] == 12
        assert real_power(Series([0]), Series([arb(0.5)]))[0] == 0


def test_precision_is_restored_after_errors() -> None:
    from flint import ctx

    before = ctx.prec, ctx.cap
    with pytest.raises(ZeroDivisionError), working(300, 7):
        raise ZeroDivisionError
    assert (ctx.prec, ctx.cap) == before


@pytest.mark.parametrize("exponent", [1, 2, 3, 6, 7])
def test_whole_powers_of_a_ball_around_zero(exponent: int) -> None:
    with working(128, 3):
        power = whole_power(Series([arb(0, 1e-30), 1]), exponent)
        assert is_defined(power)
        assert power[exponent] == 1 if exponent < 3 else power[2].contains(0)
        assert not is_defined(whole_power(Series([arb(0, 1e-30), 1]), -exponent))
