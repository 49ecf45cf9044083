"""Antiderivatives as a textbook has them, the laws that all of them keep, and the suites of integration problems."""

from __future__ import annotations

import json
import time
from collections import Counter
from functools import cache
from pathlib import Path
from statistics import median

import pytest

import wrt
from tests.oracle import operators
from wrt.derive.step import Step
from wrt.expr.build import symbol
from wrt.expr.node import Antiderivative, Expr
from wrt.integrate.antiderivative import antiderivative
from wrt.integrate.strategy import STRATEGY
from wrt.read import read
from wrt.verify.oracle import verify_derivative

CASES = Path(__file__).parents[1] / "cases" / "integrals.jsonl"
MOST_SECONDS = 10.0
x = symbol("x")

TEXTBOOK = {
    "x**n": "x**(n + 1)/(n + 1)",
    "1/x": "log(abs(x))",
    "exp(a*x)": "exp(a*x)/a",
    "2**x": "2**x/log(2)",
    "log(x)": "x*log(x) - x",
    "x*exp(x)": "(x - 1)*exp(x)",
    "x**2*sin(x)": "2*(x*sin(x) + cos(x)) - x**2*cos(x)",
    "exp(x)*cos(x)": "exp(x)*(cos(x) + sin(x))/2",
    "x*exp(-x**2)": "-exp(-x**2)/2",
    "sin(x)**2": "x/2 - sin(2*x)/4",
    "sin(x)**3": "cos(x)**3/3 - cos(x)",
    "tan(x)**2": "tan(x) - x",
    "sec(x)": "log(abs(sec(x) + tan(x)))",
    "1/(1 + x**2)": "atan(x)",
    "1/(1 - x**2)": "log(abs((x + 1)/(x - 1)))/2",
    "x/(x**2 + 1)**2": "-1/(2*(1 + x**2))",
    "sqrt(1 - x**2)": "(x*sqrt(1 - x**2) + asin(x))/2",
    "1/sqrt(x**2 - 1)": "log(abs(sqrt(x**2 - 1) + x))",
    "x/sqrt(1 + x)": "2*(x - 2)*sqrt(x + 1)/3",
    "atan(x)": "x*atan(x) - log(1 + x**2)/2",
    "exp(sqrt(x))": "2*(sqrt(x) - 1)*exp(sqrt(x))",
    "1/(2 + cos(x))": "2*atan(tan(x/2)/sqrt(3))/sqrt(3)",
    "1/(exp(x) + 1)": "x - log(1 + exp(x))",
    "cosh(x)**2": "x/2 + sinh(2*x)/4",
    "x*(x**2 + 1)**7": "(1 + x**2)**8/16",
    "sigmoid(x)": "softplus(x)",
    "softplus(x)": "-dilog(-exp(x))",
    "tanh(x)": "log(cosh(x))",
    "normpdf(x)": "normcdf(x)",
    "exp(-x**2)": "sqrt(pi)*erf(x)/2",
    "sin(x)/x": "Si(x)",
    "exp(x)/x": "Ei(x)",
    "1/log(x)": "li(x)",
    "x**2/log(x)": "Ei(3*log(x))",
    "log(1 + x)/x": "-dilog(-x)",
    "sin(x**2)": "sqrt(pi/2)*fresnels(sqrt(2/pi)*x)",
    "abs(x)": "x*abs(x)/2",
    "where(x < 0, exp(x), 1)": "where(x < 0, exp(x), x + 1)",
    "exp(x)*(1/x - 1/x**2)": "exp(x)/x",
    "x/(x*cos(x) - sin(x))**2*x": "(x*sin(x) + cos(x))/(x*cos(x) - sin(x))",
}


@pytest.mark.parametrize("text", TEXTBOOK)
def test_textbook(text: str) -> None:
    assert str(wrt.integrate(text, "x").expr) == TEXTBOOK[text]


STEPS = {
    "x*cos(x)": """\
integration by parts   ∫ u·v′ dx = u·v − ∫ u′·v dx   u = x, v′ = cos(x)   → ∫ x·cos(x) dx = x·sin(x) + cos(x)
├ table                F′ = f                                             → ∫ cos(x) dx = sin(x)
└ table                F′ = f                                             → ∫ sin(x) dx = −cos(x)""",
    "x*exp(-x**2)": """\
substitution      ∫ f(g(x))·g′(x) dx = ∫ f(u) du, u = g(x)   u = exp(−x²)   → ∫ x·exp(−x²) dx = −exp(−x²)/2
└ constant rule   ∫ c dx = c·x                                              → ∫ (−1/2) du = −u/2""",
}


@pytest.mark.parametrize("text", STEPS)
def test_steps(text: str) -> None:
    assert str(wrt.integrate(text, "x").steps) == STEPS[text]


def test_the_constant_is_shown_once_and_is_no_name_of_the_users() -> None:
    found = wrt.integrate("C*x", "x")
    assert str(found) == "C*x**2/2 + K"
    assert found.unicode() == "C·x²/2 + K"
    assert found.latex() == r"\frac{C \, x^{2}}{2} + K"
    assert str(found.expr) == "C*x**2/2"


@pytest.mark.parametrize("text", ["exp(x)*sin(x)/x", "x**x", "exp(exp(x))*log(x)", "sqrt(1 + x**5)"])
def test_what_has_no_antiderivative_here_is_said_with_what_was_tried(text: str) -> None:
    with pytest.raises(wrt.Unsolved, match="no antiderivative found for"):
        wrt.integrate(text, "x")


def test_only_scalars_have_antiderivatives() -> None:
    with pytest.raises(wrt.WrtError, match="only a scalar function of a scalar"):
        wrt.integrate("A @ x", "x", A="m n")


@pytest.mark.parametrize("rule", STRATEGY, ids=str)
def test_every_rule_says_what_it_is(rule: object) -> None:
    assert rule.name and rule.statement and rule.source and rule.proof  # type: ignore[attr-defined]


def rows(every: int = 1) -> list[dict[str, str]]:
    return [json.loads(line) for line in CASES.read_text().splitlines()][::every]


@cache
def integrated(integrand: str, variable: str) -> tuple[object, Expr, float] | None:
    """The integration of a row, its integrand, and the seconds it took; None where nothing was found."""
    node = read(integrand).node
    about = next((each for each in node.free if each.name == variable), symbol(variable))
    start = time.process_time()
    try:
        found = antiderivative(node, about)
    except wrt.Unsolved:
        return None
    return found, node, time.process_time() - start


# Rows of the sample that have no antiderivative here yet; one that is found leaves the list.
UNSOLVED = {
    "sin(x)/sqrt(1-sin(x)**6)",
    "(b1+c1*x)/(a+2*b*x+c*x**2)**n",
    "(2*x+3)/((x**2+2*x+3)**2*sqrt(x**2+2*x+4))",
    "(1-x**2)/((1+x**2)*sqrt(1+x**2+x**4))",
    "atan(x-a)/(x+a)",
    "1/(x*sqrt(a**2+x**2)*sqrt(x+sqrt(a**2+x**2)))",
    "sqrt(1+p*x**2+x**4)/(1-x**4)",
}
SAMPLE = rows(23)
SOLVED = [row for row in SAMPLE if row["integrand"] not in UNSOLVED]


def is_seen_to_hold(step: Step) -> bool:
    """Whether what a step gives differentiates back, where a point was found to look; a step that is wrong raises."""
    before = step.before
    assert isinstance(before, Antiderivative)
    if isinstance(step.after, Antiderivative):
        return False
    try:
        verify_derivative(step.after, before.variable, before.integrand, points=2)
    except wrt.Unsolved:  # a letter that stands for a part may have no value where the function has one
        return False
    return True


@pytest.mark.parametrize("row", SOLVED, ids=lambda row: row["integrand"])
def test_every_step_holds(row: dict[str, str]) -> None:
    found = integrated(row["integrand"], row["variable"])
    assert found is not None
    seen = [is_seen_to_hold(step) for step in found[0]]  # type: ignore[attr-defined]
    assert seen[0] and sum(seen) >= 0.8 * len(seen)


@pytest.mark.parametrize("row", SOLVED, ids=lambda row: row["integrand"])
def test_an_antiderivative_differentiates_back(row: dict[str, str]) -> None:
    found = integrated(row["integrand"], row["variable"])
    assert found is not None
    integration, node, seconds = found
    verify_derivative(integration.expr, integration.variable, node)  # type: ignore[attr-defined]
    assert seconds < MOST_SECONDS


def test_the_rows_that_are_not_solved_are_those_that_are_listed() -> None:
    missed = {row["integrand"] for row in SAMPLE if integrated(row["integrand"], row["variable"]) is None}
    assert missed == UNSOLVED


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_the_suites() -> None:
    """At least 85% solved, none wrong, none beyond its time, and nine in ten no more than twice as long."""
    outcome: Counter[str] = Counter()
    times: list[float] = []
    sizes: list[float] = []
    for row in rows():
        found = integrated(row["integrand"], row["variable"])
        if found is None:
            outcome["unsolved"] += 1
            continue
        integration, node, seconds = found
        times.append(seconds)
        try:
            verify_derivative(integration.expr, integration.variable, node)  # type: ignore[attr-defined]
        except wrt.Unsolved:
            outcome["unverified"] += 1
            continue
        outcome["solved"] += 1
        if row["antiderivative"]:
            sizes.append(operators(str(integration.expr)) / max(operators(row["antiderivative"]), 1))  # type: ignore[attr-defined]
    total = sum(outcome.values())
    assert outcome["solved"] >= 0.85 * total, outcome
    assert median(times) < 0.1
    assert max(times) < MOST_SECONDS
    assert sum(size <= 2 for size in sizes) >= 0.9 * len(sizes)
