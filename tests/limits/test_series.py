"""Series against ball arithmetic: Taylor coefficients, and values near poles, roots, logarithms and infinity."""

from __future__ import annotations

import random
import time
from fractions import Fraction
from math import inf

import pytest
from flint import arb, fmpq

import wrt
from wrt.expr.build import symbol
from wrt.expr.node import Expr, Symbol
from wrt.functions import TABLE
from wrt.limits.series import LOG, Series, expand
from wrt.verify.evaluate import evaluate
from wrt.verify.series import PointError, working
from wrt.verify.series import Series as Balls

X = symbol("x")
TERMS = 7
BITS = 200
PLACES = [Fraction(n, 16) for n in (-37, -21, -13, -6, 5, 9, 11, 19, 27, 43)]
ELEMENTWISE = sorted(name for name, row in TABLE.items() if row.kind == "elementwise")


def node(text: str) -> Expr:
    return wrt.read(text).node


def number(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def truth(f: Expr, at: Fraction) -> list[arb]:
    """The Taylor coefficients by the oracle, and an error where it has none."""
    with working(BITS, TERMS):
        (series,) = evaluate(f, {X: [Balls([number(at), arb(1)])]}, {})
        return [series[k] for k in range(TERMS)]


def value_of(coefficient: Expr, log: arb | None = None) -> arb:
    """The value of a coefficient, by the oracle."""
    values = {} if log is None else {LOG: [Balls([log])]}
    with working(BITS if log is None else 8 * BITS, 1):
        return evaluate(coefficient, values, {})[0][0]


def sum_at(series: Series, t: arb) -> arb:
    """The value of the known terms at t > 0."""
    total = arb(0)
    for coefficient, exponent in series.terms:
        total += value_of(coefficient, t.log()) * t ** number(exponent)
    return total


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_coefficients_of_a_function_are_those_of_the_oracle(name: str) -> None:
    function, rng = TABLE[name], random.Random(name)
    more = sorted(Fraction(rng.randrange(17, 40), 16) for _ in function.arguments[1:])
    f = function(2, X) if function.derivative and function.derivative[0] is None else function(X, *more)
    seen = 0
    for at in PLACES:
        try:
            expected = truth(f, at)
        except PointError:
            continue
        found = expand(f, X, at, TERMS)
        assert found is not None, at
        assert found.order >= TERMS
        by_power = {exponent: value_of(coefficient) for coefficient, exponent in found.terms}
        for k, value in enumerate(expected):
            assert by_power.get(Fraction(k), arb(0)).overlaps(value), (at, k)
        seen += 1
    assert seen >= 2


# Functions that vanish at 0, by order.
VANISHING = {
    1: [
        "sin(x)",
        "tan(x)",
        "expm1(x)",
        "log1p(x)",
        "tanh(x)",
        "atan(x)",
        "erf(x)",
        "j1(x)",
        "lambertw(x)",
        "x*gamma(x+1)",
    ],
    2: ["1 - cos(x)", "x - log1p(x)", "cosh(x) - 1", "1 - j0(x)", "expm1(x) - x", "x**2*sinc(x)"],
    3: ["x - sin(x)", "tan(x) - x", "x - tanh(x)", "atan(x) - x", "asin(x) - x", "sinh(x) - x"],
}


@pytest.mark.parametrize("seed", range(40))
def test_quotients_of_functions_that_vanish(seed: int) -> None:
    rng = random.Random(seed)
    tops, bottoms = ([rng.choice(VANISHING[rng.randrange(1, 4)]) for _ in range(2)] for _ in range(2))
    f = node(f"({tops[0]})*({tops[1]})/(({bottoms[0]})*({bottoms[1]}))")
    series = expand(f, X, 0, 6)
    assert series is not None
    assert series.order - series.terms[0][1] == 6
    assert_near(f, series, 0, "+")


def assert_near(f: Expr, series: Series, point: float, side: str) -> None:
    """The error of the known terms vanishes like the order says, up to powers of the logarithm."""
    with working(8 * BITS, 1):
        for bits in (20, 30):
            t = arb(2) ** -bits
            at = 1 / t if point == inf else -1 / t if point == -inf else arb(point) + (t if side == "+" else -t)
            (value,) = evaluate(f, {X: [Balls([at])]}, {})
            error = abs(value[0] - sum_at(series, t))
            assert error < 10**6 * t ** number(series.order) * abs(t.log()) ** 6


@pytest.mark.parametrize(
    ("text", "point", "side"),
    [
        ("sqrt(x)*sin(x)", 0, "+"),
        ("x**x", 0, "+"),
        ("x**2*log(x)", 0, "+"),
        ("log(sin(x))*x", 0, "+"),
        ("acos(1 - x)", 0, "+"),
        ("acosh(x)", 1, "+"),
        ("asin(x)**3", 1, "-"),
        ("(1 - x)**(1/3)*log(x)", 1, "-"),
        ("gamma(x)", -2, "+"),
        ("gamma(x)", -2, "-"),
        ("digamma(x)/gamma(x)", -1, "+"),
        ("lgamma(x)", -1, "-"),
        ("polygamma(2, x)", 0, "+"),
        ("beta(x, 2*x)", 0, "+"),
        ("abs(sin(x))/x", 0, "-"),
        ("floor(x)*x", 2, "-"),
        ("cot(x) - 1/x", 0, "-"),
        ("coth(x)", 0, "+"),
        ("atan2(x, -x**2)", 0, "+"),
        ("relu(sin(x)) + max(x, x**2)", 0, "-"),
        ("where(x == 0, 7, cos(x))", 0, "+"),
        ("cbrt(sin(x)**4)", 0, "-"),
        ("(1 + 1/x)**x", inf, None),
        ("sqrt(x**2 + x) - x", inf, None),
        ("asinh(x)", -inf, None),
        ("acoth(x)", inf, None),
        ("x*atan(x)", -inf, None),
        ("lgamma(x)", inf, None),
        ("digamma(x) - log(x)", inf, None),
        ("trigamma(x)", inf, None),
        ("erfcx(x)", inf, None),
        ("i0e(x)", inf, None),
        ("i1e(x)", -inf, None),
        ("log(x)/(1 + x)", inf, None),
        ("Si(x)/x", 0, "-"),
        ("Ci(x)", 0, "+"),
        ("Ei(x)", 0, "-"),
        ("dilog(x)/x", 0, "+"),
        ("fresnels(x)/x**3", 0, "+"),
        ("li(x)", 1, "+"),
        ("softsign(x)", -inf, None),
    ],
)
def test_values_near_a_singular_point(text: str, point: float, side: str | None) -> None:
    f = node(text)
    series = expand(f, X, point, 5, side)
    assert series is not None
    assert_near(f, series, point, side or "+")


@pytest.mark.parametrize(
    ("text", "point", "side", "expected"),
    [
        ("sin(x)/x", 0, None, "(1)*t**(0) + (-1/6)*t**(2) + O(t**(3))"),
        ("(y**x - 1)/x", 0, None, "(log(y))*t**(0) + (log(y)**2/2)*t**(1) + (log(y)**3/6)*t**(2) + O(t**(3))"),
        ("x**2*log(abs(x))", 0, None, "(log t)*t**(2) + O(t**(5))"),
        ("sqrt(x**4)", 0, None, "(1)*t**(2) + O(t**(5))"),
        ("sin(x)**2 + cos(x)**2 - 1", 0, None, "O(t**(40))"),
        ("sqrt(x**2)", 0, "-", "(1)*t**(1) + O(t**(4))"),
        ("1/(x - a)", None, "+", "(1)*t**(-1) + O(t**(2))"),
    ],
)
def test_series_as_written(text: str, point: float | None, side: str | None, expected: str) -> None:
    at = symbol("a") if point is None else point
    assert str(expand(node(text), X, at, 3, side)) == expected


@pytest.mark.parametrize(
    ("text", "point", "side"),
    [
        ("abs(x)", 0, None),  # depends on the side
        ("sqrt(x)", 0, None),
        ("sqrt(x)", 0, "-"),  # not real there
        ("log(x)", 0, "-"),
        ("exp(1/x)", 0, "+"),  # essential
        ("sin(1/x)", 0, "+"),
        ("j0(x)", inf, None),
        ("tanh(x)", inf, None),
        ("1/log(x)", 0, "+"),  # not a polynomial in log t
        ("x**a", 0, "+"),  # a power that is not known
        ("1/(sin(x)**2 + cos(x)**2 - 1)", 0, None),  # a zero that is not seen
        ("where(x > a, 1, 2)", 0, None),  # depends on a parameter
        ("erfinv(x)", 1, "-"),
    ],
)
def test_no_series(text: str, point: float, side: str | None) -> None:
    assert expand(node(text), X, point, 4, side) is None


def test_the_variable_may_be_any_part() -> None:
    v = symbol("v", (symbol("n", facts=["dimension"]),))
    norm = wrt.read("norm(v)", v="n").node
    assert v in norm.free
    r = wrt.read("sin(norm(v))/norm(v)", v="n").node
    assert str(expand(r, norm, 0, 3)) == "(1)*t**(0) + (-1/6)*t**(2) + O(t**(3))"


def test_depth_costs_no_recursion() -> None:
    deep: Expr = X
    for _ in range(1500):
        deep = TABLE["sin"](deep)
    series = expand(deep, X, 0, 4)
    assert str(series) == "(1)*t**(1) + (-250)*t**(3) + O(t**(5))"


def test_rational_series_are_fast() -> None:
    f = node("(2*sin(x) - 2*x*cos(x) - x**2*sin(x))/x**3")
    expand(f, X, 0, 20)
    start = time.perf_counter()
    for _ in range(5):
        expand(f, X, 0, 20)
    assert (time.perf_counter() - start) / 5 < 0.05


def test_symbols_are_free_of_the_variable() -> None:
    series = expand(node("exp(a*x)*log(x)"), X, symbol("b", facts=["positive"]), 4)
    assert series is not None
    assert all(X not in coefficient.free and LOG not in coefficient.free for coefficient, _ in series.terms)
    assert isinstance(LOG, Symbol)
