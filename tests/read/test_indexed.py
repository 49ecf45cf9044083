"""Sums with indices are the vectorised expressions: each pair of texts is one object."""

from __future__ import annotations

import pytest

from wrt import derive
from wrt.errors import LimitError, ReadError, ShapeError, WrtError
from wrt.expr.build import ZERO, symbol
from wrt.expr.indexed import index_symbol, stacked
from wrt.expr.shape import shape_text
from wrt.read import read

SAME = [
    # Losses.
    ("sum(i, (y[i] - w @ X[i])**2)", "sum((y - X @ w)**2)", {}),
    ("mean(i, (y[i] - w @ X[i])**2)", "mean((y - X @ w)**2)", {}),
    ("sum(i, (y[i] - w @ X[i])**2)/n + lam*sum(j, w[j]**2)", "sum((y - X @ w)**2)/n + lam*sum(w**2)", {}),
    ("sum(i, log(1 + exp(-y[i]*(w @ X[i]))))", "sum(log(1 + exp(-y*(X @ w))))", {}),
    (
        "-sum(i, y[i]*log(sigmoid(w @ X[i])) + (1 - y[i])*log(1 - sigmoid(w @ X[i])))",
        "-sum(y*log(sigmoid(X @ w)) + (1 - y)*log(1 - sigmoid(X @ w)))",
        {},
    ),
    ("sum(i, max(0, 1 - y[i]*(X[i] @ w + b)))", "sum(max(0, 1 - y*(X @ w + b)))", {"X": "n d", "y": "n", "b": ""}),
    ("sum(i, where(y[i] > 0, X[i] @ w, 0))", "sum(where(y > 0, X @ w, 0))", {"X": "n d", "y": "n", "w": "d"}),
    ("sum(i, exp(w @ X[i]) - y[i]*(w @ X[i]))", "sum(exp(X @ w) - y*(X @ w))", {"X": "n d"}),
    # Cross-entropy, written out or by name.
    (
        "-sum(i, sum(k, Y[i, k]*log(exp(Z[i, k])/sum(j, exp(Z[i, j])))))",
        "-sum(Y*log(exp(Z)/sum(exp(Z), axis=1, keepdims=True)))",
        {"Y": "n c", "Z": "n c"},
    ),
    ("-sum(i, k, Y[i, k]*log(softmax(X[i] @ W)[k]))", "-sum(Y*log(softmax(X @ W, axis=1)))", {"X": "n d", "Y": "n k"}),
    ("-sum(i, sum(k, Y[i, k]*log_softmax(Z[i])[k]))", "-sum(Y*log_softmax(Z, axis=1))", {}),
    ("sum(i, logsumexp(Z[i]) - Z[i] @ Y[i])", "sum(logsumexp(Z, axis=1) - sum(Z*Y, axis=1))", {"Z": "n k", "Y": "n k"}),
    # Quadratic forms, traces, Gaussians.
    ("sum(i, j, A[i, j]*x[i]*x[j])", "x @ A @ x", {}),
    ("sum((i, j), A[i, j]*x[i]*x[j])", "x @ A @ x", {}),
    ("sum(i, sum(j, A[i, j]*x[i]*x[j]))", "x @ A @ x", {}),
    ("sum(i, sum(j, A[i, j]*B[j, i]))", "tr(A @ B)", {}),
    ("sum(i, A[i, i])", "tr(A)", {"A": "n n"}),
    ("sum(i, j, k, A[i, j]*B[j, k]*C[k, i])", "tr(A @ B @ C)", {}),
    ("sum(i, j, A[i, j]**2)", "norm(A)**2", {"A": "n m"}),
    (
        "n/2*logdet(S) + sum(i, (X[i] - mu) @ inv(S) @ (X[i] - mu))/2",
        "n/2*logdet(S) + sum(((X - mu) @ inv(S))*(X - mu))/2",
        {"X": "n d", "mu": "d", "S": "d d"},
    ),
    ("sum(i, log(normpdf((x[i] - m)/s)/s))", "sum(log(normpdf((x - m)/s)/s))", {"x": "n", "m": "", "s": ">0"}),
    # Vectors and matrices of sums.
    ("sum(i, X[i])", "sum(X, axis=0)", {"X": "n d"}),
    ("sum(j, X[:, j])", "sum(X, axis=1)", {"X": "n d"}),
    ("sum(i, a[i]*X[i])", "X.T @ a", {"X": "n d", "a": "n"}),
    ("sum(i, a[i]*outer(X[i], X[i]))", "X.T @ diag(a) @ X", {"X": "n d", "a": "n"}),
    ("sum(i, c*X[i] + b)", "sum(c*X + b, axis=0)", {"X": "n d", "c": "", "b": "d"}),
    ("sum(i, X[i]/norm(X[i]))", "sum(X/norm(X, axis=1, keepdims=True), axis=0)", {"X": "n d"}),
    # Pairs, clusters, factors.
    (
        "sum(i, sum(j, W[i, j]*norm(X[i] - X[j])**2))",
        "einsum('ij,ijk->', W, (einsum('ik,j->ijk', X, ones(n)) - einsum('jk,i->ijk', X, ones(n)))**2)",
        {"X": "n d", "W": "n n"},
    ),
    (
        "sum(i, min(k, norm(X[i] - C[k])**2))",
        "sum(min(einsum('ikd->ik', (einsum('id,k->ikd', X, ones(k)) - C)**2), axis=1))",
        {"X": "n d", "C": "k d"},
    ),
    ("sum(i, j, M[i, j]*(R[i, j] - U[i] @ V[j])**2)", "sum(M*(R - U @ V.T)**2)", {}),
    ("sum(i, norm(A[i] - b))", "sum(norm(A - b, axis=1))", {"A": "n d", "b": "d"}),
    # Offsets: the values that fit all subscripts.
    ("sum(i, (x[i+1] - x[i])**2)", "sum((x[1:] - x[:-1])**2)", {}),
    ("sum(i, (x[i] - x[i-1])**2)", "sum((x[1:] - x[:-1])**2)", {}),
    ("sum(i, abs(x[i+1] - 2*x[i] + x[i-1]))", "sum(abs(x[2:] - 2*x[1:-1] + x[:-2]))", {}),
    ("sum(i, x[i]*y[i+1])", "x @ y[1:]", {"x": "n", "y": "n+1"}),
    ("sum(i, j, (X[i+1, j] - X[i, j])**2)", "sum((X[1:] - X[:-1])**2)", {"X": "n m"}),
    ("sum(i, x[i]*x[i+k])", "x[:n-k] @ x[k:]", {"x": "n", "k": "dimension"}),
    ("sum(i, x[2*i])", "sum(x[::2])", {"x": "7"}),
    ("sum(i, x[n-1-i]*y[i])", "x[::-1] @ y", {"x": "n", "y": "n"}),
    # Other reductions.
    ("prod(i, x[i])", "prod(x)", {"x": "n"}),
    ("max(i, abs(x[i]))", "max(abs(x))", {"x": "n"}),
    ("max(i, j, X[i, j])", "max(X)", {"X": "n d"}),
    ("sum(i, max(j, X[i, j]))", "sum(max(X, axis=1))", {"X": "n d"}),
    ("min(k, C[k] @ x)", "min(C @ x)", {}),
    ("logsumexp(i, X[i] @ w)", "logsumexp(X @ w)", {}),
    ("log(sum(k, exp(a[k])))", "log(sum(exp(a)))", {"a": "n"}),
    ("var(i, x[i]) + std(i, x[i])", "var(x) + std(x)", {"x": "n"}),
    ("norm(i, x[i])", "norm(x)", {"x": "n"}),
    # Indices in conditions and as numbers.
    ("sum(i, j, where(i == j, 1, 0)*A[i, j])", "tr(A)", {"A": "n n"}),
    ("sum(i, j, where(i != j, 1, 0)*A[i, j])", "sum((1 - eye(n))*A)", {"A": "n n"}),
    ("sum(i, j, where(j <= i, 1, 0)*x[j]*y[i])", "y @ cumsum(x)", {"x": "n", "y": "n"}),
    ("sum(i, j, where(i >= j, 1, 0)*x[j]*y[i])", "y @ cumsum(x)", {"x": "n", "y": "n"}),
    ("sum(i, i*x[i])", "sum((cumsum(ones(n)) - 1)*x)", {"x": "n"}),
    ("sum(i, x[i]/(i + 1))", "sum(x/cumsum(ones(n)))", {"x": "n"}),
    ("sum(i, x[i]/x[i])", "n + 0*sum(x)", {"x": "n"}),
    # Parts.
    ("r = y[i] - w @ X[i]; sum(i, r**2)", "sum((y - X @ w)**2)", {}),
    ("a = x[i]**2; b = a + 1; sum(i, b) + sum(i, a*b)", "sum(x**2 + 1) + sum(x**2*(x**2 + 1))", {"x": "n"}),
    ("r = X @ w - y; sum(i, r[i]**2)", "sum((X @ w - y)**2)", {}),
    ("sum(i, integrate(exp(-x[i]*t**2), t, 0, 1))", "sum(integrate(exp(-x*t**2), t, 0, 1))", {"x": "n"}),
    ("sum(i, x[i]) + sum(i, y[i])", "sum(x) + sum(y)", {"x": "n", "y": "m"}),
]  # fmt: skip


@pytest.mark.parametrize(("indexed", "vectorised", "shapes"), SAME, ids=[row[0] for row in SAME])
def test_an_indexed_sum_is_the_vectorised_expression(indexed: str, vectorised: str, shapes: dict[str, str]) -> None:
    node = read(indexed, shapes).node
    assert node is read(vectorised, shapes).node
    assert read(str(node), node.shapes).node is node


# Index expressions with no short vectorised text, and what they are in Python.
VALUES = {
    "sum(i, y[i]*sum(j, w[j]*x[i+j]))": lambda v: sum(
        v["y"][i] * v["w"][j] * v["x"][i + j] for i in range(4) for j in range(3)
    ),
    "sum(i, (w @ x[i:i+3])**2)": lambda v: sum((v["w"] @ v["x"][i : i + 3]) ** 2 for i in range(4)),
    "sum(i, j, where(i < j, norm(X[i] - X[j])**2, 0))": lambda v: sum(
        sum((v["X"][i] - v["X"][j]) ** 2) for j in range(5) for i in range(j)
    ),
    "sum(i, j, where(i != j, 1/(x[i] - x[j])**2, 0))": lambda v: sum(
        1 / (v["x"][i] - v["x"][j]) ** 2 for i in range(6) for j in range(6) if i != j
    ),
    "sum(i, Z[i, c[i]])": lambda v: sum(v["Z"][i, int(v["c"][i])] for i in range(5)),
    "sum(i, where(i < 2, x[i], 2*x[i]))": lambda v: sum(v["x"]) + sum(v["x"][2:]),
    "sum(i, j, x[i]*x[j]/(1 + i + j))": lambda v: sum(
        v["x"][i] * v["x"][j] / (1 + i + j) for i in range(6) for j in range(6)
    ),
    "max(i, max(j, abs(x[i] - x[j])))": lambda v: max(v["x"]) - min(v["x"]),
    "sum(i, cumsum(Z[i]) @ w)": lambda v: sum(z.cumsum() @ v["w"] for z in v["Z"]),
    "sum(i, sum(where((Z[i] > w) & (X[i, 0] > 0), Z[i], w)))": lambda v: sum(
        sum(max(z, w) if x[0] > 0 else w for z, w in zip(row, v["w"], strict=True))
        for row, x in zip(v["Z"], v["X"], strict=True)
    ),
}
SHAPES = {"x": "m+k-1", "w": "3", "y": "4", "X": "n d", "Z": "n 3", "c": "n, integer"}


@pytest.mark.parametrize("text", VALUES)
def test_an_indexed_sum_has_the_value_of_the_loop(text: str) -> None:
    numpy = pytest.importorskip("numpy")
    draw = numpy.random.default_rng(1).normal
    values = {"x": draw(size=6), "w": draw(size=3), "y": draw(size=4), "X": draw(size=(5, 2)), "Z": draw(size=(5, 3))}
    values["c"] = numpy.array([0.0, 2, 1, 1, 0])
    formula = read(text, {**SHAPES, "x": "6"})
    assert formula.compile()(**values) == pytest.approx(VALUES[text](values))


@pytest.mark.parametrize(
    ("text", "variable", "shapes"),
    [
        ("sum(i, y[i]*sum(j, w[j]*x[i+j]))", "w", {"x": "m+k-1", "w": "k", "y": "m"}),
        ("sum(i, -log_softmax(Z[i])[c[i]])", "Z", {"Z": "n k", "c": "n, integer"}),
        ("sum(i, min(k, norm(X[i] - C[k])**2))", "C", {"X": "n d", "C": "k d"}),
        ("sum(i, j, exp(-norm(X[i] - X[j])**2))", "X", {"X": "n d"}),
        ("sum(i, i*x[i]**2)", "x", {"x": "n"}),
    ],
)
def test_derivatives_of_indexed_sums_are_verified(text: str, variable: str, shapes: dict[str, str]) -> None:
    assert derive(text, variable, shapes=shapes).certificate is not None


INFERRED = {
    "sum(i, (y[i] - w @ X[i])**2)": {"y": "n", "w": "d", "X": "n×d"},
    "sum(i, sum(j, W[i, j]*norm(x[i] - x[j])**2))": {"W": "n×n", "x": "n×d"},
    "sum(i, min(k, norm(X[i] - C[k])**2))": {"X": "n×d", "C": "k×d"},
    "sum(i, (x[i] - mu) @ inv(S) @ (x[i] - mu))": {"x": "n×d", "mu": "d", "S": "d×d"},
    "sum(i, (x[i+1] - x[i])**2)": {"x": "n"},
    "sum(i, y[i]*sum(j, w[j]*x[i+j]))": {"y": "n", "w": "d", "x": "d + n - 1"},
    "sum(n, x[n]*y[n])": {"x": "n", "y": "n"},
}


@pytest.mark.parametrize("text", INFERRED)
def test_shapes_follow_from_the_subscripts(text: str) -> None:
    formula = read(text)
    assert {name: shape_text(formula.symbols[name].shape) for name in formula.arguments} == INFERRED[text]


def test_an_index_is_no_argument() -> None:
    assert read("sum(i, a*x[i])").arguments == ("a", "x")
    assert read("x[i]").arguments == ("x", "i")
    assert read("max(x, y)", x="n", y="n") == read("maximum(x, y)", x="n", y="n")


GOLDEN = {
    "sum(i, y**2)": (
        "the index `i` is never used as a subscript\n  sum(i, y**2)\n      ^\n"
        "a subscript says what it runs over, as in sum(i, x[i]); an axis has a name: sum(x, axis=0)"
    ),
    "sum(i, x[i]) + i": (
        "`i` is an index of a sum, and stands outside it here\n  sum(i, x[i]) + i\n                 ^\n"
        "give one of the two another name, or close the sum behind it"
    ),
    "sum(i, sum(i, x[i]))": (
        "`i` is already an index here\n  sum(i, sum(i, x[i]))\n             ^\ngive each index a name of its own"
    ),
    "r = x[i]; r + sum(i, r)": (
        "`r` has the index `i`, and stands outside its sum\n  r = x[i]; r + sum(i, r)\n            ^\n"
        "it can stand only inside a sum over i"
    ),
    "sum(i, x[i**2])": (
        "what the index `i` runs over is not known\n  sum(i, x[i**2])\n      ^\n"
        "one subscript must say it alone, as in x[i]"
    ),
    "sum(2, x[2])": (
        "sum of several operands starts with an index, and this is none\n  sum(2, x[2])\n      ^\n"
        "an index stands first, as in sum(i, x[i]); an axis has a name: sum(x, axis=0)"
    ),
    "sum(i, x[i], axis=0)": (
        "indices take the place of axes\n  sum(i, x[i], axis=0)\n               ^^^^^^\nas in sum(i, x[i])"
    ),
    "sum(e, x[e])": (
        "`e` has a meaning already, and is no index\n  sum(e, x[e])\n      ^\ngive the index another name"
    ),
}


@pytest.mark.parametrize("text", GOLDEN)
def test_what_is_no_index_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(text)
    assert str(caught.value) == GOLDEN[text]


@pytest.mark.parametrize(
    ("text", "shapes", "error", "place"),
    [
        ("sum(i, x[i])", {"i": "", "x": "n"}, ReadError, 4),
        ("sum(X, 1)", {"X": "n d"}, ReadError, 4),
        ("sum(i, x[i]*y[i])", {"x": "n", "y": "d"}, ShapeError, 14),
        ("sum(i, x[i+5])", {"x": "3"}, ShapeError, 4),
        ("sum(i, sum(x[:i]))", {"x": "n"}, ShapeError, 4),
        ("sum(i, j, x[i]/(i - j))", {"x": "n"}, ReadError, 7),
        ("sum(i, det(a[i]*B))", {"a": "n", "B": "d d"}, WrtError, 4),
        ("sum(i, integrate(t, t, 0, x[i]))", {"x": "n"}, WrtError, 4),
        ("sum(i, j, A[i, j])", {"A": "n"}, ShapeError, 10),
        ("z = x**2; sum(z, x[z])", {"x": "n"}, ReadError, 14),
        ("sum(i, x[i+k])", {"x": "n", "k": "integer"}, ShapeError, 9),
    ],
)
def test_indices_that_do_not_fit(text: str, shapes: dict[str, str], error: type[WrtError], place: int) -> None:
    with pytest.raises(error) as caught:
        read(text, shapes)
    assert caught.value.position == place
    assert caught.value.text == text


def test_work_is_bounded() -> None:
    with pytest.raises(ReadError, match="32 at most"):
        read(f"sum({', '.join(f'i_{k}' for k in range(40))}, x[i_0])")
    with pytest.raises(LimitError):
        read("sum(i, " * 200 + "x[i]" + ")" * 200)
    lines = ["h0 = x[i]", *(f"h{k + 1} = h{k}*h{k}" for k in range(60)), "sum(i, h60)"]
    assert read("\n".join(lines)) == read("sum(x**(2**60))", x="n")


def test_stacked_keeps_what_does_not_depend_on_the_index() -> None:
    n = symbol("n", facts=["dimension"])
    x, i = symbol("x", (n,)), index_symbol("i")
    assert stacked(x[i], i, ZERO, n) is x
    assert stacked(x, i, ZERO, n).shape == (n, n)
