"""Maths text to formulas: lexed, parsed by Python's grammar, shapes inferred, built."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wrt.errors import ReadError
from wrt.expr.node import Expr, Formula
from wrt.read import refusals, source, words
from wrt.read.build import expression
from wrt.read.declare import dimension
from wrt.read.lexer import statements
from wrt.read.parse import parse
from wrt.read.shapes import infer
from wrt.read.state import Words
from wrt.read.tree import Program


def read_text(text: str, shapes: Mapping[str, object]) -> Formula:
    """The formula of a text whose variables are declared in `shapes`."""
    return read_program(text, shapes)[1]


def read_program(text: str, shapes: Mapping[str, object]) -> tuple[Program, Formula]:
    """The steps of a text as they are written, each with its expression; and the formula."""
    from wrt.read.declare import declarations

    declared = declarations(shapes)
    text = in_the_language(text, declared)
    program = _program(text, declared)
    symbols = infer(program, declared)
    node = expression(program, symbols)
    bound = {step.args[1].value for step in program.steps if step.op == "call" and step.value.name == "integrate"}
    free = {symbol.name for symbol in node.free}
    arguments = dict.fromkeys(declared)
    for name in program.names:
        if "dimension" not in symbols[name].facts and (name not in bound or name in free):
            arguments.setdefault(name)
    names = {name: part.node for name, part in program.parts.items() if part.node is not None}
    inferred = frozenset(name for name in arguments if name not in declared)
    variables = {name: symbols[name] for name in arguments}
    return program, Formula(node, names, tuple(arguments), inferred, text, variables)


def in_the_language(text: str, declared: Collection[str]) -> str:
    """The text, or what it says where it is source of a library."""
    if not source.is_source(text, declared):
        return text
    refusals.check_kind(text)
    return source.translated(text, declared)


def read_dimension(text: str) -> Expr:
    """A dimension written as an expression of others, such as n-1."""
    program = _program(text, {})
    if program.shaped or program.parts:
        raise ReadError(
            f"`{text}` is not a dimension", hint="dimensions are numbers, names, and sums and products of them"
        )
    return expression(program, {name: dimension(name) for name in program.names})


def _program(text: str, declared: Mapping[str, object]) -> Program:
    refusals.check_kind(text)
    found: dict[str, words.Word | None] = {}

    def lookup(name: str) -> words.Word | None:
        if name not in found:
            found[name] = words.lookup(name)
        return found[name]

    def function(name: str) -> str | None:
        word = lookup(name)
        return None if word is None else word.name

    return parse(statements(text, declared.keys(), Words(function, words.nearest)), declared, lookup)
