"""What a compiled function takes and refuses, and what it gives back."""

from __future__ import annotations

import subprocess
import sys
import timeit
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import wrt
from wrt import functions
from wrt.engines import compile as compile_
from wrt.engines import source
from wrt.errors import DomainError, ShapeError, WrtError
from wrt.expr.build import derivative, number, ones, symbol
from wrt.expr.node import Expr
from wrt.read import read

LOSS = "sum((X @ w - y)**2)/n + lam*sum(w**2)"
SHAPES = {"X": "n d", "w": "d", "y": "n", "lam": ">0"}
X = np.arange(12.0).reshape(4, 3)
W, Y = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0, 4.0])


@pytest.fixture(name="loss")
def _loss() -> Any:
    return compile_(read(LOSS, SHAPES))


def test_arguments_come_by_name_or_in_declared_order(loss: Any) -> None:
    expected = np.sum((X @ W - Y) ** 2) / 4 + 0.1 * W @ W
    assert loss.arguments == ("X", "w", "y", "lam")
    assert loss(X, W, Y, 0.1) == pytest.approx(expected)
    assert loss(X, W, lam=0.1, y=Y) == pytest.approx(expected)
    assert loss(X=X.tolist(), w=[1, 2, 3], y=(1, 2, 3, 4), lam=0.1) == pytest.approx(expected)
    assert type(loss(X, W, Y, 0.1)) is float


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"w": W[:2]}, ShapeError, "w has shape 2, expected d: d is 3 in X"),
        ({"y": Y[:, None]}, ShapeError, "y has shape 4×1, expected n"),
        ({"lam": [1.0]}, ShapeError, "lam has shape 1, expected scalar"),
        ({"z": 1}, WrtError, "has no argument z"),
        ({"w": ["a", "b", "c"]}, WrtError, "w is not an array of real numbers"),
        ({"w": None}, WrtError, "w is None"),
        ({"w": W + 1j}, WrtError, "complex"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(loss: Any, change: dict[str, Any], error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        loss(**{**dict(X=X, w=W, y=Y, lam=0.1), **change})


def test_missing_and_surplus_arguments_are_named(loss: Any) -> None:
    with pytest.raises(WrtError, match="needs w, y, lam"):
        loss(X)
    with pytest.raises(WrtError, match="given X twice"):
        loss(X, W, Y, X=X)
    with pytest.raises(WrtError, match="takes 4 arguments, not 5"):
        loss(X, W, Y, 0.1, 2)


def test_what_was_accepted_once_lets_nothing_else_pass(loss: Any) -> None:
    value = loss(X, W, Y, 0.1)
    with pytest.raises(ShapeError, match="w has shape 2"):
        loss(X, W[:2], Y, 0.1)
    with pytest.raises(ShapeError, match="lam has shape 3"):
        loss(X, W, Y, W)
    assert loss(X, W, Y, 0.1) == loss(X, W, Y, np.array(0.1)) == loss(lam=0.1, y=Y, w=W, X=X) == value
    assert loss(X[:2], W, Y[:2], 0.1) == pytest.approx(np.sum((X[:2] @ W - Y[:2]) ** 2) / 2 + 0.1 * W @ W)
    size = compile_(ones(symbol("n", facts=["dimension"])))
    assert size(3.0).tolist() == [1.0, 1.0, 1.0]
    with pytest.raises(WrtError, match="n is a dimension"):
        size(2.5)


def test_precision_is_that_of_the_arrays() -> None:
    gradient = compile_(read("2/n * X.T @ (X @ w - y)", {"X": "n d", "w": "d", "y": "n"}))
    assert gradient(X, W, Y).dtype == np.float64
    assert gradient(X.astype(int), [1, 2, 3], Y.astype(int)).dtype == np.float64
    assert gradient(X.astype("f4"), W.astype("f4"), Y.astype("f4")).dtype == np.float32
    assert gradient(X.astype("f4"), W, Y.astype("f4")).dtype == np.float64
    scaled = compile_(read("c*w + eye(d)[0]", {"w": "d"}))
    assert scaled(c=2.0, w=W.astype("f4")).dtype == np.float32


@pytest.mark.parametrize(
    "text", ["A", "A.T", "A[1]", "A[:, 1:]", "diag(A)", "ones(n)", "sum(A, axis=0)", "x + zeros(n)"]
)
def test_results_own_their_memory(text: str) -> None:
    function = compile_(read(text, {"A": "n n", "x": "n"}))
    values = {"A": np.ones((3, 3)), "x": np.ones(3)}
    result = function(**{name: values[name] for name in function.arguments})
    assert result.flags.owndata and result.flags.writeable
    assert not any(np.shares_memory(result, value) for value in values.values())


def test_a_dimension_that_no_shape_tells_is_an_argument() -> None:
    n = symbol("n", facts=["dimension"])
    assert compile_(ones(n))(3).tolist() == [1.0, 1.0, 1.0]
    assert compile_(ones(n), variables=[symbol("x", (n,))])([5, 6]).tolist() == [1.0, 1.0]
    with pytest.raises(WrtError, match="n is a dimension"):
        compile_(ones(n))(2.5)


def test_dimensions_may_depend_on_each_other() -> None:
    n = symbol("n", facts=["dimension"])
    function = compile_(symbol("x", (n,))[1:] @ symbol("y", (n - 1,)))
    assert function(x=[1, 2, 3], y=[4, 5]) == 23
    with pytest.raises(ShapeError, match="y has shape 3, expected n - 1: n - 1 is 2"):
        function(x=[1, 2, 3], y=[4, 5, 6])


def test_every_variable_of_the_formula_is_accepted() -> None:
    formula = read("sum(X @ w) - sum(X @ w) + d", {"X": "n d", "w": "d"})
    assert compile_(formula)(X=X, w=W) == 3.0


def test_several_expressions_share_their_parts() -> None:
    loss = read("sum((X @ w - y)**2)/n", {"X": "n d", "w": "d", "y": "n"})
    gradient = read("2/n * X.T @ (X @ w - y)", {"X": "n d", "w": "d", "y": "n"})
    text = source([loss, gradient])
    assert text.partition('"""\n')[2].count("X @ w") == 1 and "r = X @ w - y" in text
    value, slope = compile_([loss, gradient])(X, W, Y)
    assert value == compile_(loss)(X, W, Y) and slope.tolist() == compile_(gradient)(X, W, Y).tolist()
    assert compile_([loss])(X, W, Y) == (value,)
    assert compile_([read("x"), read("x**2")], engine="scalar")(3.0) == (3.0, 9.0)
    assert compile_([read("x**2")], engine="scalar")(3.0) == (9.0,)


def odd_names() -> Expr:
    odd = [symbol(name) for name in ("lambda", "np", "expit", "f", "_more", "x'", "σ", "math", "int")]
    total: Expr = number(0)
    for place, each in enumerate(odd, 1):
        total = total + place * each
    return total + functions.sigmoid(odd[0]) + functions.exp(odd[1])


@pytest.mark.parametrize("engine", ["numpy", "scalar"])
def test_names_that_python_cannot_take_are_renamed_inside(engine: str) -> None:
    function = compile_(odd_names(), engine=engine)
    assert set(function.arguments) == {"lambda", "np", "expit", "f", "_more", "x'", "σ", "math", "int"}
    values = {"lambda": 1, "np": 2, "expit": 3, "f": 4, "_more": 5, "x'": 6, "σ": 7, "math": 8, "int": 9}
    expected = sum(place * value for place, value in enumerate(values.values(), 1)) + 1 / (1 + np.exp(-1)) + np.exp(2)
    assert function(**{name: float(value) for name, value in values.items()}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda f: f(), WrtError, "needs x, y"),
        (lambda f: f(1.0), WrtError, "needs y"),
        (lambda f: f(1.0, 2.0, 3.0), WrtError, "takes 2 arguments, not 3"),
        (lambda f: f(x=1.0, y=1.0, z=1.0), WrtError, "has no argument z"),
        (lambda f: f("a", 1.0), WrtError, "takes numbers"),
        (lambda f: f(np.ones(2), np.ones(2)), WrtError, "takes numbers"),
        (lambda f: f(0.0, 1.0), DomainError, "no value at x = 0.0, y = 1.0"),
        (lambda f: f(-1.0, 1.0), DomainError, "no value at"),
    ],
)
def test_functions_of_numbers_say_what_is_wrong(call: Callable[[Any], Any], error: type, says: str) -> None:
    function = compile_(read("log(x)/x + y"), engine="scalar")
    with pytest.raises(error, match=says):
        call(function)


def test_what_an_engine_cannot_do_is_said() -> None:
    x = symbol("x", (symbol("n", facts=["dimension"]),))
    with pytest.raises(WrtError, match="no engine 'cuda'"):
        source(x, "cuda")
    for node in (x, x @ x, functions.lookup("max")(x)):  # type: ignore[misc]
        with pytest.raises(WrtError, match="scalar"):
            source(node, "scalar")
    with pytest.raises(WrtError, match="not evaluated"):
        source(derivative(functions.sin(symbol("t")), symbol("t")))
    with pytest.raises(WrtError, match="no expression"):
        compile_([])


def test_integrals_are_computed_by_quadrature() -> None:
    for engine in ("numpy", "scalar"):
        assert compile_(read("integrate(exp(-t**2), t, -inf, inf)"), engine)() == pytest.approx(np.sqrt(np.pi))
        twice = compile_(read("integrate(integrate(x*y*z, x, 0, y), y, 0, 1) + y"), engine)
        assert twice(z=1.0, y=2.0) == pytest.approx(2.125)
        same = compile_(read("t + integrate(t**2, t, 0, t)"), engine)
        assert same(t=3.0) == pytest.approx(12.0)
    vector = compile_(read("integrate(exp(-a*t), t, 0, 1)", {"a": "n"}))
    assert vector([1.0, 2.0]) == pytest.approx([1 - np.exp(-1), (1 - np.exp(-2)) / 2])


@pytest.mark.parametrize("engine", ["numpy", "scalar"])
def test_five_thousand_nested_calls(engine: str) -> None:
    node: Expr = symbol("x")
    for place in range(5000):
        node = functions.sin(node) if place % 2 else functions.cos(node)
    expected = 0.3
    for place in range(5000):
        expected = np.sin(expected) if place % 2 else np.cos(expected)
    assert compile_(node, engine=engine)(0.3) == pytest.approx(expected, rel=1e-12)


def test_a_graph_with_shared_parts_is_linear() -> None:
    node: Expr = symbol("x")
    for _ in range(200):
        node = node * functions.sin(node) + 1 / (1 + node**2)
    assert len(source(node).splitlines()) < 500


def test_numbers_cost_little_more_than_plain_python() -> None:
    function = compile_(read("x*exp(-x**2)"), engine="scalar")
    space: dict[str, Any] = {}
    exec(function.source, space)  # noqa: S102
    plain = space["f"]
    ours, theirs = (min(timeit.repeat(lambda f=f: f(0.3), number=20000, repeat=7)) for f in (function, plain))
    assert ours < 2.5 * theirs


def test_functions_of_numbers_load_no_array_library() -> None:
    code = (
        "import sys; from wrt.read import read; from wrt.engines import compile; "
        "f = compile(read('sigmoid(x)*log(1 + x**2) + max(x, 0)'), engine='scalar'); f(0.5); "
        "assert not {'numpy', 'scipy'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": "src"})


def test_a_product_of_conditions_has_a_negative():
    text = "-where(x > y, 1, 0)*where(x > 0, 1, 0)*where(y > 0, 1, 0)"
    code = compile_(read(text, dict(x="n", y="n")))
    assert code(x=[3.0, 1.0, -1.0], y=[2.0, 2.0, -2.0]).tolist() == [-1, 0, 0]


@pytest.mark.parametrize(
    ("text", "values", "says"),
    [
        ("logdet(A)", {"A": np.ones((2, 2))}, "singular matrix"),
        ("x[0]*x[1]", {"x": np.ones(1)}, "index 1 is out of bounds"),
    ],
)
def test_values_without_a_result_are_an_error_of_its_own_family(text: str, values: dict[str, Any], says: str) -> None:
    shapes = {name: " ".join("n" * array.ndim) for name, array in values.items()}
    function = wrt.derive(text, next(iter(values)), shapes=shapes).compile()
    with pytest.raises(DomainError, match=says):
        function(**values)
