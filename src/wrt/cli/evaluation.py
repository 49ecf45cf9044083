"""The value of a result: at a point, or at the user's data, compared there with the oracle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wrt.errors import DomainError, ReadError

if TYPE_CHECKING:
    from wrt.cli.question import Question
    from wrt.data.files import Array
    from wrt.expr.node import Expr
    from wrt.face import Result

_DIGITS = 6  # of the entries of an array
_LARGEST = 40  # entries that are all shown


@dataclass(frozen=True)
class Evaluation:
    """A value, and its relative error as the oracle sees it (None where that was too much work).

    `value` is an array; or an expression where some variables were left without a value.
    """

    where: str
    value: Array | Expr
    error: float | None = None
    tangent: Expr | None = None


def evaluate(question: Question, result: Result) -> Evaluation | None:
    """The value of a result where the question gives values; None if it gives none.

    Raises ReadError if a value is missing, DomainError if the function is undefined there.
    """
    binding = question.binding
    if binding is None or (question.missing and not question.numbers):
        return None
    point = ", ".join(f"{name} = {value}" for name, value in question.numbers.items())
    only_numbers = not any(question.shapes.values()) and result.variable.name in question.numbers
    tangent = result.tangent(**question.numbers) if only_numbers and result.order == 1 and not result.shape else None
    if question.missing and not any(question.shapes.values()):
        return Evaluation(point, _substituted(question, result), tangent=tangent)
    if question.missing:
        name = question.missing[0]
        raise ReadError(f"there is no value for {name}", hint=f"give it with --at {name}=VALUE, or in the data")
    import numpy as np

    from wrt.verify.numbers import error_at
    from wrt.verify.series import PointError

    with np.errstate(all="ignore"):
        value = np.asarray(result.compile()(**binding.values))
    where = "your data" if any(question.shapes.values()) else point
    if not np.isfinite(value).all():
        raise DomainError(f"the derivative is not finite at {where}")
    try:
        error = error_at(result.input, result.variable, binding.values, value, result.order)
    except PointError as undefined:
        raise DomainError(f"the function is not differentiable at {where}: {undefined}") from undefined
    return Evaluation(where, value, error, tangent)


def _substituted(question: Question, result: Result) -> Expr:
    """The result with the numbers that were given put in."""
    from wrt.expr.walk import substitute
    from wrt.simplify import simplify

    symbols = result.input.symbols
    return simplify(substitute(result.expr.node, {symbols[name]: value for name, value in question.numbers.items()}))


def shown(value: Array) -> str:
    """An array as it is printed: few digits, and only the corners of a large one.

    >>> import numpy as np
    >>> shown(np.array([1 / 3, -2e5])), shown(np.array(0.1))
    ('[ 3.33333e-01 -2.00000e+05]', '0.1')
    """
    import numpy as np

    if not value.ndim:
        return f"{float(value):.15g}"
    return np.array2string(value, precision=_DIGITS, threshold=_LARGEST, edgeitems=3, max_line_width=100)
