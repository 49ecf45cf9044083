"""The einsum constructor: nested contractions are flattened, scalars pulled out, equal einsums become one object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias, TypeVar

from wrt.errors import LimitError, ShapeError
from wrt.expr.coerce import as_expr
from wrt.expr.node import ONE, Add, Constant, Contract, Expr, Mul, Unit
from wrt.expr.shape import shape_text

Subscript: TypeAlias = tuple[int, ...]
Factor: TypeAlias = tuple[Expr, Subscript]
Key = TypeVar("Key")

MOST_ALIKE = 64  # beginnings of orders that look alike and are followed to the end
MOST_OPERANDS = 128
LONGEST_FLAT = 24


def contract(
    operands: Sequence[object], subscripts: Sequence[Subscript], out: Subscript, sizes: Sequence[Expr]
) -> Expr:
    """The einsum of the operands: summed over each index that is not in `out`; `sizes[i]` is the dimension of index i.

    Raises ShapeError where an operand's axis does not have its index's dimension.

    >>> from wrt.expr.build import symbol
    >>> n = symbol("n", facts=["dimension"]); x = symbol("x", (n,))
    >>> contract([x, x], [(0,), (0,)], (), (n,)) is contract([x**2], [(0,)], (), (n,))
    True
    """
    nodes = [as_expr(operand) for operand in operands]
    for node, subscript in zip(nodes, subscripts, strict=True):
        expected = tuple(sizes[index] for index in subscript)
        if node.shape != expected:
            raise ShapeError(f"an operand has shape {shape_text(node.shape)} where {shape_text(expected)} is needed")
    return _Contraction(list(sizes), list(out)).build(nodes, subscripts)


def contract_used(
    operands: Sequence[Expr], subscripts: Sequence[Subscript], out: Subscript, sizes: Sequence[Expr]
) -> Expr:
    """The einsum over the indices that stand somewhere: an index of `sizes` that neither an operand nor `out` has, and
    over which `contract` would sum copies, plays no part.
    """
    used = sorted({index for subscript in subscripts for index in subscript} | set(out))
    number_of = {index: place for place, index in enumerate(used)}
    return contract(
        operands,
        [tuple(number_of[index] for index in subscript) for subscript in subscripts],
        tuple(number_of[index] for index in out),
        [sizes[index] for index in used],
    )


class _Contraction:
    """A contraction while it is being built: scalars so far, factors with their indices, equal indices."""

    def __init__(self, sizes: list[Expr], out: list[int]) -> None:
        self.sizes = sizes
        self.out = out
        self.scalars: list[Expr] = []
        self.factors: list[Factor] = []
        self.same: dict[int, int] = {}

    def build(self, nodes: Sequence[Expr], subscripts: Sequence[Subscript]) -> Expr:
        from wrt.expr.arithmetic import full, mul, scaled_core
        from wrt.expr.node import ZERO

        for node, subscript in zip(nodes, subscripts, strict=True):
            self.place(node, subscript)
        out = tuple(map(self.find, self.out))
        factors = self.merge([(node, tuple(map(self.find, subscript))) for node, subscript in self.factors])
        shape = tuple(self.sizes[index] for index in out)
        if factors is None:
            return scaled_core([ZERO], full(ONE, shape)) if shape else ZERO
        used = {index for _, subscript in factors for index in subscript} | set(out)
        for index in range(len(self.sizes)):
            if self.find(index) == index and index not in used:
                self.scalars.append(self.sizes[index])
        core_factors = self.split_scalars(_without_summed_units(factors, set(out)), set(out))
        free = self.freed(core_factors, out)
        if free != core_factors:
            operands, places = [node for node, _ in free], [subscript for _, subscript in free]
            return mul(*self.scalars, contract_used(operands, places, out, self.sizes))
        if not shape:
            from wrt.expr.arithmetic import product

            return product(self.scalars)
        return scaled_core(self.scalars, assemble(core_factors, out, self.sizes))

    def find(self, index: int) -> int:
        while index in self.same:
            index = self.same[index]
        return index

    def unify(self, left: int, right: int) -> None:
        left, right = self.find(left), self.find(right)
        if left != right:
            self.same[right] = left

    def place(self, node: Expr, subscript: Subscript) -> None:
        """Take an operand apart: scalar factors aside, an inner contraction spliced in."""
        if not node.shape:
            self.scalars.append(node)
            return
        if isinstance(node, Mul):
            if node.coefficient != 1:
                self.scalars.append(Constant.intern(node.coefficient))
            self.scalars.extend(node.factors[:-1])
            node = node.factors[-1]
        if isinstance(node, Contract) and self.has_room_for(node, len(self.factors)):
            self.splice(node, subscript)
        elif isinstance(node, Add):
            from wrt.expr.arithmetic import positive_form

            sign, form = positive_form(node)
            if sign < 0:
                self.scalars.append(Constant.intern(-1))
            self.factors.append((form, subscript))
        else:
            self.factors.append((node, subscript))

    def has_room_for(self, node: Contract, factors: int) -> bool:
        """Whether an inner contraction is flattened: very long ones stay parts, so that deep networks do not swell."""
        return not node.operands or len(node.operands) + factors <= LONGEST_FLAT

    def freed(self, factors: list[Factor], out: Subscript) -> list[Factor]:
        """The factors with free indices of size 1, if there are such, instead of summed ones: it is the same entry."""
        ones = [index for index in out if self.sizes[index] is ONE]

        def free(subscript: Subscript) -> Subscript:
            left = iter([index for index in ones if index not in subscript])
            return tuple(
                next(left, index) if self.sizes[index] is ONE and index not in ones else index for index in subscript
            )

        return [(node, free(subscript)) for node, subscript in factors] if ones else factors

    def splice(self, node: Contract, subscript: Subscript) -> None:
        renamed: dict[int, int] = {}
        for inner, outer in zip(node.out, subscript, strict=True):
            if inner in renamed:
                self.unify(renamed[inner], outer)
            else:
                renamed[inner] = outer
        for inner, size in enumerate(node.sizes):
            if inner not in renamed:
                renamed[inner] = len(self.sizes)
                self.sizes.append(size)
        for operand, inner_subscript in zip(node.operands, node.subscripts, strict=True):
            self.factors.append((operand, tuple(renamed[index] for index in inner_subscript)))

    def merge(self, factors: list[Factor]) -> list[Factor] | None:
        """Collect powers among factors with the same indices, and settle unit vectors; None for zero."""
        from wrt.expr.arithmetic import collect

        out = set(map(self.find, self.out))
        groups: dict[Subscript, tuple[Subscript, list[Expr]]] = {}
        for node, subscript in factors:
            # Summed axes of size 1 have one entry, whatever their index is called.
            place = tuple(-1 if self.sizes[each] is ONE and each not in out else each for each in subscript)
            groups.setdefault(place, (subscript, []))[1].append(node)
        merged: list[Factor] = []
        for subscript, nodes in groups.values():
            if len(nodes) == 1:
                merged.append((nodes[0], subscript))
                continue
            units = {node for node in nodes if isinstance(node, Unit)}
            if len(units) > 1 and all(isinstance(unit.position, Constant) for unit in units):
                return None
            coefficient, kept = collect([node for node in nodes if not isinstance(node, Unit)])
            if coefficient == 0:
                return None
            if coefficient != 1:
                self.scalars.append(Constant.intern(coefficient))
            for node in (*kept, *units):
                if isinstance(node, Contract):
                    if node.operands:
                        merged.append((node, subscript))
                elif node.shape:
                    merged.append((node, subscript))
                else:
                    self.scalars.append(node)
        if any(isinstance(node, Contract) and self.has_room_for(node, len(merged) - 1) for node, _ in merged):
            self.factors = []
            for node, subscript in merged:
                self.place(node, subscript)
            renamed = [(node, tuple(map(self.find, subscript))) for node, subscript in self.factors]
            return self.merge(renamed)
        return merged

    def split_scalars(self, factors: list[Factor], out: set[int]) -> list[Factor]:
        """Move the factors that share no index, even through others, with `out` into scalars of their own."""
        component: dict[int, int] = {}

        def root(index: int) -> int:
            while component.get(index, index) != index:
                index = component[index]
            return index

        for _, subscript in factors:
            for index in subscript[1:]:
                component[root(index)] = root(subscript[0])
        kept_roots = {root(index) for index in out}
        inner: dict[int, list[Factor]] = {}
        kept: list[Factor] = []
        for factor in factors:
            where = root(factor[1][0])
            if where in kept_roots:
                kept.append(factor)
            else:
                inner.setdefault(where, []).append(factor)
        self.scalars.extend(assemble(group, (), self.sizes) for group in inner.values())
        return kept


def _without_summed_units(factors: list[Factor], out: set[int]) -> list[Factor]:
    """The factors without unit vectors that are only summed: their entries add up to 1."""
    units = [(node, subscript) for node, subscript in factors if isinstance(node, Unit)]
    if not units:
        return factors
    count = Counter(index for _, subscript in factors for index in subscript)
    summed = [factor for factor in units if factor[1][0] not in out and count[factor[1][0]] == 1]
    return [factor for factor in factors if factor not in summed]


def without_copies(node: Contract) -> tuple[tuple[int, ...], Expr] | None:
    """The places of the axes along which entries may differ, and the contraction with those alone; None if all may."""
    used = {index for subscript in node.subscripts for index in subscript}
    places = tuple(place for place, index in enumerate(node.out) if index in used or node.out.count(index) > 1)
    if len(places) == node.ndim:
        return None
    out = tuple(node.out[place] for place in places)
    kept = sorted(used | set(out))
    renamed = {index: place for place, index in enumerate(kept)}
    subscripts = [tuple(renamed[index] for index in subscript) for subscript in node.subscripts]
    sizes = [node.sizes[index] for index in kept]
    return places, contract(node.operands, subscripts, tuple(renamed[index] for index in out), sizes)


def entrywise_factors(node: Contract) -> list[Factor]:
    """The parts of a contraction that share no index but free ones, each as a tensor with its indices.

    An operand that is not summed, or over one entry only, is a part as it is.
    """
    free = {*node.out, *(index for index, size in enumerate(node.sizes) if size is ONE)}
    parts: list[tuple[set[int], list[Factor]]] = []
    for factor in zip(node.operands, node.subscripts, strict=True):
        bound, members = set(factor[1]) - free, [factor]
        apart = []
        for other, others in parts:
            if bound.isdisjoint(other):
                apart.append((other, others))
            else:
                bound, members = bound | other, others + members
        parts = [*apart, (bound, members)]
    found: list[Factor] = []
    for bound, members in parts:
        if not bound and len(set(members[0][1])) == len(members[0][1]):
            found += members
            continue
        out = tuple(index for index in node.out if any(index in subscript for _, subscript in members))
        operands, subscripts = [operand for operand, _ in members], [subscript for _, subscript in members]
        found.append((contract_used(operands, subscripts, out, node.sizes), out))
    return found


def assemble(factors: list[Factor], out: Subscript, sizes: Sequence[Expr]) -> Expr:
    """The canonical node of a flat contraction without scalars."""
    if len(factors) == 1 and factors[0][1] == out and len(set(out)) == len(out):
        return factors[0][0]
    ordered = _order(factors, out, sizes)
    numbers: dict[int, int] = {}
    for index in (*out, *(index for _, subscript in ordered for index in subscript)):
        numbers.setdefault(index, len(numbers))
    return Contract.intern(
        tuple(node for node, _ in ordered),
        tuple(tuple(numbers[index] for index in subscript) for _, subscript in ordered),
        tuple(numbers[index] for index in out),
        tuple(sizes[index] for index in numbers),
    )


def _order(factors: list[Factor], out: Subscript, sizes: Sequence[Expr]) -> list[Factor]:
    """The factors in an order that does not depend on how indices are named or factors were given."""
    keys = [node.key for node, _ in factors]
    if len(set(keys)) == len(keys):
        return sorted(factors, key=lambda factor: factor[0].key)
    if len(factors) > MOST_OPERANDS:
        raise LimitError(f"a product of more than {MOST_OPERANDS} matrices is too long to be brought to one form")
    colours = _refine(factors, out, sizes)
    ordered = [factor for _, factor in sorted(zip(colours, factors, strict=True), key=lambda pair: pair[0])]
    colours.sort()
    if len(set(colours)) == len(colours):
        return ordered
    return _first(ordered, colours, out)


def _refine(factors: list[Factor], out: Subscript, sizes: Sequence[Expr]) -> list[int]:
    """Colours of the factors: equal only where operands and their places in the graph of indices look alike."""
    indices = {index for _, subscript in factors for index in subscript} | set(out)
    index_colour: dict[int, int] = _ranks(
        {
            index: (tuple(place for place, each in enumerate(out) if each == index), sizes[index].key)
            for index in indices
        }
    )
    factor_colour: dict[int, int] = {}
    for _ in range(len(factors) + 1):
        previous = factor_colour
        factor_colour = _ranks(
            {
                place: (node.key, tuple(index_colour[index] for index in subscript))
                for place, (node, subscript) in enumerate(factors)
            }
        )
        if len(set(factor_colour.values())) == len(factors) or factor_colour == previous:
            break
        seen: dict[int, list[tuple[int, int]]] = {index: [] for index in indices}
        for place, (_, subscript) in enumerate(factors):
            for axis, index in enumerate(subscript):
                seen[index].append((factor_colour[place], axis))
        index_colour = _ranks({index: (index_colour[index], tuple(sorted(seen[index]))) for index in indices})
    return [factor_colour[place] for place in range(len(factors))]


def _ranks(colours: dict[Key, Any]) -> dict[Key, int]:
    """Each colour's place among the different ones."""
    order = {colour: rank for rank, colour in enumerate(sorted(set(colours.values())))}
    return {key: order[colour] for key, colour in colours.items()}


def _first(ordered: list[Factor], colours: list[int], out: Subscript) -> list[Factor]:
    """Of all orders of the factors that look alike, the one whose indices, numbered as they are met, come first."""
    states: list[tuple[Subscript, dict[int, int]]] = [((), _numbered(out, {}))]  # places of factors, and numbers
    for colour in colours:
        least: Subscript | None = None
        found: list[tuple[Subscript, dict[int, int]]] = []
        for taken, numbers in states:
            for place, (_, subscript) in enumerate(ordered):
                if colours[place] != colour or place in taken:
                    continue
                wider = _numbered(subscript, numbers)
                code = tuple([wider[index] for index in subscript])
                if least is None or code < least:
                    least, found = code, []
                if code == least:
                    found.append(((*taken, place), wider))
        states = found[:MOST_ALIKE]
    return [ordered[place] for place in states[0][0]]


def _numbered(subscript: Subscript, numbers: dict[int, int]) -> dict[int, int]:
    """Numbers of indices, with those that are new numbered as they are met."""
    if all(index in numbers for index in subscript):
        return numbers
    wider = dict(numbers)
    for index in subscript:
        wider.setdefault(index, len(wider))
    return wider
