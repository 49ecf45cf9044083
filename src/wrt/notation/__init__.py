"""From nodes to how they are written: layout, decided once, as a tree that every notation renders; and text.

`program(e)` gives the trees of an expression: named parts first, then the answer. A notation is a table with a row for
each kind of tree (`wrt.notation.tree`), run by `wrt.notation.plain.render`; text is the first of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from wrt.expr.node import Expr, Formula
from wrt.notation.declare import declaration, declarations
from wrt.notation.layout import PLAIN
from wrt.notation.parts import Program, least_named, name_parts, program
from wrt.notation.plain import render, write
from wrt.notation.tree import Applied, Einsum, Sum, Written

__all__ = [
    "Program",
    "declaration",
    "declarations",
    "effort",
    "in_order",
    "lift",
    "name_parts",
    "program",
    "render",
    "size",
    "text",
    "write",
]

LONGEST_COUNTED = 200
EINSUM_OPERAND = 2  # operators that an operand of an einsum counts for


def lift(node: Expr) -> Written:
    """The written form of an expression, without names for parts."""
    return PLAIN.lift(node.node if isinstance(node, Formula) else node)


def in_order(terms: Sequence[Expr], beyond: Expr) -> Written:
    """A sum whose terms stand in this order, with O(beyond) for what is left out.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> print(write(in_order([x, -(x**3) / 6], x**5)))
    x - x**3/6 + O(x**5)
    """
    rest = Applied("O", (PLAIN.lift(beyond),))
    if not terms:
        return rest
    signed = [PLAIN.signed(term) for term in terms]
    return Sum((*(sign for sign, _ in signed), 1), (*(tree for _, tree in signed), rest))


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


def effort(node: Expr) -> int:
    """What it takes to read an expression: its operators, those of a call that stands several times once.

    Such a call may have a name. An einsum counts more for each of its operands: matrix notation is preferred.

    >>> from wrt import read
    >>> f = read("softmax(A @ x) - outer(softmax(A @ x), softmax(A @ x)) @ y", A="n d", x="d", y="n")
    >>> size(f.node), effort(f.node)
    (9, 5)
    """
    tree = lift(node)
    if tree.ops > LONGEST_COUNTED:
        return tree.ops
    ops, least, seen, stack = tree.ops, least_named(node), set(), [tree]
    while stack:
        each = stack.pop()
        if isinstance(each, Applied) and each.function is not None and each.ops >= least:
            if id(each) in seen:
                ops -= each.ops
                continue
            seen.add(id(each))
        elif isinstance(each, Einsum):
            ops += EINSUM_OPERAND * len(each.children)
        stack.extend(each.children)
    return ops


def text(node: Expr) -> str:
    """The expression as text that reads back to the same object.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> text(x / (1 - x**2) ** 2)
    'x/(1 - x**2)**2'
    """
    whole = program(node)
    return "; ".join([*(f"{name} = {write(tree)}" for name, tree in whole.parts), write(whole.answer)])
