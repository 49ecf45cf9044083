"""Shapes that are not declared follow from evidence, then from convention."""

from __future__ import annotations

import pytest

from wrt.errors import ShapeError
from wrt.expr.shape import shape_text
from wrt.read import read


def shapes(text: str, **declared: str) -> dict[str, str]:
    formula = read(text, declared)
    return {name: shape_text(formula.symbols[name].shape) for name in formula.arguments}


def test_the_ridge_loss() -> None:
    formula = read("sum((X @ w - y)**2)/n + lam*sum(w**2)")
    assert shapes("sum((X @ w - y)**2)/n + lam*sum(w**2)") == {"X": "n×d", "w": "d", "y": "n", "lam": "scalar"}
    assert formula.inferred == {"X", "w", "y", "lam"}
    assert "dimension" in formula.symbols["n"].facts


def test_a_size_that_is_declared_to_be_one() -> None:
    assert shapes("x*ones(n, m)", n="dimension", m="dimension")["x"] == "m"
    assert shapes("A + ones(n, m)", n="dimension", m="dimension")["A"] == "n×m"


CASES = {
    "A*sin(w*t)": {"A": "scalar", "w": "scalar", "t": "scalar"},
    "sum((X @ w - y)**2)/m": {"X": "m×n", "w": "n", "y": "m"},
    "x @ A @ x": {"x": "n", "A": "n×n"},
    "A @ B @ C": {"A": "n×d", "B": "d×k", "C": "k×m"},
    "tr(A @ X @ B)": {"A": "n×d", "X": "d×k", "B": "k×n"},
    "x.T @ y": {"x": "n", "y": "n"},
    "logdet(X @ X.T + s*eye(n))": {"X": "n×d", "s": "scalar"},
    "W2 @ tanh(W1 @ x + b1) + b2": {"W2": "n×d", "W1": "d×k", "x": "k", "b1": "d", "b2": "n"},
    "relu(X @ W + b)": {"X": "n×d", "W": "d×k", "b": "k"},
    "z = X @ w; p = sigmoid(z); -sum(y*log(p) + (1 - y)*log(1 - p))": {"X": "n×d", "w": "d", "y": "n"},
    "mean(maximum(0, 1 - y*(X @ w)))": {"y": "n", "X": "n×d", "w": "d"},
    "sum((a*x + b - y)**2)": {"a": "scalar", "x": "n", "b": "scalar", "y": "n"},
    "logsumexp(z)": {"z": "n"},
    "lam/2*norm(w)**2": {"lam": "scalar", "w": "n"},
    "sum((x[1:] - x[:-1])**2)": {"x": "n"},
    "X[:, 0] @ y": {"X": "n×d", "y": "n"},
    "sum(exp(x[:, None] + y[None, :]))": {"x": "n", "y": "d"},
    "sum((X[:, None, :] - M[None, :, :])**2)": {"X": "n×d", "M": "k×d"},
    "einsum('ij,jk->ik', A, B)": {"A": "n×d", "B": "d×k"},
    "sum(X, axis=1)": {"X": "n×d"},
    "softmax(Q @ K.T/sqrt(d), axis=1) @ V": {"Q": "n×k", "K": "m×k", "d": "scalar", "V": "m×p"},
    "outer(x, y)": {"x": "n", "y": "d"},
    "(X - mu) @ inv(S) @ (X - mu).T": {"X": "n×d", "mu": "d", "S": "d×d"},
    "sum(sqrt(x**2 + eps))": {"x": "n", "eps": "scalar"},
    "integrate(exp(-x @ x*t), t, 0, 1)": {"x": "n"},
    "solve(A, b)": {"A": "n×n", "b": "n"},
    "ones((n, d)) @ w": {"w": "d"},
}


@pytest.mark.parametrize("text", CASES)
def test_inferred(text: str) -> None:
    assert shapes(text) == CASES[text]


def test_declared_dimensions_reach_what_is_not_declared() -> None:
    assert shapes("sum((X @ w - y)**2)", X="rows cols") == {"X": "rows×cols", "w": "cols", "y": "rows"}
    assert shapes("X @ w + b", X="5 3") == {"X": "5×3", "w": "3", "b": "5"}
    assert shapes("(x[1:] - y)**2", x="n") == {"x": "n", "y": "n - 1"}


def test_names_of_dimensions_do_not_clash_with_variables() -> None:
    assert shapes("n*(X @ w)")["X"] == "d×k"


@pytest.mark.parametrize(
    ("text", "declared", "meant"),
    [
        ("X * y", {"X": "n d", "y": "n"}, "did you mean `X.T @ y`?"),
        ("A*B", {"A": "n d", "B": "d k"}, "did you mean `A @ B`?"),
        ("A*B", {"A": "n d", "B": "k d"}, "did you mean `A @ B.T`?"),
        ("(A + C)*exp(B)", {"A": "n d", "C": "n d", "B": "d k"}, "did you mean `(A + C) @ exp(B)`?"),
    ],
)
def test_the_product_that_was_meant(text: str, declared: dict[str, str], meant: str) -> None:
    with pytest.raises(ShapeError) as caught:
        read(text, declared)
    assert meant in str(caught.value)
    assert text[caught.value.position or 0] == "*"


def test_a_vector_of_columns_broadcasts() -> None:
    assert read("X * w", X="n d", w="d").ndim == 2
