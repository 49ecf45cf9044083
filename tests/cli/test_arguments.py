"""What stands on the command line, before anything is computed."""

from __future__ import annotations

import pytest

from wrt.cli.arguments import assigned, mentioned, pairs, shield, values, variable_names
from wrt.errors import WrtError


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


def test_values() -> None:
    found = values({"a": "-1e-3", "b": "[[1, 2], [3, 4]]", "c": "(1,)"})
    assert {name: value.tolist() for name, value in found.items()} == {"a": -1e-3, "b": [[1, 2], [3, 4]], "c": [1]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1, [2]]",
        "[]",
        "nan",
        "inf",
        "[1, nan]",
        "[1e999]",
        "['a']",
        "[" * 5000,
        "x",
        "[x]",
        "1 2",
        "[1" + ",1" * 50000,
    ],
)
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(WrtError, match="--at v="):
        values({"v": text})
