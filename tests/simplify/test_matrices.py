"""What is known of matrices: which expressions are symmetric or definite, and what that makes of others."""

from __future__ import annotations

import random

import pytest
from flint import arb, arb_mat

import wrt
from wrt.expr.build import symbol
from wrt.expr.facts import is_definite, is_nonnegative, is_positive, is_semidefinite
from wrt.expr.node import Expr
from wrt.read import read
from wrt.read.declare import _OF_MATRICES, _WORDS
from wrt.simplify import simplify, use_facts
from wrt.simplify.symmetry import is_antisymmetric, is_symmetric
from wrt.verify.evaluate import Plan
from wrt.verify.oracle import equal
from wrt.verify.sample import Sampler
from wrt.verify.series import constant, working

SHAPES = {
    "X": "n d", "A": "d d", "B": "d d", "S": "d d, symmetric", "P": "d d, spd", "R": "d d, psd", "D": "d d, diagonal",
    "Q": "d d, orthogonal", "K": "d d, antisymmetric", "x": "d", "w": "n, >0", "s": ">0", "v": "d, >0", "u": "d",
}  # fmt: skip


def expression(text: str) -> Expr:
    return read(text, {name: shape for name, shape in SHAPES.items() if name in text}).node


SYMMETRIC = [
    "S", "P", "R", "D", "inv(S)", "inv(inv(S) + P)", "A + A.T", "A.T @ A", "A @ S @ A.T", "X.T @ diag(w) @ X",
    "P @ S @ P", "outer(x, x)", "diag(x)", "S*P", "exp(S)", "S**2", "s*S - 2*eye(d)", "inv(X.T @ X)", "exp(X @ X.T)",
    "A*A.T", "outer(x, u) + outer(u, x)", "where(S > 0, S, 0)", "K @ K",
    "inv(A.T @ A + s*eye(d)) @ S @ inv(A.T @ A + s*eye(d))",
    "exp(2*X @ X.T - outer(sum(X**2, axis=1), ones(n)) - outer(ones(n), sum(X**2, axis=1)))",
]  # fmt: skip
NOT_SYMMETRIC = ["A", "Q", "K", "S @ P", "A @ A", "A - A.T", "outer(x, u)", "inv(S) @ A @ inv(S)", "softmax(S, axis=1)"]
ANTISYMMETRIC = ["K", "A - A.T", "A @ K @ A.T", "inv(K)", "2*K", "outer(x, u) - outer(u, x)", "K @ K @ K"]
DEFINITE = [
    "P",
    "inv(P)",
    "X.T @ X + s*eye(d)",
    "A @ P @ A.T + diag(v)",
    "s*P + R",
    "inv(X.T @ X)",
    "eye(d)",
    "diag(v)",
]
SEMIDEFINITE = ["R", "X.T @ X", "X @ P @ X.T", "outer(x, x)", "X.T @ diag(w) @ X", "A @ A.T @ A @ A.T", "R + X.T @ X"]
INDEFINITE = ["S", "D", "A @ S @ A.T", "P @ R", "P - R", "A @ A", "diag(x)", "P*K", "outer(x, u)"]


@pytest.mark.parametrize("text", SYMMETRIC + DEFINITE + SEMIDEFINITE)
def test_symmetric_expressions_are_known(text: str) -> None:
    node = expression(text)
    assert is_symmetric(node)
    assert not is_antisymmetric(node)
    equal(node, node.T)


@pytest.mark.parametrize("text", ANTISYMMETRIC)
def test_antisymmetric_expressions_are_known(text: str) -> None:
    node = expression(text)
    assert is_antisymmetric(node)
    equal(node, -node.T)


@pytest.mark.parametrize("text", NOT_SYMMETRIC)
def test_nothing_else_is_taken_for_symmetric(text: str) -> None:
    assert not is_symmetric(expression(text))


@pytest.mark.parametrize("text", DEFINITE + SEMIDEFINITE + INDEFINITE)
def test_definite_expressions_are_known(text: str) -> None:
    node = expression(text)
    assert is_definite(node) == (text in DEFINITE)
    assert is_semidefinite(node) == (text in DEFINITE + SEMIDEFINITE)


@pytest.mark.parametrize("text", DEFINITE + SEMIDEFINITE)
def test_what_is_known_to_be_definite_is(text: str) -> None:
    node = expression(text)
    variables = sorted(node.free, key=lambda each: each.name)
    sizes = {size: 3 for each in variables for size in each.shape} | dict.fromkeys(node.shape, 3)
    sampler = Sampler([each for each in variables if "dimension" not in each.facts], sizes, random.Random(1))
    with working(128, 1):
        values = {variable: list(map(constant, entries)) for variable, entries in sampler.draw().items()}
        (entries,) = Plan([node], sizes)(values)
        shift = [arb(int(i == j)) / 10**9 for i in range(3) for j in range(3)]
        matrix = arb_mat(3, 3, [each[0] for each in entries]) + arb_mat(3, 3, shift)
        minors = [arb_mat(k, k, [matrix[i, j] for i in range(k) for j in range(k)]).det() for k in (1, 2, 3)]
    assert all(minor > 0 for minor in minors)


def test_signs_that_follow() -> None:
    for text in ("x @ P @ x", "x @ R @ x", "tr(P)", "det(R)", "x @ X.T @ X @ x", "x @ A @ A.T @ x"):
        assert is_nonnegative(expression(text)), text
    for text in ("x @ S @ x", "tr(S)", "det(S)", "x @ A @ A @ x", "x @ P @ u"):
        assert not is_nonnegative(expression(text)), text
    assert is_positive(expression("det(P)"))
    assert expression("abs(det(P))") is expression("det(P)")
    assert expression("sqrt((x @ R @ x)**2)") is expression("x @ R @ x")


SHORTER = {
    "S.T": "S",
    "inv(S).T": "inv(S)",
    "X @ inv(X.T @ X).T": "X @ inv(X.T @ X)",
    "inv(X @ S @ X.T).T @ w": "inv(X @ S @ X.T) @ w",
    "inv(S + s*eye(d)) @ inv(S + s*eye(d)).T": "inv(S + s*eye(d)) @ inv(S + s*eye(d))",
    "S @ A + (A.T @ S).T": "2*S @ A",
    "x @ A @ x - x @ A.T @ x": "0",
    "K.T": "-K",
    "K @ x + K.T @ x": "zeros(d)",
    "x @ K @ x": "0",
    "tr(K @ S)": "0",
    "tr(K)": "0",
    "Q.T @ Q": "eye(d)",
    "Q @ Q.T @ x": "x",
    "inv(Q)": "Q.T",
    "Q @ A @ inv(Q) @ Q": "Q @ A",
    "tr(Q @ A @ Q.T)": "tr(A)",
    "logdet(Q)": "0",
    "inv(diag(v))": "diag(1/v)",
    "det(diag(x))": "prod(x)",
    "logdet(diag(x))": "sum(log(abs(x)))",
    "logdet(s*eye(d))": "log(s)*tr(eye(d))",
    "inv(2*A)": "inv(A)/2",
    "inv(inv(A))": "A",
    "A @ inv(A)": "eye(d)",
    "inv(A).T @ A.T @ x": "x",
    "tr(A @ inv(A))": "tr(eye(d))",
    "sum(A*inv(A).T)": "tr(eye(d))",
    "B @ inv(A @ B) @ A": "eye(d)",
    "inv(S) @ S.T": "eye(d)",
    "A @ inv(B)": "A @ inv(B)",
    "A*inv(A)": "A*inv(A)",
    "X @ inv(X.T @ X) @ X.T": "X @ inv(X.T @ X) @ X.T",
    "Q*Q.T": "Q*Q.T",
    "Q @ Q": "Q @ Q",
}


@pytest.mark.parametrize("text", SHORTER)
def test_facts_shorten(text: str) -> None:
    node = expression(text)
    found = simplify(use_facts(node))
    assert found is simplify(use_facts(expression(SHORTER[text])))
    assert found.shape == node.shape
    equal(node, found)


DERIVATIVES = [
    ("logdet(S)", "S", 1, "inv(S)"),
    ("det(S)", "S", 1, "det(S)*inv(S)"),
    ("tr(S @ A)", "S", 1, "A.T"),
    ("x @ S @ x", "x", 1, "2*S @ x"),
    ("x @ S @ x", "x", 2, "2*S"),
    ("logdet(P)", "P", 1, "inv(P)"),
    ("x @ inv(P) @ x", "P", 1, "u = inv(P) @ x; -outer(u, u)"),
    ("x @ K @ x", "x", 1, "zeros(d)"),
    ("x @ K @ u", "K", 1, "outer(x, u)"),
    ("norm(Q @ x - u)**2", "x", 1, "2*Q.T @ (Q @ x - u)"),
    ("logdet(X.T @ X)", "X", 1, "2*X @ inv(X.T @ X)"),
    ("det(X.T @ S @ X)", "X", 1, "2*det(X.T @ S @ X)*S @ X @ inv(X.T @ S @ X)"),
    ("tr(inv(X.T @ X))", "X", 1, "V = inv(X.T @ X); -2 * X @ V @ V"),
    ("logdet(A @ B)", "A", 1, "inv(A).T"),
    ("logdet(diag(v))", "v", 1, "1/v"),
    ("x @ inv(diag(v)) @ x", "v", 1, "-x**2/v**2"),
    ("tr(D @ A)", "D", 1, "A.T"),
    ("logdet(D)", "D", 1, "inv(D)"),
]


@pytest.mark.parametrize(("text", "variable", "order", "meant"), DERIVATIVES, ids=lambda value: str(value))
def test_derivatives_use_what_is_known(text: str, variable: str, order: int, meant: str) -> None:
    shapes = {**SHAPES, "S": "n n, symmetric"} if "X.T @ S" in text else SHAPES
    shapes = {name: shape for name, shape in shapes.items() if name in text}
    assert str(wrt.derive(text, variable, order=order, shapes=shapes).expr) == str(read(meant, shapes))


def test_facts_of_the_variable_hold_at_the_point_only() -> None:
    hessian = wrt.derive("logdet(S)", "S", order=2, S="n n, symmetric")
    assert str(hessian.expr) == "V = inv(S); -einsum('il,jk->ijkl', V, V)"
    assert str(wrt.derive("logdet(S.T @ S)", "S", S="n n, symmetric").expr) == "2*inv(S)"


@pytest.mark.parametrize("word", sorted(_OF_MATRICES | {"spd", "psd", "skew"}))
def test_every_fact_of_matrices_is_read_written_and_drawn(word: str) -> None:
    variable = read("A", A=f"n n, {word}").node
    assert read("A", variable.shapes).node is variable
    assert _WORDS[word] == variable.facts
    size = variable.shape[0]
    sampler = Sampler([variable], {size: 3}, random.Random(0))
    with working(128, 1):
        for _ in range(8):
            A = arb_mat(3, 3, sampler.draw()[variable])
            one, turned = arb_mat(3, 3, [1, 0, 0, 0, 1, 0, 0, 0, 1]), A.transpose()
            holds = {
                "symmetric": turned.overlaps(A),
                "antisymmetric": turned.overlaps(-1 * A),
                "positive definite": A[0, 0] > 0 and A.det() > 0,
                "positive semidefinite": A[0, 0] > 0 and A.det() > 0,
                "diagonal": all(A[i, j] == 0 for i in range(3) for j in range(3) if i != j),
                "orthogonal": (A * turned).overlaps(one),
                "invertible": A.det() != 0,
            }
            assert all(holds[fact] for fact in _WORDS[word])


def test_a_chain_of_a_thousand_functions_is_bounded() -> None:
    node: Expr = symbol("S", (symbol("n", facts=["dimension"]),) * 2, ["symmetric"])
    for _ in range(1000):
        node = wrt.functions.sin(node)
    assert is_symmetric(node)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("sum(relu(v))", "ones(d)"),
        ("sum(relu(exp(v)))", "exp(v)"),
        ("sum(relu(-v))", "zeros(d)"),
        ("sum(where((v > 0) & (v < s), v**2, 3*v))", "where(v >= s, 3, 2*v)"),
    ],
)
def test_comparisons_that_the_facts_decide_are_not_written(text: str, answer: str) -> None:
    result = wrt.derive(text, "v", shapes={name: SHAPES[name] for name in ("v", "s") if name in text})
    assert result.expr == wrt.read(answer, v=SHAPES["v"], s=SHAPES["s"])
