"""Sums over rows: computed in blocks they are what they are as a whole, for every acceptance row and at odd sizes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import wrt
from tests.oracle import draw
from wrt.engines import compiled, rows
from wrt.engines.rows import row_sums

CASES = Path(__file__).parents[1] / "cases"
ROWS = [
    json.loads(line)
    for name in ("matrix", "matrix_more")
    for line in (CASES / f"{name}.jsonl").read_text().splitlines()
]

BY_ROWS = [
    ("sum((X @ w - y)**2)/n + lam*sum(w**2)", "w", dict(X="n d", w="d", y="n")),
    ("sum(log(1 + exp(-y*(X @ w))))", "w", dict(X="n d", w="d", y="n")),
    ("mean(logsumexp(X @ W, axis=1) - sum(Y*(X @ W), axis=1))", "W", dict(X="n d", W="d k", Y="n k")),
    ("mean((relu(X @ V + b) @ u - y)**2)", "V", dict(X="n d", V="d h", b="h", u="h", y="n")),
    ("logdet(X.T @ X + lam*eye(d))", "lam", dict(X="n d")),
]
AS_A_WHOLE = [
    ("sum((X - mean(X, axis=0))**2)", "X", dict(X="n d")),
    ("y @ inv(X @ X.T + lam*eye(n)) @ y", "lam", dict(X="n d", y="n")),
    ("sum(softmax(X @ w)*y)", "w", dict(X="n d", w="d", y="n")),
    ("sum((y[1:] - y[:-1])**2)", "y", dict(y="n")),
    ("prod(X @ w)", "w", dict(X="n d", w="d")),
]


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of two rows, for any data."""
    monkeypatch.setattr(compiled, "LARGE", -1)
    monkeypatch.setattr(rows, "BLOCK", 1)
    monkeypatch.setattr(rows, "FEWEST", 2)


def gradient(text, variable, shapes):
    return wrt.derive(text, variable, verify=False, **shapes)


def values(shapes, n, seed=0):
    sizes = {"n": n, "d": 3, "k": 4, "h": 5}
    rng = np.random.default_rng(seed)
    found = {name: rng.normal(size=[sizes[each] for each in shape.split()]) for name, shape in shapes.items()}
    return {**found, "lam": 0.7}


def arguments(function, point):
    return {name: point[name] for name in function.arguments}


@pytest.mark.parametrize(("text", "variable", "shapes"), BY_ROWS, ids=str)
@pytest.mark.parametrize("n", [1, 2, 7, 8])
def test_blocks_add_up_to_the_whole(text, variable, shapes, n, monkeypatch, small_blocks):
    result = gradient(text, variable, shapes)
    point = values(shapes, n)
    blocked = result.compile()
    found = blocked(**arguments(blocked, point))
    assert blocked._by_rows is not None
    monkeypatch.setattr(compiled, "LARGE", 10**9)
    np.testing.assert_allclose(found, blocked(**arguments(blocked, point)), rtol=1e-12)


@pytest.mark.parametrize(("text", "variable", "shapes"), AS_A_WHOLE, ids=str)
def test_what_is_no_sum_over_rows_is_computed_as_a_whole(text, variable, shapes):
    found = row_sums([gradient(text, variable, shapes).expr])
    assert found is None or str(found.dimension) != "n"


@pytest.mark.parametrize("text", ["X @ w", "sum(softmax(X @ w)*y)", "sum(exp(X @ (X.T @ y)))"])
def test_columns_are_not_taken_in_blocks(text):
    assert row_sums([wrt.read(text, X="n d", w="d", y="n")]) is None


def test_other_sizes_come_from_all_arguments(small_blocks):
    f = wrt.read("2*einsum('ik,jl->ijkl', eye(n), V.T @ V)", R="n m", U="n k", V="m k")
    V = np.arange(15.0).reshape(5, 3)
    found = wrt.compile(f)(R=np.ones((4, 5)), U=np.ones((4, 3)), V=V)
    np.testing.assert_allclose(found, 2 * np.einsum("ik,jl->ijkl", np.eye(4), V.T @ V))


def test_large_sums_are_not_added_up_for_every_block(monkeypatch, small_blocks):
    function = wrt.compile(wrt.read("X.T @ exp(X)", X="n d"))
    X = np.random.default_rng(0).normal(size=(11, 3))
    function(X)
    calls, of = [], function._by_rows._sums_of
    monkeypatch.setattr(function._by_rows, "_sums_of", lambda *args: calls.append(len(args[0])) or of(*args))
    monkeypatch.setattr(rows, "MOST_SUMMED", 8)
    np.testing.assert_allclose(function(X), X.T @ np.exp(X), rtol=1e-12)
    assert calls == [2, 9]


def test_no_rows_give_what_is_left(small_blocks):
    text, variable, shapes = BY_ROWS[1]
    function = gradient(text, variable, shapes).compile()
    assert (function(**arguments(function, values(shapes, 0))) == np.zeros(3)).all()


@pytest.mark.parametrize("place", range(len(ROWS)), ids=lambda place: ROWS[place]["id"])
def test_acceptance_rows_in_blocks(place, monkeypatch, small_blocks):
    row = ROWS[place]
    result = wrt.derive(row["text"], row["wrt"], order=row["order"], shapes=row["shapes"], verify=False)
    f = wrt.read(row["text"], row["shapes"])
    function = wrt.compile([f, result])
    point = arguments(function, draw(row["shapes"], row["domain"], 1))
    found = function(**point)
    monkeypatch.setattr(compiled, "LARGE", 10**9)
    for one, other in zip(found, function(**point), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-10)


def test_blocks_take_views_of_any_layout_in_several_threads_and_change_nothing(small_blocks):
    text, variable, shapes = BY_ROWS[2]
    function = gradient(text, variable, shapes).compile()
    point = arguments(function, values(shapes, 9))
    turned = {name: np.asfortranarray(np.repeat(each, 2, axis=0))[::2] for name, each in point.items() if each.ndim > 1}
    mixed = {**point, **{name: turned[name] for name in ("X", "Y")}}
    for each in mixed.values():
        each.flags.writeable = False
    expected = function(**point)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: function(**mixed), range(16)):
            np.testing.assert_allclose(found, expected, rtol=1e-12)
            assert found.flags.owndata or found.base is None


def test_single_precision_stays_single(small_blocks):
    text, variable, shapes = BY_ROWS[0]
    function = gradient(text, variable, shapes).compile()
    point = {name: np.float32(each) for name, each in arguments(function, values(shapes, 9)).items()}
    assert function(**point).dtype == np.float32
