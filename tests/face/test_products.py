"""Products with Jacobians and Hessians: textbook forms, any way to say a direction, nothing formed, nothing wrong."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import wrt


def label(value):
    return getattr(value, "__name__", str(value)[:40])


TEXTBOOK = [
    (wrt.jvp, "softmax(z)", "z", dict(z="k"), "p = softmax(z); p*(v - p @ v)"),
    (wrt.jvp, "A @ X @ B", "X", dict(A="m n", X="n p", B="p q"), "A @ V @ B"),
    (wrt.jvp, "inv(X)", "X", dict(X="n n"), "-inv(X) @ V @ inv(X)"),
    (wrt.jvp, "x[1:] - x[:-1]", "x", dict(x="n"), "v[1:] - v[:-1]"),
    (wrt.jvp, "logsumexp(x)", "x", dict(x="n"), "v @ softmax(x)"),
    (wrt.jvp, "relu(x)", "x", dict(x="n"), "where(x > 0, v, 0)"),
    (wrt.jvp, "X.T @ X", "X", dict(X="n d"), "V.T @ X + X.T @ V"),
    (wrt.vjp, "A @ X @ B", "X", dict(A="m n", X="n p", B="p q"), "A.T @ U @ B.T"),
    (wrt.vjp, "softmax(z)", "z", dict(z="k"), "p = softmax(z); p*(u - u @ p)"),
    (wrt.vjp, "W @ x + b", "W", dict(W="m n"), "outer(u, x)"),
    (wrt.vjp, "tanh(W @ x + b)", "x", dict(W="m n"), "W.T @ (u*(1 - tanh(W @ x + b)**2))"),
    (wrt.vjp, "inv(X)", "X", dict(X="n n"), "V = inv(X); -V.T @ U @ V.T"),
    (wrt.hvp, "x @ A @ x", "x", dict(A="n n"), "(A + A.T) @ v"),
    (wrt.hvp, "sum((X @ w - y)**2)", "w", dict(X="n d"), "2 * X.T @ X @ v"),
    (wrt.hvp, "sum(log(1 + exp(X @ w)))", "w", dict(X="n d"), "s = sigmoid(X @ w); X.T @ ((X @ v)*s*(1 - s))"),
    (wrt.hvp, "norm(A - U @ V.T)**2", "U", dict(A="m n", U="m k", V="n k"), "2 * V_1 @ V.T @ V"),
    (wrt.hvp, "x**3", "x", {}, "6*v*x"),
]


@pytest.mark.parametrize(("product", "text", "by", "shapes", "expected"), TEXTBOOK, ids=label)
def test_products_read_like_the_textbook(product, text, by, shapes, expected):
    found = product(text, by, **shapes)
    assert str(found.expr) == expected
    assert found.certificate is not None


DIRECTIONS = [
    ("v", "X @ v"),
    (None, "X @ v"),
    ("X.T @ y", "X @ X.T @ y"),
    ("w", "X @ w"),
    ("X.T @ r", "r = X @ w - y; X @ X.T @ r"),
    ("2*w", "2 * X @ w"),
]


@pytest.mark.parametrize(("direction", "expected"), DIRECTIONS)
def test_a_direction_is_a_new_name_an_expression_or_nothing(direction, expected):
    assert str(wrt.jvp("r = X @ w - y; r", "w", direction, X="n d").expr) == expected


def test_a_name_that_is_taken_is_not_given_to_a_direction():
    assert str(wrt.jvp("v*z", "z", z="k", v="k")) == "v*v_1"
    assert str(wrt.jvp("t*z", "z", z="k", t="k")) == "t*v"
    assert str(wrt.vjp("u*z", "z", z="k", u="k")) == "u*u_1"


def test_several_variables_have_a_direction_each():
    shapes = dict(X="n d", y="n")
    assert str(wrt.jvp("X @ w", ["X", "w"], {"X": "D", "w": "s"}, **shapes)) == "X @ s + D @ w"
    by_each = wrt.hvp("sum((X @ w - y)**2)", ["X", "w"], {"X": "D", "w": "s"}, **shapes)
    assert str(by_each["X"]) == "2*(outer(X @ s + D @ w, w) + outer(X @ w - y, s))"
    assert str(by_each["w"]) == "2*(X.T @ (X @ s + D @ w) + D.T @ (X @ w - y))"
    assert {name: str(each) for name, each in wrt.vjp("X @ w", ["X", "w"], **shapes).items()} == {
        "X": "outer(u, w)",
        "w": "X.T @ u",
    }


WRONG = [
    (wrt.jvp, ("X @ w", "w", "y"), wrt.ShapeError, "direction of w has shape n, not d"),
    (wrt.jvp, ("X @ w - y", ["X", "w"], "v"), wrt.WrtError, "which direction is whose"),
    (wrt.jvp, ("X @ w - y", ["X", "w"], {"y": "v"}), wrt.WrtError, "for y, which is not among the variables"),
    (wrt.jvp, ("X @ w - y", ["X", "w"], {"X": "v", "w": "v"}), wrt.ShapeError, "v is of shape n×d, and of shape d"),
    (wrt.jvp, ("X @ w - y", []), wrt.WrtError, "name at least one variable"),
    (wrt.jvp, ("X @ w - y", "W"), wrt.ReadError, "did you mean w"),
    (wrt.jvp, ("X @ w - y", "w", "n"), wrt.ShapeError, "scalar, not d"),
    (wrt.vjp, ("X @ w - y", "w", "w"), wrt.ShapeError, "multiplied by has shape d, not n"),
    (wrt.hvp, ("X @ w - y", "w"), wrt.WrtError, r"wrt.hvp of sum\(u\*f\)"),
]


@pytest.mark.parametrize(("product", "arguments", "error", "message"), WRONG, ids=label)
def test_what_does_not_fit_is_said(product, arguments, error, message):
    with pytest.raises(error, match=message):
        product(*arguments, X="n d", y="n")


def test_entries_of_a_symmetric_variable_move_on_their_own():
    S, V = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([[1.0, 2.0], [-1.0, 0.5]])
    found = wrt.hvp("logdet(S)", "S", S="n n, positive definite").compile()(S=S, V=V)
    np.testing.assert_allclose(found, -np.linalg.inv(S) @ V.T @ np.linalg.inv(S))


def test_a_product_is_computed_shown_and_told():
    found = wrt.hvp("sum((X @ w - y)**2)", "w", X="n d", y="n")
    point = dict(X=[[1, 2], [3, 4]], w=[1, 2], y=[1, -1])
    np.testing.assert_allclose(found.at(**point, v=[1, 0]), [20, 28])
    np.testing.assert_allclose(wrt.compile([found])(**point, v=[1, 0])[0], [20, 28])
    assert found.latex() == r"2 X^{\top} X v"
    assert found.as_json()["wrt"] == "w"
    assert [step.rule for step in found.steps if step.name == "∇w g"] == ["linear map"]
    assert wrt.jvp("relu(x)", "x").kinks[0].taken is not None


LARGE = [
    (wrt.jvp, "softmax(z)", "z"),
    (wrt.vjp, "softmax(z)", "z"),
    (wrt.vjp, "cumsum(z)", "z"),
    (wrt.vjp, "z[1:] - z[:-1]", "z"),
    (wrt.jvp, "z/norm(z)", "z"),
    (wrt.hvp, "norm(z)", "z"),
    (wrt.hvp, "logsumexp(X @ w)", "w"),
    (wrt.hvp, "sum(log(1 + exp(-y*(X @ w))))", "w"),
    (wrt.hvp, "norm(X - U @ V.T)**2 + norm(U)**2", "U"),
    (wrt.hvp, "sum((tanh(X @ W1) @ W2 - Y)**2)", "W1"),
    (wrt.hvp, "-sum(Y*log(softmax(X @ W)))", "W"),
    (wrt.hvp, "sum((z[1:] - z[:-1])**2)", "z"),
    (wrt.jvp, "tanh(X @ W1) @ W2", "W1"),
    (wrt.vjp, "tanh(X @ W1) @ W2", "W1"),
    (wrt.vjp, "softmax(Q @ K.T) @ X", "Q"),
    (wrt.jvp, "softmax(Q @ K.T) @ X", "K"),
]
SHAPES = dict(z="p", X="n d", w="d", y="n", U="n k", V="d k", W1="d h", W="d k", W2="h k", Y="n k", Q="m k", K="n k")
SIZES = dict(p=4000, n=120, d=90, k=12, h=70, m=100)


@pytest.mark.parametrize(("product", "text", "by"), LARGE, ids=label)
def test_nothing_larger_than_what_f_computes_is_formed(product, text, by):
    f, found = wrt.read(text, SHAPES), product(text, by, verify=False, shapes=SHAPES)
    rng = np.random.default_rng(0)
    values = {name: rng.normal(size=[SIZES[size] for size in shape.split()]) for name, shape in SHAPES.items()}
    for each in found.expr.node.free:
        if each.shape and each.name not in values:
            values[each.name] = rng.normal(size=[_size(size) for size in each.shape])
    inputs = sum(values[each.name].nbytes for each in found.expr.node.free if each.shape)
    assert _peak(found.compile(), values) <= 4 * (_peak(f.compile(), values) + inputs)


def _size(dimension):
    return int(dimension.value) if not dimension.free else SIZES.get(str(dimension), SIZES["p"] - 1)


def _peak(function, values):
    """The most memory that a call has at one time."""
    known = {name: values[name] for name in function.arguments}
    function(**known)
    tracemalloc.start()
    try:
        function(**known)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
