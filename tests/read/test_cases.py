"""Every text of the acceptance cases is read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from wrt.read import read

_CASES = Path(__file__).parents[1] / "cases"
# Functions that only antiderivatives and expectations of later work need.
_LATER = {
    *("Ei", "li", "Si", "Ci", "polylog", "fresnels", "fresnelc", "uppergamma", "gamma_lower"),
    *("elliptic_f", "elliptic_e", "elliptic_pi", "Max"),
}
_TEXTS = ("text", "expected", "integrand", "antiderivative", "lower", "upper", "closed_form")


def _rows(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (_CASES / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", sorted(path.name for path in _CASES.glob("*.jsonl")))
def test_every_text_is_read(name: str) -> None:
    for row in _rows(name):
        shapes = row.get("shapes") or {}
        assert isinstance(shapes, dict)
        for key in _TEXTS:
            text = row.get(key)
            if isinstance(text, str) and text and _LATER.isdisjoint(re.findall(r"\w+", text)):
                assert read(text, shapes).shape is not None


def test_shapes_of_answers_are_those_of_the_layout() -> None:
    for row in _rows("matrix.jsonl"):
        text, expected, shapes = row["text"], row["expected"], row["shapes"]
        assert isinstance(text, str) and isinstance(expected, str) and isinstance(shapes, dict)
        function, variable = read(text, shapes), str(row["wrt"])
        layout = function.shape + function.symbols[variable].shape * int(str(row["order"]))
        answer = read(expected, shapes)
        assert answer.shape in (layout, ()), row["id"]
