"""Declarations: dimensions, then facts."""

from __future__ import annotations

import pytest

from wrt.errors import ReadError, ShapeError
from wrt.expr.build import as_dimension
from wrt.expr.shape import shape_text
from wrt.read import read
from wrt.read.declare import declaration


@pytest.mark.parametrize(
    ("text", "shape", "facts"),
    [
        ("", "scalar", set()),
        ("n d", "n×d", set()),
        ("3", "3", set()),
        ("n-1 2*k", "n - 1×2*k", set()),
        ("n - 1", "n - 1", set()),
        (">0", "scalar", {"positive"}),
        (", >0", "scalar", {"positive"}),
        ("n, >= 0", "n", {"nonnegative"}),
        ("<0", "scalar", {"negative"}),
        ("nonzero", "scalar", {"nonzero"}),
        ("integer, >0", "scalar", {"integer", "positive"}),
        ("n n, symmetric", "n×n", {"symmetric"}),
        ("n n, spd", "n×n", {"symmetric", "positive definite"}),
        ("n n, positive definite", "n×n", {"symmetric", "positive definite"}),
        ("n n, orthogonal", "n×n", {"orthogonal", "invertible"}),
        ("in (0, 1)", "scalar", {"in (0, 1)", "positive"}),
        ("n, in [0,1]", "n", {"in [0, 1]", "nonnegative"}),
        ("in (-1/2, 0]", "scalar", {"in (-1/2, 0]", "nonpositive"}),
        (">1", "scalar", {"in (1, inf)", "positive"}),
        ("real", "scalar", set()),
    ],
)
def test_declarations(text: str, shape: str, facts: set[str]) -> None:
    found = declaration("x", text)
    assert shape_text(found.shape) == shape
    assert found.facts == facts


def test_numbers_and_tuples_are_shapes() -> None:
    assert declaration("x", 3).shape == (as_dimension(3),)
    assert shape_text(declaration("x", ("n", 3)).shape) == "n×3"


@pytest.mark.parametrize(
    ("declared", "error"),
    [
        ("n, wibble", ReadError),
        ("n=3", ReadError),
        (2.5, ReadError),
        ("n d, symmetric", ShapeError),
        ("symmetric", ShapeError),
    ],
)
def test_what_is_no_declaration(declared: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        declaration("x", declared)


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ReadError, match="declared twice"):
        read("x", shapes={"x": ""}, x="")


def test_greek_names_are_declared_by_either_spelling() -> None:
    assert read("λ*x", shapes={"lambda": ">0"}).symbols["lam"].facts == {"positive"}
    assert read("λ*x", λ=">0") == read("lam*x", lam=">0")
