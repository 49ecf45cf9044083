"""Reductions written with `keepdims=True`, so that they broadcast against the matrix that they were taken of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrt.expr.node import Add, Call, Contract, Expr, Mul, Power
from wrt.notation.products import Factor, Lifted
from wrt.notation.tree import Applied, Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wrt.notation.layout import Layout

Entry = Expr | Factor


def kept(layout: Layout, entries: Sequence[Entry], axis: int) -> list[Entry] | None:
    """Factors of a vector, each a reduction of a matrix over an axis, with that axis kept; None where one is not."""
    from wrt.notation.layout import Layout

    if not all(_can_keep(layout, entry, axis) for entry in entries):
        return None

    class Keeping(Layout):
        """Writes reductions over the axis with that axis kept."""

        def _lift(self, node: Expr) -> Written:
            if node in self.names or not node.shape:
                return layout.lift(node)
            return _keep(layout.lift(node)) if _reduces(node, axis) else super()._lift(node)

        def lifted(self, node: Contract) -> Lifted:
            known = layout.lifted(node)
            if not node.shape or not _can_keep(layout, node, axis):
                return known
            return Lifted(known.sign, [_keep_entry(each) for each in known.factors])

    keeping = Keeping(fresh=True)
    keeping.names, keeping.sums = layout.names, layout.sums
    result: list[Entry] = []
    for entry in entries:
        if isinstance(entry, Factor) and entry.wide:
            result.extend(entry.wide[1])
        else:
            result.append(keeping.as_factor(entry) if isinstance(entry, Expr) else _keep_entry(entry))
    return result


def _reduces(node: Expr, axis: int) -> bool:
    return isinstance(node, Call) and node.function.kind == "reduction" and node.axes == (axis,) and node.ndim == 1


def _is_reduced(tree: Written, axis: int) -> bool:
    return isinstance(tree, Applied) and tree.keywords == (("axis", axis),)


def _can_keep(layout: Layout, entry: Entry, axis: int) -> bool:
    if isinstance(entry, Factor):
        return entry.wide[0] == axis if entry.wide else axis == 1 and _is_reduced(entry.tree, axis)
    if not entry.shape:
        return True
    if entry in layout.names:
        return False
    if _reduces(entry, axis):
        return True
    match entry:
        case Contract():
            return all(_can_keep(layout, each, axis) for each in layout.lifted(entry).factors)
        case Add() | Mul() | Power():
            return all(_can_keep(layout, each, axis) for each in entry.operands)
        case Call():
            elementwise = entry.function.kind == "elementwise"
            return elementwise and all(_can_keep(layout, each, axis) for each in entry.args)
        case _:
            return False


def _keep(tree: Written) -> Written:
    assert isinstance(tree, Applied)
    return Applied(tree.name, tree.children, tree.function, (*tree.keywords, ("keepdims", True)))


def _keep_entry(entry: Entry) -> Entry:
    if not isinstance(entry, Factor):
        return entry
    mean, norm = (each and _keep(each) for each in (entry.mean, entry.norm))
    return entry._replace(tree=_keep(entry.tree), flip=entry.flip and _keep(entry.flip), mean=mean, norm=norm)
