"""How steps are spelled in each notation: formulas with adjoints in them, names, statements of rules."""

from __future__ import annotations

import re
from functools import cache
from typing import ClassVar

from wrt.derive.step import Statement, Step
from wrt.expr.function import Function
from wrt.expr.node import Antiderivative, Expr
from wrt.notation import text
from wrt.notation.parts import DEEPEST, depth
from wrt.show.entries import in_indices, needs_indices
from wrt.show.plain import plain, scripts
from wrt.show.spelling import Spelling

LONGEST = 1200  # characters of a formula in a step, beyond which it is left out
DELTA = "δ"

_GRADIENT = re.compile(r"∇(\S+) (\w+)")
_PARTIAL = re.compile(r"∂(\w+)/∂(\w+)")
_SAYS = re.compile("[=′∂]")
_DELTA_OF = re.compile(r"δ(?=\w)")
_ADJOINT = re.compile(r"δ(\w)")
_WORD = re.compile(r"[A-Za-z]{2,}")
_LATEX_SIGNS = str.maketrans(
    {
        "·": r" \cdot ",
        "−": "-",
        "′": "'",
        "″": "''",
        "∂": r"\partial ",
        "Σ": r"\sum ",
        "∫": r"\int",
        "⇒": r"\Rightarrow ",
        "→": r"\to ",
        "∞": r"\infty ",
        "≈": r"\approx ",
        "…": r"\ldots ",
    }
)
_TYPST_SIGNS = str.maketrans(
    {
        "·": " dot ",
        "−": "-",
        "′": "'",
        "″": "''",
        "∂": "diff ",
        "Σ": "sum ",
        "∫": "integral",
        "⇒": "=> ",
        "→": "-> ",
        "∞": "infinity ",
        "≈": "approx ",
        "…": "... ",
    }
)


def _is_prose(words: str) -> bool:
    return bool(_WORD.search(words)) and not _SAYS.search(words)


class Telling:
    """A notation for steps."""

    gradient: ClassVar[str]  # patterns for the function and the variable
    partial: ClassVar[str]
    left_out: ClassVar[str] = "…"
    by_entries: ClassVar[bool] = True  # whether what no word says is written entry by entry, not as an einsum

    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling

    def formula(self, node: Expr) -> str:
        """An expression, unless it is too long to be read."""
        if depth(node) > DEEPEST:
            return self.left_out
        written = self.write(node)
        return written if len(written) <= LONGEST else self.left_out

    def write(self, node: Expr) -> str:
        """An expression."""
        return self.spelling.formula(node)

    def symbol(self, name: str) -> str:
        """A name."""
        return self.spelling.symbol(name)

    def name(self, name: str) -> str:
        """The name of a value, of its adjoint (δu1), or of the derivative (∇w f, ∂f/∂w)."""
        if found := _GRADIENT.fullmatch(name):
            return self.gradient.format(x=self.symbol(found[1]), f=found[2])
        if found := _PARTIAL.fullmatch(name):
            return self.partial.format(x=self.symbol(found[2]), f=found[1])
        return self.symbol(name)

    def function(self, function: Function) -> str:
        """The name of a function."""
        pattern = self.spelling.pattern(function, function.name)
        return self.spelling.word(function.name) if "{" in pattern else pattern

    def words(self, words: str) -> str:
        """Words and signs."""
        return words

    def said(self, statement: Statement) -> str:
        """A rule, or a note."""
        return "".join(map(self._item, statement))

    def given(self, step: Step) -> str:
        """What a step gives."""
        return self.left_out if depth(step.before) > DEEPEST else self.formula(step.after)

    def found(self, step: Step) -> str:
        """What a step gives; of an integral, which has letters of its own, also what it is the integral of."""
        whole = isinstance(step.before, Antiderivative)
        return f"{self.formula(step.before)} = {self.given(step)}" if whole else self.given(step)

    def equation(self, step: Step) -> str:
        """A value or an adjoint in names: δu1 = 2/n · u1."""
        if not self.by_entries or not any(map(needs_indices, step.forms)):
            return " = ".join((self.name(step.name), *map(self.formula, step.forms)))
        beside = {each.name for form in step.forms for each in form.free}
        entries = [in_indices(form, beside) for form in step.forms]
        left = self.spelling.subscript(self.spelling.bracketed(self.name(step.name)), entries[0].indices)
        return " = ".join((left, *(self.spelling.program(each.program) for each in entries)))

    def why(self, step: Step) -> str:
        """The statement of a step, what its letters stand for, and its note."""
        letters = ", ".join(f"{self.words(name)} = {self.formula(node)}" for name, node in step.named.items())
        return "   ".join(part for part in (self.said(step.statement), letters, self.said(step.note)) if part)

    def _item(self, item: str | Expr | Function) -> str:
        if isinstance(item, str):
            return self.words(item)
        return self.function(item) if isinstance(item, Function) else self.formula(item)


class InUnicode(Telling):
    """Steps in Unicode."""

    gradient = "∇_{x} {f}"
    partial = "∂{f}/∂{x}"


class InText(Telling):
    """Steps in ASCII, with formulas as text."""

    gradient = "grad_{x} {f}"
    partial = "d{f}/d{x}"
    left_out = "..."
    by_entries = False

    def write(self, node: Expr) -> str:
        return text(node).replace(DELTA, "delta_")

    def symbol(self, name: str) -> str:
        return name.replace(DELTA, "delta_")

    def function(self, function: Function) -> str:
        return function.name

    def words(self, words: str) -> str:
        return plain(_DELTA_OF.sub("delta_", words))


class InData(InText):
    """Formulas as text, words as they are: what programs get."""

    def words(self, words: str) -> str:
        return words


class InLatex(Telling):
    """Steps in LaTeX; statements stand between dollar signs."""

    gradient = r"\nabla_{{{x}}} {f}"
    partial = r"\frac{{\partial {f}}}{{\partial {x}}}"
    left_out = r"\ldots"

    def words(self, words: str) -> str:
        if _is_prose(words):
            return rf"\text{{{words}}}"
        adjoints = _ADJOINT.sub(r"\\delta_{\1}", words)
        raised = scripts(adjoints, "^{{{}}}", "_{{{}}}").translate(_LATEX_SIGNS)
        return _WORD.sub(self._word, raised)

    def _word(self, match: re.Match[str]) -> str:
        before, word = match.string[: match.start()][-1:], match[0]
        if before == "\\" or (len(word) == 2 and word[0] == "d"):
            return word
        return rf"\{word}" if word == "log" else rf"\operatorname{{{word}}}"


class InTypst(Telling):
    """Steps in Typst; statements stand between dollar signs."""

    gradient = "nabla_({x}) {f}"
    partial = "frac(diff {f}, diff {x})"
    left_out = "..."

    def words(self, words: str) -> str:
        if _is_prose(words):
            return f'"{words}"'
        quoted = _WORD.sub(lambda match: match[0] if match[0] == "log" else f'"{match[0]}"', words)
        quoted = _ADJOINT.sub(r"delta_(\1)", quoted)
        return scripts(quoted, "^({})", "_({})").translate(_TYPST_SIGNS)


@cache
def telling(form: str) -> Telling:
    """The notation for steps by its name: unicode, text, data, latex or typst."""
    match form:
        case "latex":
            from wrt.show.to_latex import Latex

            class AdjointsInLatex(Latex):
                """LaTeX with names of adjoints."""

                def symbol(self, name: str) -> str:
                    return rf"\delta_{{{super().symbol(name[1:])}}}" if is_adjoint(name) else super().symbol(name)

            return InLatex(AdjointsInLatex())
        case "typst":
            from wrt.show.to_typst import Typst

            class AdjointsInTypst(Typst):
                """Typst with names of adjoints."""

                def symbol(self, name: str) -> str:
                    return f"delta_({super().symbol(name[1:])})" if is_adjoint(name) else super().symbol(name)

            return InTypst(AdjointsInTypst())
        case _:
            from wrt.show.to_unicode import Unicode

            class AdjointsInUnicode(Unicode):
                """Unicode with names of adjoints."""

                def symbol(self, name: str) -> str:
                    return DELTA + super().symbol(name[1:]) if is_adjoint(name) else super().symbol(name)

            return {"text": InText, "data": InData}.get(form, InUnicode)(AdjointsInUnicode())


def is_adjoint(name: str) -> bool:
    """Whether a name is that of an adjoint: δ before the name of a value."""
    return len(name) > 1 and name[0] == DELTA
