"""A diagnosis as it is read: the values beside each other, each finding with its place in the text, and the code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from wrt.doctor.diagnosis import DIGITS, NAMES
from wrt.doctor.remedies import NOWHERE
from wrt.errors import WrtError

if TYPE_CHECKING:
    from wrt.doctor.diagnosis import Diagnosis, Finding, Side

Line = tuple[str, str]  # text, and its style as rich names it

_SIGNS: Final = (("*inf", "·∞"), ("inf - inf", "∞ − ∞"), ("inf/inf", "∞/∞"))
_MOST = 12  # entries of an array that are shown


def text(diagnosis: Diagnosis) -> str:
    """The report as plain text."""
    return "\n".join(line for line, _ in lines(diagnosis))


def html(diagnosis: Diagnosis) -> str:
    """The report for a notebook."""
    colours = {"green": "#1a7f37", "red": "#cf222e", "dim": "#6e7781", "yellow": "#9a6700"}
    spans = []
    for line, style in lines(diagnosis):
        look = "font-weight:bold" if style == "bold" else f"color:{colours[style]}" if style in colours else ""
        spans.append(f'<span style="{look}">{escape(line)}</span>' if look else escape(line))
    return "<pre>" + "\n".join(spans) + "</pre>"


def lines(diagnosis: Diagnosis) -> list[Line]:
    """The report, line by line with styles."""
    found: list[Line] = [_heading(diagnosis), *((f"  {note}", "dim") for note in diagnosis.notes)]
    if diagnosis.examination is not None:
        table = _table(diagnosis.sides, judged=diagnosis.examination.truth is not None)
        found += [("", ""), *((f"  {line}", "") for line in table)]
    for group in _grouped(diagnosis.findings):
        found += [("", ""), *_finding(group, diagnosis)]
    if any(each.remedy != NOWHERE for each in diagnosis.findings):
        found += [("", ""), *_code(diagnosis)]
    return found


def _heading(diagnosis: Diagnosis) -> Line:
    where = point(diagnosis.at) if diagnosis.examination is not None else f"at {diagnosis.points} hard points"
    if diagnosis.healthy:
        return f"✓ healthy: plain code is right {where} ({diagnosis.dtype})", "green"
    count = len(_grouped(diagnosis.findings))
    return f"✗ {count} finding{'s' * (count > 1)} {where} ({diagnosis.dtype})", "red"


def point(at: Mapping[str, Any]) -> str:
    """Where, in words: "at x = 1, y = 2"."""
    return f"at {', '.join(f'{name} = {number(value)}' for name, value in at.items())}"


def number(value: Any) -> str:
    """A number with six digits, a few entries of an array, the slopes of a kink as an interval."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return "several"
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, list):
        return f"{value + 0.0:.6g}"
    if _count(value) > _MOST:
        return f"{_count(value)} numbers"
    return f"[{', '.join(map(number, value))}]"


def _count(value: Any) -> int:
    return sum(map(_count, value)) if isinstance(value, list) else 1


def _table(sides: Sequence[Side], judged: bool) -> Iterator[str]:
    """What each result is in plain code, in truth, and in wrt's own code."""
    rows = [("", "plain code", "true", "wrt's code")]
    for side in sides:
        name = NAMES[side.mode] + (f" by {side.variable}" if side.variable else "")
        mark = {None: "", True: " ✓", False: " ✗"}[side.kept]
        own = "refused" if side.stable is None else number(side.stable) + mark
        true = number(side.true) if judged else "not computed"
        rows.append((name, number(side.plain), true, own))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        yield "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings with one cause at one place of the text, whatever they spoil."""
    groups: dict[tuple[Any, ...], list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.text, each.place, each.cause), []).append(each)
    return list(groups.values())


def _finding(group: Sequence[Finding], diagnosis: Diagnosis) -> Iterator[Line]:
    first = group[0]
    yield f"{_signs(first.cause)} in {first.text}", "bold"
    context, position, width = first.place
    caret = WrtError("", text=context, position=position, width=width).caret
    yield from ((f"  {line}", "dim") for line in (caret or "").splitlines())
    during = " (in its derivative)" if first.backward else ""
    yield f"  {first.reason}{during}", ""
    for each in group:
        yield f"  {_damage(each, diagnosis)}", ""
    yield f"  → {first.remedy}", "yellow"


def _damage(finding: Finding, diagnosis: Diagnosis) -> str:
    """What a finding does to one result."""
    word = "from" if finding.cause == "branch not taken" else "then"
    path = "".join(f", {word} {_signs(cause)} in {where or 'the gradient'}" for where, cause in finding.travels)
    where = "" if diagnosis.examination is not None else f" {point(finding.at)}"
    lost, digits = round(finding.digits_lost), DIGITS[diagnosis.dtype]
    count = "all" if lost >= digits else str(lost)
    if finding.remedy == NOWHERE:
        truth = "where there is no finite value"
    elif finding.true is None:
        truth = "where balls of thousands of bits decide nothing"
    elif finding.plain == finding.true:
        truth = "where it is larger than the largest number"
    elif isinstance(finding.true, tuple):
        truth = "at a kink, where there are several slopes"
    else:
        plain, true = _told_apart(finding.plain, finding.true)
        return f"{finding.what}{where}: {plain} where it is {true}, {count} of {digits} digits lost{path}"
    return f"{finding.what}{where}: {number(finding.plain)} {truth}{path}"


def _told_apart(plain: float, true: float | None) -> tuple[str, str]:
    """Both numbers, with as many digits as it takes to see the difference."""
    if true is None or not (isfinite(plain) and isfinite(true)):
        return number(plain), number(true)
    pairs = ((f"{plain:.{digits}g}", f"{true:.{digits}g}") for digits in (6, 9, 12, 17))
    return next(pair for pair in pairs if pair[0] != pair[1])


def _signs(cause: str) -> str:
    for plain, sign in _SIGNS:
        cause = cause.replace(plain, sign)
    return cause


def _code(diagnosis: Diagnosis) -> Iterator[Line]:
    """The source that wrt writes in place of the first result that is wrong, and whether it is right there."""
    first = diagnosis.findings[0]
    by = f" by {first.variable}" if first.variable else ""
    side = next((each for each in diagnosis.sides if (each.mode, each.variable) == (first.mode, first.variable)), None)
    wrong = side is not None and side.kept is False
    yield f"{'wrt writes, and this is not right here either' if wrong else 'write'} ({NAMES[first.mode]}{by}):", "bold"
    yield from ((f"  {line}".rstrip(), "") for line in diagnosis.code.splitlines())
