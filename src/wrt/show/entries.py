"""Einstein's notation: what no word of linear algebra says is written entry by entry, A_ik δ_jl.

The axes of the result have the indices i, j, k, l... in order; an index that stands twice besides is summed over. Parts
that are vectors or matrices keep matrix notation inside, (XᵀX)_ik. Names of the user's are no indices, and e is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count
from typing import Final, NamedTuple

from wrt.expr.arithmetic import add, mul, power, terms_of
from wrt.expr.axes import blocks
from wrt.expr.build import call
from wrt.expr.conditions import cases
from wrt.expr.node import (
    Add,
    Call,
    Cases,
    Compare,
    Constant,
    Contract,
    Expr,
    Formula,
    Logic,
    Mul,
    Power,
    Reshape,
    Symbol,
    symbol,
)
from wrt.expr.shape import core_of
from wrt.notation.layout import Layout
from wrt.notation.parts import DEEPEST, Program, depth, names_of, with_definitions
from wrt.notation.tree import Applied, Einsum, Entry, Name, Summed, Transposed, Written
from wrt.simplify.collect import take_common

LETTERS: Final = "ijklmnprstuvahxqbcdfgwyz"  # of indices, in the order in which they are taken; e is a number
TWICE = 2
Indices = tuple[str, ...]


class Indexed(NamedTuple):
    """An expression by its entries: the indices of its axes, and the program that writes the general entry."""

    indices: Indices
    program: Program


def needs_indices(root: Expr) -> bool:
    """Whether no word says an expression: it has more than two axes, or an einsum in it is not one of the words."""
    node = root.node if isinstance(root, Formula) else root
    if depth(node) > DEEPEST:
        return False
    if node.ndim > 2:
        return True
    layout = Layout(names_of(root)) if isinstance(root, Formula) else Layout(fresh=True)
    return _has_einsum(layout.lift(node))


def _has_einsum(root: Written) -> bool:
    """Whether an einsum stands somewhere in what is written."""
    stack = [root]
    while stack:
        tree = stack.pop()
        if isinstance(tree, Einsum):
            return True
        stack.extend(tree.children)
    return False


def in_indices(root: Expr, beside: Collection[str] = ()) -> Indexed:
    """An expression by its general entry; names that stand `beside` it are no indices either."""
    names = names_of(root) if isinstance(root, Formula) else {}
    node = root.node if isinstance(root, Formula) else root
    taken = {*beside, *(each.name for each in node.free), *names.values()}
    fresh = (letter for letter in _letters() if letter not in taken)
    groups = [tuple(next(fresh) for _ in range(each)) for each in _joined(core_of(node))]
    indices = tuple(group[0] if len(group) == 1 else f"({''.join(group)})" for group in groups)
    entries = _Entries(Layout(names, fresh=True), fresh, dict(zip(indices, groups, strict=True)), taken)
    whole = entries.of(node, indices)
    answer = entries.tree(take_common(whole) if isinstance(whole, Add) else whole)
    return Indexed(indices, with_definitions(answer, entries.matrices, names))


def _joined(node: Expr) -> list[int]:
    """For each axis, how many there were before they were joined: (ij) is the index of a row of A ⊗ B."""
    if isinstance(node, Reshape):
        found = blocks(node.operand.shape, node.shape)
        if all(len(new) == 1 for _, new in found):
            return [len(old) for old, _ in found]
    return [1] * node.ndim


def _letters() -> Iterator[str]:
    yield from LETTERS
    yield from (f"{letter}{number}" for number in count(1) for letter in LETTERS)


class _Entries:
    """Entries as scalar expressions: a symbol stands for each entry of a tensor, and `scalars` knows its tree."""

    def __init__(self, matrices: Layout, fresh: Iterator[str], indices: dict[str, Indices], taken: set[str]) -> None:
        self.matrices = matrices  # how vectors and matrices are written
        self.scalars = Layout(fresh=True)
        self.scalars.names = dict(matrices.names)
        self.fresh = fresh
        self.unit = "I" if "delta" in taken else "delta"
        self.joined = indices  # what indices of joined axes are made of
        self.places = {each: place for place, each in enumerate(each for group in indices.values() for each in group)}

    def tree(self, scalar: Expr) -> Written:
        """How a scalar expression is written, with entries in it."""
        return self.scalars.lift(scalar)

    def entry(self, tree: Written, indices: Indices) -> Expr:
        """An entry of what is written like this; of a transpose, that of the matrix."""
        if isinstance(tree, Transposed):
            tree, indices = tree.children[0], indices[::-1]
        return self.stand_in(Entry(tree, indices), indices)

    def delta(self, *indices: str) -> Expr:
        """1 where two indices are equal, else 0; they stand in the order of the axes."""
        ordered = tuple(sorted(indices, key=lambda index: self.places.setdefault(index, len(self.places))))
        return self.stand_in(Entry(Name(self.unit), ordered), ordered)

    def stand_in(self, tree: Written, indices: Indices) -> Symbol:
        """A symbol for an entry, which takes its place by its indices in sums and products."""
        places = "".join(chr(ord("A") + self.places.setdefault(index, len(self.places))) for index in indices)
        made = symbol(f"ˍ{places} {tree!r}")
        self.scalars.names[made] = (1, tree)
        return made

    def scalar(self, node: Expr) -> Expr:
        """A scalar factor: numbers, symbols and powers as they are, of others a symbol that comes before entries."""
        if isinstance(node, Constant | Symbol | Power) or not node.operands:
            return node
        sign, tree = self.matrices.signed(node)
        made = symbol(f"ˍ {tree!r}")
        self.scalars.names[made] = (1, tree)
        return mul(sign, made)

    def of(self, node: Expr, indices: Indices) -> Expr:
        """The entry of an expression at these indices."""
        if not node.shape:
            return self.scalar(node)
        if node not in self.matrices.names:
            match node:
                case Contract():
                    return self.of_einsum(node, indices)
                case Reshape() if [len(self.joined.get(index, "")) for index in indices] == _joined(node):
                    return self.of(node.operand, tuple(each for index in indices for each in self.joined[index]))
                case Mul():
                    *factors, core = node.factors
                    return mul(node.coefficient, *map(self.scalar, factors), self.of(core, indices))
                case _ if _is_entrywise(node) and (node.ndim > 2 or _opens(node) or self.has_no_word(node)):
                    return self.of_parts(node, indices)
        sign, tree = self.matrices.signed(node)
        return mul(sign, self.entry(tree, indices))

    def has_no_word(self, node: Expr) -> bool:
        """Whether the words of linear algebra do not say a vector or matrix without an einsum."""
        return _has_einsum(self.matrices.signed(node)[1])

    def of_parts(self, node: Expr, indices: Indices) -> Expr:
        """The entry of what is made entry by entry."""
        parts = [self.of(each, indices) for each in node.operands]
        match node:
            case Add():
                return add(*parts)
            case Power():
                return power(*parts)
            case Call():
                return call(node.function, parts)
            case Cases():
                conditions = len(node.conditions)
                return cases(tuple(zip(parts[:conditions], parts[conditions:-1], strict=True)), parts[-1])
        return node.rebuilt(tuple(parts))

    def of_einsum(self, node: Contract, indices: Indices) -> Expr:
        """The entry of an einsum: the word that says it, or the product of entries of its operands."""
        lifted = self.matrices.lifted(node)
        whole = lifted.factors[0].tree if len(lifted.factors) == 1 and not isinstance(lifted.factors[0], Expr) else None
        if isinstance(whole, Einsum):
            return self.of_operands(whole, indices)
        summed = {index for subscript in node.subscripts for index in subscript}.difference(node.out)
        if summed:
            sign, tree = self.matrices.signed(node)
            return mul(sign, self.entry(tree, indices))
        letters = dict(zip(reversed(node.out), reversed(indices), strict=True))
        deltas = [
            self.delta(letters[index], letter)
            for index, letter in zip(node.out, indices, strict=True)
            if letters[index] != letter
        ]
        pairs = zip(node.operands, node.subscripts, strict=True)
        return mul(1, *(self.of(each, tuple(letters[index] for index in held)) for each, held in pairs), *deltas)

    def of_operands(self, whole: Einsum, indices: Indices) -> Expr:
        """The product of the entries of an einsum's operands, summed over what is not an index of the result."""
        letters = dict(zip(whole.out, indices, strict=True))
        for operand in whole.operands:
            for letter in operand.indices:
                if letter not in letters:
                    letters[letter] = next(self.fresh)
        factors = [
            self.of_operand(tree, sign, node, tuple(letters[each] for each in held))
            for held, tree, sign, node in whole.operands
        ]
        product = _distributed(factors)
        bound = [letters[letter] for letter in letters if letter not in whole.out]
        if not bound:
            return product
        if all(_stands_twice(letters, whole, each) for each in bound) and len(set(factors)) == len(factors):
            return product
        return self.stand_in(Summed(tuple(bound), self.tree(product)), indices)

    def of_operand(self, tree: Written, sign: int, node: Expr | None, indices: Indices) -> Expr:
        if _is_ones(tree):
            return mul(1)
        if isinstance(tree, Applied) and tree.name == "eye":
            return self.delta(*indices)
        if node is not None and (node.ndim > 2 or _opens(node)):
            return self.of(node, indices)
        return mul(sign, self.entry(tree, indices))


def _stands_twice(letters: dict[str, str], whole: Einsum, index: str) -> bool:
    """Whether an index stands twice among the indices of an einsum's operands, ones left out."""
    held = "".join(operand.indices for operand in whole.operands if not _is_ones(operand.tree))
    return sum(letters[letter] == index for letter in held) == TWICE


def _distributed(factors: list[Expr]) -> Expr:
    """A product with the sums among its factors multiplied out, so that what terms share can be taken out."""
    product = mul(1)
    for factor in factors:
        terms, others = terms_of(product), terms_of(factor)
        product = add(*(mul(term, other) for term in terms for other in others))
    return product


def _is_entrywise(node: Expr) -> bool:
    """Whether the entries of an expression are made of those of its operands, one of each."""
    if isinstance(node, Call):
        return node.function.kind == "elementwise"
    return isinstance(node, Add | Power | Cases | Compare | Logic)


def _is_ones(tree: Written) -> bool:
    return isinstance(tree, Applied) and tree.name == "ones"


def _opens(node: Expr) -> bool:
    """Whether entries say a vector or matrix better: where diagonal matrices and outer products are added up."""
    match node:
        case Contract():
            summed = {index for subscript in node.subscripts for index in subscript}.difference(node.out)
            plain = len(node.operands) == 1 and sorted(node.out) == sorted(node.subscripts[0])
            hadamard = all(each == node.out for each in node.subscripts) and len(set(node.out)) == node.ndim
            return not summed and not plain and not hadamard
        case Mul():
            return _opens(node.factors[-1])
        case Add() | Power():
            return any(map(_opens, node.operands))
    return False
