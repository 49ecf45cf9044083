"""How structure is recognised: from the indices of einsums alone, so that equal sizes never pass for a structure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from wrt.expr.arithmetic import is_zero
from wrt.expr.build import add, getitem, mul, sub
from wrt.expr.node import ZERO, Constant, Delta, Expr, Rational, Triangle
from wrt.expr.shape import count
from wrt.simplify import simplify
from wrt.simplify.tensor import Term
from wrt.structure.kinds import Dense, Diagonals, Einsum, Form, Sum, Triangular
from wrt.structure.terms import (
    Pair,
    View,
    between,
    classes_of,
    common,
    expanded,
    on_diagonal,
    pairs,
    part,
    scale,
    terms,
    with_diagonals,
    written,
)

MOST_TERMS = 6  # of a sum that is told term by term

Recogniser: TypeAlias = Callable[[View, Sequence[Term]], Einsum | Diagonals | Triangular | None]


def recognise(node: Expr, view: View) -> Form:
    """The structure of an expression as a linear map, the most special that it is known to have."""
    start = with_diagonals(node)
    if is_zero(start):
        return Sum(view, node, ())
    found = [form for each in dict.fromkeys((start, expanded(start))) if (form := _of_sum(view, each)) is not None]
    return min(found, key=_generality, default=Dense(view, node))


def _generality(form: Form) -> int:
    """How little a form says: diagonals least, then one einsum with a diagonal, then others, then sums."""
    match form:
        case Diagonals() | Triangular():
            return 1
        case Einsum():
            return 0 if set(form.out[: len(form.view.rows)]) == set(form.matched) else 2 if form.matched else 4
        case Sum():
            return 3 if all(_generality(term) < 4 for term in form.terms) else 5
        case _:
            return 6


def _of_sum(view: View, node: Expr) -> Form | None:
    """The structure of a sum: of one kind, or term by term."""
    addends = terms(node)
    whole = _first(WHOLE, view, addends)
    if whole is not None:
        return whole
    groups: dict[object, list[Term]] = {}
    for number, term in enumerate(addends):
        classes = classes_of(term)
        groups.setdefault(classes if len(set(classes)) < len(classes) else number, []).append(term)
    found = [_first((*WHOLE, *SINGLE), view, group) for group in groups.values()]
    known = tuple(form for form in found if form is not None)
    if len(known) < len(found) or len(known) > MOST_TERMS:
        return None
    return known[0] if len(known) == 1 else Sum(view, node, tuple(sorted(known, key=_generality)))


def _first(
    recognisers: Sequence[Recogniser], view: View, addends: Sequence[Term]
) -> Einsum | Diagonals | Triangular | None:
    return next((form for each in recognisers if (form := each(view, addends)) is not None), None)


def matched(view: View, addends: Sequence[Term]) -> Einsum | None:
    """Rows and columns share indices in every term: what is not on their diagonal is zero.

    Its part has the shared axes, unless it repeats along all of them, then the other rows and the other columns.
    """
    shared, classes = between(common(map(classes_of, addends)), len(view.rows))
    if not shared:
        return None
    axes = (*shared, *sorted(set(classes) - set(shared)))
    values = [on_diagonal(term, axes) for term in addends]
    if not any(varying & set(shared) for _, varying in values):
        values = [(first(value, len(shared)), varying) for value, varying in values]
        axes = axes[len(shared) :]
    block = simplify(add(*(value for value, _ in values)))
    return Einsum(view, block, (block,), (axes,), classes)


def first(value: Expr, count: int) -> Expr:
    """A tensor that repeats along its first axes, without them."""
    return getitem(value, (*[0] * count, *[slice(None)] * (value.ndim - count)))


def diagonals(view: View, addends: Sequence[Term]) -> Einsum | Diagonals | None:
    """Every term has one entry in a row, in a column that the row's number tells; a square may be diagonal."""
    if (len(view.rows), len(view.columns)) != (1, 1):
        return None
    if all(len(set(term.out)) == 1 for term in addends):
        return None
    entries: dict[tuple[int, Expr], list[Expr]] = {}
    for term in addends:
        line = _line(term)
        if line is None:
            return None
        entries.setdefault(line, []).append(mul(scale(term), _row_sums(term)))
    order = sorted(entries, key=lambda line: (line[0], as_order(line[1])))
    values = tuple(simplify(add(*entries[line])) for line in order)
    if order == [(1, ZERO)] and view.rows == view.columns:
        return Einsum(view, values[0], values, ((0,),), (0, 0))
    slopes = tuple(slope for slope, _ in order)
    return Diagonals(view, _sum(addends), (*values, *(offset for _, offset in order)), slopes)


def _row_sums(term: Term) -> Expr:
    """The sums of the rows of a term, in which a slice that nothing else follows counts one for each of its rows."""
    left = pairs(term)
    while True:
        counts = Counter([term.out[0], *(index for _, at in left for index in at)])
        end = next((pair for pair in left if isinstance(pair[0], Delta) and counts[pair[1][1]] == 1), None)
        if end is None:
            return part(term, left, term.out[:1])
        left.remove(end)


def as_order(offset: Expr) -> tuple[int, Rational, bytes]:
    """Numbers before symbols."""
    return (0, offset.value, b"") if isinstance(offset, Constant) else (1, 0, offset.key)


def _line(term: Term) -> tuple[int, Expr] | None:
    """Slope and offset of the line outside of which a term is zero, as slices make it."""
    row, column = term.out
    reached: dict[int, tuple[int, Expr]] = {row: (1, ZERO)}
    slices = [(each, at) for each, at in pairs(term) if isinstance(each, Delta)]
    for _ in slices:
        for delta, (start, end) in slices:
            if start in reached and end not in reached:
                slope, offset = reached[start]
                reached[end] = delta.stride * slope, add(delta.offset, mul(delta.stride, offset))
            elif end in reached and start not in reached and abs(delta.stride) == 1:
                slope, offset = reached[end]
                reached[start] = delta.stride * slope, mul(delta.stride, sub(offset, delta.offset))
    return reached.get(column)


def triangular(view: View, addends: Sequence[Term]) -> Triangular | None:
    """A triangle of ones with its rows and its columns scaled."""
    if (len(view.rows), len(view.columns), len(addends)) != (1, 1, 1):
        return None
    (term,) = addends
    row, column = term.out
    others = [pair for pair in pairs(term) if not isinstance(pair[0], Triangle)]
    triangles = [at for each, at in pairs(term) if isinstance(each, Triangle)]
    if len(triangles) != 1 or set(triangles[0]) != {row, column} or row == column:
        return None
    if any(at not in ((row,), (column,)) for _, at in others):
        return None
    left, right = (part(term, [pair for pair in others if pair[1] == (side,)], [side]) for side in (row, column))
    return Triangular(view, written(term), (mul(scale(term), left), right), triangles[0] == (row, column))


def kronecker(view: View, addends: Sequence[Term]) -> Einsum | None:
    """Factors with rows and columns of their own; what has only rows and what has only columns are one factor."""
    if len(addends) > 1:
        return None
    (term,) = addends
    rows, columns = _sides(view, term)
    components = _components(term)
    factors = [each for each in components if each & rows and each & columns]
    left = set[int]().union(*(each for each in components if each not in factors))
    if not factors or len(factors) + bool(left) < 2:
        return None
    return _split(view, term, sorted([*factors, *([left] if left else [])], key=min))


def outer(view: View, addends: Sequence[Term]) -> Einsum | None:
    """A factor with the rows and one with the columns, between which nothing is summed."""
    if len(addends) > 1:
        return None
    (term,) = addends
    rows, columns = _sides(view, term)
    components = _components(term)
    if not rows or not columns or any(each & rows and each & columns for each in components):
        return None
    sides: list[set[int]] = [set(), set()]
    for each in components:
        sides[not each & rows] |= each
    return _split(view, term, sides)


def product(view: View, addends: Sequence[Term]) -> Einsum | None:
    """A matrix with the rows times one with the columns, with weights between them.

    A Gram matrix is one whatever it sums over; another product is one only where it is not as wide as the map itself.
    """
    if len(addends) > 1:
        return None
    (term,) = addends
    rows, columns = _sides(view, term)
    left = [pair for pair in pairs(term) if rows & set(pair[1])]
    right = [pair for pair in pairs(term) if columns & set(pair[1])]
    middle = [pair for pair in pairs(term) if pair not in left and pair not in right]
    if any(pair in right for pair in left):
        return None
    inner = _shared(left, right) - rows - columns
    while apart := [pair for pair in middle if not set(pair[1]) <= inner]:
        left, middle = [*left, apart[0]], [pair for pair in middle if pair is not apart[0]]
        inner = _shared(left, right) - rows - columns
    if len(inner) != 1 or not rows | columns | inner >= {*term.out}:
        return None
    if any(index not in {i for _, at in (*left, *right) for i in at} for index in term.out):
        return None
    rank, bond = len(view.rows), tuple(inner)
    label = {index: len(term.out) + place for place, index in enumerate(bond)}
    held = tuple(sorted({index for _, at in middle for index in at}))
    weight = mul(scale(term), part(term, middle, held))
    parts = (part(term, left, (*term.out[:rank], *bond)), weight, part(term, right, (*term.out[rank:], *bond)))
    if parts[0] is not parts[2] and term.sizes[bond[0]] in (count(view.rows), count(view.columns)):
        return None
    axes, bonds = tuple(range(len(term.out))), tuple(label.values())
    subscripts = ((*axes[:rank], *bonds), tuple(label[index] for index in held), (*axes[rank:], *bonds))
    return Einsum(view, written(term), parts, subscripts, axes)


def _sides(view: View, term: Term) -> tuple[set[int], set[int]]:
    """The indices of rows and of columns."""
    return set(term.out[: len(view.rows)]), set(term.out[len(view.rows) :])


def _shared(left: Sequence[Pair], right: Sequence[Pair]) -> set[int]:
    """The indices that two groups of operands share."""
    return {index for _, at in left for index in at} & {index for _, at in right for index in at}


def _split(view: View, term: Term, components: Sequence[set[int]]) -> Einsum:
    """A term as the product of what belongs to each of some sets of indices."""
    parts, subscripts = [], []
    for component in components:
        axes = [axis for axis, index in enumerate(term.out) if index in component]
        chosen = [pair for pair in pairs(term) if component & set(pair[1])]
        parts.append(part(term, chosen, [term.out[axis] for axis in axes]))
        subscripts.append(tuple(axes))
    parts[0] = mul(scale(term), parts[0])
    return Einsum(view, written(term), tuple(map(simplify, parts)), tuple(subscripts), tuple(range(len(term.out))))


def _components(term: Term) -> list[set[int]]:
    """The indices that operands connect, in the order of the axes; one that no operand has is by itself."""
    sets: list[set[int]] = [{index} for index in dict.fromkeys(term.out)]
    for subscript in term.subscripts:
        met = [each for each in sets if each & set(subscript)]
        sets = [each for each in sets if each not in met] + [set(subscript).union(*met)]
    return sorted(sets, key=lambda each: min(term.out.index(index) for index in each if index in term.out))


def _sum(addends: Sequence[Term]) -> Expr:
    return add(*map(written, addends))


WHOLE: Final[tuple[Recogniser, ...]] = (diagonals, matched, triangular)
SINGLE: Final[tuple[Recogniser, ...]] = (kronecker, outer, product)
