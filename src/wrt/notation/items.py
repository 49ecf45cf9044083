"""The operands of an einsum as items with indices: what unit vectors, slices and running sums do is written on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wrt.expr.node import ZERO, Constant, Contract, Delta, Expr, Shape, Triangle, Unit
from wrt.notation import embed
from wrt.notation.chain import Link, Links
from wrt.notation.products import Factor, product
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
    """Factors with the same indices, while units, slices and running sums are applied to them one after another."""

    def __init__(
        self, layout: Layout, node: Expr, subscript: Subscript, tree: Written | None = None, sign: int = 1
    ) -> None:
        self.layout = layout
        self.nodes = [node]
        self.subscript: list[int | None] = list(subscript)
        self.tree: Written | None = tree or structural(layout, node)
        self.structural = isinstance(node, Unit | Delta | Triangle)
        self.sign = sign
        self.picks: dict[int, Written | Span] = {}

    def pick(self, axis: int, item: Written | Span, index: int | None) -> None:
        """Write an item of a subscript for an axis, which then has another index, or none."""
        if axis in self.picks:
            left = [place for place, each in enumerate(self.subscript) if each is not None]
            self.settle()
            axis = left.index(axis)
        self.picks[axis] = item
        self.subscript[axis] = index

    def run(self, axis: int, index: int | None) -> None:
        """Write a running sum along an axis."""
        left = [place for place, each in enumerate(self.subscript) if each is not None]
        tree = self.settle()
        axis = left.index(axis)
        self.tree = Applied("cumsum", (tree,), None, (("axis", axis),) if len(left) > 1 else ())
        self.subscript[axis] = index

    def settle(self) -> Written:
        """What is written so far, with the items that wait."""
        if self.tree is None:
            self.sign, self.tree = product(self.layout, 1, tuple(self.nodes), absorb=False)
        if self.picks:
            last = max(self.picks)
            items = tuple(self.picks.get(axis, Span(None, None)) for axis in range(last + 1))
            self.tree = Indexed(self.tree, items)
            self.subscript = [index for index in self.subscript if index is not None]
            self.picks = {}
        return self.tree

    def finish(self, sizes: Shape) -> Item:
        """The item."""
        indices = tuple(index for index in self.subscript if index is not None)
        if self.tree is None and not self.picks:
            return Item(indices, list(self.nodes))
        link = Link(self.settle(), tuple(sizes[index] for index in indices))
        return Item(indices, links=(link,), sign=self.sign)


def items_of(layout: Layout, node: Contract) -> list[Item]:
    """The items of an einsum: units, slices and running sums are applied to what they select from."""
    operands = _with_names(layout, node)
    out = set(node.out)
    changed = True
    while changed:
        changed = False
        for selector in operands:
            if selector.structural and not selector.picks and _apply(selector, operands, out):
                changed = True
                break
    return [operand.finish(node.sizes) for operand in operands]


def _with_names(layout: Layout, node: Contract) -> list[_Operand]:
    """The operands of an einsum, where products that have a name stand under it."""
    found: list[_Operand] = []
    taken: set[int] = set()
    for part, (sign, tree) in layout.names.items():
        if not isinstance(part, Contract) or part is node:
            continue
        while (match := embed.find(part, node, taken)) is not None:
            taken |= match.places
            found.append(_Operand(layout, part, match.subscript, tree, sign))
    pairs = zip(node.operands, node.subscripts, strict=True)
    return found + [_Operand(layout, *pair) for place, pair in enumerate(pairs) if place not in taken]


def _apply(selector: _Operand, operands: list[_Operand], out: set[int]) -> bool:
    """Write a selector on the operand that it selects from, and take it from the list; whether that was possible."""
    node = selector.nodes[0]
    index = selector.subscript[-1]
    others = [each for each in operands if each is not selector and index in each.subscript]
    if isinstance(node, Triangle) and not others and index is not None and index not in out:
        return _count(selector, node)
    if not others or index is None or index in out or any(each.structural for each in others):
        return False
    first, *more = others
    if first.subscript.count(index) > 1 or any(each.subscript != first.subscript for each in more):
        return False
    row = None if isinstance(node, Unit) else selector.subscript[0]
    if row == index or (more and any(each.picks or each.tree is not None for each in others)):
        return False
    for each in more:
        first.nodes += each.nodes
        operands.remove(each)
    operands.remove(selector)
    axis = first.subscript.index(index)
    if isinstance(node, Unit):
        first.pick(axis, position(first.layout, node.position, node.size), None)
    elif isinstance(node, Delta):
        first.pick(axis, span(first.layout, node), row)
    else:
        first.run(axis, row)
    return True


def _count(selector: _Operand, node: Triangle) -> bool:
    """Write the triangle summed over its columns as a running sum of ones, unless it is summed over its diagonal."""
    row, column = selector.subscript
    if row == column:
        return False
    selector.tree = Applied("cumsum", (ones(selector.layout, node.size),))
    selector.subscript, selector.structural = [row], False
    return True
