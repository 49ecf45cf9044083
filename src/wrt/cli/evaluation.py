"""The value of a result: at a point, or at the user's data, compared there with the oracle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wrt.errors import DomainError, ReadError

if TYPE_CHECKING:
    from wrt.cli.question import Question
    from wrt.data.files import Array
    from wrt.expr.node import Expr, Formula
    from wrt.face import Result

_LARGEST = 144  # entries that are all shown
_LINE = 100  # columns of a line of entries


@dataclass(frozen=True)
class Evaluation:
    """A value, and its relative error as the oracle sees it; None where it cannot judge, for the reason in `note`.

    `value` is an array; or an expression where some variables were left without a value.
    """

    where: str
    value: Array | Expr
    error: float | None = None
    tangent: Expr | None = None
    note: str = ""


def evaluate(question: Question, result: Result) -> Evaluation | None:
    """The value of a result where the question gives values; None if it gives none.

    Raises ReadError if a value is missing, DomainError if the function is undefined there.
    """
    binding = question.binding
    if binding is None or (question.missing and not question.numbers) or result.variable.name not in question.shapes:
        return None
    has_shapes = any(question.shapes.values())
    if question.missing and has_shapes:
        name = question.missing[0]
        raise ReadError(f"there is no value for {name}", hint=f"give it with --at {name}=VALUE, or in the data")
    point = ", ".join(f"{name} = {value}" for name, value in question.numbers.items())
    where = point if not has_shapes else "your data" if question.values.file else "your values"
    try:
        if question.missing:
            return Evaluation(where, _substituted(question, result), tangent=_tangent(question, result))
        _computed(result.input, binding.values, "the function")
        value = _computed(result.computed, binding.values, "the derivative")
        error, note = _compared(result, binding.values, value)
        return Evaluation(where, value, error, None if note else _tangent(question, result), note)
    except DomainError as undefined:
        raise DomainError(f"there is no value at {where}: {undefined.message}") from undefined


def _computed(formula: Formula, values: Mapping[str, Array], what: str) -> Array:
    """The value of a formula in floating point; DomainError if it is not finite."""
    import numpy as np

    with np.errstate(all="ignore"):
        value = np.asarray(formula.compile()(**values))
    if not np.isfinite(value).all():
        raise DomainError(f"{what} is not finite there")
    return value


def _compared(result: Result, values: Mapping[str, Array], value: Array) -> tuple[float | None, str]:
    """The relative error of a value as the oracle sees it; and why it cannot judge, if it cannot."""
    from wrt.verify.numbers import error_at
    from wrt.verify.series import PointError

    try:
        error = error_at(result.input, result.variable, values, value, result.order)
    except PointError as unseen:
        return None, f"not checked: {unseen}"
    return error, "" if error is not None else "not checked: too much work for the oracle"


def _tangent(question: Question, result: Result) -> Expr | None:
    """The tangent line, of a first derivative at a number."""
    if result.order != 1 or result.shape or result.variable.name not in question.numbers:
        return None
    return result.tangent(**{name: value for name, value in question.numbers.items() if name in result.input.symbols})


def _substituted(question: Question, result: Result) -> Expr:
    """The result with the numbers that were given put in."""
    from wrt.expr.walk import substitute
    from wrt.simplify import simplify

    symbols = result.input.symbols
    return simplify(
        substitute(result.computed.node, {symbols[name]: value for name, value in question.numbers.items()})
    )


def shown(value: Array) -> str:
    """An array as it is printed: six digits, columns aligned, and only the corners of a large one.

    >>> import numpy as np
    >>> print(shown(np.array(1 / 3)), shown(np.array([1 / 3, -2e5])))
    0.333333333333333 [0.333333 -200000]
    >>> print(shown(np.array([[1, 20], [-3.5, 4]])))
    [[   1   20]
     [-3.5    4]]
    """
    import numpy as np

    if not value.ndim:
        return f"{float(value):.15g}"
    width = max(len(f"{entry:.6g}") for entry in value.ravel()) if value.ndim > 1 else 0
    formatter: Any = {"float_kind": lambda entry: f"{entry:{width}.6g}"}
    return np.array2string(value, formatter=formatter, threshold=_LARGEST, edgeitems=3, max_line_width=_LINE)
