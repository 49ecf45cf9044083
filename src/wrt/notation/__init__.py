"""From nodes to how they are written: layout, decided once, as a tree that every notation renders; and text."""

from __future__ import annotations

from wrt.expr.node import Expr, Formula
from wrt.notation.declare import declarations
from wrt.notation.layout import PLAIN
from wrt.notation.text import write
from wrt.notation.tree import Written

__all__ = ["declarations", "lift", "size", "text", "write"]


def lift(node: Expr) -> Written:
    """The written form of an expression."""
    return PLAIN.lift(node)


def size(node: Expr) -> int:
    """How many operators it takes to write the expression."""
    return PLAIN.lift(node).ops


def text(node: Expr) -> str:
    """The expression as text that reads back to the same object."""
    return write(PLAIN.lift(node.node if isinstance(node, Formula) else node))
