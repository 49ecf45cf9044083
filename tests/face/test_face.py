"""The public face, used as a stranger would."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pytest

import wrt
from wrt.expr.build import symbol


def test_the_gradient_of_the_logistic_loss_is_the_textbooks():
    g = wrt.derive("sum(log(1 + exp(-y*(X @ w))))", "w")
    assert str(g.expr) == "-X.T @ (y*sigmoid(-y*(X @ w)))"
    assert [str(size) for size in g.shape] == ["d"]
    assert g.certificate.points >= 3
    X, y = np.array([[-1000.0], [1000.0]]), np.array([1.0, 1.0])
    with np.errstate(all="raise"):
        assert g.compile()(X=X, w=np.array([1.0]), y=y) == pytest.approx([1000.0])


def test_ridge_regression_reads_as_in_the_design():
    f = wrt.read("sum((X @ w - y)**2)/n + lam*sum(w**2)", X="n d", w="d", y="n", lam=">0")
    g = wrt.derive(f, "w")
    assert str(g.expr) == "2/n * X.T @ (X @ w - y) + 2*lam*w"
    rng = np.random.default_rng(0)
    X, w, y = rng.normal(size=(7, 3)), rng.normal(size=3), rng.normal(size=7)
    expected = 2 / 7 * X.T @ (X @ w - y) + 0.2 * w
    np.testing.assert_allclose(g.compile()(X=X, w=w, y=y, lam=0.1), expected)
    np.testing.assert_allclose(g.compile()(X, w, y, 0.1), expected)
    np.testing.assert_allclose(g.at(X=X, w=w, y=y, lam=0.1), expected)


def test_several_variables_share_one_pass_and_give_a_mapping():
    f = wrt.read("h = tanh(W1 @ x + b1); sum((W2 @ h - t)**2)", W1="h d", x="d", b1="h", W2="k h", t="k")
    G = wrt.derive(f, ["W1", "b1", "W2"])
    assert list(G) == ["W1", "b1", "W2"]
    assert G["W1"].shape == f.symbols["W1"].shape
    fn = wrt.compile([f, G["W1"], G["b1"]])
    rng = np.random.default_rng(1)
    point = dict(W1=rng.normal(size=(4, 3)), x=rng.normal(size=3), b1=rng.normal(size=4), W2=rng.normal(size=(2, 4)))
    value, gW1, gb1 = fn(**point, t=rng.normal(size=2))
    assert np.ndim(value) == 0
    assert gW1.shape == (4, 3)
    assert gb1.shape == (4,)


def test_parts_that_the_user_named_stay_named():
    J = wrt.jacobian("p = softmax(z); p", "z", z="k")
    assert str(J.expr) == "p = softmax(z); diag(p) - outer(p, p)"
    assert wrt.read(str(J.expr), shapes=J.expr.shapes) == J.expr


def test_slope_and_tangent():
    g = wrt.derive("x**2", "x")
    assert g.at(x=2) == 4
    assert str(g.tangent(x=3)) == "6*x - 9"
    assert str(wrt.derive("a*x**2", "x").tangent(x=1)) in ("2*a*x - a", "a*(2*x - 1)")
    with pytest.raises(wrt.WrtError, match="where"):
        g.tangent()
    with pytest.raises(wrt.WrtError, match="does not occur"):
        g.tangent(x=1, q=2)


@pytest.mark.parametrize(
    ("text", "variable", "words"),
    [
        ("sum(w**2)", "W", "did you mean w"),
        ("z = X @ w; sum(z**2)", "z", "names a part"),
        ("x**2", "x+1", "not a variable"),
        ("x**2", "sin", "is a function"),
        ("sum(x)/n", "n", "dimension"),
        ("sigmod(x)", "x", "sigmoid"),
        ("x**2", [], "derive by what"),
    ],
)
def test_bad_questions_are_refused_with_a_way_out(text, variable, words):
    shapes = {"x": "n"} if "sum(x)" in text else {}
    with pytest.raises(wrt.WrtError, match=words):
        wrt.derive(text, variable, shapes=shapes)


def test_what_does_not_occur_has_derivative_zero():
    assert str(wrt.derive("c", "x").expr) == "0"
    assert str(wrt.derive("c", "x", x="n").expr) == "zeros(n)"


def test_results_are_data():
    data = json.loads(json.dumps(wrt.derive("x**3", "x").as_json()))
    assert data["expr"] == "3*x**2"
    assert data["wrt"] in ("x", ["x"])
    assert {"input", "wrt", "expr", "shape", "latex", "steps", "certificate"} <= set(data)
    assert {"oracle", "points", "worst"} <= set(data["certificate"])


def test_check_judges_a_persons_answer():
    assert wrt.check("sigmoid(x)", "x", claim="sigmoid(x)*(1 - sigmoid(x))")
    wrong = wrt.check("sum((X @ w - y)**2)", "w", claim="2*X @ (X @ w - y)", X="n n", w="n", y="n")
    assert not wrong
    assert "X is symmetric" in wrong.hint
    assert wrt.check("x**2", "x", claim="x**3/3", of="integral")


def test_verification_can_be_switched_off():
    assert wrt.derive("x**2", "x", verify=False).certificate is None


def test_expressions_are_built_with_operators():
    x = symbol("x")
    assert str(wrt.derive(wrt.functions.sin(x) * x, "x").expr) == "x*cos(x) + sin(x)"
    assert wrt.inf is wrt.read("inf").node


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_any_order(order):
    g = wrt.derive("exp(2*x)", "x", order=order)
    assert g.at(x=0.5) == pytest.approx(2**order * math.e)


def test_symmetric_variables_are_derived_entry_by_entry():
    assert str(wrt.derive("logdet(S)", "S", S="n n, symmetric").expr) == "inv(S)"
    hessian = wrt.hessian("tr(S @ S)", "S", S="n n, symmetric").compile()(S=np.eye(2))
    expected = 2 * np.einsum("il,jk->ijkl", np.eye(2), np.eye(2))
    np.testing.assert_allclose(hessian, expected)


def test_a_chain_of_5000_nested_calls():
    node = x = symbol("x")
    for _ in range(5000):
        node = wrt.functions.sin(node)
    g = wrt.derive(node, x, verify=False)
    value = 0.3
    slope = 1.0
    for _ in range(5000):
        slope *= math.cos(value)
        value = math.sin(value)
    assert g.at(x=0.3) == pytest.approx(slope)
    assert len(str(g.expr)) > 5000


def test_directional_partial_and_implicit_derivatives():
    assert wrt.directional("x @ x", {"x": "v"}, x="n").expr == 2 * symbol("x", _n()) @ symbol("v", _n())
    assert str(wrt.partial("x**2*y**3", "x", "y")) == "6*x*y**2"
    assert str(wrt.implicit("x**2 + y**2 == 1", "y", "x")) == "-x/y"
    with pytest.raises(wrt.ShapeError, match="direction of x"):
        wrt.directional("x @ x", {"x": "x @ x"}, x="n")
    with pytest.raises(wrt.WrtError, match="not <"):
        wrt.implicit("x < y", "y", "x")


@pytest.mark.parametrize(
    ("text", "derivative"),
    [
        ("relu(x) - relu(-x)", "1"),
        ("max(x, 0) - max(-x, 0)", "1"),
        ("relu(x) + minimum(x, 0)", "1"),
        ("relu(x) + relu(-x)", "sign(x)"),
    ],
)
def test_opposite_ramps_meet_before_they_are_derived(text, derivative):
    assert str(wrt.derive(text, "x")) == derivative


def test_a_comparison_is_neither_true_nor_false():
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(symbol("x") > 0)


def _n():
    return (symbol("n", facts=["dimension"]),)


@pytest.mark.parametrize(
    ("text", "point"), [("log(x)", -1), ("1/x", 0), ("sqrt(x)", 0), ("asin(x)", 2), ("log(log(x))", 1)]
)
def test_there_is_no_slope_outside_the_domain(text: str, point: float) -> None:
    g = wrt.derive(text, "x")
    with pytest.raises(wrt.DomainError):
        g.at(x=point)
    with pytest.raises(wrt.DomainError):
        g.tangent(x=point)


@pytest.mark.parametrize("text", ["abs(x)", "relu(x)", "2*max(x, 0) + x", "sign(x)"])
def test_there_is_no_tangent_at_a_kink(text: str) -> None:
    with pytest.raises(wrt.DomainError, match="no tangent at x = 0"):
        wrt.derive(text, "x").tangent(x=0)


def test_tangents_where_a_kink_is_smoothed() -> None:
    assert str(wrt.derive("relu(x)**2 + 3*x", "x").tangent(x=0)) == "3*x"
    assert str(wrt.derive("abs(x)", "x").tangent(x=-2)) == "-x"
    assert str(wrt.derive("sin(x)", "x").tangent(x="pi/2")) == "1"


@pytest.mark.parametrize(
    "call",
    [
        lambda: wrt.derive("x", "x", order=1.5),  # type: ignore[call-overload]
        lambda: wrt.derive("x", "x", order="2"),  # type: ignore[call-overload]
        lambda: wrt.derive("A @ x", "x", layout="row"),  # type: ignore[call-overload]
        lambda: wrt.check("x", "x", claim="1", of="limit"),  # type: ignore[arg-type]
        lambda: wrt.check("relu(x)", "x", claim="x > 0"),
        lambda: wrt.derive("x**2", wrt.read("x + 1")),
    ],
)
def test_what_is_not_an_option_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(wrt.WrtError):
        call()


def test_a_variable_may_be_what_read_returns() -> None:
    x = wrt.read("x")
    assert str(wrt.derive(x**2, x)) == "2*x"
    assert set(wrt.derive(x**2 * wrt.read("y"), [x, "y"])) == {"x", "y"}


LAYOUTS = {
    # function, variable, shapes: what is computed, and what each layout shows.
    ("A @ x", "x", "A=m n"): ("A", "A", "m×n", "Aᵀ", "n×m"),
    ("x @ A @ x", "x", "A=n n"): ("(A + A.T) @ x", "((A + Aᵀ) x)ᵀ", "1×n", "(A + Aᵀ) x", "n"),
    ("tr(A @ X)", "X", "A=m n"): ("A.T", "A", "m×n", "Aᵀ", "n×m"),
    ("t*a", "t", "a=n"): ("a", "a", "n", "aᵀ", "1×n"),
    ("t*A", "t", "A=n m"): ("A", "A", "n×m", "Aᵀ", "m×n"),
    ("t**2", "t", "t="): ("2*t", "2t", "scalar", "2t", "scalar"),
    ("A @ X", "X", "A=m n"): ("einsum('ik,jl->ijkl', A, eye(p))", "Aᵢₖ δⱼₗ", "m×p×n×p", "Aᵢₖ δⱼₗ", "m×p×n×p"),
}


@pytest.mark.parametrize("question", LAYOUTS, ids=lambda question: f"{question[0]} by {question[1]}")
def test_layouts_change_only_what_is_shown(question: tuple[str, str, str]) -> None:
    text, variable, given = question
    name, _, shape = given.partition("=")
    computed, *shown = LAYOUTS[question]
    shapes = {name: shape} | ({"X": "n p"} if text == "A @ X" else {})
    for layout in ("numerator", "denominator"):
        g = wrt.derive(text, variable, shapes=shapes, layout=layout)
        assert str(g.expr) == computed
        formula, axes = shown[:2] if layout == "numerator" else shown[2:]
        assert g.unicode() == formula
        assert ("×".join(map(str, g.displayed_shape)) or "scalar") == axes


def test_shapes_stand_beside_terms() -> None:
    g = wrt.derive("h = tanh(W @ x + b); sum((V @ h - t)**2)", "W", W="k d", V="m k")
    lines = g.with_shapes().splitlines()
    shapes = {formula.strip(): shape for formula, shape in (line.rsplit(maxsplit=1) for line in lines[1:])}
    assert lines[0].split()[-1] == "k×d"
    assert shapes == {
        "V": "m×k",
        "V h − t": "m",
        "1 − h²": "k",
        "x": "d",
        "V h": "m",
        "t": "m",
        "h²": "k",
        "h = tanh(W x + b)": "k",
        "W x + b": "k",
        "W x": "k",
        "b": "k",
        "W": "k×d",
    }
    g = wrt.derive("softmax(z)", "z", z="k")
    terms = r"\underbrace{\operatorname{diag}\left(p\right)}_{k \times k} - \underbrace{p p^{\top}}_{k \times k}"
    assert g.with_shapes("latex").startswith(terms)
    assert wrt.derive("x**2", "x").with_shapes("latex") == "2 x"
