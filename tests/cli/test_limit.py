"""What `wrt limit` prints, and with what status."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]


def test_a_limit_with_its_steps_and_check(run: Run) -> None:
    answer = run("limit", "sin(x)/x", "x", "0")
    assert answer.status == 0
    lines = answer.out.splitlines()
    assert lines[0] == "lim(x→0) sin(x)/x = 1"
    assert "l'Hôpital" in lines[2]
    assert lines[-1].startswith("✓ approached to")


def test_signs_are_no_options(run: Run) -> None:
    assert run("limit", "abs(x)/x", "x", "0", "--side", "-").out.startswith("lim(x→0⁻) |x|/x = −1")
    assert run("limit", "exp(x)", "x", "-inf", "--no-steps").out.startswith("lim(x→−∞) eˣ = 0")


def test_facts_decide(run: Run) -> None:
    asked = ("limit", "log(x)/x**a", "x", "inf")
    assert "declare what is known of a" in run(*asked).err
    assert run(*asked, "--shape", "a=>0").out.startswith("lim(x→∞) log(x)/xᵃ = 0")


def test_what_does_not_exist_is_bad_input(run: Run) -> None:
    answer = run("limit", "1/x", "x", "0")
    assert answer.status == 2
    assert "it is -inf from the left and inf from the right" in answer.err
    assert run("limit", "x", "x", "0", "--side", "up").status == 2


def test_other_forms(run: Run) -> None:
    data = json.loads(run("limit", "(1 + a/x)**x", "x", "inf", "--as", "json").out)
    assert (data["expr"], data["point"], data["steps"][0]["rule"]) == ("exp(a)", "inf", "exponential of a limit")
    assert run("limit", "(1 + a/x)**x", "x", "inf", "--as", "latex").out.strip() == r"\mathrm{e}^{a}"
    assert run("limit", "1/x", "x", "inf", "--as", "text").out.startswith("limit(1/x, x, inf) = 0")


def test_a_taylor_polynomial_with_its_bound(run: Run) -> None:
    answer = run("taylor", "sin(x)", "x", "0", "5", "--within", "-1,1")
    assert answer.status == 0
    lines = answer.out.splitlines()
    assert lines[0] == "sin(x) = x − x³/6 + x⁵/120 + O(x⁶)"
    assert lines[-1] == "the remainder is at most 0.00116871 there"
    assert run("taylor", "sin(x)", "x", "0", "5", "--within", "1").status == 2
    assert run("taylor", "abs(x)", "x", "0", "1").status == 2


def test_a_taylor_polynomial_of_a_vector(run: Run) -> None:
    answer = run("taylor", "w @ w", "w", "0", "2", "--shape", "w=d", "--no-steps", "--as", "text")
    assert answer.out.startswith("w @ w = w @ w + O(norm(w)**3)")
