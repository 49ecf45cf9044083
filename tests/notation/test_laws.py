"""Laws of notation, on every row of the cases: text reads back to the same object, and `size` counts what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.oracle import operators
from wrt import functions
from wrt.expr.build import symbol
from wrt.expr.node import Formula
from wrt.notation import declarations, name_parts, size, text
from wrt.read import read

CASES = Path(__file__).parents[1] / "cases"


def _rows() -> list[tuple[str, dict[str, str], int | None]]:
    found: list[tuple[str, dict[str, str], int | None]] = []
    for line in (CASES / "scalar.jsonl").read_text().splitlines():
        row = json.loads(line)
        declared = dict.fromkeys(row.get("params", {}), "")
        found += [(row["text"], declared, None), (row["expected"], declared, None)]
    for line in (CASES / "matrix.jsonl").read_text().splitlines():
        row = json.loads(line)
        found += [(row["text"], row["shapes"], None), (row["expected"], row["shapes"], row["ops_inlined"])]
    return found


ROWS = _rows()


@pytest.mark.parametrize(("typed", "shapes", "ops"), ROWS, ids=[row[0] for row in ROWS])
def test_text_reads_back_to_the_same_object(typed, shapes, ops):
    formula = read(typed, shapes=shapes)
    for each in (formula.node, formula):
        written = text(each)
        assert read(written, shapes=each.shapes).node is formula.node, written
        assert size(each) == operators(written), written


# Longer here: `x**(3/2)` is preferred to `x**1.5`, and that a matrix is symmetric is not used to write.
LONGER = {"diag((1 + x ** 2) ** (-1.5))", "0.5 * inv(S) @ outer(x - mu, x - mu) @ inv(S) - 0.5 * inv(S)"}


@pytest.mark.parametrize(
    ("typed", "shapes", "ops"), [row for row in ROWS if row[2] is not None and row[0] not in LONGER]
)
def test_a_textbook_form_is_not_written_longer(typed, shapes, ops):
    assert size(read(typed, shapes=shapes).node) <= ops


@pytest.mark.parametrize("function", functions.TABLE.values(), ids=str)
def test_calls_of_every_elementwise_function_read_back(function):
    if function.kind != "elementwise":
        return
    call = function(*(symbol(name) for name in function.arguments))
    assert read(text(call), shapes=declarations(call)).node is call


def test_named_parts_stand_first_and_count_once():
    f = read("z = X @ w; p = sigmoid(z); X.T @ (sigmoid(X @ w) - y)", X="n d", w="d", y="n")
    assert text(f) == "z = X @ w; p = sigmoid(z); X.T @ (p - y)"
    assert size(f) == 5


def test_the_negative_of_a_named_part_is_written_with_its_name():
    f = read("r = y - X @ w; X.T @ (X @ w - y)", X="n d", w="d", y="n")
    assert text(f) == "r = y - X @ w; -X.T @ r"


def test_parts_are_named_only_where_that_is_shorter():
    f = read("p = 1; A.T @ (diag(softmax(A @ x)) - outer(softmax(A @ x), softmax(A @ x))) @ A", A="n d", x="d")
    names = name_parts(f.node, taken={"p"})
    assert text(Formula(f.node, names)).startswith("p1 = softmax(A @ x); ")
    assert not name_parts(read("sigmoid(x)*(1 - sigmoid(x))").node)


def test_declarations_are_what_the_reader_takes():
    given = {"A": "n n, symmetric", "t": ">0", "p": "in (0, 1)", "S": "n n, positive definite", "x": "n"}
    f = read("t*p*(x @ A @ S @ x)", shapes=given)
    assert declarations(f.node) == given
    assert declarations(read("eye(n)[0]", n="dimension").node) == {"n": "dimension"}


def test_five_thousand_nested_calls_are_written_and_read_back():
    x = symbol("x")
    node = x
    for _ in range(5000):
        node = functions.sin(node)
    assert read(text(node)).node is node


def test_shared_parts_are_written_once_where_writing_them_out_would_not_end():
    node = symbol("x")
    for _ in range(200):
        node = node * node + 1
    assert len(text(node)) < 20_000
    assert read(text(node)).node is node


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("u = A @ x; B @ A @ x + (A @ x)*y", "u = A @ x; B @ u + y*u"),
        ("C = A @ B; x @ A @ B @ x", "C = A @ B; x @ C @ x"),
        ("h = x*y; (x*y*v) @ v", "h = x*y; h @ v**2"),
    ],
)
def test_a_named_product_is_found_inside_a_longer_one(typed, written):
    f = read(typed, A="n n", B="n n", x="n", y="n", v="n")
    assert text(f) == written
    assert read(written, shapes=f.shapes).node is f.node


def test_what_the_author_named_is_not_named_again():
    f = read("h1 = tanh(W @ x); h1*(1 - tanh(W @ x))*tanh(W @ x)", W="n d", x="d")
    assert not name_parts(f)


def test_what_is_the_same_along_an_axis_broadcasts_in_calls_and_cases():
    for typed in ("maximum(X, b)", "where(X > b, X, b)", "X + b", "X*b"):
        assert text(read(typed, X="n d", b="d").node) == typed
