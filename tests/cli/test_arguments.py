"""What stands on the command line, before anything is computed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from wrt.cli.arguments import assigned, decimal, mentioned, pairs, shield, value, variable_names
from wrt.errors import WrtError
from wrt.expr.build import PI
from wrt.expr.node import Constant


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        (["derive", "-x**2", "x"], ["derive", " -x**2", "x"]),
        (["derive", "--x", "x"], ["derive", "--x", "x"]),
        (["derive", "--x**2", "x"], ["derive", " --x**2", "x"]),
        (["check", "x", "x", "--claim", "-1"], ["check", "x", "x", "--claim", " -1"]),
        (["check", "x", "x", "--claim=-1"], ["check", "x", "x", "--claim=-1"]),
        (["derive", "--", "-x", "x"], ["derive", "--", "-x", "x"]),
        (["-h"], ["--help"]),
        (["derive", "-h", "h"], ["derive", " -h", "h"]),
    ],
)
def test_text_may_start_with_a_dash(given: list[str], passed: list[str]) -> None:
    assert shield(given) == passed


def test_pairs_may_be_spaced_and_hold_equals_signs() -> None:
    assert pairs(["X = n d", "a=>0", "σ=", "b==1"], "--shape", "X='n d'") == {"X": "n d", "a": ">0", "σ": "", "b": "=1"}


@pytest.mark.parametrize("argument", ["x", "=2", "2x=3", "a b=1", ""])
def test_what_is_no_pair_is_refused(argument: str) -> None:
    with pytest.raises(WrtError, match="not NAME=VALUE"):
        pairs([argument], "--at", "x=2")


def test_a_name_is_given_once() -> None:
    with pytest.raises(WrtError, match="twice"):
        pairs(["x=1", "x=2"], "--at", "x=2")


def test_variables_are_names() -> None:
    assert variable_names(["x", " y ", "x"]) == ["x", "y"]
    for name in ["-v", "2x", "x+y", "", "x.y"]:
        with pytest.raises(WrtError, match="not a variable"):
            variable_names([name])


def test_names_in_a_text() -> None:
    text = "z = X @ w; p=softmax(z)\n2x*(p == 1)"
    assert assigned(text) == {"z", "p"}
    assert {"z", "X", "w", "p", "x"} <= mentioned(text)


def test_numbers_are_exact_and_lists_are_arrays() -> None:
    assert value("a", "-1e-3") == Constant.intern(Fraction(-1, 1000))
    assert value("t", "pi/2") == PI / 2
    assert value("b", "[[1, 2], [3, -4]]").tolist() == [[1, 2], [3, -4]]
    assert value("c", "(1,)").tolist() == [1]


@pytest.mark.parametrize(
    "text",
    [
        *["", "[1, [2]]", "[]", "nan", "[1, nan]", "[1e999]", "['a']", "[__import__('os')]", "x", "[x]", "1 2"],
        "[" * 5000,
        "[1" + ",1" * 50_000 + "]",
        "9**9**9**9",
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(WrtError, match="--at v="):
        value("v", text)


@pytest.mark.parametrize("text", ["inf", "1e999", "-inf"])
def test_values_are_finite(text: str) -> None:
    with pytest.raises(WrtError, match="finite"):
        decimal("v", value("v", text))
