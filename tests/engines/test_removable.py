"""Code near removable singularities and ends of domains: values and derivatives against balls of thousands of bits."""

from __future__ import annotations

import math
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from flint import arb

from wrt import derive, errors
from wrt.engines import compile as compile_
from wrt.engines import source
from wrt.expr.node import Expr
from wrt.read import read
from wrt.verify.evaluate import Plan
from wrt.verify.series import Series, working

BITS = 9000
ULPS = 100 * 2.0**-52  # the accuracy that is promised
DISTANCES = (0.0, 1e-300, 1e-160, 1e-50, 1e-20, 1e-12, 1e-8, 1e-6, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 0.6, 0.9)

# A function of x, the point, the sides from which it is met there.
SMOOTH = [
    ("sin(x)/x", 0, "+-"),
    ("sin(pi*x)/(pi*x)", 0, "+-"),
    ("sinc(x)", 0, "+-"),
    ("tanh(x)/x", 0, "+-"),
    ("(x - sin(x))/x**3", 0, "+-"),
    ("(1 - cos(x))/x**2", 0, "+-"),
    ("expm1(x)/x", 0, "+-"),
    ("(exp(x) - 1 - x)/x**2", 0, "+-"),
    ("log1p(x)/x", 0, "+-"),
    ("x/sinh(x)", 0, "+-"),
    ("x/tanh(x)", 0, "+-"),
    ("coth(x) - 1/x", 0, "+-"),
    ("j1(x)/x", 0, "+-"),
    ("asin(x)/x", 0, "+-"),
    ("atan(x)/x", 0, "+-"),
    ("sin(0.75*x)/sin(x)", 0, "+-"),
    ("x/(1 - (1 + x)**-12)", 0, "+-"),
    ("x/expm1(x)", 0, "+-"),
    ("log(x)/(x - 1)", 1, "+-"),
    ("(2**x - 1)/x", 0, "+-"),
    ("cos(sqrt(x))", 0, "+"),
    ("sin(sqrt(x))/sqrt(x)", 0, "+"),
    ("acos(x)**2", 1, "-"),
    ("(1 + x)**(1/x)", 0, "+-"),
    ("log(cosh(x))", 0, "+-"),
    ("sin(pi*x)/(1 - x**2)", 1, "-"),
]
IDS = [text for text, _, _ in SMOOTH]
ROWS = [
    pytest.param(*row, id=row[0], marks=[pytest.mark.slow] if place % 4 else []) for place, row in enumerate(SMOOTH)
]


@cache
def truth(text: str, at: float, point: float, order: int) -> float:
    """The derivative of a function of x, by power series of balls; at the point itself, that very close by."""
    node = read(text).node
    (x,) = node.free
    with working(BITS, order + 1):
        near = arb(at) + (1 if point == 0 else -1) * arb(2) ** -1000 * (at == point)
        place = Series([near, 1])
        (entry,) = Plan([node], {})({x: [place]})[0]
        value = entry[order] * math.factorial(order)
    assert value.rad() <= abs(value.mid()) * 1e-30
    return float(value)


@cache
def derivative(text: str, order: int) -> Expr:
    return read(text) if order == 0 else derive(read(text), "x", order=order, verify=False).expr


def points(point: float, sides: str) -> list[float]:
    return sorted({point + distance * (1 if side == "+" else -1) for side in sides for distance in DISTANCES})


def is_close(got: float, expected: float, error: float = ULPS) -> bool:
    return abs(got - expected) <= error * abs(expected) + 1e-290


def is_right(got: float, text: str, at: float, point: float, order: int) -> bool:
    """Whether a number is within 100 units in the last place, or, beside a zero of the function, what the function is
    within a few units of the argument."""
    moved = abs(at * truth(text, at, point, order + 1)) if at != point else 0.0
    return (
        is_close(got, truth(text, at, point, order)) or abs(got - truth(text, at, point, order)) <= 4 * 2**-52 * moved
    )


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize(("text", "point", "sides"), ROWS)
def test_numbers_keep_their_digits(text: str, point: float, sides: str, order: int) -> None:
    function = compile_(derivative(text, order), "scalar")
    for at in points(point, sides):
        assert is_right(function(at), text, at, point, order), at


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize(("text", "point", "sides"), ROWS)
def test_arrays_keep_their_digits(text: str, point: float, sides: str, order: int) -> None:
    where = points(point, sides)
    node = derivative(text, order)
    over = read(str(node), x="n")
    got = compile_(over)(np.array(where))
    for at, value in zip(where, got, strict=True):
        assert is_right(value, text, at, point, order), at
    single = compile_(over)(np.array(where, dtype=np.float32))
    assert single.dtype == np.float32
    for at, value in zip(np.array(where, dtype=np.float32).tolist(), single.tolist(), strict=True):
        assert is_close(value, truth(text, at, point, order), 1e-4) or abs(value) < 1e-37, at


LIBRARIES = [engine for engine in ("jax", "torch") if find_spec(engine)]


@pytest.mark.parametrize("engine", LIBRARIES)
@pytest.mark.parametrize(("text", "point", "sides"), SMOOTH[::8], ids=IDS[::8])
def test_other_libraries_keep_their_digits(text: str, point: float, sides: str, engine: str) -> None:
    if engine == "jax" and "j1" in text:
        pytest.skip("JAX has no j1")
    where = points(point, sides)
    for order in (0, 1, 2):
        function = compile_(read(str(derivative(text, order)), x="n"), engine)
        for at, value in zip(where, arrays(engine, function, where), strict=True):
            assert is_right(value, text, at, point, order), (order, at)


def arrays(engine: str, function: Any, where: list[float]) -> list[float]:
    if engine == "torch":
        import torch

        return list(function(torch.tensor(where, dtype=torch.float64)).tolist())
    import jax

    jax.config.update("jax_enable_x64", True)
    return [float(each) for each in function(np.array(where))]


@pytest.mark.skipif(not find_spec("torch"), reason="needs PyTorch")
@pytest.mark.parametrize("text", ["sin(x)/x", "expm1(x)/x", "x**2*exp(-x**2)"])
def test_the_code_is_differentiated_without_nan(text: str) -> None:
    import torch

    x = torch.tensor([0.0, 1e-9, 0.3, 2.0], dtype=torch.float64, requires_grad=True)
    value = compile_(read(text, x="n"), "torch")(x)
    (slope,) = torch.autograd.grad(value.sum(), x)
    expected = compile_(read(str(derivative(text, 1)), x="n"))(x.detach().numpy())
    assert np.allclose(slope.numpy(), expected, rtol=1e-9, atol=1e-12)


# What a derivative is at the end of a domain, or where one factor is 0 and another infinite.
LIMITS = [
    ("x**2*log(x)", "x", 1, {"x": 0.0}, 0.0),
    ("x*log(x)", "x", 0, {"x": 0.0}, 0.0),
    ("sqrt(x)*log(x)", "x", 0, {"x": 0.0}, 0.0),
    ("x**3*log(abs(x))", "x", 2, {"x": 0.0}, 0.0),
    ("-(1 - x)**0.5*log(x)", "x", 1, {"x": 1.0}, 0.0),
    ("x**y*log(x)", "x", 0, {"x": 0.0, "y": 0.5}, 0.0),
    ("x**y", "y", 1, {"x": 0.0, "y": 2.0}, 0.0),
    ("x**y", "y", 2, {"x": 0.0, "y": 2.0}, 0.0),
    ("x**y", "x", 1, {"x": 0.0, "y": 1.0}, 1.0),
    ("xlogy(a, x)", "x", 1, {"x": 0.0, "a": 0.0}, 0.0),
    ("exp(-log(x)**2/2)/x", "x", 1, {"x": 0.0}, 0.0),
    ("exp(-log(x)**2/2)/x", "x", 2, {"x": 1e-300}, 0.0),
    ("exp(-1/x)", "x", 1, {"x": 1e-300}, 0.0),
    ("exp(-1/x)", "x", 2, {"x": 1e-200}, 0.0),
    ("x**2*exp(-x**2)", "x", 1, {"x": 1e200}, 0.0),
    ("x**3*exp(x)", "x", 2, {"x": -1e300}, 0.0),
    ("2/(1/x + 1/y)", "x", 0, {"x": 0.0, "y": 0.5}, 0.0),
    ("2/(1/x + 1/y)", "x", 1, {"x": 0.0, "y": 0.5}, 2.0),
    ("(y**x - 1)/x", "x", 0, {"x": 0.0, "y": 2.0}, math.log(2)),
    ("(y**x - 1)/x", "x", 1, {"x": 0.0, "y": 2.0}, math.log(2) ** 2 / 2),
    ("(y**x - 1)/x", "x", 2, {"x": 1e-30, "y": 2.0}, math.log(2) ** 3 / 3),
    ("(log(a) - log(b))/(a - b)", "a", 1, {"a": 3.0, "b": 3.0}, -1 / 18),
    ("digamma(x) + 1/x", "x", 1, {"x": 1e-9}, 1.6449340644441126),
    ("sin(a - b)/(a - b)", "a", 2, {"a": 0.7, "b": 0.7}, -1 / 3),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("text", "variable", "order", "at", "expected"), LIMITS)
def test_limits_at_the_end_of_a_domain(
    text: str, variable: str, order: int, at: dict[str, float], expected: float
) -> None:
    f = read(text)
    function = compile_(f if order == 0 else derive(f, variable, order=order, verify=False).expr)
    assert is_close(function(**{name: value for name, value in at.items() if name in function.arguments}), expected)


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("sin(norm(v))/norm(v)", 1, np.zeros(3)),
        ("sin(norm(v))/norm(v)", 2, -np.eye(3) / 3),
        ("r = norm(v); (1 + sqrt(3)*r)*exp(-sqrt(3)*r)", 2, -3 * np.eye(3)),
        ("r = norm(v); (1 + sqrt(5)*r + 5*r**2/3)*exp(-sqrt(5)*r)", 2, -5 / 3 * np.eye(3)),
        ("norm(v)**3", 2, np.zeros((3, 3))),
        ("cos(norm(v))", 2, -np.eye(3)),
    ],
)
def test_radial_functions_at_the_centre(text: str, order: int, expected: np.ndarray) -> None:
    function = derive(read(text, v="3"), "v", order=order, verify=False).compile()
    for scale in (0.0, 1e-12):
        assert np.allclose(function(np.full(3, scale)), expected, rtol=1e-9, atol=10 * scale), scale


def test_the_series_reads_like_a_textbook() -> None:
    assert source(read("sin(x)/x"), "scalar").splitlines()[-1].strip() == (
        "return 1 - x**2 * (1 / 6 + x**2 * (x**2 / 5040 - 1 / 120)) if abs(x) < 0.04 else math.sin(x) / x"
    )


def test_arrays_compute_the_series_for_the_entries_that_need_it() -> None:
    written = source(read("sum(a*tanh(v)/v)", v="n"))
    assert "np.sum(with_series(np.tanh(v) / np.where(mask, 1, v), mask, series, v))" in written


def test_nothing_is_continued_beyond_the_domain() -> None:
    with pytest.raises(errors.DomainError):
        compile_(derivative("cos(sqrt(x))", 1), "scalar")(-1e-4)


def test_a_true_pole_stays_one() -> None:
    with pytest.raises(errors.DomainError):
        compile_(read("1/x"), "scalar")(0.0)
    with np.errstate(divide="ignore"):
        assert compile_(derivative("sqrt(x)", 1))(x=0.0) == math.inf


@pytest.mark.parametrize(
    "text", ["log(1 - x)", "log(1 + 2*x)", "log(1 - x**2)", "-x*log(x) - (1 - x)*log(1 - x)", "x - log(1 + x)"]
)
def test_a_logarithm_near_1_keeps_its_digits(text: str) -> None:
    function = compile_(read(text))
    for at in (1e-300, 1e-20, 1e-9, 1e-4, 0.01, 0.3, 0.6):
        assert is_close(function(at), truth(text, at, 0, 0)) or abs(function(at)) < 1e-300, at


def test_what_multiplies_each_array_is_right_on_its_own() -> None:
    hessian = derive(read("(exp(v[0]) - exp(v[1]))/(v[0] - v[1])", v="2"), "v", order=2, verify=False).compile()
    for at in (0.0, 0.5):
        assert np.allclose(
            hessian(np.full(2, at)), math.exp(at) * np.array([[1 / 3, 1 / 6], [1 / 6, 1 / 3]]), rtol=1e-12
        )
    gradient = derive(read("norm(v)**2*log(norm(v))", v="2"), "v", verify=False).compile()
    assert np.array_equal(gradient(np.zeros(2)), np.zeros(2))
