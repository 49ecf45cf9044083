"""Derivations and results as people and programs get them."""

from __future__ import annotations

import json

import wrt
from wrt.show import steps

TREE = """\
product rule   (u·v)′ = u′·v + u·v′   u = x², v = sin(x)
├ power rule   (xⁿ)′ = n·xⁿ⁻¹                              → 2x
└ table        sin′ = cos                                  → cos(x)"""


def test_a_derivation_is_a_tree_of_named_rules():
    assert steps(wrt.derive("x**2*sin(x)", "x").steps) == TREE


def test_a_derivation_in_plain_text_is_ascii():
    text = steps(wrt.derive("x**2*sin(x)", "x").steps, "text")
    assert text.isascii()
    assert "`- table" in text


def test_a_derivation_in_latex_is_a_nested_list():
    markup = steps(wrt.derive("x**2*sin(x)", "x").steps, "latex")
    assert markup.count(r"\begin{itemize}") == markup.count(r"\end{itemize}") == 2
    assert markup.count(r"\item") == 3


def test_a_result_as_data_goes_through_json():
    result = wrt.derive("sum((X @ w - y)**2)/n", "w", X="n d", w="d", y="n")
    data = json.loads(json.dumps(result.as_json()))
    assert list(data) == ["input", "wrt", "expr", "shape", "latex", "steps", "certificate"]
    assert data["expr"] == "2/n * X.T @ (X @ w - y)"
    assert data["shape"] == ["d"]
    assert {"rule", "before", "after", "why", "shape"} <= set(data["steps"][0])
    assert {"oracle", "points", "worst"} <= set(data["certificate"])
