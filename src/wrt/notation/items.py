"""The operands of an einsum as items with indices: what unit vectors, slices and running sums do is written on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wrt.expr.node import ZERO, Constant, Contract, Delta, Expr, Shape, Triangle, Unit
from wrt.notation.chain import Link, Links
from wrt.notation.products import Factor
from wrt.notation.tree import Applied, Bound, Indexed, Number, Span, Written

if TYPE_CHECKING:
    from wrt.notation.layout import Layout

Subscript = tuple[int, ...]


@dataclass(eq=False, slots=True)
class Item:
    """A tensor in an einsum: its indices, its sign, and what it is: a product entry by entry (`factors`), or a chain
    (`links`), which for a vector ends with the vector.
    """

    indices: Subscript
    factors: list[Expr | Factor] = field(default_factory=list)
    links: Links = ()
    sign: int = 1


def eye(layout: Layout, size: Expr) -> Written:
    """The identity matrix."""
    return Applied("eye", (layout.lift(size),))


def ones(layout: Layout, *sizes: Expr) -> Written:
    """A tensor of ones."""
    return Applied("ones", tuple(map(layout.lift, sizes)))


def position(layout: Layout, place: Expr, size: Expr) -> Written:
    """An index of an axis, counted from its end where that is shorter."""
    from wrt.notation.tree import Minus

    behind = place - size
    if not isinstance(place, Constant) and isinstance(behind, Constant) and behind.value < 0:
        return Minus(Number(-behind.value))
    return layout.lift(place)


def span(layout: Layout, node: Delta) -> Span:
    """The slice that a Delta takes."""
    if node.stride < 0:
        return Span(None, None, node.stride)
    start: Bound = None if node.offset is ZERO else position(layout, node.offset, node.columns)
    end = node.offset + node.stride * node.rows
    if node.stride > 1 and isinstance(node.columns, Constant) and isinstance(end, Constant):
        stop: Bound = None if end.value >= node.columns.value else layout.lift(end)
    else:
        stop = None if end is node.columns else position(layout, end, node.columns)
    return Span(start, stop, node.stride)


def structural(layout: Layout, node: Expr) -> Written | None:
    """A unit vector, a slice or a running sum as a vector or matrix of its own."""
    match node:
        case Unit():
            return Indexed(eye(layout, node.size), (position(layout, node.position, node.size),))
        case Delta():
            return Indexed(eye(layout, node.columns), (span(layout, node),))
        case Triangle():
            return Applied("cumsum", (eye(layout, node.size),), None, (("axis", 0),))
    return None


class _Operand:
    """An operand while units, slices and running sums are applied to it."""

    def __init__(self, node: Expr, subscript: Subscript) -> None:
        self.node = node
        self.subscript: list[int | None] = list(subscript)
        self.picks: dict[int, Written | Span] = {}
        self.running: list[int] = []

    def finish(self, layout: Layout, sizes: Shape) -> Item:
        indices = tuple(index for index in self.subscript if index is not None)
        tree = structural(layout, self.node)
        if tree is None and not self.picks and not self.running:
            return Item(indices, [self.node])
        tree = tree or layout.lift(self.node)
        if self.picks:
            last = max(self.picks)
            items = tuple(self.picks.get(axis, Span(None, None)) for axis in range(last + 1))
            tree = Indexed(tree, items)
        axes = [axis for axis, index in enumerate(self.subscript) if index is not None]
        for axis in self.running:
            options = (("axis", axes.index(axis)),) if len(axes) > 1 else ()
            tree = Applied("cumsum", (tree,), None, options)
        return Item(indices, links=(Link(tree, tuple(sizes[index] for index in indices)),))


def items_of(layout: Layout, node: Contract) -> list[Item]:
    """The items of an einsum: units, slices and running sums are applied to what they select from."""
    operands = [_Operand(*pair) for pair in zip(node.operands, node.subscripts, strict=True)]
    out = set(node.out)
    for operand in list(operands):
        selector = operand.node
        if isinstance(selector, Unit | Delta | Triangle) and _apply(layout, operand, operands, out):
            operands.remove(operand)
    return [operand.finish(layout, node.sizes) for operand in operands]


def _apply(layout: Layout, selector: _Operand, operands: list[_Operand], out: set[int]) -> bool:
    """Write a selector on the operands that it selects from; whether it is then no longer needed."""
    node = selector.node
    index = selector.subscript[-1]
    others = [each for each in operands if each is not selector and index in each.subscript]
    plain = all(
        not isinstance(each.node, Unit | Delta | Triangle) and each.subscript.count(index) == 1 for each in others
    )
    if not others or not plain or index is None:
        return False
    if isinstance(node, Unit):
        for each in others:
            axis = each.subscript.index(index)
            each.picks[axis] = position(layout, node.position, node.size)
            each.subscript[axis] = None
        return index not in out
    row = selector.subscript[0]
    if index in out or row == index or (isinstance(node, Triangle) and len(others) > 1):
        return False
    if any(each.subscript.index(index) in each.picks or each.running for each in others):
        return False
    for each in others:
        axis = each.subscript.index(index)
        each.subscript[axis] = row
        if isinstance(node, Delta):
            each.picks[axis] = span(layout, node)
        else:
            each.running.append(axis)
    return True
