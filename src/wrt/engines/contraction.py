"""Einsums as products of two factors at a time: slices first, then the cheapest order; diagonals and copies last."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from wrt.engines.common import Factor
from wrt.engines.order import Indices, Places, Tree, cheapest, likely, work
from wrt.engines.pairs import Term, applies, arranged, joined, ordered, summed, value_of
from wrt.engines.placed import Placed
from wrt.engines.structure import dense, entry, reverses, taken
from wrt.engines.values import Axes, Value
from wrt.expr.build import mul
from wrt.expr.node import ONE, Contract, Delta, Expr, Triangle, Unit
from wrt.notation.order import factor_key

if TYPE_CHECKING:
    from wrt.engines.lower import Lowering

TRANSPOSE = 0.02  # costs nothing, but is avoided between equals


def needed(lowering: Lowering, node: Contract) -> tuple[Expr, ...]:
    """The nodes whose values the contraction is made of."""
    from wrt.engines.lower import split

    return tuple(
        split(operand)[0]
        for operand, _ in lowering.parts.factors_of(node)
        if not isinstance(operand, Delta | Unit | Triangle)
    )


def lower_contract(lowering: Lowering, node: Contract) -> Placed:
    """The value of a contraction."""
    return _Contraction(lowering, node).run()


class _Contraction:
    """A contraction on its way: terms, each with its indices."""

    def __init__(self, lowering: Lowering, node: Contract) -> None:
        self.lowering = lowering
        self.node = node
        self.wanted: Indices = frozenset(node.out)
        self.order: Axes = tuple(dict.fromkeys(node.out))
        self.terms: list[Term] = []
        self.sign = 1
        factors = sorted(lowering.parts.factors_of(node), key=lambda factor: factor_key(factor[0]))
        for factor in factors:
            self.place(factor)
        met = {index for _, subscript in factors for index in subscript}
        self.repeated = sorted(met - self.wanted - {index for term in self.terms for index in term.indices})

    def place(self, factor: Factor) -> None:
        """Take an operand, without the axes along which it only has copies."""
        from wrt.engines.lower import split

        operand, subscript = factor
        if isinstance(operand, Delta | Unit | Triangle):
            self.terms.append(Term(subscript, structure=operand))
            return
        part, below = split(operand)
        sign, (value, axes) = self.lowering.unsigned(self.lowering.done[part])
        self.sign *= sign
        indices = tuple(subscript[axis] for axis in axes)
        self.terms.append(Term(indices, bottoms=[value]) if below else Term(indices, tops=[value]))

    def run(self) -> Placed:
        self.take_slices()
        self.terms = [self.without_diagonals(term) for term in self.terms]
        self.group()
        self.sum_alone()
        if len(self.terms) > 1:
            self.terms = [self.multiplied(self.tree())]
        return self.finish()

    def take_slices(self) -> None:
        """Apply indices and slices to all that they meet."""
        for term in list(self.terms):
            node = term.structure
            if isinstance(node, Unit) and not {*term.indices} & self.wanted:
                self.apply(term, node, *term.indices)
            elif isinstance(node, Delta):
                row, column = term.indices
                if row == column:
                    continue
                if column not in self.wanted and self.only_arrays(term, column):
                    self.apply(term, node, column, row)
                elif reverses(node) and row not in self.wanted and self.only_arrays(term, row):
                    self.apply(term, node, row, column)

    def only_arrays(self, term: Term, index: int) -> bool:
        """Whether an index stands, beside this term, at arrays alone."""
        return all(
            other.structure is None or isinstance(other.structure, Unit)
            for other in self.terms
            if other is not term and index in other.indices
        )

    def apply(self, term: Term, node: Unit | Delta, old: int, new: int | None = None) -> None:
        """Index or slice every array along an index, which then is another one, or gone."""
        self.terms.remove(term)
        for other in self.terms:
            if other.structure is not None and old in other.indices:
                other.tops, other.structure = [dense(self.lowering, other.structure)], None
            while old in other.indices:
                axis = other.indices.index(old)
                other.tops = [self.along(value, axis, node) for value in other.tops]
                other.bottoms = [self.along(value, axis, node) for value in other.bottoms]
                kept = () if new is None else (new,)
                other.indices = (*other.indices[:axis], *kept, *other.indices[axis + 1 :])
        if new is not None and new not in self.wanted and not any(new in other.indices for other in self.terms):
            self.repeated.append(new)

    def along(self, value: Value, axis: int, node: Unit | Delta) -> Value:
        """The value indexed or sliced along one axis."""
        take = entry if isinstance(node, Unit) else taken
        return take(self.lowering, value, axis, node)  # type: ignore[arg-type]

    def without_diagonals(self, term: Term) -> Term:
        """The term with each index once."""
        if len(set(term.indices)) == len(term.indices):
            return term
        if term.structure is not None:
            term = Term(term.indices, [dense(self.lowering, term.structure)])
        make = self.lowering.graph.make
        (value,) = (*term.tops, *term.bottoms)
        indices = term.indices
        while len(set(indices)) < len(indices):
            index = next(each for each in indices if indices.count(each) > 1)
            first = indices.index(index)
            second = indices.index(index, first + 1)
            rest = tuple(each for axis, each in enumerate(indices) if axis not in (first, second))
            alone = index not in self.wanted and not any(
                index in other.indices for other in self.terms if other != term
            )
            shape = tuple(size for axis, size in enumerate(value.shape) if axis not in (first, second))
            if not rest and alone and term.tops:
                return Term((), [make("trace", (value,), (), ())])
            indices = (*rest, index)
            value = make("diagonal", (value,), (first, second), (*shape, value.shape[first]))
        return Term(indices, [value]) if term.tops else Term(indices, bottoms=[value])

    def group(self) -> None:
        """Join the terms that have the same indices."""
        groups: dict[Indices, Term] = {}
        apart: list[Term] = []
        for term in self.terms:
            if term.structure is not None:
                apart.append(term)
                continue
            indices = ordered(term.indices, self.order) if self.wanted.issuperset(term.indices) else term.indices
            known = groups.setdefault(frozenset(term.indices), Term(indices))
            known.tops += [arranged(self.lowering, value, term.indices, known.indices) for value in term.tops]
            known.bottoms += [arranged(self.lowering, value, term.indices, known.indices) for value in term.bottoms]
        self.terms = [*groups.values(), *apart]

    def sum_alone(self) -> None:
        """Sum over the indices that only one term has."""
        for place, term in enumerate(self.terms):
            others = {index for other in self.terms if other is not term for index in other.indices}
            gone = frozenset(term.indices) - self.wanted - others
            if gone:
                self.terms[place] = summed(self.lowering, term, gone)

    def tree(self) -> Tree:
        """The order of multiplication."""
        sizes = [likely(size) for size in self.node.sizes]

        def cost(places: Places, left: Indices, right: Indices, kept: Indices) -> float:
            gone = left & right - kept
            if len(gone) == 1 and not left & right & kept:
                for place, other in zip(places, (right, left), strict=True):
                    node = None if place is None else self.terms[place].structure
                    if place is not None and node is not None and applies(node, self.terms[place].indices, *gone):
                        return 2 * prod(sizes[index] for index in other)
            turns = sum(self.is_turned(place, gone) for place in places)
            return work(sizes, left, right, kept) * (1 + TRANSPOSE * turns)

        return cheapest([frozenset(term.indices) for term in self.terms], self.wanted, sizes, cost)[1]

    def is_turned(self, place: int | None, gone: Indices) -> bool:
        """Whether a matrix that is multiplied by a vector must be transposed for it."""
        return place is not None and len(self.terms[place].indices) == 2 and self.terms[place].indices[0] in gone

    def multiplied(self, tree: Tree) -> Term:
        """The product in this order. What is not wanted and stands nowhere else is summed away."""
        terms, wanted = self.terms, self.wanted
        uses: dict[int, int] = {}
        for term in terms:
            for index in term.indices:
                uses[index] = uses.get(index, 0) + 1

        def build(tree: Tree) -> Term:
            if isinstance(tree, int):
                return terms[tree]
            left, right = build(tree[0]), build(tree[1])
            kept = set()
            for index in {*left.indices, *right.indices}:
                here = (index in left.indices) + (index in right.indices)
                if index in wanted or uses[index] > here:
                    kept.add(index)
                uses[index] -= here - 1
            return joined(self.lowering, left, right, frozenset(kept), self.order)

        return build(tree)

    def finish(self) -> Placed:
        """The value in the order of the output, on diagonals where an index of it is repeated."""
        lowering, node = self.lowering, self.node
        term = self.terms[0] if self.terms else Term(())
        if not term.tops and not term.bottoms and term.structure is None:
            term = Term((), [lowering.number(1)])
        value = value_of(lowering, term)
        indices = tuple(index for index in self.order if index in term.indices)
        value = arranged(lowering, value, term.indices, indices)
        placed = Placed(value, tuple(node.out.index(index) for index in indices))
        count = mul(1, *(node.sizes[index] for index in self.repeated))
        if count is not ONE:
            placed = lowering.product(1, [lowering.lower(count), placed])
        if self.sign < 0:
            placed = lowering.product(-1, [placed])
        if len(self.order) == len(node.out):
            return placed
        return self.on_diagonals(placed, indices)

    def on_diagonals(self, placed: Placed, indices: Axes) -> Placed:
        """Entries where the repeated indices of the output agree, and zeros elsewhere."""
        lowering, out = self.lowering, self.node.out
        make = lowering.graph.make
        if out == (out[0], out[0]) and indices == (out[0],):
            size = self.node.sizes[out[0]]
            return Placed(make("diag", (placed.value,), (), (size, size)), (0, 1))
        factors = [placed] if placed.axes or placed.value.op != "number" or placed.value.params != (1,) else []
        for index in self.order:
            places = [axis for axis, each in enumerate(out) if each == index]
            size = self.node.sizes[index]
            for place in places[1:]:
                eye = make("eye", (lowering.scalar(size),), (), (size, size))
                factors.append(Placed(eye, (places[0], place)))
        return lowering.product(1, factors)
