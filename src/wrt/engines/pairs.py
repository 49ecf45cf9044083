"""Two factors of an einsum multiplied: entry by entry, by @, by a dot product; by einsum only if nothing else does."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wrt.engines.structure import Structure, dense, padded, running
from wrt.engines.values import Axes, Graph, Value
from wrt.expr.node import ONE, Delta, Expr, Shape, Triangle

if TYPE_CHECKING:
    from wrt.engines.lower import Lowering


@dataclass(slots=True)
class Term:
    """Factors with the same indices, above and below the line; or (`structure`) a slice that is not an array yet."""

    indices: Axes
    tops: list[Value] = field(default_factory=list)
    bottoms: list[Value] = field(default_factory=list)
    structure: Structure | None = None


def value_of(lowering: Lowering, term: Term) -> Value:
    """The array of a term."""
    if term.structure is not None:
        return dense(lowering, term.structure)
    if len(term.tops) == 1 and not term.bottoms:
        return term.tops[0]
    shape = _together([*term.tops, *term.bottoms])
    return lowering.graph.make("product", (*term.tops, *term.bottoms), (1, len(term.tops)), shape)


def _together(values: Sequence[Value]) -> Shape:
    """The shape of values that broadcast: sizes matched from the last."""
    longest = max((value.shape for value in values), key=len, default=())
    sizes = list(longest)
    for value in values:
        for place, size in enumerate(reversed(value.shape), 1):
            if sizes[-place] is ONE:
                sizes[-place] = size
    return tuple(sizes)


def is_uniform(term: Term) -> bool:
    """Whether all factors have the same shape, so that none is copied along axes of others."""
    return len({value.shape for value in (*term.tops, *term.bottoms)}) == 1


def is_square(value: Value) -> bool:
    """Whether this is the square of an array."""
    return value.op == "power" and value.args[1].op == "number" and value.args[1].params == (2,)


def summed(lowering: Lowering, term: Term, gone: frozenset[int]) -> Term:
    """The term summed over some of its indices."""
    make = lowering.graph.make
    kept = tuple(index for index in term.indices if index not in gone)
    if not kept and term.structure is None:
        if len(term.tops) > 1 and is_uniform(term):
            *rest, last = term.tops
            left = value_of(lowering, Term(term.indices, rest, term.bottoms))
            return Term((), [dotted(lowering.graph, left, last)])
        if len(term.tops) == 1 and not term.bottoms and is_square(term.tops[0]):
            base = term.tops[0].args[0]
            return Term((), [make("vdot", (base, base))])
    value = value_of(lowering, term)
    axes = tuple(axis for axis, index in enumerate(term.indices) if index in gone)
    if all(value.shape[axis] is ONE for axis in axes):
        for axis in reversed(axes):
            shape = (*value.shape[:axis], *value.shape[axis + 1 :])
            value = make("index", (value, lowering.number(0)), (axis,), shape)
        return Term(kept, [value])
    shape = tuple(size for axis, size in enumerate(value.shape) if axis not in axes)
    return Term(kept, [make("total", (value,), axes, shape)])


def dotted(graph: Graph, left: Value, right: Value) -> Value:
    """The sum of the products of entries; a plain name stands first."""
    if right.op == "argument" != left.op:
        left, right = right, left
    return graph.make("vdot", (left, right))


def joined(lowering: Lowering, left: Term, right: Term, kept: frozenset[int], out: Axes) -> Term:
    """The product of two terms, summed over the indices that are not kept; `out` is the order of axes wanted."""
    shared = set(left.indices) & set(right.indices)
    gone = shared - kept
    if not gone:
        return _entrywise(lowering, left, right, out)
    if not shared & kept:
        special = _structured(lowering, left, right, gone) or _structured(lowering, right, left, gone)
        return special or _matrix_product(lowering, left, right, gone, out)
    if set(left.indices) == set(right.indices):
        return summed(lowering, _entrywise(lowering, left, right, out), frozenset(gone))
    return _einsum(lowering, left, right, kept, out)


def ordered(indices: Sequence[int], out: Axes) -> Axes:
    """The indices, those of `out` in its order and first."""
    return (*(index for index in out if index in indices), *(index for index in indices if index not in out))


def transposed(graph: Graph, value: Value, order: Axes) -> Value:
    """The array with its axes in another order."""
    if order == tuple(range(value.ndim)):
        return value
    if value.op == "transpose":
        inner = value.params
        return transposed(graph, value.args[0], tuple(inner[axis] for axis in order))
    shape = tuple(value.shape[axis] for axis in order)
    return graph.make("transpose", (value,), order, shape)


def arranged(lowering: Lowering, value: Value, indices: Axes, order: Axes) -> Value:
    """The array of a term with its indices in another order."""
    return transposed(lowering.graph, value, tuple(indices.index(index) for index in order))


def _entrywise(lowering: Lowering, left: Term, right: Term, out: Axes) -> Term:
    """The product without a sum: an outer product, or one side copied along the axes of the other."""
    if len(left.indices) == len(right.indices) == 1 and left.indices != right.indices:
        return _outer(lowering, left, right, out)
    indices = _common_order(left, right, out)
    tops: list[Value] = []
    bottoms: list[Value] = []
    for term in (left, right):
        parts = term
        if term.structure is not None or term.indices != indices:
            parts = _spread(lowering, term, indices)
        tops += parts.tops
        bottoms += parts.bottoms
    tops.sort(key=lambda value: _root_of(value).op != "argument")
    return Term(indices, tops, bottoms)


def _spread(lowering: Lowering, term: Term, indices: Axes) -> Term:
    """The factors of a term so that they broadcast against arrays with all the indices."""
    one_by_one = term.structure is None and is_uniform(term) and len(term.indices) == len(indices)
    if not one_by_one and (term.tops or term.structure is not None or len(term.bottoms) > 1):
        term = Term(term.indices, [value_of(lowering, term)])
    return Term(
        indices,
        [_onto(lowering, value, term.indices, indices) for value in term.tops],
        [_onto(lowering, value, term.indices, indices) for value in term.bottoms],
    )


def _root_of(value: Value) -> Value:
    while value.op in ("expand", "transpose"):
        (value,) = value.args
    return value


def _common_order(left: Term, right: Term, out: Axes) -> Axes:
    """The order of axes for a product: as it is wanted; else so that little is transposed and nothing is expanded."""
    every = tuple(dict.fromkeys((*left.indices, *right.indices)))
    if set(every) <= set(out):
        return ordered(every, out)
    whole = [term for term in (left, right) if len(term.indices) == len(every)]
    if len(whole) == 1 and len(every) == 2:
        (index,) = (left if whole[0] is right else right).indices or every[-1:]
        return (*(each for each in every if each != index), index)
    whole.sort(key=lambda term: any(value.op == "matmul" for value in term.tops))
    return whole[0].indices if whole else ordered(every, out)


def _onto(lowering: Lowering, value: Value, have: Axes, indices: Axes) -> Value:
    """An array so that it broadcasts against arrays with all the indices."""
    mine = tuple(index for index in indices if index in have)
    value = arranged(lowering, value, have, mine)
    places = tuple(indices.index(index) for index in mine)
    return lowering.expand(value, places, tuple(range(len(indices))))


def _outer(lowering: Lowering, left: Term, right: Term, out: Axes) -> Term:
    indices = ordered((*left.indices, *right.indices), out)
    first, second = (left, right) if indices[0] == left.indices[0] else (right, left)
    if not second.tops and second.structure is None:
        tops = [_onto(lowering, value_of(lowering, first), first.indices, indices)]
        return Term(indices, tops, [_onto(lowering, each, second.indices, indices) for each in second.bottoms])
    a, b = value_of(lowering, first), value_of(lowering, second)
    return Term(indices, [lowering.graph.make("outer", (a, b), (), (*a.shape, *b.shape))])


def applies(node: Structure, indices: Axes, gone: int) -> bool:
    """Whether a slice or running sum can be applied to an array along this index, without becoming an array itself."""
    if isinstance(node, Triangle):
        return len(set(indices)) == 2
    return isinstance(node, Delta) and indices[0] == gone != indices[1] and node.stride == 1


def _structured(lowering: Lowering, left: Term, right: Term, gone: set[int]) -> Term | None:
    """The array on the right padded, or summed along, as the structure on the left says."""
    node = left.structure
    if node is None or len(gone) > 1 or right.structure is not None:
        return None
    (index,) = gone
    if not applies(node, left.indices, index):
        return None
    value = value_of(lowering, right)
    axis = right.indices.index(index)
    other = left.indices[0] if left.indices[1] == index else left.indices[1]
    indices = tuple(other if each == index else each for each in right.indices)
    if isinstance(node, Delta):
        return Term(indices, [padded(lowering, value, axis, node)])
    return Term(indices, [running(lowering, value, axis, backwards=left.indices[0] == index)])


def _matrix_product(lowering: Lowering, left: Term, right: Term, gone: set[int], out: Axes) -> Term:
    a, b = value_of(lowering, left), value_of(lowering, right)
    make = lowering.graph.make
    if set(left.indices) == set(right.indices):
        return Term((), [dotted(lowering.graph, a, arranged(lowering, b, right.indices, left.indices))])
    if len(gone) == 1 and a.ndim <= 2 and b.ndim <= 2:
        return _plain_product(lowering, left, right, next(iter(gone)), out)
    axes = tuple((left.indices.index(index), right.indices.index(index)) for index in sorted(gone))
    indices = tuple(index for index in (*left.indices, *right.indices) if index not in gone)
    sizes = dict(zip((*left.indices, *right.indices), (*a.shape, *b.shape), strict=True))
    shape = tuple(sizes[index] for index in indices)
    if len(gone) == 1 and axes[0][0] == a.ndim - 1 and b.ndim <= 2:
        (index,) = gone
        second = arranged(lowering, b, right.indices, ordered(right.indices, (index,)))
        return Term(indices, [make("matmul", (a, second), (), shape)])
    return Term(indices, [make("tensordot", (a, b), axes, shape)])


def _plain_product(lowering: Lowering, left: Term, right: Term, index: int, out: Axes) -> Term:
    """A product of vectors and matrices over one index, with the fewest transposes."""
    a, b = value_of(lowering, left), value_of(lowering, right)
    ways = []
    for first, second, x, y in ((left, right, a, b), (right, left, b, a)):
        turns = (first.indices[-1] != index) + (second.indices[0] != index)
        indices = tuple(each for each in (*first.indices, *second.indices) if each != index)
        vector_first = x.ndim == 1 and y.ndim == 2
        ways.append((vector_first, turns, _is_backwards(indices, out), first, second, x, y, indices))
    *_, first, second, x, y, indices = min(ways, key=lambda way: way[:3])
    x = arranged(lowering, x, first.indices, ordered(first.indices, tuple(i for i in first.indices if i != index)))
    y = arranged(lowering, y, second.indices, ordered(second.indices, (index,)))
    sizes = dict(zip((*left.indices, *right.indices), (*a.shape, *b.shape), strict=True))
    shape = tuple(sizes[each] for each in indices)
    if not indices:
        return Term((), [dotted(lowering.graph, x, y)])
    return Term(indices, [lowering.graph.make("matmul", (x, y), (), shape)])


def _is_backwards(indices: Axes, out: Axes) -> bool:
    """Whether the indices of a matrix stand in the other order in what is wanted; others stand in the middle."""
    places = [out.index(index) if index in out else (len(out) - 1) / 2 for index in indices]
    return places != sorted(places)


def _einsum(lowering: Lowering, left: Term, right: Term, kept: frozenset[int], out: Axes) -> Term:
    a, b = value_of(lowering, left), value_of(lowering, right)
    indices = ordered(tuple(index for index in dict.fromkeys((*left.indices, *right.indices)) if index in kept), out)
    letters: dict[int, str] = {}
    for index in (*left.indices, *right.indices):
        letters.setdefault(index, string.ascii_lowercase[(8 + len(letters)) % 26])
    spelled = ["".join(letters[index] for index in each) for each in (left.indices, right.indices, indices)]
    sizes: dict[int, Expr] = dict(zip((*left.indices, *right.indices), (*a.shape, *b.shape), strict=True))
    shape: Shape = tuple(sizes[index] for index in indices)
    return Term(indices, [lowering.graph.make("einsum", (a, b), (f"{spelled[0]},{spelled[1]}->{spelled[2]}",), shape)])
