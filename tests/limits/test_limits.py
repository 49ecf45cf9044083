"""Limits: the textbook's, the hard ones, those that do not exist, and those that must not be guessed."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from fractions import Fraction

import pytest

import wrt
from wrt.errors import DomainError, ReadError, ShapeError, Unsolved, VerificationError, WrtError
from wrt.expr.node import Symbol
from wrt.limits.series import expand
from wrt.verify.limits import verify_limit

INF = "inf"


def found(text: str, point: object, side: str | None = None, **declarations: object) -> str:
    return str(wrt.limit(text, "x", point, side, **declarations))


@pytest.mark.parametrize(
    ("text", "point", "side", "expected"),
    [
        ("x**2 + 1", 3, None, "10"),
        ("sin(x)/x", 0, None, "1"),
        ("(x - sin(x))/x**3", 0, None, "1/6"),
        ("(1 - cos(x))/x**2", 0, None, "1/2"),
        ("(exp(x) - 1 - x)/x**2", 0, None, "1/2"),
        ("(x**2 - 1)/(x - 1)", 1, None, "2"),
        ("log(x)/(x - 1)", 1, None, "1"),
        ("1/sin(x) - 1/x", 0, None, "0"),
        ("erf(x)/x", 0, None, "2/sqrt(pi)"),
        ("(1 + 1/x)**x", INF, None, "e"),
        ("(1 + sin(x))**(1/x)", 0, None, "e"),
        ("cos(x)**(1/x**2)", 0, None, "exp(-1/2)"),
        ("x**x", 0, "+", "1"),
        ("x**(1/x)", INF, None, "1"),
        ("x*log(x)", 0, "+", "0"),
        ("x*log(x)", 0, None, "0"),  # defined on one side only
        ("log(x)", 0, None, "-inf"),
        ("sqrt(x)", 0, None, "0"),
        ("(3*x**2 - 1)/(5*x**2 + x)", INF, None, "0.6"),
        ("x/sqrt(x**2 + 1)", "-inf", None, "-1"),
        ("sqrt(x**2 + x) - x", INF, None, "1/2"),
        ("x*(sqrt(x**2 + 1) - x)", INF, None, "1/2"),
        ("exp(x)/x**3", INF, None, "inf"),
        ("x**10*exp(-x)", INF, None, "0"),
        ("exp(-1/x**2)/x**10", 0, None, "0"),
        ("atan(x)", "-inf", None, "-pi/2"),
        ("x*(pi/2 - atan(x))", INF, None, "1"),
        ("tan(x)", "pi/2", "-", "inf"),
        ("tan(x)", "pi/2", "+", "-inf"),
        ("1/x", 0, "-", "-inf"),
        ("1/x**2", 0, None, "inf"),
        ("abs(x)/x", 0, "-", "-1"),
        ("abs(x)**3/x", 0, None, "0"),
        ("cbrt(x)/x", 0, None, "inf"),
        ("floor(x)", 2, "-", "1"),
        ("floor(x)", 2, "+", "2"),
        ("floor(x) + floor(-x)", 2, None, "-1"),
        ("floor(x)", "5/2", None, "2"),
        ("sign(x)*x", 0, None, "0"),
        ("where(x > 0, x, x**2)", 0, None, "0"),
        ("max(x, x**2)/x**2", INF, None, "1"),
        ("x*sin(1/x)", 0, None, "0"),
        ("x*sin(1/x)", INF, None, "1"),
        ("sin(x)**2/x", INF, None, "0"),
        ("(x + sin(x))/x", INF, None, "1"),
        ("x + sin(x)", INF, None, "inf"),
        ("(2 + sin(1/x))/x", 0, "+", "inf"),
        ("j0(x)", INF, None, "0"),
        ("floor(x)/x", INF, None, "1"),
        ("relu(x - 1)**(2*x**2) + exp(x)", 0, "+", "1"),  # 0 to a positive power
        ("clip(tan(x), -2, 1)/x", INF, None, "0"),
        ("x*floor(1/x)", 0, None, "1"),
        ("x - log(cosh(x))", INF, None, "log(2)"),
        ("x*exp(x**2)*erfc(x)", INF, None, "1/sqrt(pi)"),
        ("log(erfc(x))/x**2", INF, None, "-1"),
        ("log(1 + exp(x)) - x", INF, None, "0"),
        ("softplus(x) - x", INF, None, "0"),
        ("sigmoid(x)/exp(x)", "-inf", None, "1"),
        ("exp(2*x)*(1 - tanh(x))", INF, None, "2"),
        ("gamma(x + 1)/(x**x*exp(-x)*sqrt(x))", INF, None, "sqrt(2*pi)"),
        ("x*gamma(x)", 0, None, "1"),
        ("Ei(x)*x*exp(-x)", INF, None, "1"),
        ("Ci(x) - log(x)", 0, "+", "euler_gamma"),
        ("Si(x)/x", 0, None, "1"),
        ("digamma(x) - log(x)", INF, None, "0"),
        ("i0(x)*exp(-x)*sqrt(x)", INF, None, "1/sqrt(2*pi)"),
        ("normcdf(-x)*x*exp(x**2/2)", INF, None, "1/sqrt(2*pi)"),
        ("(exp(1/x - exp(-x)) - exp(1/x))*exp(x)", INF, None, "-1"),
        ("exp(x)*(sin(1/x + exp(-x)) - sin(1/x))", INF, None, "1"),
        ("exp(exp(x))/exp(exp(x - exp(-exp(x))))", INF, None, "1"),
        ("exp(log(log(x) + x) - log(x))", INF, None, "1"),
        ("log(log(x))/log(x)", INF, None, "0"),
        ("log(x)*(log(log(x) + log(log(x))) - log(log(x)))/log(log(x) + log(log(log(x))))", INF, None, "1"),
        ("(3**x + 5**x)**(1/x)", INF, None, "5"),
        ("log(sin(x))/log(x)", 0, "+", "1"),
    ],
)
def test_the_limit(text: str, point: object, side: str | None, expected: str) -> None:
    assert found(text, point, side) == expected


@pytest.mark.parametrize(
    ("text", "point", "declared", "expected"),
    [
        ("(1 + a/x)**(b*x)", INF, {}, "exp(a*b)"),
        ("sin(a*x)/sin(b*x)", 0, {}, "a/b"),
        ("(x**n - a**n)/(x - a)", "a", {"a": ">0"}, "n*a**(n - 1)"),
        ("(a**x - 1)/x", 0, {"a": ">0"}, "log(a)"),
        ("log(x)/x**a", INF, {"a": ">0"}, "0"),
        ("exp(x)/x**n", INF, {"n": ">0"}, "inf"),
        ("exp(-a*x)", INF, {"a": ">0"}, "0"),
        ("x**a", INF, {"a": ">0"}, "inf"),
        ("softplus(x*y)/x", INF, {"y": ">0"}, "y"),
        ("softplus(x*y)/x", INF, {"y": "<0"}, "0"),
        ("tanh(a*x)", INF, {"a": "<0"}, "-1"),
        ("a + 0*x", 1, {}, "a"),
        ("sin(a*x)/x", INF, {}, "0"),  # bounded, whatever the sign
        ("((a**x + b**x)/2)**(1/x)", 0, {"a": ">0", "b": ">0"}, "sqrt(a*b)"),
    ],
)
def test_limits_with_parameters(text: str, point: object, declared: dict[str, str], expected: str) -> None:
    assert found(text, point, **declared) == expected


@pytest.mark.parametrize(
    ("text", "point", "side"),
    [("sqrt(x)", 0, "-"), ("asin(x)", 1, "+"), ("exp(x)*x**(3/2)", 0, "-"), ("1/sqrt(-x)", 0, "+")],
)
def test_a_side_on_which_the_function_is_not_defined(text: str, point: object, side: str) -> None:
    with pytest.raises(DomainError, match="not defined there"):
        wrt.limit(text, "x", point, side)  # type: ignore[arg-type]


def test_a_parameter_may_be_what_moves() -> None:
    assert str(wrt.limit("(x**a - 1)/a", "a", 0, x=">0")) == "log(x)"


@pytest.mark.parametrize(
    ("text", "point", "words"),
    [
        ("abs(x)/x", 0, "it is -1 from the left and 1 from the right"),
        ("1/x", 0, "it is -inf from the left and inf from the right"),
        ("tan(x)", "pi/2", "it is inf from the left and -inf from the right"),
        ("floor(x)", 2, "it is 1 from the left and 2 from the right"),
        ("atan(1/x)", 0, "it is -pi/2 from the left and pi/2 from the right"),
        ("exp(1/x)", 0, "it is 0 from the left and inf from the right"),
        ("relu(x)/x", 0, "it is 0 from the left and 1 from the right"),
        ("sin(1/x)", 0, "it oscillates between -1 and 1"),
        ("3*cos(x) + 1", INF, "it oscillates between -2 and 4"),
        ("x*sin(x)", INF, "it oscillates, without bound"),
        ("x - floor(x)", INF, "it oscillates between 0 and 1"),
        ("tan(x)", INF, "takes all its values again and again"),
        ("log(x)", -1, "not defined there"),
        ("acos(x)", 2, "not defined there"),
    ],
)
def test_there_is_no_limit(text: str, point: object, words: str) -> None:
    with pytest.raises(DomainError, match="does not exist") as error:
        wrt.limit(text, "x", point)
    assert words in str(error.value)


@pytest.mark.parametrize(
    "text",
    ["a*x", "log(x)/x**a", "tanh(a*x)", "softplus(a*x)/x", "x**a", "exp(a*x)", "where(a > 0, x, -x)"],
)
def test_a_sign_that_is_not_declared_is_asked_for(text: str) -> None:
    with pytest.raises(Unsolved, match="declare what is known of a"):
        wrt.limit(text, "x", INF)


@pytest.mark.parametrize("text", ["sin(x)*cos(x) - sin(2*x)/2", "sin(pi*floor(x))", "sin(x) - sin(x + 1/x)"])
def test_what_oscillates_but_may_have_a_limit_is_not_judged(text: str) -> None:
    with pytest.raises(Unsolved):
        wrt.limit(text, "x", INF)


@pytest.mark.parametrize(
    ("text", "point", "claim"),
    [
        ("sin(x)/x", 0, "0"),
        ("sin(x)/x", 0, "inf"),
        ("(1 + 1/x)**x", INF, "27/10"),
        ("1/x**2", 0, "0"),
        ("1/log(x)", INF, "1/50"),
        ("log(x)", INF, "100"),
        ("x*log(x)", 0, "1/1000"),
        ("x", INF, "-inf"),
    ],
)
def test_the_oracle_refuses_a_wrong_limit(text: str, point: object, claim: str) -> None:
    f = wrt.read(text)
    with pytest.raises((VerificationError, Unsolved)):
        verify_limit(f.node, f.symbols["x"], wrt.read(str(point)).node, None, wrt.read(claim).node)


def test_limits_are_the_leading_terms_of_random_quotients() -> None:
    rng = random.Random(5)
    parts = ["sin(x)", "1 - cos(x)", "x - sin(x)", "expm1(x)", "log1p(x) - x", "tan(x) - x", "atan(x)", "x"]
    for _ in range(25):
        text = "({})*({})/(({})*({}))".format(*rng.choices(parts, k=4))
        f = wrt.read(text)
        x = f.symbols["x"]
        series = expand(f.node, x, 0, 1)
        assert series is not None
        ((coefficient, exponent),) = series.terms
        if exponent < 0:
            assert str(wrt.limit(f, "x", 0, "+")) == ("inf" if coefficient.value > 0 else "-inf")  # type: ignore[attr-defined]
        else:
            assert wrt.limit(f, "x", 0).expr == (coefficient if exponent == 0 else wrt.read("0"))


STEPS = {
    ("sin(x)/x", 0): """
l'Hôpital               0/0, so lim u/v = lim u′/v′   u = sin(x), v = x   → 1
└ direct substitution   x = 0, where it is continuous                     → 1
""",
    ("sin(x)/x", INF): """
squeeze              bounded times vanishing              → 0
├ power of a limit   lim uⁿ = (lim u)ⁿ                    → 0
└ oscillation        sin is periodic   between −1 and 1   → sin(x)
""",
    ("(2*x**2 + 1)/(3*x**2 - x)", INF): """
dominant terms   (1 + 2x²)/(3x² − x) ≈ 2/3   → 2/3
""",
    ("(1 + 1/x)**x", INF): """
exponential of a limit   uᵛ = exp(v·log u)   u = 1 + 1/x, v = x                    → e
└ l'Hôpital              0/0, so lim u/v = lim u′/v′   u = log(1 + 1/x), v = 1/x   → 1
  └ dominant terms       x/(x + 1) ≈ 1                                             → 1
""",
    ("1/sin(x) - 1/x", 0): """
series   1/sin(x) − 1/x = 31x⁵/15120 + 7x³/360 + x/6 + …   → 0
""",
    ("log(1 + exp(x)) - x", INF): """
growth   exponentials outgrow powers, powers outgrow logarithms   → 0
""",
    ("abs(x)*x", 0): """
direct substitution   x = 0, where it is continuous   → 0
""",
}


@pytest.mark.parametrize(("text", "point"), list(STEPS))
def test_steps_read_as_a_student_writes_them(text: str, point: object) -> None:
    assert str(wrt.limit(text, "x", point).steps).split("\n")[0] == STEPS[text, point].strip().split("\n")[0]


def test_a_result_has_all_ways_out() -> None:
    result = wrt.limit("(1 + a/x)**x", "x", wrt.inf)
    assert result.latex() == r"\mathrm{e}^{a}"
    assert result.sought.latex() == r"\lim_{x \to \infty} \left(1 + \frac{a}{x}\right)^{x}"
    assert result.sought.unicode() == "lim(x→∞) (1 + a/x)ˣ"
    assert str(result.sought) == "limit((1 + a/x)**x, x, inf)"
    assert result.at(a=0) == 1
    data = result.as_json()
    assert (data["expr"], data["point"], data["side"]) == ("exp(a)", "inf", None)
    assert data["certificate"]["oracle"] == "ball arithmetic"
    assert data["steps"][0]["rule"] == "exponential of a limit"
    assert r"\begin{itemize}" in result.steps.latex()
    assert "lim_(x -> infinity)" in result.steps.typst()


def test_one_sided_limits_are_written_with_their_side() -> None:
    result = wrt.limit("1/x", "x", 0, side="-")
    assert result.sought.unicode() == "lim(x→0⁻) 1/x"
    assert str(result.sought) == "limit(1/x, x, 0, '-')"
    assert result.side == "-"


def test_bad_input_is_refused() -> None:
    with pytest.raises(WrtError, match="side"):
        wrt.limit("x", "x", 0, "left")  # type: ignore[arg-type]
    with pytest.raises(ReadError, match="occurs itself"):
        wrt.limit("x", "x", "x + 1")
    with pytest.raises(ShapeError):
        wrt.limit("v", "x", 0, v="3")


@pytest.mark.parametrize(
    "text",
    [
        "exp(exp(exp(x)))/exp(exp(exp(x - exp(-exp(x)))))",
        "+".join(f"sin({n}*x)/x**{n}" for n in range(1, 12)),
        "exp(x)" + "*sin(x)/x" * 6,
        "gamma(gamma(x))/gamma(gamma(x - 1))",
        "sin(sin(sin(sin(1/x))))**3/tan(tan(1/x)) - atan(x)**x",
    ],
)
def test_no_limit_hangs(text: str) -> None:
    start = time.perf_counter()
    with suppress(WrtError):
        wrt.limit(text, "x", INF)
    assert time.perf_counter() - start < 20


def test_numbers_are_exact() -> None:
    assert wrt.limit("sin(x)/(0.1*x)", "x", 0).expr == wrt.read("10")
    assert wrt.limit("x", "x", Fraction(1, 3)).expr == wrt.read("1/3")
    assert isinstance(wrt.limit("x", "x", "a").expr.node, Symbol)
