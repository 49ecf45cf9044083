"""Expressions as functions of numbers: what is made entry by entry, seen at one entry."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wrt.expr.build import mul
from wrt.expr.facts import is_nonnegative, is_positive
from wrt.expr.node import Add, Call, Constant, Contract, Expr, Mul, Named, Power, Symbol
from wrt.expr.walk import substitute

MOST_NODES: Final = 150  # of an expression that is looked at as a whole


@dataclass(frozen=True)
class Region:
    """A function of numbers: a symbol without shape stands for each part that is not made entry by entry."""

    function: Expr
    parts: Mapping[Expr, Expr]

    def of_parts(self, function: Expr) -> Expr:
        """A function of the same symbols, of the parts themselves."""
        return substitute(function, self.parts)


def is_entrywise(node: Expr) -> bool:
    """Whether the entries of a node are made from those of its operands, one by one."""
    match node:
        case Add() | Mul() | Power():
            return True
        case Call():
            return node.function.kind == "elementwise"
        case Contract():
            distinct = len(set(node.out)) == len(node.out)  # ii->ii takes a diagonal
            return distinct and bool(node.operands) and all(subscript == node.out for subscript in node.subscripts)
        case _:
            return False


def region(root: Expr) -> Region:
    """An expression as a function of the parts that are not made entry by entry, or that lie too deep to be seen."""
    done: dict[Expr, Expr] = {}
    parts: dict[Expr, Expr] = {}
    seen = _seen(root)
    for node in seen:
        if not is_entrywise(node) or not all(operand in seen for operand in node.operands):
            done[node] = _symbol(node, len(parts))
            if done[node] is not node:
                parts[done[node]] = node
            continue
        operands = tuple(done[operand] for operand in node.operands)
        if operands == node.operands:
            done[node] = node
        else:
            done[node] = mul(*operands) if isinstance(node, Contract) else node.rebuilt(operands)
    return Region(done[root], parts)


def _seen(root: Expr) -> dict[Expr, None]:
    """The nodes nearest to the root that it is made of entry by entry, each after its operands, and the next parts."""
    depth = {root: 0}
    queue = deque([root])
    while queue:
        node = queue.popleft()
        if is_entrywise(node) and len(depth) < MOST_NODES:
            for operand in node.operands:
                if operand not in depth:
                    depth[operand] = depth[node] + 1
                    queue.append(operand)
    order: dict[Expr, None] = {}
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order[node] = None
        elif node not in order:
            stack.append((node, True))
            stack.extend((operand, False) for operand in node.operands if is_entrywise(node) and operand in depth)
    return order


def _symbol(part: Expr, place: int) -> Expr:
    """What stands for a part: the part itself where it is a number."""
    if isinstance(part, Constant | Named) or (isinstance(part, Symbol) and not part.shape):
        return part
    facts = {"nonnegative"} if is_nonnegative(part) else set()
    if is_positive(part):
        facts = {"positive"} if isinstance(part, Symbol) else {"positive", "nonzero"}
    return Symbol.intern(f"part {place}", (), frozenset(facts))
