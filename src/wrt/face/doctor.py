"""The doctor's door: where plain code of a function goes wrong, why, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wrt.errors import WrtError
from wrt.expr.node import Expr, Formula
from wrt.face.compute import variable_of
from wrt.read import read

if TYPE_CHECKING:
    from wrt.doctor.diagnosis import Diagnosis


def diagnose(
    f: object,
    /,
    at: Mapping[str, Any] | float | None = None,
    *,
    wrt: str | Expr | Sequence[str | Expr] | None = None,
    order: int = 1,
    dtype: str = "float64",
    shapes: Mapping[str, object] | None = None,
    **declarations: object,
) -> Diagnosis:
    """Where plain NumPy code of a function, or plain autodiff of it, loses its digits, overflows or gives NaN, and why.

    The function is run as it is written, operation by operation in floating point of `dtype`, forward and in reverse,
    and compared with ball arithmetic; a finding names the first operation that goes bad. `at` gives a value for each
    variable; without it, hard points are looked for. `wrt` are the variables to differentiate by (all of them if left
    out), `order` 1 or 2. Raises WrtError for values that are missing, ShapeError for those that do not fit.

    >>> import wrt
    >>> d = wrt.diagnose("np.log(1 - np.tanh(x)**2)", at={"x": 20})
    >>> print(d.findings[0].text, d.findings[0].cause, d.plain["gradient"], d.truth["gradient"])
    1 - tanh(x) ** 2 saturation nan -2.0
    >>> wrt.diagnose("x*exp(-x**2)", at=1.5).healthy
    True
    """
    from wrt.doctor.diagnose import diagnosed

    formula = read(f, shapes, **declarations)
    if isinstance(f, str) and isinstance(at, Mapping):
        formula = read(f, {**(shapes or {}), **_shapes_of(at, formula)}, **declarations)
    wanted = [] if wrt is None else [wrt] if isinstance(wrt, str | Expr) else list(wrt)
    names = [variable_of(formula, each).name for each in wanted]
    if at is not None and not isinstance(at, Mapping):
        if len(formula.arguments) != 1:
            raise WrtError("a number alone is the point of a function of one variable", hint="give at={name: value}")
        at = {formula.arguments[0]: at}
    return diagnosed(formula, at, names, order, dtype)


def _shapes_of(at: Mapping[str, Any], formula: Formula) -> dict[str, str]:
    """Shapes in numbers, from the values of variables whose shapes were inferred to be others."""
    import numpy as np

    values = {name: at[name] for name in formula.inferred if name in at}
    shapes = {name: np.shape(value) for name, value in values.items() if not isinstance(value, str | Expr)}
    others = {name for name, shape in shapes.items() if shape and len(shape) != formula.symbols[name].ndim}
    return {name: " ".join(map(str, shapes[name])) for name in others}
