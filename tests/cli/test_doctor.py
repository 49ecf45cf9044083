"""What `wrt doctor` prints, and with what status."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_finding(run: Run) -> None:
    answer = run("doctor", "jnp.log(1 + jnp.exp(x))", "--at", "x=1000", "--order", "2")
    assert answer.status == 1
    assert answer.out.startswith("✗ 1 finding at x = 1000 (float64)\n")
    for part in (
        "overflow in exp(x)",
        "        ^^^^^^",
        "then 0·∞ in exp(x)",
        "→ write softplus(x)",
        "np.logaddexp(0, x)",
    ):
        assert part in answer.out
    assert answer.err == ""


def test_a_healthy_function(run: Run) -> None:
    answer = run(
        "doctor", "sum((X @ w - y)**2)", "--at", "X=[[1,2],[3,4]]", "--at", "w=[1,1]", "--at", "y=0", "--wrt", "w"
    )
    assert answer.status == 0
    assert answer.out.startswith("✓ healthy")


def test_hard_points(run: Run) -> None:
    answer = run("doctor", "sqrt(x - 3)*(x - 3)")
    assert answer.status == 1
    assert "gradient by x at x = 3: nan where it is 0" in answer.out


def test_single_precision(run: Run) -> None:
    assert run("doctor", "log(1 + exp(x))", "--at", "x=100").status == 0
    assert run("doctor", "log(1 + exp(x))", "--at", "x=100", "--float32").status == 1


def test_data(run: Run) -> None:
    answer = run("doctor", "v[0]/norm(v)", "--shape", "v=2", "--at", "v=[1e-200, 1e-200]", "--json")
    data = json.loads(answer.out)
    assert (answer.status, data["healthy"], data["plain"]["value"]) == (1, False, "inf")
    assert {each["cause"] for each in data["findings"]} == {"underflow"}


def test_a_terminal_without_unicode(process: Run) -> None:
    answer = process("doctor", "exp(x)/(1 + exp(x))", "--at", "x=1000", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert answer.status == 1
    assert answer.out.isascii()
    assert "overflow in exp(x)" in answer.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["log(x)", "--at", "y=1"], "y does not occur in the function"),
        (["x*y", "--at", "x=1"], "there is no value for y"),
        (["np.foo(x)"], "`np.foo` is not known here"),
        (["x", "--order", "3"], "order"),
        (["x", "--wrt", "y"], "y"),
        (["integrate(exp(t), t, 0, x)"], "integrals"),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, list) else None,
)
def test_bad_input(run: Run, arguments: list[str], message: str) -> None:
    answer = run("doctor", *arguments)
    assert answer.status == 2
    assert message in answer.err
    assert answer.out == ""
