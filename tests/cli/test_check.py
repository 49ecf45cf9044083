"""What `wrt check` and `wrt functions` print, and with what status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]


def test_a_right_claim(run: Run) -> None:
    answer = run("check", "sigmoid(x)", "x", "--claim", "sigmoid(x)*(1 - sigmoid(x))")
    assert answer.status == 0
    assert answer.out.startswith("✓ right: equal at")


def test_a_claim_may_start_with_a_dash(run: Run) -> None:
    assert run("check", "-x**2", "x", "--claim", "-2*x").status == 0


def test_a_wrong_claim(run: Run) -> None:
    answer = run("check", "sin(x**2)", "x", "--claim", "cos(x**2)")
    assert answer.status == 1
    first, *rest = answer.out.splitlines()
    assert first.startswith("✗ wrong: at x = ")
    assert "chain rule" in "".join(rest)
    assert answer.err == ""


def test_a_claim_of_the_wrong_shape(run: Run) -> None:
    answer = run("check", "sum((X @ w - y)**2)", "w", "--shape", "X=n d", "--claim", "2*X @ X.T")
    assert answer.status in (1, 2)
    assert "n×n" in answer.out + answer.err


def test_the_table(run: Run) -> None:
    answer = run("functions")
    assert answer.status == 0
    lines = answer.out.splitlines()
    assert [word for word in lines[0].split() if word] == ["function", "definition", "derivative", "domain", "kinks"]
    row = next(line for line in lines if line.startswith("sigmoid(x)"))
    assert "1/(1 + e⁻ˣ)" in row
    assert "σ(x)(1 − σ(x))" in row
    assert "[0, 1] at x = 0" in next(line for line in lines if line.startswith("relu(x)"))
    assert max(map(len, lines)) <= 200


def test_one_function(run: Run) -> None:
    answer = run("functions", "expit")
    assert answer.status == 0
    assert answer.out.startswith("sigmoid(x)\nthe logistic function\n")
    for word in ("also written", "definition", "derivative", "antiderivative", "range", "source"):
        assert word in answer.out
