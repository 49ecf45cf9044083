"""Structures: whatever is claimed of a derivative, its forms are the dense array; and what is there is found."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest

import wrt
from tests.oracle import draw
from wrt.structure.compiled import Expanded

CASES = Path(__file__).parents[1] / "cases"
FILES = ("matrix.jsonl", "matrix_more.jsonl")
ROWS = [json.loads(line) for name in FILES for line in (CASES / name).read_text().splitlines()]

SIZES = dict(n=7, p=6, m=5, k=4, d=3, h=2, q=8)

SAID = [
    ("b", "x", 1, dict(x="n", b="n"), "zero"),
    ("2*X", "X", 1, dict(X="n p"), "scaled identity: 2"),
    ("X", "X", 1, dict(X="n p"), "identity"),
    ("tanh(X)", "X", 1, dict(X="n p"), "diagonal: 1 - tanh(X)**2"),
    ("sum(x**4)", "x", 2, dict(x="n"), "diagonal: 12*x**2"),
    ("tr(diag(a) @ X)", "X", 1, dict(X="n n", a="n"), "diagonal: a"),
    ("D @ x", "x", 1, dict(x="n", D="n n, diagonal"), "diagonal: diag(D)"),
    ("X.T", "X", 1, dict(X="n p"), "transposition"),
    ("x[1:] - x[:-1]", "x", 1, dict(x="n"), "bidiagonal: -ones(n - 1) at 0, ones(n - 1) at +1"),
    ("x[3:]", "x", 1, dict(x="n"), "banded: ones(n - 3) at +3"),
    ("x[:-1]", "x", 1, dict(x="n"), "banded: ones(n - 1) at 0"),
    ("sum(x[:-1]**2)", "x", 2, dict(x="n"), "diagonal: 2*sum(eye(n)[:-1], axis=0)"),
    ("x[::-1]", "x", 1, dict(x="n"), "selection: column n - 1 - i of row i"),
    ("a*cumsum(b*x)", "x", 1, dict(x="n", a="n", b="n"), "lower triangular: rows scaled by a, columns by b"),
    ("X @ B", "X", 1, dict(X="n p", B="p q"), "block-diagonal: n blocks of q×p, all B.T"),
    ("sum(X, axis=1)", "X", 1, dict(X="n d"), "block-diagonal: n blocks of 1×d, all ones(d)"),
    ("diag(x)", "x", 1, dict(x="n"), "diagonal of axes: 1 at row (i, i), column i"),
    ("X*b", "X", 1, dict(X="n p", b="p"), "diagonal: outer(ones(n), b)"),
    (
        "norm(A - U @ V.T)**2",
        "U",
        2,
        dict(A="m n", U="m k", V="n k"),
        "block-diagonal: m blocks of k×k, all 2 * V.T @ V",
    ),
    ("A @ X", "X", 1, dict(A="m n", X="n p"), "Kronecker product: A ⊗ eye(p)"),
    ("outer(a, x)", "x", 1, dict(a="m", x="n"), "Kronecker product: a ⊗ eye(n)"),
    ("a @ X", "X", 1, dict(a="n", X="n p"), "Kronecker product: a (1×n) ⊗ eye(p)"),
    ("A @ X @ B", "X", 1, dict(A="m n", X="n p", B="p q"), "Kronecker product: A ⊗ B.T"),
    ("logdet(X)", "X", 2, dict(X="n n"), "Kronecker product: -inv(X).T ⊗ inv(X), up to the order of axes"),
    (
        "sum(X @ b * (D @ X @ b))",
        "X",
        2,
        dict(X="n p", b="p", D="n n"),
        "Kronecker product: (D + D.T) ⊗ outer(b, b)",
    ),
    ("a @ X @ b", "X", 1, dict(X="n d"), "low-rank: outer(a, b), rank 1"),
    ("sum((A @ x - b)**2)", "x", 2, dict(A="m n"), "Gram matrix: 2 * A.T @ A, rank at most m"),
    ("B @ (a*(A @ x))", "x", 1, dict(A="h n", B="m h", a="h"), "product: B @ diag(a) @ A, rank at most h"),
    ("A @ tanh(B @ x)", "x", 1, dict(A="m n", B="n n"), "dense"),
    ("x @ A @ x", "x", 2, dict(A="n n", x="n"), "dense"),
    (
        "softmax(z)",
        "z",
        1,
        dict(z="k"),
        "sum: diagonal: softmax(z); plus low-rank: -outer(softmax(z), softmax(z)), rank 1",
    ),
    (
        "X @ A + B @ X",
        "X",
        1,
        dict(X="n p", A="p p", B="n n"),
        "sum: block-diagonal: n blocks of p×p, all A.T; plus Kronecker product: B ⊗ eye(p)",
    ),
]


@pytest.mark.parametrize(("text", "by", "order", "shapes", "expected"), SAID, ids=lambda value: str(value)[:40])
def test_structure_is_found_and_said(text, by, order, shapes, expected):
    assert str(wrt.derive(text, by, order=order, verify=False, shapes=shapes).structure) == expected


@pytest.mark.parametrize(
    ("text", "order", "kind"),
    [
        ("sum((x[1:] - x[:-1])**2)", 2, "tridiagonal"),
        ("sum((x[2:] - 2*x[1:-1] + x[:-2])**2)", 2, "banded"),
        ("sum(a[1:]*(x[1:] - x[:-1])**2) + sum(x**4)", 2, "tridiagonal"),
        ("softmax(Z)", 1, "block-diagonal"),
        ("norm(x)", 2, "sum"),
    ],
)
def test_kinds(text, order, kind):
    found = wrt.derive(text, "Z" if "Z" in text else "x", order=order, x="n", a="n", Z="n k").structure
    assert found.kind == kind
    assert found.symmetric


def test_sizes_that_are_equal_are_no_structure():
    assert wrt.jacobian("A @ x", "x", A="3 3", x="3").structure.kind == "dense"
    assert wrt.jacobian("X @ Y", "X", X="3 3", Y="3 3").structure.kind == "block-diagonal"
    assert wrt.jacobian("outer(x, y)", "x", x="3", y="3").structure.kind == "block-diagonal"


@pytest.mark.parametrize(
    ("text", "x", "at"),
    [
        ("softmax(X, axis=1)", (4, 3), lambda J, i: J[i, :, i, :]),
        ("softmax(X, axis=0)", (4, 3), lambda J, i: J[:, i, :, i]),
        ("softmax(X, axis=1) @ B", (4, 3), lambda J, i: J[i, :, i, :]),
        ("X[:, :, None]*X[:, None, :]", (4, 3), lambda J, i: J[i, :, :, i, :]),
        ("softmax(X, axis=1)**2 / X[:, :1]", (4, 3), lambda J, i: J[i, :, i, :]),
    ],
)
def test_blocks_come_with_the_shared_axis_first(text, x, at):
    result = wrt.jacobian(text, "X", X="n k", B="k m", verify=False)
    rng = np.random.default_rng(0)
    values = {name: rng.uniform(1, 2, size={"X": x, "B": (3, 2)}[name]) for name in result.compile().arguments}
    dense, blocks = result.compile()(**values), result.compile(form="structure")(**values)
    assert result.structure.kind == "block-diagonal"
    for i, block in enumerate(blocks):
        np.testing.assert_allclose(block, at(dense, i), atol=1e-12)


@pytest.mark.parametrize("text", ["a[:, None]*X", "b*X", "a*X.T", "tanh(X)", "X**3/b", "where(X > 0, 2*X, 0)"])
def test_a_diagonal_has_the_shape_of_the_rows(text):
    result = wrt.jacobian(text, "X", X="n n" if "T" in text else "n p", a="n", b="p", verify=False)
    assert result.compile(form="structure")(
        X=np.ones((4, 4 if "T" in text else 3)), a=np.ones(4), b=np.ones(3)
    ).shape == tuple(4 if str(size) == "n" else 3 for size in result.structure.form.view.rows)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_form_of_a_known_case_is_the_dense_array(row):
    check(wrt.derive(row["text"], row["wrt"], order=row["order"], verify=False, shapes=row["shapes"]), point(row))


@pytest.mark.parametrize("row", [row for row in ROWS if row["order"] == 1], ids=lambda row: row["id"])
def test_every_form_of_the_next_derivative_is_the_dense_array(row):
    check(wrt.derive(row["text"], row["wrt"], order=2, verify=False, shapes=row["shapes"]), point(row))


@pytest.mark.parametrize("case", SAID, ids=lambda case: case[0])
def test_every_form_of_what_is_said_is_the_dense_array(case):
    text, by, order, shapes, _ = case
    result = wrt.derive(text, by, order=order, verify=False, shapes=shapes)
    rng = np.random.default_rng(0)
    values = {
        each.name: rng.normal(size=[SIZES[str(size)] for size in each.shape])
        for each in result.input.symbols.values()
        if "dimension" not in each.facts
    }
    for each in result.input.symbols.values():
        if "diagonal" in each.facts:
            values[each.name] = np.diag(np.diag(values[each.name]))
    check(result, values)


def point(row):
    """Arrays as a row wants them, of shapes that all differ."""
    return draw(row["shapes"], row["domain"], zlib.crc32(row["id"].encode()))


def check(result, values):
    """Dense, expanded, sparse and operator agree."""
    structure = result.structure
    values = {name: values[name] for name in result.compile().arguments}
    dense = np.asarray(result.compile()(**values))
    scale = max(1.0, np.abs(dense).max(initial=0.0))
    near = dict(rtol=1e-7, atol=1e-8 * scale)
    np.testing.assert_allclose(Expanded(structure)(**values), dense, **near)
    rows = len(structure.form.view.rows)
    matrix = dense.reshape(int(np.prod(dense.shape[:rows], initial=1)), -1)
    np.testing.assert_allclose(result.compile(form="sparse")(**values).toarray(), matrix, **near)
    if structure.symmetric:
        np.testing.assert_allclose(matrix, matrix.T, **near)
    rng = np.random.default_rng(0)
    operator = result.compile(form="operator")(**values)
    v, u = rng.normal(size=matrix.shape[1]), rng.normal(size=matrix.shape[0])
    np.testing.assert_allclose(operator @ v, matrix @ v, **near)
    np.testing.assert_allclose(operator.rmatvec(u), u @ matrix, **near)
