"""What a verification saw: the certificate of a result that holds, and the verdict on a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Certificate:
    """Two expressions agreed wherever they were compared.

    `oracle` is the method, `digits` and `worst` the agreement at the worst point, `shapes` the dimensions drawn,
    `edges` the number of points chosen because the function has pieces. `undefined` is a point where the result has no
    value although the truth has one (None where there was none).

    >>> print(Certificate("ball arithmetic", points=8, digits=29, worst=3e-30))
    equal at 8 random points to 29 digits (ball arithmetic)
    """

    oracle: str
    points: int
    digits: int
    worst: float
    shapes: tuple[Mapping[str, int], ...] = ()
    edges: int = 0
    undefined: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        points = "1 random point" if self.points == 1 else f"{self.points} random points"
        shapes = f" of {len(self.shapes)} random shapes" if len(self.shapes) > 1 else ""
        note = f"; undefined at {show_point(self.undefined)}, where the derivative exists" if self.undefined else ""
        edges = f" and {self.edges} in other pieces or beside their edges" if self.edges else ""
        return f"equal at {points}{shapes}{edges} to {self.digits} digits ({self.oracle}){note}"

    def as_json(self) -> dict[str, Any]:
        """The certificate as plain data."""
        data: dict[str, Any] = {
            "oracle": self.oracle,
            "points": self.points,
            "worst": self.worst,
            "digits": self.digits,
        }
        if self.shapes:
            data["shapes"] = [dict(each) for each in self.shapes]
        if self.edges:
            data["edges"] = self.edges
        if self.undefined:
            data["undefined"] = dict(self.undefined)
        return data


SUBJECTS: Final[Mapping[str, tuple[str, str]]] = {
    "derivative": ("it is", "the derivative is"),
    "integral": ("its derivative is", "the integrand is"),
    "equality": ("one is", "the other is"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim is right; if not, why: truthy when right.

    `counterexample` has the point, the value claimed and the value found; `where` the part that goes wrong; `hint` the
    likely mistake in one sentence; `certificate` what was checked of a claim that is right.

    >>> print(Verdict(False, counterexample={"x": 1, "claimed": 2, "found": 3}, hint="the factor 2*x is missing"))
    wrong: at x = 1 it is 2, but the derivative is 3
    the factor 2*x is missing
    """

    right: bool
    certificate: Certificate | None = None
    counterexample: Mapping[str, Any] = field(default_factory=dict)
    where: str | None = None
    hint: str | None = None
    what: str = "derivative"

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        if self.right:
            return "\n".join(text for text in (f"right: {self.certificate}", self.hint) if text)
        point = {
            name: value for name, value in self.counterexample.items() if name not in ("claimed", "found", "entry")
        }
        lines = []
        if "claimed" in self.counterexample:
            at = f"at {show_point(point)} " if point else ""
            entry = f" in entry {self.counterexample['entry']}" if "entry" in self.counterexample else ""
            claimed, found = _told_apart(self.counterexample["claimed"], self.counterexample["found"])
            subject, truth = SUBJECTS[self.what]
            lines.append(f"wrong: {at}{subject} {claimed}{entry}, but {truth} {found}")
        else:
            lines.append("wrong")
        lines += [text for text in (self.where, self.hint) if text]
        return "\n".join(lines)


def show(value: Any, digits: int = 6) -> str:
    """A value in a sentence: numbers with at most six digits, or as many as asked for; lists in brackets."""
    if isinstance(value, list):
        return f"[{', '.join(show(each, digits) for each in value)}]"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    return str(value)


def _told_apart(one: Any, other: Any) -> tuple[str, str]:
    """Two values in a sentence, with as many digits as it takes to tell one from the other."""
    return next(
        (a, b) for digits in (6, 12, 17) if (a := show(one, digits)) != (b := show(other, digits)) or digits > 12
    )


def show_point(point: Mapping[str, Any]) -> str:
    """A point in a sentence: "x = 1, a = 2"."""
    return ", ".join(f"{name} = {show(value)}" for name, value in point.items())
