"""From nodes to how they are written: layout, decided once, as a tree that every notation renders; and text.

`program(e)` gives the trees of an expression: named parts first, then the answer. A notation is a table with a row for
each kind of tree (`wrt.notation.tree`), run by `wrt.notation.plain.render`; text is the first of them.
"""

from __future__ import annotations

from wrt.expr.node import Expr, Formula
from wrt.notation.declare import declaration, declarations
from wrt.notation.layout import PLAIN
from wrt.notation.parts import Program, name_parts, program
from wrt.notation.plain import render, write
from wrt.notation.tree import Written

__all__ = [
    "Program",
    "declaration",
    "declarations",
    "lift",
    "name_parts",
    "program",
    "render",
    "size",
    "text",
    "write",
]


def lift(node: Expr) -> Written:
    """The written form of an expression, without names for parts."""
    return PLAIN.lift(node.node if isinstance(node, Formula) else node)


def size(node: Expr) -> int:
    """How many operators it takes to write the expression, with the parts that its author named.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> size(1 / (2 * x)), size(-2 * x), size(-x)
    (2, 1, 1)
    """
    known: Written | None = node.recall("written")
    if known is not None:
        return known.ops
    return program(node).ops if isinstance(node, Formula) else PLAIN.lift(node).ops


def text(node: Expr) -> str:
    """The expression as text that reads back to the same object.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> text(x / (1 - x**2) ** 2)
    'x/(1 - x**2)**2'
    """
    whole = program(node)
    return "; ".join([*(f"{name} = {write(tree)}" for name, tree in whole.parts), write(whole.answer)])
