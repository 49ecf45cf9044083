"""A derivation as a tree of lines: each rule with what it says, what its letters stand for, and what it gives."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from wrt.show.lines import Columns
from wrt.show.telling import InLatex, InTypst, Telling, telling

if TYPE_CHECKING:
    from wrt.derive.step import Step
    from wrt.derive.steps import Derivation

WIDTH = 110
DEEPEST_BRANCH = 24  # beyond which steps are not indented further


class Form(NamedTuple):
    """How a tree is drawn: a branch, the last branch, what continues and what does not, the arrow, and what is left."""

    branch: str
    last: str
    trunk: str
    gap: str
    arrow: str
    more: str


class Row(NamedTuple):
    """A step with what stands before its first line, and before further ones."""

    lead: str
    below: str
    step: Step


_FORMS = {
    "unicode": Form("├ ", "└ ", "│ ", "  ", "→ ", "… and"),
    "text": Form("|- ", "`- ", "|  ", "   ", "-> ", "... and"),
}
_LIST = Form("  ", "  ", "  ", "  ", "", "")


def tree(derivation: Derivation, form: str = "unicode", width: int = WIDTH, most: int | None = None) -> str:
    """A derivation as lines of text: `unicode`, `text` (ASCII), or a list for `latex` and `typst`.

    No line is wider than `width` where it can be broken. Of more than `most` steps, the others are only counted.
    """
    if form not in _FORMS:
        return _listing(derivation, form, most)
    drawn, tell = _FORMS[form], telling(form)
    rows = list(islice(_rows(derivation.root, drawn), most))
    lines = Columns(width)
    final = derivation.expr
    for row in rows:
        lead, below, step = row
        if step.name:
            lines.add("named", lead, below, [tell.equation(step), _shape(step, tell), _words(step, tell)])
        else:
            told = not lead and (_is_told_in_names(step) or step.after is final)
            gives = "" if told else drawn.arrow + tell.given(step)
            shape = "" if told else _shape(step, tell)
            lines.add("step", lead, below, [step.rule, tell.why(step), gives, shape])
    left = _left(derivation, len(rows))
    return lines.text() + (f"\n{drawn.more} {left}" if left else "")


def _left(derivation: Derivation, shown: int) -> str:
    """How many steps there are that are not shown."""
    more = sum(1 for _ in derivation.root) - shown
    return f"{more:,} more step{'s' * (more > 1)}" if more else ""


def _rows(root: Step, form: Form) -> Iterator[Row]:
    """The steps in reading order."""
    stack: list[tuple[str, str, Step]] = [("", "", root)]
    while stack:
        lead, below, step = stack.pop()
        trunk = form.trunk if step.children else ""
        yield Row(lead, below + trunk, step)
        if len(below) >= DEEPEST_BRANCH * len(form.gap):
            below = below[: -len(form.gap)]
        last = len(step.children) - 1
        for place, child in reversed(list(enumerate(step.children))):
            branch, after = (form.last, form.gap) if place == last else (form.branch, form.trunk)
            stack.append((below + branch, below + after, child))


def _is_told_in_names(step: Step) -> bool:
    return any(child.name for child in step.children)


def _shape(step: Step, tell: Telling) -> str:
    """The shape of what a step gives; that of a value with a name is said even where it is a number."""
    if not step.shape:
        return "scalar" if step.name else ""
    return f"shape {tell.words('×'.join(map(tell.formula, step.shape)))}"


def _words(step: Step, tell: Telling) -> str:
    """The rule and what it says, in a line that begins with what it gives."""
    return "   ".join(part for part in ("" if step.rule == "forward" else step.rule, tell.why(step)) if part)


def _listing(derivation: Derivation, form: str, most: int | None) -> str:
    """The steps as a nested list of formulas in LaTeX or Typst."""
    tell = telling(form)
    mark = "- " if isinstance(tell, InTypst) else r"\item "
    rows = list(islice(_rows(derivation.root, _LIST), most))
    lines = [f"{lead}{mark}{_item(step, tell)}" for lead, _, step in rows]
    left = _left(derivation, len(rows))
    if left:
        lines.append(f"{mark}{left}")
    return "\n".join(_nested(lines) if isinstance(tell, InLatex) else lines)


def _item(step: Step, tell: Telling) -> str:
    """A step as an item of a list: its rule and statement, then the formula."""
    letters = ", ".join(f"{name} = {tell.formula(node)}" for name, node in step.named.items())
    said = [f"${part}$" for part in (tell.said(step.statement), letters, tell.said(step.note)) if part]
    formula = tell.equation(step) if step.name else f"{tell.formula(step.before)} = {tell.given(step)}"
    return f"{step.rule}{' ' * bool(said)}{', '.join(said)}: ${formula}$"


def _nested(lines: list[str]) -> Iterator[str]:
    """Items by their indentation, within the lists that LaTeX needs around them."""
    open_lists = 0
    for line in lines:
        level = min((len(line) - len(line.lstrip())) // 2 + 1, 4)  # LaTeX nests lists four deep
        while open_lists < level:
            yield "  " * open_lists + r"\begin{itemize}"
            open_lists += 1
        while open_lists > level:
            open_lists -= 1
            yield "  " * open_lists + r"\end{itemize}"
        yield "  " * level + line.lstrip()
    while open_lists:
        open_lists -= 1
        yield "  " * open_lists + r"\end{itemize}"
