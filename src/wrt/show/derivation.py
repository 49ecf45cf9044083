"""A derivation as a tree of lines: each rule with what it says, what its letters stand for, and what it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from wrt.derive.steps import Derivation, Steps
from wrt.show.lines import Columns, Line
from wrt.show.telling import InLatex, InTypst, Telling, telling

if TYPE_CHECKING:
    from wrt.derive.step import Step

WIDTH = 110
FORWARD, BACKWARD = "forward", "backward"  # the two halves of a backpropagation
DEEPEST_BRANCH = 24  # beyond which steps are not indented further

Numbers: TypeAlias = "Mapping[Step, str]"
NO_NUMBERS: Numbers = {}


class Form(NamedTuple):
    """How a tree is drawn: a branch, the last branch, what continues and what does not, the arrow, and what is left."""

    branch: str
    last: str
    trunk: str
    gap: str
    arrow: str
    more: str


class Heading(NamedTuple):
    """A word above some steps."""

    word: str
    children: list[Step]


Branch: TypeAlias = "Step | Heading"


class Row(NamedTuple):
    """A step or heading with what stands before its first line, and before further ones."""

    lead: str
    below: str
    branch: Branch


_FORMS = {
    "unicode": Form("├ ", "└ ", "│ ", "  ", "→ ", "… and"),
    "text": Form("|- ", "`- ", "|  ", "   ", "-> ", "... and"),
}
_LIST = Form("  ", "  ", "  ", "  ", "", "")


def tree(
    derivation: Steps, form: str = "unicode", width: int = WIDTH, most: int | None = None, numbers: Numbers = NO_NUMBERS
) -> str:
    """A derivation as lines of text: `unicode`, `text` (ASCII), or a list for `latex` and `typst`.

    No line is wider than `width` where it can be broken. Of more than `most` steps, the others are only counted.
    What `numbers` has for a step stands beside it if it is a scalar, else below.
    """
    if form not in _FORMS:
        return _listing(derivation, form, most)
    drawn, tell = _FORMS[form], telling(form)
    rows = list(islice(_rows(derivation.root, drawn), most))
    lines = Columns(width)
    for row in rows:
        lead, below, branch = row
        if isinstance(branch, Heading):
            lines.add("heading", lead, below, [branch.word])
            continue
        number = numbers.get(branch, "")
        beside = f" = {number}" if number and not branch.shape else ""
        lines.add(*_line(row, branch, tell, drawn, derivation, beside))
        if number and not beside:
            lines.add("numbers", f"{below}    ", f"{below}    ", [f"= {number}"])
    left = _left(derivation, rows)
    return lines.text() + (f"\n{drawn.more} {left}" if left else "")


def _line(row: Row, step: Step, tell: Telling, drawn: Form, derivation: Steps, number: str) -> Line:
    """A step in cells: what it gives in names, with shape and rule; or the rule, what it says, and what it gives."""
    if step.name:
        cells = [tell.equation(step) + number, _shape(step, tell), _words(step, tell)]
        return Line("named", row.lead, row.below, cells)
    told = not row.lead and (_is_told_in_names(step) or _is_all(step, derivation))
    gives = "" if told else drawn.arrow + tell.found(step) + number
    shape = "" if told else _shape(step, tell)
    return Line("step", row.lead, row.below, [step.rule, tell.why(step), gives, shape])


def _left(derivation: Steps, shown: list[Row]) -> str:
    """How many steps there are that are not shown."""
    more = sum(1 for _ in derivation.root) - sum(not isinstance(row.branch, Heading) for row in shown)
    return f"{more:,} more step{'s' * (more > 1)}" if more else ""


def _rows(root: Step, form: Form) -> Iterator[Row]:
    """The steps in reading order, the two halves of a backpropagation under their headings."""
    stack: list[tuple[str, str, Branch]] = [("", "", root)]
    while stack:
        lead, below, branch = stack.pop()
        children = branch.children if isinstance(branch, Heading) else _halves(branch.children)
        trunk = form.trunk if children else ""
        yield Row(lead, below + trunk, branch)
        if len(below) >= DEEPEST_BRANCH * len(form.gap):
            below = below[: -len(form.gap)]
        last = len(children) - 1
        for place, child in reversed(list(enumerate(children))):
            twig, after = (form.last, form.gap) if place == last else (form.branch, form.trunk)
            stack.append((below + twig, below + after, child))


def _halves(children: list[Step]) -> list[Branch]:
    """Steps with names in two halves, the values and the adjoints, if they begin with values."""
    if not any(step.rule == FORWARD for step in children):
        return list(children)
    halves: list[Branch] = []
    for half, group in groupby(children, key=_half):
        steps = list(group)
        halves += [Heading(half, steps)] if half else steps
    return halves


def _half(step: Step) -> str:
    if not step.name:
        return ""
    return FORWARD if step.rule == FORWARD else BACKWARD


def _is_all(step: Step, derivation: Steps) -> bool:
    """Whether a step gives the derivative as it is shown anyway."""
    return isinstance(derivation, Derivation) and step.after is derivation.expr


def _is_told_in_names(step: Step) -> bool:
    return any(child.name for child in step.children)


def _shape(step: Step, tell: Telling) -> str:
    """The shape of what a step gives; that of a value with a name is said even where it is a number."""
    if not step.shape:
        return "scalar" if step.name else ""
    return f"shape {tell.words('×'.join(map(tell.formula, step.shape)))}"


def _words(step: Step, tell: Telling) -> str:
    """The rule and what it says, in a line that begins with what it gives."""
    return "   ".join(part for part in ("" if step.rule == FORWARD else step.rule, tell.why(step)) if part)


def _listing(derivation: Steps, form: str, most: int | None) -> str:
    """The steps as a nested list of formulas in LaTeX or Typst."""
    tell = telling(form)
    mark = "- " if isinstance(tell, InTypst) else r"\item "
    rows = list(islice(_rows(derivation.root, _LIST), most))
    lines = [f"{lead}{mark}{_item(branch, tell)}" for lead, _, branch in rows]
    left = _left(derivation, rows)
    if left:
        lines.append(f"{mark}{left}")
    return "\n".join(_nested(lines) if isinstance(tell, InLatex) else lines)


def _item(step: Branch, tell: Telling) -> str:
    """A step as an item of a list: its rule and statement, then the formula."""
    if isinstance(step, Heading):
        return step.word
    letters = ", ".join(f"{name} = {tell.formula(node)}" for name, node in step.named.items())
    said = [f"${part}$" for part in (tell.said(step.statement), letters, tell.said(step.note)) if part]
    formula = tell.equation(step) if step.name else f"{tell.formula(step.before)} = {tell.given(step)}"
    if step.rule == FORWARD:
        return f"{''.join(map(str, step.statement)) or 'value'}: ${formula}$"
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
