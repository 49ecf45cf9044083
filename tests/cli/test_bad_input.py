"""Bad input: each kind has its own message, exit status 2, nothing on standard output, and never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Run = Callable[..., Any]
DATA = ("--data", "examples/diabetes.csv")
FIT = "sum((X @ w - y)**2)/n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sigmod(x)", "x"], "did you mean `sigmoid`?"),
        (["sin(x", "x"], "`(` is never closed"),
        (["sin(x))", "x"], ")"),
        (["X * w", "w", "--shape", "X=n d", "--shape", "w=n"], "did you mean"),
        (["X @ w", "w", "--shape", "X=n d", "--shape", "w=n"], "n×d"),
        (["x**2*theta", "thetaa"], "did you mean theta?"),
        (["p = x**2; p + 1", "p"], "names a part"),
        (["sin(x)", "sin"], "is a function"),
        (["x", "2x"], "'2x' is not a variable"),
        (["x", "-v"], "'-v' is not a variable"),
        (["9**9**9**9", "x"], "too many digits"),
        (["x.__class__", "x"], "`.__class__` is not part of the maths"),
        (['__import__("os")', "x"], "unknown function `__import__`"),
        (["(" * 50_000 + "x" + ")" * 50_000, "x"], "characters"),
        (["(" * 5_000 + "x" + ")" * 5_000, "x"], "nest"),
        (["[" * 40_000, "x"], "["),
        (["", "x"], "the text is empty"),
        (["   ", "x"], "the text is empty"),
        ([r"\frac{1}{x}", "x"], "LaTeX"),
        (["np.sine(x)", "x"], "`np.sine` is not known here"),
        (["jax.grad(f)", "x"], "`jax.grad` is not known here"),
        (["lambda x: [x]", "x"], "this is not read here"),
        (["x", "x", "--shape", "x"], "not NAME=VALUE"),
        (["x", "x", "--shape", "x=$"], "$"),
        (["x", "x", "--at", "x"], "not NAME=VALUE"),
        (["x", "x", "--at", "x=1", "--at", "x=2"], "twice"),
        (["x", "x", "--at", "x=nan"], "--at x=nan"),
        (["x", "x", "--at", "x=inf"], "finite"),
        (["x", "x", "--at", "x=1e999"], "finite"),
        (["x", "x", "--at", "y=1"], "y does not occur"),
        (["x", "x", "--shape", "x=", "--at", "x=[1,2]"], "x has shape scalar, and its value 2"),
        (["sum(w**2)", "w", "--at", "w=0"], "how many entries w has is not known"),
        (["sum(w**2)", "w", "--at", "w=[1, nan]"], "--at w=[1, nan]"),
        (["log(x)", "x", "--at", "x=-1"], "x = -1"),
        (["1/x", "x", "--at", "x=0"], "x = 0"),
        (["x", "x", "--data", "missing.csv"], "missing.csv: there is no such file"),
        (["x", "x", "--data", "examples"], "that is a folder"),
        (["x", "x", "--data", "README.md"], "cannot tell what kind of file"),
        (["x", "x", "--target", "y"], "--target is a column of a file"),
        ([FIT, "w", *DATA, "--target", "yy"], "has no column 'yy'"),
        (["sum(X @ w - b)", "w", *DATA, "--at", "w=0"], "there is no value for b"),
        ([FIT, "w", *DATA, "--target", "y", "--at", "w=[1,2,3]"], "d is 10 in X"),
        ([FIT + " + lam", "w", *DATA, "--target", "y", "--at", "w=0"], "there is no value for lam"),
    ],
    ids=lambda value: str(value[0])[:20] if isinstance(value, list) else None,
)
def test_bad_input(run: Run, arguments: list[str], message: str) -> None:
    answer = run("derive", *arguments)
    assert answer.status == 2
    assert answer.out == ""
    assert answer.err.startswith("error: ")
    assert message in answer.err
    assert "Traceback" not in answer.err
    assert len(answer.err) < 1500


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["derive", "x", "x", "--ordr", "2"], "No such option: --ordr"),
        (["derive", "-x**2", "x", "--shpae", "x=n"], "No such option: --shpae"),
        (["derive", "--x", "x"], "No such option: --x"),
        (["derive", "x"], "Missing argument"),
        (["derive", "x", "x", "--order", "0"], "--order"),
        (["derive", "x", "x", "--order", "two"], "--order"),
        (["derive", "x", "x", "--as", "html"], "html"),
        (["derive", "x", "x", "--layout", "row"], "row"),
        (["derive", "x", "x", "--at"], "--at"),
        (["check", "x", "x"], "--claim"),
        (["drive", "x", "x"], "drive"),
    ],
    ids=" ".join,
)
def test_options_that_are_not_known(run: Run, arguments: list[str], message: str) -> None:
    answer = run(*arguments)
    assert answer.status == 2
    assert answer.out == ""
    assert message in answer.err


def test_an_error_in_a_claim_is_an_error_and_no_verdict(run: Run) -> None:
    answer = run("check", "x**2", "x", "--claim", "2*x+")
    assert (answer.status, answer.out) == (2, "")
    assert "nothing stands after `+`" in answer.err


def test_a_function_that_is_not_in_the_table(run: Run) -> None:
    answer = run("functions", "rleu")
    assert (answer.status, answer.out) == (2, "")
    assert "did you mean relu?" in answer.err


def test_data_that_are_not_finite(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,y\n1,2\nnan,3\n")
    answer = run("derive", FIT, "w", "--data", str(path), "--target", "y", "--at", "w=0")
    assert answer.status == 2
    assert "line 3, column a: 'nan' is not a finite number" in answer.err


def test_an_archive_without_the_array(run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", X=np.ones((3, 2)))
    answer = run("derive", FIT, "w", "--data", str(tmp_path / "t.npz"), "--at", "w=0")
    assert answer.status == 2
    assert "there is no value for y" in answer.err


def test_as_a_process(process: Run) -> None:
    answer = process("derive", "sigmod(x)", "x")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.splitlines()[0] == "error: unknown function `sigmod`"
