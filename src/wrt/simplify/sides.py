"""Piecewise functions on one side of where their pieces meet: |u| is u where u > 0, and -u where u < 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wrt.expr.arithmetic import full, is_hadamard
from wrt.expr.build import sub
from wrt.expr.conditions import HOLDS
from wrt.expr.node import FALSE, TRUE, Add, Call, Cases, Compare, Expr, Logic, Mul, Power
from wrt.expr.walk import nodes, rebuild, remembered

Sign = Callable[[Expr], int | None]

ENTRYWISE = (Add, Mul, Power, Cases, Compare, Logic)


def in_pieces(node: Expr) -> Expr | None:
    """A call of a function that is defined by pieces, as these pieces; None for any other node.

    >>> from wrt import functions
    >>> from wrt.expr.build import symbol
    >>> print(in_pieces(functions.relu(symbol("x"))))
    where(x > 0, x, 0)
    """
    if not isinstance(node, Call) or node.function.kind != "elementwise" or node.function.definition is None:
        return None
    known: tuple[Expr | None] | None = node.recall("pieces")
    if known is None:
        pieces = node.function.definition(*node.args)
        compared = list(_compared(pieces, node))
        ordered = any(each.op not in ("==", "!=") for each in compared)
        simple = not any(_is_smooth(each) for one in compared for each in _below(one, node))
        known = node.remember("pieces", (pieces if ordered and simple else None,))
    return known[0]


def _below(root: Expr, call: Call) -> Iterator[Expr]:
    """The nodes of a definition that do not stand in the arguments already."""
    given = {each for arg in call.args for each in nodes(arg)}
    return (each for each in nodes(root) if each not in given)


def _compared(pieces: Expr, call: Call) -> Iterator[Compare]:
    """The comparisons of a definition, and of the functions that it uses."""
    for each in _below(pieces, call):
        if isinstance(each, Compare):
            yield each
        inner = in_pieces(each)
        if inner is not None and isinstance(each, Call):
            yield from _compared(inner, each)


def _is_smooth(node: Expr) -> bool:
    return isinstance(node, Call) and in_pieces(node) is None


def has_pieces(root: Expr) -> bool:
    """Whether a piecewise function stands in the expression."""
    return remembered(root, "piecewise", _is_piecewise)


def _is_piecewise(node: Expr) -> bool:
    """Whether a node is piecewise, or has an operand of which that is remembered."""
    return (
        isinstance(node, Cases)
        or any(operand.recall("piecewise") for operand in node.operands)
        or (isinstance(node, Call) and (node.function.kinks is not None or in_pieces(node) is not None))
    )


def is_entrywise(root: Expr) -> bool:
    """Whether each entry of a tensor depends on the pieces at its own place only."""
    stack = [root]
    while stack:
        node = stack.pop()
        if (
            isinstance(node, ENTRYWISE)
            or is_hadamard(node)
            or (isinstance(node, Call) and node.function.kind == "elementwise")
        ):
            stack.extend(node.operands)
        elif has_pieces(node):
            return False
    return True


def quantities(root: Expr) -> Iterator[Expr]:
    """The differences of what is compared where pieces are chosen.

    >>> from wrt import functions
    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> [str(each) for each in quantities(functions.clip(x, 0, 1) + abs(x))]
    ['x', 'maximum(x, 0) - 1', 'x']
    """
    for node in nodes(root):
        if isinstance(node, Compare):
            yield sub(node.left, node.right)
        pieces = in_pieces(node)
        if pieces is not None and isinstance(node, Call):
            yield from (sub(each.left, each.right) for each in _compared(pieces, node))


def on_side(root: Expr, sign: Sign) -> Expr:
    """The expression with each piecewise function replaced by the piece that the signs of what is compared choose.

    What no sign decides stays as it is.
    """
    return rebuild(root, lambda node: _chosen(node, sign)) if has_pieces(root) else root


def _chosen(node: Expr, sign: Sign) -> Expr:
    if isinstance(node, Compare):
        side = sign(sub(node.left, node.right))
        return node if side is None else TRUE if HOLDS[node.op](side, 0) else FALSE
    pieces = in_pieces(node)
    if pieces is None:
        return node
    value = on_side(pieces, sign)
    if any(isinstance(each, Cases | Logic | Compare) for each in nodes(value)):
        return node
    return full(value, node.shape) if node.shape and not value.shape else value
