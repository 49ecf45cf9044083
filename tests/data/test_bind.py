"""Arrays become values of variables, and sizes of dimensions."""

from __future__ import annotations

import numpy as np
import pytest

from wrt.data import DataError, bind
from wrt.expr.node import ONE, Expr, number, symbol

n, d = symbol("n", facts=["dimension"]), symbol("d", facts=["dimension"])
SHAPES: dict[str, tuple[Expr, ...]] = {
    "X": (n, d),
    "y": (n,),
    "w": (d,),
    "lam": (),
    "D": (n - ONE, d),
    "t": (number(3),),
}


def scalar(value: float) -> np.ndarray:
    return np.array(value, dtype=float)


def test_a_number_fills_any_shape() -> None:
    given = {name: scalar(2) for name in ("w", "lam", "D", "t")}
    bound = bind(SHAPES, {"X": np.ones((4, 2)), "y": np.ones(4)}, given)
    assert bound.dimensions == {"n": 4, "d": 2}
    assert {name: value.shape for name, value in bound.values.items()} == {
        "X": (4, 2),
        "y": (4,),
        "w": (2,),
        "lam": (),
        "D": (3, 2),
        "t": (3,),
    }
    assert (bound.values["w"] == 2).all()


def test_sizes_may_come_from_a_vector_or_by_name() -> None:
    assert bind(SHAPES, {}, {"w": np.arange(5.0)}).dimensions == {"d": 5}
    assert bind(SHAPES, {}, {"w": scalar(1), "d": scalar(7)}).values["w"].shape == (7,)


@pytest.mark.parametrize(
    ("arrays", "given", "message"),
    [
        ({"X": np.ones((4, 2)), "y": np.ones(5)}, {}, "y has shape n, and its value 5: n is 4 in X"),
        ({"X": np.ones(4)}, {}, "X has shape n×d, and its value 4"),
        ({"lam": np.ones(4)}, {}, "lam has shape scalar, and its value 4"),
        ({}, {"w": scalar(0)}, "how many entries w has is not known: its shape is d"),
        ({}, {"t": np.ones(2)}, "t has shape 3, and its value 2"),
        ({"X": np.ones((4, 2))}, {"D": np.ones((4, 2))}, "D has shape n - 1×d, and its value 4×2: n - 1 is 3"),
        ({}, {"d": scalar(2.5)}, "d is a dimension"),
        ({"X": np.ones((4, 2))}, {"d": scalar(3)}, "d is 3 in --at"),
    ],
)
def test_values_that_do_not_fit(arrays: dict[str, np.ndarray], given: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(DataError) as caught:
        bind(SHAPES, arrays, given)
    assert message in str(caught.value)
