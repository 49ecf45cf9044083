"""What the doctor found: findings, the values beside each other, and the code that keeps its digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wrt.doctor.causes import MEANING, Cause
from wrt.expr.node import Expr, Formula

if TYPE_CHECKING:
    from wrt.doctor.examine import Examination
    from wrt.doctor.subject import Mode, Result, Subject

DIGITS = {"float64": 16, "float32": 7}
NAMES: Mapping[Mode, str] = {"value": "value", "gradient": "gradient", "hessian": "second derivative"}


@dataclass(frozen=True)
class Finding:
    """A result of plain code that is wrong: where it first goes bad, why, and what to write instead.

    `where` is the sub-expression, `text` what its author wrote, `place` the whole text with its position and width.
    `true` is the value, or the pair of slopes that a kink lies between; None where there is no value. `travels` has the
    operations that the damage passes through, each as (text, cause).
    """

    where: Expr
    text: str
    place: tuple[str, int, int]
    cause: Cause
    mode: Mode
    variable: str | None
    at: Mapping[str, Any]
    entry: tuple[int, ...]
    plain: float
    true: float | tuple[float, float] | None
    digits_lost: float
    remedy: str
    backward: bool = False
    travels: tuple[tuple[str, Cause], ...] = ()

    @property
    def what(self) -> str:
        """The result that is wrong: the value, the gradient by x, an entry of it."""
        by = f" by {self.variable}" if self.variable else ""
        place = f"[{', '.join(map(str, self.entry))}]" if self.entry else ""
        return f"{NAMES[self.mode]}{by}{place}"

    @property
    def reason(self) -> str:
        """Why, in words."""
        return MEANING[self.cause]

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data."""
        return {
            "where": self.text, "cause": self.cause, "reason": self.reason, "mode": self.mode, "wrt": self.variable,
            "at": _plain(self.at), "entry": list(self.entry), "plain": _plain(self.plain), "true": _plain(self.true),
            "digits_lost": round(self.digits_lost, 1), "remedy": self.remedy,
            "travels": [{"where": text, "cause": cause} for text, cause in self.travels],
        }  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One result at the point: as plain code has it, as it is, and as wrt's own code has it, with their errors.

    `true` has None for an entry that has no single value; errors are relative, and None where there is none. `kept`
    says whether wrt's own code keeps its digits; None where there is nothing to compare it with.
    """

    mode: Mode
    variable: str | None
    plain: Any
    true: Any
    stable: Any
    plain_error: float | None
    stable_error: float | None
    kept: bool | None


@dataclass(frozen=True)
class Diagnosis:
    """What was found; `healthy`, and true, if nothing was.

    >>> import wrt
    >>> d = wrt.diagnose("log(1 + exp(x))", at={"x": 1000})
    >>> d.healthy, d.findings[0].cause, d.findings[0].text
    (False, 'overflow', 'exp(x)')
    """

    function: Formula
    order: int
    dtype: str
    findings: tuple[Finding, ...]
    subject: Subject = field(repr=False)
    examination: Examination | None = field(default=None, repr=False)  # None where hard points were looked for
    points: int = 1
    notes: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether plain code of this function is right there."""
        return not self.findings

    def __bool__(self) -> bool:
        return self.healthy

    @property
    def at(self) -> Mapping[str, Any]:
        """The point: values by name, none where hard points were looked for."""
        return {} if self.examination is None else self.examination.values

    @cached_property
    def plain(self) -> dict[str, Any]:
        """What plain code gives: by "value", "gradient" (of one variable, else "gradient by x") and "hessian"."""
        return self._named(lambda examination, result: examination.plain(result))

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What it really is, under the same names: None for an entry without a value, a pair of slopes at a kink."""
        return self._named(lambda examination, result: examination.true(result))

    @cached_property
    def stable(self) -> dict[str, Any]:
        """What wrt's own code gives, under the same names; None where it refuses the point."""
        return self._named(lambda examination, result: examination.own(result))

    @cached_property
    def sides(self) -> tuple[Side, ...]:
        """The results as plain code, truth and wrt's own code have them, with their errors."""
        return () if self.examination is None else self.examination.sides()

    def _named(self, value: Callable[[Examination, Result], Any]) -> dict[str, Any]:
        if self.examination is None:
            return {}
        one = len(self.subject.wrt) == 1
        return {
            each.mode if one or not each.variable else f"{each.mode} by {each.variable}": value(self.examination, each)
            for each in self.subject.results
        }

    @cached_property
    def code(self) -> str:
        """The source that wrt writes in place of what was found: of the function, or of its derivative."""
        bad = self.findings[0] if self.findings else None
        return self.subject.code(bad.mode if bad else "value", bad.variable if bad else None)

    @cached_property
    def rewrites(self) -> tuple[tuple[str, str], ...]:
        """The parts of the function for which wrt writes something else, each with its stable form."""
        from wrt.doctor.remedies import rewrites

        return rewrites(self.subject.program)

    def __str__(self) -> str:
        from wrt.doctor.report import text

        return text(self)

    def _repr_html_(self) -> str:
        from wrt.doctor.report import html

        return html(self)

    def as_json(self) -> dict[str, Any]:
        """The diagnosis as plain data, ready for `json.dumps`; numbers that JSON lacks are text."""
        return {
            "input": str(self.function), "at": _plain(self.at), "order": self.order, "dtype": self.dtype,
            "healthy": self.healthy, "points": self.points, "findings": [each.as_json() for each in self.findings],
            "plain": _plain(self.plain), "truth": _plain(self.truth), "stable": _plain(self.stable),
            "notes": list(self.notes), "code": self.code,
            "rewrites": [{"written": text, "stable": better} for text, better in self.rewrites],
        }  # fmt: skip


def _plain(value: Any) -> Any:
    """Numbers, lists and mappings, with infinities and NaN as text."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value
