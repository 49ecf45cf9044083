"""Taylor polynomials: coefficients, remainders, bounds that hold, and what has none."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

import wrt
from wrt.errors import DomainError, Unsolved, VerificationError, WrtError
from wrt.expr.build import ZERO
from wrt.limits.known import known
from wrt.limits.taylor import Polynomial


@pytest.mark.parametrize(
    ("text", "point", "order", "expected"),
    [
        ("sin(x)", 0, 5, "x - x**3/6 + x**5/120 + O(x**6)"),
        ("exp(x)", 0, 3, "1 + x + x**2/2 + x**3/6 + O(x**4)"),
        ("log(x)", 1, 2, "(x - 1) - (x - 1)**2/2 + O((x - 1)**3)"),
        ("1/(1 - x)", 0, 3, "1 + x + x**2 + x**3 + O(x**4)"),
        ("sqrt(1 + x)", 0, 2, "1 + x/2 - x**2/8 + O(x**3)"),
        ("sin(x)/x", 0, 2, "1 - x**2/6 + O(x**3)"),
        ("(y**x - 1)/x", 0, 1, "log(y) + x*log(y)**2/2 + O(x**2)"),
        ("exp(x)", "a", 1, "exp(a) + (x - a)*exp(a) + O((x - a)**2)"),
        ("cos(x)", "pi", 2, "-1 + (x - pi)**2/2 + O((x - pi)**3)"),
        ("x**3", 0, 2, "O(x**3)"),
        ("exp(sin(x))", 0, 4, "1 + x + x**2/2 - x**4/8 + O(x**5)"),
    ],
)
def test_polynomials(text: str, point: object, order: int, expected: str) -> None:
    assert str(wrt.taylor(text, "x", point, order)) == expected


@pytest.mark.parametrize(
    ("text", "order", "what"),
    [
        ("abs(x)", 1, "not smooth"),
        ("sqrt(x)", 1, "not smooth"),
        ("1/x", 2, "infinite"),
        ("x*log(abs(x))", 2, "not smooth"),
    ],
)
def test_what_has_no_polynomial(text: str, order: int, what: str) -> None:
    with pytest.raises(DomainError, match=what):
        wrt.taylor(text, "x", 0, order)


def test_a_kink_of_a_norm_has_none_either() -> None:
    with pytest.raises(DomainError, match="not smooth"):
        wrt.taylor("norm(w)", "w", 0, 1, w="d")


def test_a_flat_function_is_not_guessed() -> None:
    with pytest.raises(Unsolved):
        wrt.taylor("exp(-1/x**2)", "x", 0, 2)


def test_bad_input_is_refused() -> None:
    with pytest.raises(WrtError, match="order"):
        wrt.taylor("x", "x", 0, -1)
    with pytest.raises(WrtError, match="finite point"):
        wrt.taylor("x", "x", "inf", 1)
    with pytest.raises(WrtError, match="one number"):
        wrt.taylor("exp(a*x)", "x", 0, 1, within=(0, 1))


def test_the_remainder_is_in_the_form_of_lagrange() -> None:
    assert str(wrt.taylor("sin(x)", "x", 0, 3).remainder) == "x**4*sin(xi)/24"
    assert str(wrt.taylor("exp(x)*xi", "x", 0, 1).remainder) == "xi*x**2*exp(xi_1)/2"


@pytest.mark.parametrize(
    ("text", "point", "order", "low", "high"),
    [
        ("sin(x)", 0, 5, -1, 1),
        ("exp(x)", 0, 4, -1, 2),
        ("log(x)", 1, 3, 0.5, 1.5),
        ("sqrt(1 + x)", 0, 2, -0.5, 1),
        ("tanh(x)", 0.5, 3, -1, 1),
        ("1/(1 + x**2)", 0, 4, -0.5, 0.5),
        ("exp(sin(3*x))", 0, 3, 0, 1),
    ],
)
def test_a_bound_holds_and_is_no_larger_than_the_form_of_lagrange_needs(
    text: str, point: float, order: int, low: float, high: float
) -> None:
    p = wrt.taylor(text, "x", point, order, within=(low, high))
    assert p.bound is not None
    f, polynomial = wrt.read(text).compile(), p.expr.compile()
    grid = np.linspace(low, high, 401)
    errors = np.array([abs(f(x=x) - polynomial(x=x)) for x in grid])
    assert errors.max() <= p.bound + 1e-12
    slope = wrt.derive(text, "x", order=order + 1, verify=False).compile()
    hull = np.linspace(min(low, point), max(high, point), 2001)
    reach = max(high - point, point - low) ** (order + 1)
    largest = max(abs(float(slope(x=x))) for x in hull) / math.factorial(order + 1) * reach
    assert p.bound <= 1.05 * largest + 1e-12


def test_no_bound_beside_a_pole() -> None:
    with pytest.raises(Unsolved, match="no bound"):
        wrt.taylor("1/(1 - x)", "x", 0, 2, within=(0, 1))


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("sum(log(1 + exp(X @ w)))", {"X": "n d", "w": "d"}),
        ("logsumexp(w)", {"w": "d"}),
        ("sum((X @ w - y)**2)/n", {"X": "n d", "w": "d"}),
        ("w @ A @ w + exp(sum(w))", {"A": "d d", "w": "d"}),
    ],
)
def test_two_terms_of_a_vector_are_gradient_and_hessian(text: str, declared: dict[str, str]) -> None:
    rng = np.random.default_rng(1)
    p = wrt.taylor(text, "w", 0, 2, **declared)
    f = p.input
    sizes = {"n": 4, "d": 3}
    data = {name: rng.normal(size=[sizes[str(size)] for size in f.symbols[name].shape]) for name in f.arguments}
    w = data["w"]
    there = {**data, "w": np.zeros_like(w)}
    value = f.compile()(**there)
    gradient = wrt.grad(f, "w").compile()(**there)
    hessian = wrt.hessian(f, "w").compile()(**there)
    assert np.isclose(p.expr.compile()(**data), value + gradient @ w + w @ hessian @ w / 2)


def test_matrices_and_points_that_are_not_zero() -> None:
    assert str(wrt.taylor("logdet(A)", "A", "eye(n)", 1, A="n n")) == "(tr(A) - n) + O(norm(A - eye(n))**2)"
    expanded = wrt.taylor("w @ w", "w", "v", 1, w="d", shapes={"v": "d"})
    assert str(expanded) == "v @ v - 2 * v @ (v - w) + O(norm(v - w)**2)"


@pytest.mark.parametrize(
    ("text", "name", "u"),
    [
        ("exp(2*x)", "exponential series", "2*x"),
        ("x**2*cos(x**3)", "cosine series", "x**3"),
        ("1/(2 - x)", "geometric series", "x/2"),
        ("3/(1 + x**2)", "geometric series", "-x**2"),
        ("log(4 + x)", "logarithmic series", "x/4"),
        ("(1 + x)**n", "binomial series", "x"),
        ("exp(x)*cos(x)", None, None),
        ("exp(1 + x)", None, None),
        ("exp(sin(x))", None, None),
    ],
)
def test_series_with_a_name(text: str, name: str | None, u: str | None) -> None:
    f = wrt.read(text)
    found = known(f.node, f.symbols["x"], ZERO)
    assert (None if found is None else (found.name, str(found.u))) == (None if name is None else (name, u))


def test_steps() -> None:
    assert [step.rule for step in wrt.taylor("sin(x)", "x", 0, 3).steps] == [
        "Taylor polynomial",
        "sine series",
        "remainder",
    ]
    told = str(wrt.taylor("exp(x)*cos(x)", "x", 0, 3).steps)
    assert "derivative of order 3" in told
    assert "ξ lies between 0 and x" in told


def test_ways_out() -> None:
    p = wrt.taylor("sin(x)", "x", 0, 3, within=(-1, 1))
    assert p.unicode() == "x − x³/6 + O(x⁴)"
    assert p.latex() == r"x - \frac{x^{3}}{6} + \operatorname{O}\left(x^{4}\right)"
    data = p.as_json()
    assert (data["expr"], data["remainder"], data["order"]) == ("x - x**3/6", "x**4*sin(xi)/24", 3)
    assert data["bound"] == p.bound
    assert p.at(x=1) == pytest.approx(5 / 6)


def test_a_wrong_polynomial_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Polynomial, "expr", wrt.read("x - x**3/7").node)
    with pytest.raises((VerificationError, Unsolved)):
        wrt.taylor("sin(x)", "x", 0, 4)


def test_random_compositions_agree_with_derivatives() -> None:
    rng = random.Random(3)
    outer = ["exp({})", "log(2 + {})", "1/(1 + {})", "tanh({})", "sqrt(3 + {})", "atan({})"]
    inner = ["sin(x)", "x**2 + x", "x*exp(x)", "1 - cos(x)", "log1p(x)"]
    for _ in range(8):
        text = rng.choice(outer).format(rng.choice(inner))
        p = wrt.taylor(text, "x", 0, 3)
        for degree, coefficient in enumerate(p.derivation.coefficients):
            f = wrt.read(text) if degree == 0 else wrt.derive(text, "x", order=degree, verify=False)
            value = f.compile()(x=0.0)
            assert float(coefficient.compile()()) * math.factorial(degree) == pytest.approx(float(value), abs=1e-12)
