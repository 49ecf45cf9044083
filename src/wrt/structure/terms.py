"""A derivative as a sum of einsums, whose indices tell its structure: those of rows, those of columns, and of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from wrt.expr.build import add, contract, mul, number
from wrt.expr.node import Add, Contract, Expr, Mul, Shape, Symbol
from wrt.expr.shape import core_of
from wrt.expr.walk import substitute
from wrt.simplify.tensor import Term, term_of

MOST_TERMS = 16

Pair: TypeAlias = tuple[Expr, tuple[int, ...]]  # an operand and its indices
Classes: TypeAlias = tuple[int, ...]  # for each axis, the first axis that has the same index


@dataclass(frozen=True, slots=True)
class View:
    """A tensor as a linear map: its first axes are those of the rows, the others those of the columns."""

    rows: Shape
    columns: Shape

    @property
    def shape(self) -> Shape:
        """The shape of the tensor."""
        return self.rows + self.columns

    def is_row(self, axis: int) -> bool:
        """Whether an axis is one of the rows."""
        return axis < len(self.rows)


def classes_of(term: Term) -> Classes:
    """The axes of a term that have one index: elsewhere than on their diagonal it is zero."""
    return tuple(term.out.index(index) for index in term.out)


def common(classes: Iterable[Classes]) -> Classes:
    """The axes that have one index in every term."""
    seen = list(zip(*classes, strict=True))
    return tuple(seen.index(each) for each in seen)


def between(classes: Classes, rows: int) -> tuple[Classes, Classes]:
    """The classes that rows and columns share, and all of them, where axes of one side only stand apart."""
    shared = tuple(each for each in dict.fromkeys(classes[:rows]) if each in classes[rows:])
    return shared, tuple(each if each in shared else axis for axis, each in enumerate(classes))


def on_diagonal(term: Term, axes: Sequence[int]) -> tuple[Expr, set[int]]:
    """The values of a term where only some axes move, the others with them; and those along which they vary."""
    used = {index for subscript in term.subscripts for index in subscript}
    out = [term.out[axis] for axis in axes]
    varying = {axis for axis, index in zip(axes, out, strict=True) if index in used or out.count(index) > 1}
    return mul(scale(term), part(term, pairs(term), out)), varying


def scale(term: Term) -> Expr:
    """The scalar factors of a term."""
    return mul(number(term.coefficient), *term.scalars)


def written(term: Term) -> Expr:
    """A term as an expression again."""
    return mul(scale(term), part(term, pairs(term), term.out))


def pairs(term: Term) -> list[Pair]:
    """The operands of a term, each with its indices."""
    return list(zip(term.operands, term.subscripts, strict=True))


def part(term: Term, chosen: Sequence[Pair], out: Sequence[int]) -> Expr:
    """Some operands of a term as an einsum with these indices."""
    operands, subscripts = [each for each, _ in chosen], [at for _, at in chosen]
    indices = list(dict.fromkeys([*out, *(index for subscript in subscripts for index in subscript)]))
    place = {index: at for at, index in enumerate(indices)}
    return contract(
        operands,
        [tuple(place[index] for index in subscript) for subscript in subscripts],
        tuple(place[index] for index in out),
        [term.sizes[index] for index in indices],
    )


def terms(node: Expr) -> list[Term]:
    """The terms of a sum, scalar factors inside; those that are scalar beside others spread to their shape."""
    found = []
    for each in _addends(node):
        term = term_of(each)
        if not each.shape:
            term = term_of(mul(each, contract([], [], tuple(range(node.ndim)), node.shape)))
        found.append(term)
    return found


def _addends(node: Expr) -> list[Expr]:
    if isinstance(node, Mul) and isinstance(node.factors[-1], Add) and node.shape:
        factor = mul(number(node.coefficient), *node.factors[:-1])
        return [mul(factor, term) for term in node.factors[-1].terms]
    return list(node.terms) if isinstance(node, Add) else [node]


def expanded(node: Expr) -> Expr:
    """The expression with sums of matrices inside einsums multiplied out, as far as there are few terms."""
    done: list[Expr] = []
    waiting = _addends(node)
    while waiting:
        term = waiting.pop(0)
        core = core_of(term)
        place = next((at for at, each in enumerate(core.operands) if _opens(each)), None)
        if not isinstance(core, Contract) or place is None:
            done.append(term)
            continue
        factor = mul(number(term.coefficient), *term.factors[:-1]) if isinstance(term, Mul) else number(1)
        for inner in _addends(core.operands[place]):
            operands = list(core.operands)
            shape = operands[place].shape
            operands[place] = inner if inner.shape else mul(inner, contract([], [], tuple(range(len(shape))), shape))
            waiting.extend(_addends(mul(factor, contract(operands, core.subscripts, core.out, core.sizes))))
        if len(waiting) + len(done) > MOST_TERMS:
            return node
    return add(*done)


def _opens(operand: Expr) -> bool:
    return operand.ndim > 1 and len(_addends(operand)) > 1


def with_diagonals(node: Expr) -> Expr:
    """The expression with matrices that are known to be diagonal written as diagonals."""
    diagonal = [each for each in node.free if "diagonal" in each.facts and each.ndim == 2]
    return substitute(node, {each: _diagonal(each) for each in diagonal}) if diagonal else node


def _diagonal(matrix: Symbol) -> Expr:
    return contract([matrix], [(0, 0)], (0, 0), matrix.shape[:1])
