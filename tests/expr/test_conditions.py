"""Comparisons and pieces in canonical form: what is written in two ways is one expression."""

from __future__ import annotations

import pytest

from wrt import derive, read
from wrt.expr.build import cases, compare, symbol, where

x = symbol("x")


def test_a_number_stands_on_the_right_of_a_comparison() -> None:
    assert compare("<", 0, x) is (x > 0)
    assert compare("==", 1, x) is compare("==", x, 1)


def test_nested_pieces_are_pieces_in_a_row() -> None:
    assert where(x < 0, 1, where(x < 1, 2, 3)) is cases([(x < 0, 1), (x < 1, 2)], 3)


@pytest.mark.parametrize("text", ["relu6(x)", "hardswish(x)", "clip(x, 0, 1)", "clip(x, a, b)", "hardtanh(x)"])
def test_a_derivative_in_pieces_reads_back(text: str) -> None:
    answer = derive(text, "x").expr
    assert read(str(answer), shapes=answer.shapes) == answer
