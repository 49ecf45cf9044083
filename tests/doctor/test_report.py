"""The report as people get it, to the letter: in a terminal, a notebook, and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

import wrt

GOLDEN = Path(__file__).parent / "golden"
REPORTS = {
    "overflow": ("jnp.log(1 + jnp.exp(x))", {"x": 1000}, 2),
    "saturation": ("s = sigmoid(x); log(1 - s)", {"x": 40}, 1),
    "branch": ("where(x > 0, sqrt(x), x)", {"x": -1}, 1),
    "kink": ("relu(x) - relu(-x)", {"x": 0}, 1),
    "nowhere": ("log(x)", {"x": -1}, 1),
    "softmax": ("log(softmax(z))", {"z": [1000, 0]}, 1),
    "healthy": ("sum((X @ w - y)**2)", {"X": [[1, 2], [3, 4], [5, 6]], "w": [1, 1], "y": [1, 2, 3]}, 1),
    "scan": ("log(1 + exp(x))", None, 1),
}


@pytest.mark.parametrize("name", REPORTS)
def test_report(name):
    text, at, order = REPORTS[name]
    assert str(wrt.diagnose(text, at=at, order=order)) + "\n" == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_a_notebook_shows_it_with_colours():
    html = wrt.diagnose("relu(x) - relu(-x)", at=0)._repr_html_()
    assert html.startswith("<pre><span")
    assert "kink in relu(x)" in html
    assert "<script" not in wrt.diagnose("where(x < 0, sqrt(x), x)", at=1)._repr_html_()
