"""Piecewise functions on one side of where their pieces meet: |u| is u where u > 0, and -u where u < 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from wrt.expr.arithmetic import full, is_hadamard
from wrt.expr.build import sub, symbol
from wrt.expr.conditions import HOLDS
from wrt.expr.function import Function
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
    if not isinstance(node, Call) or not is_piecewise(node.function):
        return None
    assert node.function.definition is not None
    known: Expr | None = node.recall("pieces")
    return node.remember("pieces", node.function.definition(*node.args)) if known is None else known


@cache
def is_piecewise(function: Function) -> bool:
    """Whether a function is defined by pieces, which its arguments choose by their order."""
    if function.kind != "elementwise" or function.definition is None:
        return False
    call = Call.intern(function, tuple(symbol(f"argument {name}") for name in function.arguments), ())
    compared = list(_compared(function.definition(*call.args), call))
    smooth = (
        each for one in compared for each in _below(one, call) if isinstance(each, Call) and in_pieces(each) is None
    )
    return any(each.op not in ("==", "!=") for each in compared) and next(smooth, None) is None


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


def works_entrywise(node: Expr) -> bool:
    """Whether each entry of a node depends on the operands' entries at its own place only."""
    plain = isinstance(node, Call) and node.function.kind == "elementwise"
    return plain or isinstance(node, ENTRYWISE) or is_hadamard(node)


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
    while has_pieces(root):  # a piece that is chosen may leave others in a new form: sign(-2*x) is -sign(2*x)
        chosen = rebuild(root, lambda node: _chosen(node, sign))
        if chosen is root:
            break
        root = chosen
    return root


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
