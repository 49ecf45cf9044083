"""What the commands do: ask the face, and print what it says."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Literal

from wrt.cli import arguments
from wrt.cli.question import Question
from wrt.cli.terminal import Terminal, has_colours, write

if TYPE_CHECKING:
    from wrt.functions.printed import Row

_COLUMNS = {"function": 28, "definition": 48, "derivative": 48, "domain": 32, "kinks": 32}  # and their greatest widths
_WIDE = sum(_COLUMNS.values()) + 2 * len(_COLUMNS)


def derive(question: Question, form: str, steps: bool | None, shapes: bool = False) -> None:
    """Print the derivatives that were asked for, with their derivation, check and values."""
    from wrt.cli.report import report
    from wrt.face import derive as differentiate

    formula = question.formula
    question.binding  # noqa: B018 - what is wrong with the values is said before anything is computed
    results = differentiate(formula, question.names, order=question.order, layout=question.layout)
    report(question, results, form, steps, shapes)


def integrate(question: Question, form: str, steps: bool | None) -> None:
    """Print the antiderivatives that were asked for, with their derivation and check."""
    from wrt.cli.report import report_answer
    from wrt.face import integrate as find

    (name,) = question.names
    result = find(question.formula, name)
    report_answer(result, result.sought, form, steps)


def limit(question: Question, point: str, side: str | None, form: str, steps: bool | None) -> None:
    """Print the limit that was asked for, with its derivation and check."""
    from wrt.cli.report import report_answer
    from wrt.face import limit as find

    (name,) = question.names
    sign = None if side is None else side.strip()
    result = find(question.formula, name, point.strip(), sign)  # type: ignore[arg-type]
    report_answer(result, result.sought, form, steps)


def taylor(question: Question, point: str, order: int, within: str | None, form: str, steps: bool | None) -> None:
    """Print the Taylor polynomial that was asked for, with its derivation, check and bound."""
    from wrt.cli.report import report_answer
    from wrt.face import taylor as expand

    (name,) = question.names
    ends = None if within is None else arguments.interval(within)
    result = expand(question.formula, name, point.strip(), order, within=ends)
    lines = [] if result.bound is None else [f"the remainder is at most {result.bound:.6g} there"]
    report_answer(result, question.formula, form, steps, lines)


def check(question: Question, claim: str, of: Literal["derivative", "integral"]) -> int:
    """Print whether a claim is right; the exit status says it too."""
    from wrt.face import check as judge

    terminal = Terminal.of(sys.stdout, "unicode")
    (name,) = question.names
    verdict = judge(question.formula, name, claim=claim.strip(), of=of, order=question.order)
    first, *rest = str(verdict).splitlines()
    mark, style = ("✓ ", "green") if verdict else ("✗ ", "red")
    first = terminal.words(first) if not terminal.unicode else mark + first
    write([(first, style), *((terminal.words(f"  {line}"), "") for line in rest)])
    return 0 if verdict else 1


def doctor(question: Question, dtype: str, as_json: bool) -> int:
    """Print what the doctor finds; the exit status says whether it found something."""
    from wrt.doctor.report import lines
    from wrt.face import diagnose

    terminal = Terminal.of(sys.stdout, "unicode")
    diagnosis = diagnose(
        question.formula, question.given or None, wrt=question.names or None, order=question.order, dtype=dtype
    )
    if as_json:
        print(json.dumps(diagnosis.as_json(), indent=2, ensure_ascii=not terminal.unicode))
    else:
        write([(terminal.words(text), style) for text, style in lines(diagnosis)])
    return 0 if diagnosis.healthy else 1


def functions(name: str | None) -> None:
    """Print the table of functions, or all that is known of one."""
    from wrt.functions import rows

    terminal = Terminal.of(sys.stdout, "unicode")
    found = rows(None if name is None else name.strip())
    if name is None:
        _table(found, terminal)
    else:
        _entry(found[0], terminal)


def _entry(row: Row, terminal: Terminal) -> None:
    """All that is known of one function."""
    facts = [
        ("also written", ", ".join(row.aliases)),
        ("definition", _formula(row.definition, terminal)),
        *((_partial(row, argument), _derivative(row, argument, terminal)) for argument in row.derivative),
        ("antiderivative", _formula(row.antiderivative, terminal)),
        ("domain", row.domain),
        ("range", row.range),
        ("kinks", "; ".join(row.kinks)),
        ("source", row.source),
    ]
    width = max(len(label) for label, _ in facts)
    lines = [(f"{label:<{width}}  {terminal.words(text)}", "") for label, text in facts if text]
    write([(f"{row.name}({row.signature})", "bold"), (row.meaning, ""), ("", ""), *lines])


def _partial(row: Row, argument: str) -> str:
    return "derivative" if len(row.derivative) == 1 else f"d/d{argument}"


def _table(rows: tuple[Row, ...], terminal: Terminal) -> None:
    """The table: within the width of a terminal, and else with each row on lines of its own length."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading, width in _COLUMNS.items():
        table.add_column(heading, max_width=width, overflow="fold")
    for row in rows:
        partials = [
            f"d/d{argument} {_derivative(row, argument, terminal)}"
            if len(row.derivative) > 1
            else _derivative(row, argument, terminal)
            for argument in row.derivative
        ]
        cells = [f"{row.name}({row.signature})", _formula(row.definition, terminal), "\n".join(partials), row.domain]
        table.add_row(*(terminal.words(cell) for cell in (*cells, "; ".join(row.jumps))))
    if has_colours(sys.stdout):
        Console(markup=False, highlight=False).print(table)
        return
    console = Console(width=None if sys.stdout.isatty() else _WIDE, color_system=None, markup=False, highlight=False)
    with console.capture() as capture:
        console.print(table)
    print("\n".join(line.rstrip() for line in capture.get().rstrip().splitlines()))


def _derivative(row: Row, argument: str, terminal: Terminal) -> str:
    """A derivative as a textbook states it: piece by piece where it has kinks, with names for parts that repeat."""
    from wrt.derive.pieces import of_row
    from wrt.expr.node import Expr, Formula
    from wrt.notation import name_parts

    value = row.derivative[argument]
    if not isinstance(value, Expr):
        return value
    pieces = of_row(row.name, argument)
    if pieces:
        return ", ".join(piece.said(terminal.formula) for piece in pieces)
    return terminal.formula(Formula(value, name_parts(value, row.derivative.keys())))


def _formula(value: object, terminal: Terminal) -> str:
    from wrt.expr.node import Expr

    return terminal.formula(value) if isinstance(value, Expr) else str(value or "")
