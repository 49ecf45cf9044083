"""How expressions are written: the forms of textbooks, one a line."""

from __future__ import annotations

import pytest

from wrt.notation import size, text
from wrt.read import read

SCALARS = [
    ("2*cos(x**2)*x", "2*x*cos(x**2)"),
    ("-x**(-2)", "-1/x**2"),
    ("exp(-x**2) * (1 - 2*x**2)", "(1 - 2*x**2)*exp(-x**2)"),
    ("exp(x)*(2 + x)*x", "x*(x + 2)*exp(x)"),
    ("x**(-1/2)/2", "1/(2*sqrt(x))"),
    ("-x*(1 - x**2)**(-1/2)", "-x/sqrt(1 - x**2)"),
    ("2 + 4*x + x**2", "x**2 + 4*x + 2"),
    ("1 + x", "x + 1"),
    ("exp(-x) + 1", "1 + exp(-x)"),
    ("x**2 + 1", "1 + x**2"),
    ("tan(x)**2 + 1", "1 + tan(x)**2"),
    ("x - 1", "x - 1"),
    ("exp(x) - 1", "exp(x) - 1"),
    ("b*x + a*x**2 + c", "a*x**2 + b*x + c"),
    ("y**2 + 2*x*y + x**2", "x**2 + 2*x*y + y**2"),
    ("-a + b", "b - a"),
    ("-a - b", "-(a + b)"),
    ("-w*(x - y)", "w*(y - x)"),
    ("sigmoid(x)*(1 - sigmoid(x))*(1 - 2*sigmoid(x))", "sigmoid(x)*(1 - sigmoid(x))*(1 - 2*sigmoid(x))"),
    ("x**2*y**2", "(x*y)**2"),
    ("3*x/2", "3*x/2"),
    ("x**1.5", "x**(3/2)"),
    ("0.1*x", "0.1*x"),
    ("x/3 + 0.05", "x/3 + 0.05"),
    ("sqrt(1/2)*x", "x/sqrt(2)"),
    ("sqrt(2)/sqrt(pi)*exp(-x**2/2)", "sqrt(2/pi)*exp(-x**2/2)"),
    ("exp(-x**2/2)*x/sqrt(2*pi)", "x*exp(-x**2/2)/sqrt(2*pi)"),
    ("(1 + x)**(-a)", "1/(x + 1)**a"),
    ("-2*x", "-2*x"),
    ("where(x > 0, 1, a)", "where(x > 0, 1, a)"),
    ("where((-1 < x) & (x < 1), 1, 0)", "where(-1 < x < 1, 1, 0)"),
    ("1 if x > 1 else (2 if x > 0 else 3)", "where(x > 1, 1, where(x > 0, 2, 3))"),
    ("integrate(exp(-t**2), t, 0, x)", "integrate(exp(-t**2), t, 0, x)"),
    ("diff(sin(x)**2, x)", "diff(sin(x)**2, x)"),
    ("(x**y)**z", "(x**y)**z"),
    ("x**(y**z)", "x**(y**z)"),
    ("(-x)**y", "(-x)**y"),
    ("leaky_relu(x, 0.01)", "leaky_relu(x)"),
    ("leaky_relu(x, 0.2)", "leaky_relu(x, 0.2)"),
]

SHAPES = {
    "X": "n d", "w": "d", "y": "n", "A": "n n", "B": "n n", "C": "n n", "a": "n", "b": "n", "x": "n", "z": "k",
    "W": "d k", "c": "k", "Y": "n k", "s": "d", "lam": "", "G": "n d",
}  # fmt: skip

TENSORS = [
    ("2*X.T @ (X @ w - y)/n + 2*lam*w", "2/n * X.T @ (X @ w - y) + 2*lam*w"),
    ("X.T @ (-y*sigmoid(-y*(X @ w)))", "-X.T @ (y*sigmoid(-y*(X @ w)))"),
    ("diag(softmax(z)) - outer(softmax(z), softmax(z))", "diag(softmax(z)) - outer(softmax(z), softmax(z))"),
    ("X.T @ (X @ w - y)/n", "X.T @ (X @ w - y) / n"),
    ("-(X.T @ (X @ w - y))", "X.T @ (y - X @ w)"),
    ("A.T @ B.T", "(B @ A).T"),
    ("x @ A @ a", "x @ A @ a"),
    ("x @ A.T @ a", "a @ A @ x"),
    ("(A @ x) @ (B @ b)", "(A @ x) @ (B @ b)"),
    ("tr(B @ A.T)", "sum(A*B)"),
    ("tr(C @ A @ B)", "tr(A @ B @ C)"),
    ("x @ x", "x @ x"),
    ("sqrt(x @ x)", "norm(x)"),
    ("sqrt(x @ x)**3", "norm(x)**3"),
    ("sum((X @ w - y)**2)", "norm(X @ w - y)**2"),
    ("sum((X @ w - y)**2)/n", "mean((X @ w - y)**2)"),
    ("sqrt(sum((X @ w - y)**2))", "norm(X @ w - y)"),
    ("sum(abs(x))", "norm(x, 1)"),
    ("sum(X)/(n*d)", "mean(X)"),
    ("sum(X, axis=0)/n", "mean(X, axis=0)"),
    ("X @ W + c - Y", "X @ W + c - Y"),
    ("X - mean(X, axis=1, keepdims=True)", "X - mean(X, axis=1, keepdims=True)"),
    ("X/sqrt(sum(X**2, axis=1, keepdims=True))", "X/norm(X, axis=1, keepdims=True)"),
    ("X*s", "X*s"),
    ("diag(x) @ X", "diag(x) @ X"),
    ("X.T @ diag(x) @ X", "X.T @ diag(x) @ X"),
    ("X*outer(a, s)", "X*outer(a, s)"),
    ("(A @ B)*C", "C*(A @ B)"),
    ("sum((A @ B)*C, axis=1)", "sum(C*(A @ B), axis=1)"),
    ("X[0]", "X[0]"),
    ("X[:, -1]", "X[:, -1]"),
    ("X[1, 2]", "X[1, 2]"),
    ("x[1:] - x[:-1]", "x[1:] - x[:-1]"),
    ("x[::-1]", "x[::-1]"),
    ("cumsum(x)", "cumsum(x)"),
    ("cumsum(X, axis=0)", "cumsum(X, axis=0)"),
    ("eye(n)[1:].T @ eye(n)[:-1]", "eye(n)[1:].T @ eye(n)[:-1]"),
    ("einsum('ij,k->ijk', eye(n), x)", "einsum('ij,k->ijk', eye(n), x)"),
    ("einsum('ik,jl->ijkl', eye(n), X.T @ X)", "einsum('ik,jl->ijkl', eye(n), X.T @ X)"),
    ("kron(A, B)", "kron(A, B)"),
    ("eye(n) - outer(ones(n), ones(n))/n", "eye(n) - 1/n"),
    ("outer(x, ones(n))", "outer(x, ones(n))"),
    ("0*X", "zeros(n, d)"),
    ("inv(A).T*det(A)", "det(A)*inv(A).T"),
    ("x - 2*(x @ a)*a", "x - 2*(a @ x)*a"),
    ("-einsum('jk,li->ijkl', A, B)/2", "-0.5*einsum('jk,li->ijkl', A, B)"),
]


@pytest.mark.parametrize(("typed", "written"), SCALARS, ids=lambda each: each)
def test_a_scalar_is_written_as_in_a_textbook(typed, written):
    assert text(read(typed).node) == written


@pytest.mark.parametrize(("typed", "written"), TENSORS, ids=lambda each: each)
def test_a_tensor_is_written_in_matrix_notation(typed, written):
    node = read(typed, shapes=SHAPES).node
    assert text(node) == written
    assert read(written, shapes=SHAPES).node is node


@pytest.mark.parametrize(
    ("typed", "count"),
    [("-2*x", 1), ("-x", 1), ("-1/x**2", 2), ("1/(2*x)", 2), ("-x/2", 2), ("-1 < x < 1", 2), ("sin(x)", 1)],
)
def test_size_counts_operators_but_not_the_sign_of_a_number(typed, count):
    source = f"where({typed}, 1, 0)" if "<" in typed else typed
    assert size(read(source).node) == count + ("<" in typed)


def test_a_sum_is_written_with_the_longest_named_sum_that_it_contains() -> None:
    text = "a = x + y; b = a + z; c = b + w; sin(c) + sin(a) + sin(b)"
    assert str(read(text)) == text
    assert str(read("a = x - y; b = 2*a + z; sin(a) + sin(b)*(y - x)")) == "a = x - y; b = 2*a + z; sin(a) - a*sin(b)"
