"""Matrix products on the page: links from one index to another, turned round wherever that saves transposes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wrt.notation.plain import write
from wrt.notation.tree import Applied, Chain, Transposed, Written

if TYPE_CHECKING:
    from wrt.expr.node import Expr


class Link(NamedTuple):
    """A factor of a matrix product: the dimensions that it leads from and to (a vector has one), and how it is written.

    `flip` is how its negative is written, where that is not longer.
    """

    tree: Written
    sizes: tuple[Expr, ...]
    turned: bool = False
    symmetric: bool = False
    flip: Written | None = None

    def reversed(self) -> Link:
        """The link walked from the other side."""
        if self.symmetric or len(self.sizes) == 1:
            return self
        return self._replace(turned=not self.turned, sizes=self.sizes[::-1])


Links = tuple[Link, ...]


def turned(links: Links) -> Links:
    """The same product walked from the other end."""
    return tuple(link.reversed() for link in reversed(links))


def _factor(link: Link) -> Written:
    return Transposed(link.tree) if link.turned else link.tree


def _transposes(links: Links) -> int:
    return sum(link.turned for link in links)


def join(trees: tuple[Written, ...], row: bool = False) -> Written:
    """The matrix product of factors, without a chain inside a chain."""
    if len(trees) == 1:
        return trees[0]
    parts = tuple(part for tree in trees for part in (tree.children if isinstance(tree, Chain) else (tree,)))
    return Chain(parts, row)


def matrix(links: Links) -> Written:
    """A matrix product; neighbours that are both transposed share one transpose."""
    trees: list[Written] = []
    run: list[Link] = []
    for link in (*links, None):
        if link is not None and link.turned:
            run.append(link)
            continue
        if run:
            product = join(tuple(each.tree for each in reversed(run)))
            trees.append(Transposed(product))
            run = []
        if link is not None:
            trees.append(link.tree)
    return join(tuple(trees))


def vector(links: Links) -> Written:
    """Matrices times a vector, which is the last link."""
    *matrices, last = links
    if not matrices:
        return last.tree
    return join((matrix(tuple(matrices)), last.tree))


def scalar(links: Links) -> Written:
    """A vector times matrices times a vector, from the end that needs fewer transposes."""
    first, last = links[0], links[-1]
    forward, backward = links[1:-1], turned(links[1:-1])
    chosen = [(forward, first, last), (backward, last, first)]
    between, left, right = min(chosen, key=lambda option: _transposes(option[0]))
    return join((left.tree, *map(_factor, between), right.tree), row=True)


def trace(links: Links) -> Written:
    """The trace of a product of matrices: of all ways round, the one with fewest transposes."""
    options = [way[place:] + way[:place] for way in (links, turned(links)) for place in range(len(links))]
    fewest = min(map(_transposes, options))
    trees = [join(tuple(map(_factor, option))) for option in options if _transposes(option) == fewest]
    return Applied("tr", (min(trees, key=write) if len(trees) > 1 else trees[0],))


def flipped(links: Links) -> Links | None:
    """The links of the negative product, with one of them negated where that is not longer; None if none can be."""
    for place, link in enumerate(links):
        if link.flip is not None:
            changed = link._replace(tree=link.flip, flip=link.tree)
            return (*links[:place], changed, *links[place + 1 :])
    return None
