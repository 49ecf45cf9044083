"""The answer to `wrt derive`: what was asked, the derivative, how it came about, its check, and its value."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wrt import show
from wrt.cli.evaluation import evaluate, shown
from wrt.cli.question import Question
from wrt.cli.terminal import Terminal, write
from wrt.expr.node import Expr

if TYPE_CHECKING:
    from wrt.face import Result
    from wrt.face.result import Answer, Results
    from wrt.face.told import Told

Line = tuple[str, str]  # text and its style

_MOST = 60  # steps that are shown without being asked for
_COMMENT = {"latex": "%", "typst": "//", "numpy": "#"}


def report(question: Question, results: Results, form: str, steps: bool | None, shapes: bool = False) -> None:
    """Print the results in the form that was asked for."""
    if form == "json":
        found = [_json(question, result) for result in results.values()]
        print(json.dumps(found[0] if len(found) == 1 else found, indent=2, ensure_ascii=not _utf8()))
    elif form in _COMMENT:
        for result in results.values():
            print(_markup(result, form, steps, shapes))
            for kink in result.kinks:
                print(f"{_COMMENT[form]} {kink}")
            for text, _ in _value_lines(question, result, Terminal(unicode=False)):
                print("\n".join(f"{_COMMENT[form]} {line}" for line in text.splitlines()))
    else:
        terminal = Terminal.of(sys.stdout, form)
        write([*_given(question, terminal), *_answers(question, results, steps, shapes, terminal)])


def report_answer(result: Answer, asked: Expr, form: str, steps: bool | None, more: Sequence[str] = ()) -> None:
    """Print what was asked and the one answer to it, with its derivation and check."""
    if form == "json":
        print(json.dumps(result.as_json(), indent=2, ensure_ascii=not _utf8()))
    elif form in _COMMENT:
        print(_markup(result, form, steps, False))
    else:
        terminal = Terminal.of(sys.stdout, form)
        found = result.unicode() if terminal.unicode else str(result)
        lines: list[Line] = [(f"{terminal.formula(asked)} = {found}", "bold")]
        if steps is not False:
            told = result.steps.text(terminal.form, terminal.width - 2, None if steps else _MOST)
            lines += [("", ""), *((f"  {line}", "") for line in told.splitlines())]
        if result.certificate is not None:
            lines.append((terminal.words(f"✓ {result.certificate}"), "green"))
        write([*lines, *((line, "") for line in more)])


def _markup(result: Answer, form: str, steps: bool | None, shapes: bool) -> str:
    """The formula as source of a language, with the derivation if it was asked for."""
    if form == "numpy":
        return result.python()
    plain = result.latex() if form == "latex" else result.typst()
    formula = show.with_shapes(result.displayed, form) if shapes else plain
    return f"{formula}\n{result.steps.text(form)}" if steps else formula


def _utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _json(question: Question, result: Result) -> dict[str, Any]:
    """The result as plain data, with its value where values were given."""
    data = result.as_json()
    evaluation = evaluate(question, result)
    if evaluation is not None:
        value = evaluation.value
        data["value"] = str(value) if isinstance(value, Expr) else value.tolist()
        data["error"] = evaluation.error
    return data


def _given(question: Question, terminal: Terminal) -> list[Line]:
    """The shapes of the function and its variables, where anything has one; sizes too where data give them."""
    formula, shapes = question.formula, question.shapes
    sizes = question.binding.dimensions if question.binding else {}
    if not formula.shape and not any(shapes.values()):
        return []
    items = [f"{name} : {terminal.shape(shape)}" for name, shape in {"f": formula.shape, **shapes}.items()]
    known = ", ".join(f"{name} = {size}" for name, size in sizes.items())
    origin = " from the data" if question.values.file else ""
    return [("     ".join(items) + (f"     ({known}{origin})" if known else ""), "dim")]


def _answers(question: Question, results: Results, steps: bool | None, shapes: bool, terminal: Terminal) -> list[Line]:
    """All results: each with its derivation, or those that share one pass together."""
    told = results.steps
    if len(told.trees) == len(results):
        blocks = [_answer(question, [result], result.steps, steps, shapes, terminal) for result in results.values()]
    else:
        blocks = [_answer(question, list(results.values()), told, steps, shapes, terminal)]
    return [line for block in blocks for line in (("", ""), *block)][1:]


def _answer(
    question: Question, results: Sequence[Result], told: Told, steps: bool | None, shapes: bool, terminal: Terminal
) -> list[Line]:
    """Results of one derivation: the formulas, the derivation, its kinks, the checks and values."""
    lines: list[Line] = []
    for result in results:
        shape = f"     shape {terminal.shape(result.displayed_shape)}" if result.shape else ""
        lines.append((f"{' = '.join(_equation(result, terminal))}{shape}", "bold"))
        if result.displayed.node is not result.expr.node:
            lines.append((f"  {result.layout} layout: the transpose of what is computed below", "dim"))
        if terminal.unicode and show.needs_indices(result.displayed):
            lines.append((f"  {result.displayed}", "dim"))
        if shapes:
            lines += [(line, "dim") for line in result.with_shapes(terminal.form).splitlines()[1:]]
        name = result.variable.name
        if name not in question.formula.symbols:
            lines.append((f"{name} does not occur in the function: the derivative is 0", ""))
            steps = False
    if steps is not False:
        lines += [("", ""), *_tree(question, told, bool(steps), terminal)]
    lines += [(terminal.words(f"  {kink.said(terminal.formula)}"), "yellow") for kink in results[0].kinks]
    for result in results:
        by = f"{result.variable.name}: " if len(results) > 1 else ""
        lines += _structure_lines(result, terminal, by)
        if result.certificate is not None:
            lines.append((terminal.words(f"✓ {by}{result.certificate}"), "green"))
        lines += _value_lines(question, result, terminal, by)
    return lines


def _tree(question: Question, told: Told, whole: bool, terminal: Terminal) -> list[Line]:
    """The derivation, with the numbers that each step comes to where all values are given."""
    most = None if whole else _MOST
    binding = question.binding
    if binding is None or question.missing:
        text = told.text(terminal.form, terminal.width - 2, most)
    else:
        text = told.at(**binding.dimensions, **binding.values).text(terminal.form, terminal.width - 2, most)
    lines: list[Line] = [(f"  {line}", "") for line in text.splitlines()]
    if most is not None and len(told) > most:
        lines[-1] = (f"{lines[-1][0]} (--steps shows all)", "dim")
    return lines


def _structure_lines(result: Result, terminal: Terminal, by: str) -> list[Line]:
    """The structure of a Jacobian or Hessian, where it has one; without its formulas if they are longer than a line."""
    if not result.variable.shape or len(result.shape) == result.variable.ndim or result.structure.kind == "dense":
        return []
    whole, brief = (f"  {by}{result.structure.said(write)}" for write in (terminal.formula, lambda part: "…"))
    return [(terminal.words(whole if len(whole) <= terminal.width else brief), "cyan")]


def _equation(result: Result, terminal: Terminal) -> tuple[str, str]:
    """What was asked for, and the answer; entry by entry where no word of linear algebra says it."""
    if terminal.unicode and show.needs_indices(result.displayed):
        return show.by_entries(result)
    return f"{_asked(result, terminal)} ", f" {_stated(result, terminal)}"


def _stated(result: Result, terminal: Terminal) -> str:
    """The right-hand side; where two pieces meet in a kink, piece by piece with the slopes at the kink."""
    from wrt.derive.pieces import of_result

    first = result.kinks and result.order == 1
    pieces = of_result(result.input.node, result.expr.node, result.kinks) if first else ()
    said = ", ".join(piece.said(terminal.formula) for piece in pieces)
    return said or (result.unicode() if terminal.unicode else str(result.displayed))


def _asked(result: Result, terminal: Terminal) -> str:
    """The left-hand side: d/dx f, the gradient, the Jacobian or the Hessian."""
    f, x, order = result.input, result.variable, result.order
    if x.shape:
        power = {1: "", 2: "²"}.get(order, f"^{order}")
        name = terminal.formula(x)
        return terminal.words(f"∂f/∂{name}" if f.shape and order == 1 else f"∇{power}_{name} f")
    d = "∂" if len(f.symbols) > 1 else "d"
    power = {1: "", 2: "²", 3: "³"}.get(order, f"^{order}")
    function = "f" if f.names or len(str(f)) > 60 else terminal.formula(f)
    if function != "f" and not function.isidentifier() and any(sign in function for sign in "+-−"):
        function = f"({function})"
    return terminal.words(f"{d}{power}/{d}{x.name}{power}") + f"  {function}"


def _value_lines(question: Question, result: Result, terminal: Terminal, by: str = "") -> list[Line]:
    """The value at the point or data that was given, and how well it agrees with the oracle."""
    evaluation = evaluate(question, result)
    if evaluation is None:
        return []
    lines: list[Line] = []
    if evaluation.error is not None:
        agreement = "exactly" if not evaluation.error else f"to a relative error of {evaluation.error:.0e}"
        lines.append((terminal.words(f"✓ {by}equal at {evaluation.where} {agreement}"), "green"))
    if evaluation.note:
        lines.append((f"{by}at {evaluation.where}: {evaluation.note}", "yellow"))
    value = evaluation.value
    text = terminal.formula(value) if isinstance(value, Expr) else shown(value)
    lines.append((f"{by}value at {evaluation.where}: {text}", "bold"))
    if evaluation.tangent is not None:
        lines.append((f"tangent line: {terminal.formula(evaluation.tangent)}", ""))
    return lines
