"""Whatever is given to read, it is read or refused with a WrtError that can be shown, in bounded time."""

from __future__ import annotations

import string
import time

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wrt.errors import WrtError
from wrt.expr.node import Formula
from wrt.read import read

_PIECES = [
    *"xyzwXYWabnλσπ0123()[]+-*/^@=<>,:;.'|&~!# \n\"√‖²ᵀ⁻₁½∞·×−≤∧¬",
    "**", "||", "sin", "exp(", "log(", "sum(", "softmax(", "norm(", "inv(", "tr(", "where(", "max(", "diff(",
    "integrate(", "einsum('ij,jk->ik',", "axis=", "keepdims=", " if ", " else ", " and ", " or ", " not ", ".T", ".5",
    "1e9", "eye(", "[0]", "[1:]", "z = ", "X @ w", "lambda", "def ", "\\frac", "np.", "inf", "pi", "e",
    "True", "None", "beta(", "gamma", "_1", "==",
]  # fmt: skip
_DECLARED = st.dictionaries(
    st.sampled_from([*"xyzwXYWabnλσ", "gamma", "sin"]),
    st.sampled_from(["", "n", "n d", "d", "3", "n n, symmetric", ">0", "n-1", "2*n k", "in (0, 1)"]),
    max_size=3,
)


def _is_read_or_refused(text: str, shapes: dict[str, str]) -> None:
    start = time.perf_counter()
    try:
        result = read(text, shapes)
    except WrtError as error:
        assert error.message
        assert error.position is None or 0 <= error.position <= max(len(error.text or ""), 1)
        assert str(error)
    else:
        assert isinstance(result, Formula)
    assert time.perf_counter() - start < 5


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join), _DECLARED)
@example("|" * 40, {})
@example("x" + "'" * 40, {})
def test_pieces_of_maths_are_read_or_refused(text: str, shapes: dict[str, str]) -> None:
    _is_read_or_refused(text, shapes)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_characters_are_read_or_refused(text: str) -> None:
    _is_read_or_refused(text, {})


@settings(max_examples=200, deadline=None)
@given(st.text(string.printable, max_size=60))
def test_any_ascii_is_read_or_refused(text: str) -> None:
    _is_read_or_refused(text, {})


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([*"xyXA"]), st.text(max_size=30))
def test_any_declaration_is_read_or_refused(name: str, declared: str) -> None:
    _is_read_or_refused(f"2*{name}", {name: declared})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=3).map("".join), st.integers(2, 3000))
def test_repetition_is_read_or_refused_in_bounded_time(text: str, times: int) -> None:
    _is_read_or_refused(text * times, {})
