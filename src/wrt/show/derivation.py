"""A derivation as a tree of lines: the rule, what it says, what its letters stand for, and what it gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from wrt.expr.node import Expr, Symbol, symbol
from wrt.expr.walk import substitute
from wrt.notation import text
from wrt.show import latex, typst, unicode
from wrt.show.plain import plain

_WIDEST = 56  # columns of a statement, beyond which results are not aligned


class Form(NamedTuple):
    """How a derivation is drawn: a branch, the last branch, what continues and what does not, and the arrow."""

    branch: str
    last: str
    trunk: str
    gap: str
    arrow: str


_FORMS = {"unicode": Form("├ ", "└ ", "│ ", "  ", "→"), "text": Form("|- ", "`- ", "|  ", "   ", "->")}
_FORMULAS = {"unicode": unicode, "text": text, "latex": latex, "typst": typst}


def tree(derivation: Any, form: str = "unicode") -> str:
    """A derivation as lines of text: `unicode`, `text` (ASCII), or a list for `latex` and `typst`."""
    if form in _FORMS:
        return "\n".join(_lines(derivation, form))
    return _listing(derivation, form)


def _rows(root: Any, form: Form) -> Iterator[tuple[str, Any]]:
    """The steps in reading order, each with the branches before it."""
    stack: list[tuple[str, str, Any]] = [("", "", root)]
    while stack:
        lead, below, step = stack.pop()
        yield lead, step
        last = len(step.children) - 1
        for place, child in reversed(list(enumerate(step.children))):
            branch, trunk = (form.last, form.gap) if place == last else (form.branch, form.trunk)
            stack.append((below + branch, below + trunk, child))


def _lines(derivation: Any, form: str) -> list[str]:
    write = _FORMULAS[form]
    forward, named = _named(derivation)

    def said(words: str) -> str:
        return plain(words) if form == "text" else words

    def given(step: Any) -> str:
        """What a step gives: an adjoint says of which part it is, in terms of the forward pass."""
        shape = f"   shape {said(shape_of(step.after))}" if step.shape else ""
        part = named.get(step.before, step.before)
        if derivation.forward and isinstance(part, Symbol):
            return f"{said('δ')} {write(part)} = {write(substitute(step.after, named))}{shape}"
        return f"{_FORMS[form].arrow} {write(step.after)}{shape}"

    rows = []
    for lead, step in _rows(derivation.root, _FORMS[form]):
        letters = ", ".join(f"{said(name)} = {write(substitute(node, named))}" for name, node in step.named.items())
        why = "   ".join(part for part in (said(step.statement), letters, said(step.note)) if part)
        rows.append((lead + step.rule, why, given(step) if lead else ""))
    first = max(len(rule) for rule, _, _ in rows)
    second = min(_WIDEST, max(len(why) for _, why, _ in rows))
    parts = [f"{write(name)} = {write(part)}" for name, part in forward.items()]
    return parts + [f"{rule:<{first}}   {why:<{second}}   {gives}".rstrip() for rule, why, gives in rows]


def _named(derivation: Any) -> tuple[dict[Expr, Expr], dict[Expr, Expr]]:
    """The forward pass: each name with its value, written with the names before it; and the name for each value."""
    forward: dict[Expr, Expr] = {}
    named: dict[Expr, Expr] = {}
    for name, part in derivation.forward.items():
        symbol_ = symbol(name, part.shape)
        forward[symbol_], named[part] = substitute(part, named), symbol_
    return forward, named


def _listing(derivation: Any, form: str) -> str:
    """The steps as a nested list of formulas in LaTeX or Typst."""
    write = _FORMULAS[form]
    lines: list[str] = []
    for lead, step in _rows(derivation.root, Form("  ", "  ", "  ", "  ", "")):
        rule = f"{step.rule}: ${write(step.before)} = {write(step.after)}$"
        lines.append(f"{lead}- {rule}" if form == "typst" else rf"{lead}\item {rule}")
    if form == "typst":
        return "\n".join(lines)
    return "\n".join(_nested(lines))


def _nested(lines: list[str]) -> Iterator[str]:
    """Items by their indentation, within the lists that LaTeX needs around them."""
    open_lists = 0
    for line in lines:
        level = (len(line) - len(line.lstrip())) // 2 + 1
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


def shape_of(node: Expr) -> str:
    """A shape as people write it: n×d."""
    return "×".join(map(text, node.shape)) if node.shape else "scalar"
