"""Shapes beside what has them: each term of a formula with its own, in a table or under a brace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wrt.expr.node import Add, Expr, Formula, Mul
from wrt.notation import text, write
from wrt.notation.layout import Layout
from wrt.notation.parts import names_of, with_definitions
from wrt.notation.tree import Braced, Written
from wrt.show.entries import needs_indices
from wrt.show.lines import GAP

if TYPE_CHECKING:
    from wrt.show.spelling import Spelling

MOST = 24  # lines of a table, from which on it goes no deeper
MATRIX = 2  # axes


def table(root: Expr, form: str) -> str:
    """A formula with its shape, and below it the terms and factors that it is made of, each with its own."""
    names = names_of(root) if isinstance(root, Formula) else {}
    node = root.node if isinstance(root, Formula) else root
    layout = Layout(names, fresh=True)
    cross = "x" if form == "text" else "×"
    rows = {text(root) if form == "text" else root.unicode(): _shape(node, cross)}
    for part in _parts(node, layout):
        written = _written(part, layout, form)
        if part in names:
            whole = layout.definition(part)
            written = f"{written} = {_spelled(whole, form)}"
        rows.setdefault(f"  {written}", _shape(part, cross))
    width = max(map(len, rows))
    return "\n".join(f"{formula:<{width}}{GAP}{shape}" for formula, shape in rows.items())


def _written(node: Expr, layout: Layout, form: str) -> str:
    """A part, without its sign and without what the names in it mean."""
    return node.unicode() if node.ndim > MATRIX and form != "text" else _spelled(layout.signed(node)[1], form)


def _spelled(tree: Written, form: str) -> str:
    from wrt.show import notation

    return write(tree) if form == "text" else notation(form).tree(tree)


def _shape(node: Expr, cross: str) -> str:
    return cross.join(str(size).replace(" ", "") for size in node.shape) or "scalar"


def _parts(root: Expr, layout: Layout) -> list[Expr]:
    """What has a shape in an expression, each once: terms in their order, then their factors, from the outside in."""
    found: dict[Expr, None] = {}
    level = [root]
    while level and len(found) < MOST:
        level = [each for node in level for each in _below(node, layout) if each.shape]
        found.update(dict.fromkeys(level))
        level = list(dict.fromkeys(level))
    return list(found)


def _below(node: Expr, layout: Layout) -> Sequence[Expr]:
    """The terms of a sum as they are written, or the factors of a product."""
    if isinstance(node, Add):
        return [term.node for term in layout.terms(node)]
    return node.factors[-1].operands or node.factors if isinstance(node, Mul) else node.operands


def braced(root: Expr, spelling: Spelling) -> str:
    """A formula with a brace and the shape under each of its terms, or under the whole where it is one term."""
    names = names_of(root) if isinstance(root, Formula) else {}
    node = root.node if isinstance(root, Formula) else root
    layout = Layout(names, fresh=True)
    if not node.shape or needs_indices(root):
        return spelling.formula(root)
    for term in node.terms if isinstance(node, Add) else (node,):
        if term.shape:
            sign, tree = layout.signed(term) if isinstance(node, Add) else (1, layout.lift(term))
            layout.names[term] = sign, Braced(tree, tuple(map(layout.lift, term.shape)))
    layout.found = {}
    return spelling.program(with_definitions(layout.lift(node), layout, names))
