"""What stands on the page when an einsum is multiplied out: inner products, norms, means, outer products, diagonals."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from wrt.expr.node import ONE, Call, Constant, Contract, Expr, Power, Symbol
from wrt.notation import chain
from wrt.notation.chain import Link, Links
from wrt.notation.items import Item, eye, ones
from wrt.notation.keep import kept
from wrt.notation.order import MATRIX, leaves
from wrt.notation.products import Factor, Lifted, mean_of, product
from wrt.notation.tree import Applied, Chain, Einsum, Number, Operand, Raised, Transposed, Written

if TYPE_CHECKING:
    from wrt.notation.layout import Layout


class Writer:
    """Turns items into links of chains, and what is left at the end into factors."""

    def __init__(self, layout: Layout, node: Contract) -> None:
        self.layout = layout
        self.out = node.out
        self.sizes = node.sizes
        self.order = (MATRIX, leaves(node))
        self.lifted: dict[int, tuple[Item, int, Links]] = {}

    def factor(self, tree: Written, flip: Written | None = None, scalar: bool = False) -> Factor:
        """A factor with the einsum's place in the order of factors."""
        return Factor((not scalar, *self.order), tree, flip=flip)

    def as_chain(self, item: Item) -> tuple[int, Links]:
        """The sign and the links of an item."""
        if item.links:
            return item.sign, item.links
        known = self.lifted.get(id(item))
        if known is None:
            factors = tuple(item.factors)
            sign, tree = product(self.layout, 1, factors, absorb=False)
            opposite, flip = product(self.layout, -sign, factors, absorb=True)
            known = item, item.sign * sign, (Link(tree, self.sizes_of(item), flip=flip if opposite > 0 else None),)
            self.lifted[id(item)] = known
        return known[1], known[2]

    def sizes_of(self, item: Item) -> tuple[Expr, ...]:
        """The dimensions of an item's axes; an index that a diagonal split off has that of its twin."""
        return tuple(self.sizes[index if index >= 0 else -1 - index] for index in item.indices)

    def sign(self, item: Item) -> int:
        """The sign of an item when it is written as links."""
        return self.as_chain(item)[0]

    def links(self, item: Item) -> Links:
        """An item as a chain."""
        return self.as_chain(item)[1]

    def link(self, item: Item) -> Link:
        """An item as one link."""
        links = self.links(item)
        if len(links) == 1:
            return links[0] if not links[0].turned else Link(Transposed(links[0].tree), links[0].sizes)
        write_links = chain.matrix if len(item.indices) == 2 else chain.vector
        other = chain.flipped(links)
        return Link(write_links(links), self.sizes_of(item), flip=write_links(other) if other else None)

    def diagonal(self, item: Item) -> Link:
        """The diagonal matrix of a vector."""
        link = self.link(item)
        flip = None if link.flip is None else Applied("diag", (link.flip,))
        return Link(Applied("diag", (link.tree,)), link.sizes * 2, symmetric=True, flip=flip)

    def entries(self, item: Item) -> list[Expr | Factor]:
        """An item as factors of a product entry by entry, its sign aside."""
        if not item.links:
            return item.factors
        link = self.link(item)
        return [self.factor(link.tree, link.flip)]

    def entrywise(self, group: list[Item]) -> Item:
        """Items with the same indices, multiplied entry by entry."""
        sign = 1
        for item in group:
            sign *= item.sign
        return Item(group[0].indices, [each for item in group for each in self.entries(item)], sign=sign)

    def turned(self, item: Item) -> Item:
        """A matrix with its axes exchanged."""
        return Item(item.indices[::-1], links=chain.turned(self.links(item)), sign=self.sign(item))

    def aligned(self, group: list[Item]) -> list[Item]:
        """Matrices with the same two indices, all in the order that takes fewer transposes."""
        orders = sorted({item.indices for item in group}, key=lambda order: order != self.out[:2])
        options = [[item if item.indices == order else self.turned(item) for item in group] for order in orders]
        return min(options, key=lambda option: sum(self.link(item).tree.ops for item in option))

    def total(self, item: Item, axis: int | None = None) -> Factor:
        """The sum of an item over an axis, or over all of them; its sign stays with the item."""
        sizes = tuple(self.sizes[index] for place, index in enumerate(item.indices) if axis in (None, place))
        options = () if axis is None else (("axis", axis),)
        key = (axis is not None, *self.order)
        node = item.factors[0] if not item.links and len(item.factors) == 1 else None
        link = self.link(item)
        wide: list[Expr | Factor] = []
        if axis is not None and sizes[0] is ONE and not item.links:
            same = self.sign(item) == item.sign
            wide = item.factors if same else [self.factor(link.tree, link.flip)]
        total = Applied("sum", (link.tree,), None, options)
        mean = mean_of(total)
        flip = None if link.flip is None else Applied("sum", (link.flip,), None, options)
        if isinstance(node, Call) and node.function.name == "abs" and (axis is not None or len(item.indices) == 1):
            norm = Applied("norm", (self.layout.lift(node.args[0]), Number(1)), None, options)
            return Factor(key, norm, sizes=sizes, mean=mean)
        if isinstance(node, Power) and isinstance(node.exponent, Constant) and node.exponent.value == 2:
            operand = self.layout.signed(node.base)[1]
            norm = Applied("norm", (operand,), None, options)
            return Factor(key, self.squares(total, operand, node.base, axis), sizes=sizes, mean=mean, norm=norm)
        if wide and axis is not None:
            return Factor(key, total, flip=flip, wide=(axis, tuple(wide)))
        return Factor(key, total, flip=flip, sizes=sizes, mean=mean)

    def squares(self, total: Written, operand: Written, node: Expr, axis: int | None) -> Written:
        """A sum of squares: x @ x, norm(A @ x - b)**2, or the sum as such."""
        if axis is not None or isinstance(node, Call):
            return total
        if isinstance(node, Symbol) and node.ndim == 1:
            return Chain((operand, operand), row=True)
        return Raised(Applied("norm", (operand,)), Number(2))

    def length(self, lifted: Lifted) -> int:
        """How long the factors are together."""
        trees = (each.tree if isinstance(each, Factor) else self.layout.lift(each) for each in lifted.factors)
        return sum(tree.ops + 1 for tree in trees)

    # Scalars.

    def scalar(self, items: list[Item]) -> Lifted | None:
        """The value of items of which only a trace, an inner product or a sum over everything is left to take."""
        if len(items) == 2:
            first, second = items
            if len(first.indices) == len(second.indices) == 1:
                return self.inner(first, second)
            if frozenset(first.indices) == frozenset(second.indices) and len(set(first.indices)) == 2:
                return self.trace(first, second)
            return None
        if len(items) != 1 or len(items[0].indices) > 2:
            return None
        (item,) = items
        if not item.indices:
            return Lifted(self.sign(item), [self.factor(self.link(item).tree, scalar=True)])
        if len(item.indices) == 2 and item.indices[0] == item.indices[1]:
            return Lifted(self.sign(item), [self.factor(chain.trace(self.links(item)), scalar=True)])
        if len(item.indices) == 1 and len(item.factors) > 1 and not any(map(_is_reciprocal, item.factors)):
            last = max(item.factors, key=self.weight)
            others = [each for each in item.factors if each is not last]
            return self.inner(Item(item.indices, others, sign=item.sign), Item(item.indices, [last]))
        return Lifted(self.sign(item), [self.total(item)])

    def weight(self, each: Expr | Factor) -> int:
        return each.tree.ops if isinstance(each, Factor) else self.layout.lift(each).ops

    def inner(self, first: Item, second: Item) -> Lifted:
        """The inner product of two vectors."""
        if not first.links and not second.links and any(map(_is_reciprocal, (*first.factors, *second.factors))):
            item = self.entrywise([first, second])
            return Lifted(self.sign(item), [self.total(item)])
        sign = self.sign(first) * self.sign(second)
        left, right = self.links(first), self.links(second)
        links = (*chain.turned(left), *right)
        if len(links) == 2 and links[0].tree.ops > links[1].tree.ops:
            links = links[::-1]
        best = self.factor(chain.scalar(links), scalar=True)
        for place in range(2, len(links) - 1):
            candidate = self.split(chain.turned(links[:place]), links[place:])
            if candidate.tree.ops < best.tree.ops:
                best = candidate
        other = chain.flipped(links)
        if other is not None and isinstance(best.tree, Chain):
            best = best._replace(flip=chain.scalar(other))
        return Lifted(sign, [best])

    def split(self, left: Links, right: Links) -> Factor:
        """The inner product of two products of matrices and a vector."""
        return self.factor(Chain((chain.vector(left), chain.vector(right)), row=True), scalar=True)

    def trace(self, first: Item, second: Item) -> Lifted:
        """Two matrices that share both indices: the trace of their product, or the sum of their entries' products."""
        right = self.links(second) if second.indices[0] == first.indices[1] else chain.turned(self.links(second))
        cycle = (*self.links(first), *right)
        trace = chain.trace(cycle)
        item = self.entrywise(self.aligned([first, second]))
        total = self.total(item)
        if trace.ops > total.tree.ops:
            return Lifted(self.sign(item), [total])
        other = chain.flipped(cycle)
        flip = chain.trace(other) if other else None
        return Lifted(self.sign(first) * self.sign(second), [self.factor(trace, flip, scalar=True)])

    # Vectors, matrices and what has more axes.

    def tensor(self, items: list[Item]) -> Lifted:
        """The items when nothing is left to sum: entry by entry, an outer product, a diagonal, or an einsum."""
        free = set(self.out)
        held = {index for item in items for index in item.indices}
        simple = held <= free and all(len(set(item.indices)) == len(item.indices) <= 2 for item in items)
        if not simple:
            return self.einsum(items)
        if not items and len(free) == len(self.out):
            return Lifted(1, [self.factor(ones(self.layout, *(self.sizes[index] for index in self.out)))])
        if len(self.out) == 1:
            return self.entry_factors(items[0])
        if len(self.out) == 2 and len(free) == 1:
            if not items:
                return Lifted(1, [self.factor(eye(self.layout, self.sizes[self.out[0]]))])
            link = self.diagonal(items[0])
            return Lifted(self.sign(items[0]), [self.factor(link.tree, link.flip)])
        return self.matrix(items) if len(self.out) == 2 else self.einsum(items)

    def entry_factors(self, *items: Item) -> Lifted:
        item = self.entrywise(list(items))
        return Lifted(item.sign, item.factors)

    def matrix(self, items: list[Item]) -> Lifted:
        """A matrix, and vectors along its rows and columns."""
        row, column = self.out
        found = {frozenset(item.indices): item for item in items}
        body = found.get(frozenset(self.out))
        rows, columns = found.get(frozenset((row,))), found.get(frozenset((column,)))
        if body is not None and body.indices != self.out:
            body = self.turned(body)
        if body is None:
            return self.kept_alone(rows, columns) or self.outer(rows, columns)
        if rows is None and columns is None:
            return self.entry_factors(body)
        beside = self.kept(rows, 1) if rows else []
        along = self.along(columns) if columns else []
        sign = body.sign * (rows.sign if rows else 1) * (columns.sign if columns else 1)
        if beside is not None:
            return Lifted(sign, [*self.entries(body), *beside, *along])
        if rows is None or columns is not None:
            product_ = self.outer(rows, columns)
            return Lifted(product_.sign * body.sign, [*self.entries(body), *product_.factors])
        links = (self.diagonal(rows), *self.links(body))
        other = chain.flipped(links)
        flip = chain.matrix(other) if other else None
        return Lifted(self.sign(rows) * self.sign(body), [self.factor(chain.matrix(links), flip)])

    def kept(self, item: Item, axis: int) -> list[Expr | Factor] | None:
        """A vector of reductions over an axis, with that axis kept."""
        return None if item.links else kept(self.layout, item.factors, axis)

    def along(self, item: Item) -> list[Expr | Factor]:
        """A vector along the last axis, which broadcasts as it is; an axis of size 1 that it has need not be summed."""
        wide = any(isinstance(each, Factor) and each.wide for each in item.factors)
        return (self.kept(item, 0) if wide else None) or self.entries(item)

    def kept_alone(self, rows: Item | None, columns: Item | None) -> Lifted | None:
        """A vector with an axis of size 1 beside its own, where it can be written with keepdims."""
        item, axis = (rows, 1) if rows is not None else (columns, 0)
        if item is None or (rows is not None and columns is not None) or self.sizes[self.out[axis]] is not ONE:
            return None
        if any(isinstance(each, Factor) and each.wide for each in item.factors):
            return None
        factors = self.kept(item, axis)
        return None if factors is None else Lifted(item.sign, factors)

    def outer(self, rows: Item | None, columns: Item | None) -> Lifted:
        """The outer product; ones stand for an axis along which everything is the same."""
        sign = 1
        sides: list[Written] = []
        flips: list[Written | None] = []
        for index, item in zip(self.out, (rows, columns), strict=True):
            if item is None:
                sides.append(ones(self.layout, self.sizes[index]))
                flips.append(None)
            else:
                link = self.link(item)
                sign *= self.sign(item)
                sides.append(link.tree)
                flips.append(link.flip)
        place = next((place for place, each in enumerate(flips) if each is not None), None)
        flip = None
        if place is not None:
            changed = [flips[place] if at == place else side for at, side in enumerate(sides)]
            flip = Applied("outer", tuple(each for each in changed if each is not None))
        return Lifted(sign, [self.factor(Applied("outer", tuple(sides)), flip)])

    def einsum(self, items: list[Item]) -> Lifted:
        """What no other word says."""
        fresh = iter(string.ascii_lowercase[8:] + string.ascii_lowercase[:8] + string.ascii_uppercase)
        letters: dict[int, str] = {}
        held = {index for item in items for index in item.indices}
        operands: list[Operand] = []
        out, sign = "", 1
        for index in self.out:
            letter = next(fresh)
            out += letter
            if index in letters:
                operands.append(Operand(letters[index] + letter, eye(self.layout, self.sizes[index])))
            elif index not in held and self.out.count(index) == 1:
                operands.append(Operand(letter, ones(self.layout, self.sizes[index])))
            letters.setdefault(index, letter)
        for item in items:
            oriented = self.oriented(item)
            sign *= self.sign(oriented)
            for index in oriented.indices:
                if index not in letters:
                    letters[index] = next(fresh)
            indices = "".join(letters[index] for index in oriented.indices)
            node = oriented.factors[0] if not oriented.links and len(oriented.factors) == 1 else None
            known = node if isinstance(node, Expr) else None
            operands.append(Operand(indices, self.link(oriented).tree, self.sign(oriented), known))
        operands.sort(key=lambda each: [out.find(letter) for letter in each.indices])
        return Lifted(sign, [self.factor(Einsum(tuple(operands), out))])

    def oriented(self, item: Item) -> Item:
        """A matrix or its transpose, whichever is shorter."""
        if len(item.indices) != 2:
            return item
        other = self.turned(item)
        return other if self.link(other).tree.ops < self.link(item).tree.ops else item


def _is_reciprocal(each: Expr | Factor) -> bool:
    return isinstance(each, Power) and isinstance(each.exponent, Constant) and each.exponent.value < 0
