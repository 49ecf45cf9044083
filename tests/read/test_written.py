"""What is written reads back: `read(str(e), shapes=e.shapes) == e`, for random expressions and for every case."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wrt.errors import WrtError
from wrt.expr.node import Formula
from wrt.read import read

_CASES = Path(__file__).parents[1] / "cases"
_SHAPES = {"X": "n d", "Y": "n d", "A": "n n", "W": "d k", "x": "d", "y": "n", "b": "k", "s": ">0", "t": ""}


def _reads_back(formula: Formula) -> None:
    assert read(str(formula), shapes=formula.shapes) == formula, str(formula)


_SCALARS = st.recursive(
    st.sampled_from(["x", "y", "t", "2", "3", "0.1", "1/3", "pi", "e", "10", "0.000025"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda each: f"({each[0]} {each[1]} {each[2]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]})/({pair[1]})"),
        st.tuples(inner, st.sampled_from(["2", "3", "(1/2)", "(-1)", "y", "(-2/3)"])).map(
            lambda pair: f"({pair[0]})**{pair[1]}"
        ),
        st.tuples(st.sampled_from(["sin", "exp", "log", "sqrt", "tanh", "abs", "sigmoid", "erf", "relu"]), inner).map(
            lambda pair: f"{pair[0]}({pair[1]})"
        ),
        st.tuples(inner, inner, inner).map(lambda each: f"where({each[0]} < {each[1]}, {each[2]}, x)"),
        inner.map(lambda each: f"-({each})"),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(_SCALARS, st.sampled_from([{}, {"x": ">0"}, {"x": ">0", "y": "integer"}]))
def test_scalars(text: str, shapes: dict[str, str]) -> None:
    try:
        formula = read(text, shapes)
    except WrtError:
        return
    _reads_back(formula)


# Texts by their shape, each from texts one level below.
_LEAVES: dict[str, list[str]] = {
    "": ["s", "t", "2", "0.5", "n"],
    "n": ["y"],
    "d": ["x"],
    "k": ["b"],
    "n d": ["X", "Y"],
    "n n": ["A", "eye(n)"],
    "d k": ["W"],
    "n k": ["X @ W"],
}
_STEPS: dict[str, list[str]] = {
    "": [
        "sum({n})", "mean({n d})", "norm({d})", "tr({n n})", "({n}) @ ({n})", "logsumexp({k})", "max({d})",
        "({}) * ({})", "({}) + ({})", "exp({})", "({}) / ({})", "det({n n})", "logdet({n n})", "sum({n d})", "({})**2",
    ],
    "n": [
        "({n d}) @ ({d})", "({n n}) @ ({n})", "({n}) * ({n})", "({n}) + ({n})", "tanh({n})", "({}) * ({n})",
        "({n}) / ({})", "sum({n d}, axis=1)", "softmax({n})", "cumsum({n})", "diag({n n})",
        "where({n} > 0, {n}, {})",
    ],
    "d": ["({n d}).T @ ({n})", "({n}) @ ({n d})", "mean({n d}, axis=0)", "-({d})", "maximum({d}, {})"],
    "k": ["({d}) @ ({d k})", "({k}) + ({k})", "logsumexp({n k}, axis=0)", "({k})**2"],
    "n d": [
        "({n n}) @ ({n d})", "({n d}) * ({n d})", "({n d}) + ({d})", "outer({n}, {d})", "sigmoid({n d})",
        "({n d}) - mean({n d}, axis=1, keepdims=True)", "({n d}) @ ({n d}).T @ ({n d})",
    ],
    "n n": [
        "({n d}) @ ({n d}).T", "inv({n n})", "diag({n})", "({n n}) + ({}) * eye(n)", "outer({n}, {n})", "({n n}).T",
    ],
    "d k": ["({d k}) + ({k})", "({n d}).T @ ({n k})", "exp({d k})"],
    "n k": ["({n d}) @ ({d k})", "({n d}) @ ({d k}) + ({k})", "softmax({n k}, axis=1)", "relu({n k})"],
}  # fmt: skip


@st.composite
def _tensors(draw: st.DrawFn, shape: str, depth: int) -> str:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(_LEAVES[shape]))
    step = draw(st.sampled_from(_STEPS[shape]))
    return re.sub(r"\{([^}]*)\}", lambda found: draw(_tensors(found[1], depth - 1)), step)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(_LEAVES)).flatmap(lambda shape: _tensors(shape, 4)))
def test_tensors(text: str) -> None:
    try:
        formula = read(text, _SHAPES)
    except WrtError:
        return
    _reads_back(formula)


@pytest.mark.parametrize("name", sorted(path.name for path in _CASES.glob("*.jsonl")))
def test_cases(name: str) -> None:
    for line in (_CASES / name).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for key in ("text", "expected", "integrand", "antiderivative", "closed_form"):
            if isinstance(row.get(key), str) and row[key]:
                try:
                    formula = read(row[key], row.get("shapes") or {})
                except WrtError:
                    continue
                _reads_back(formula)
