"""What a wrong derivative is to the right one: off by a factor, its transpose, another variable's, another order's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import permutations
from math import prod
from typing import Final

from flint import arb

from wrt.expr.build import derivative
from wrt.expr.node import Expr, Symbol
from wrt.expr.walk import nodes
from wrt.verify.einsum import strides
from wrt.verify.evaluate import evaluate
from wrt.verify.instructions import Entries
from wrt.verify.mistakes import LONGEST, say
from wrt.verify.series import PointError, terms
from wrt.verify.sizes import Sizes, dimension, shape_of

Numbers = Sequence[arb]


@dataclass
class View:
    """One point: the dimensions, the values of the symbols, the claim and the truth there."""

    sizes: Sizes
    values: dict[Symbol, Entries]
    claim: Numbers
    truth: Numbers

    def at(self, node: Expr) -> Numbers | None:
        """The values of an expression at this point; None where it has none."""
        try:
            with terms(1):
                return [entry[0] for entry in evaluate(node, self.values, self.sizes)]
        except PointError:
            return None


@dataclass
class Case:
    """A wrong claim, seen at some points."""

    f: Expr
    variable: Symbol
    claim: Expr
    order: int
    views: Sequence[View]

    @cached_property
    def shape(self) -> Sequence[tuple[int, ...]]:
        """The shape of the claim at each point, in numbers."""
        return [shape_of(self.claim, view.sizes) for view in self.views]

    def holds(self, claim: Expr) -> bool:
        """Whether this would be right in the claim's place."""
        if claim.shape != self.claim.shape:
            return False
        return all((values := view.at(claim)) is not None and same(values, view.truth) for view in self.views)

    def claims(self, node: Expr) -> bool:
        """Whether the claim is this expression, at all points."""
        if node.shape != self.claim.shape:
            return False
        return all((values := view.at(node)) is not None and same(view.claim, values) for view in self.views)


def same(one: Numbers, other: Numbers) -> bool:
    """Whether numbers agree, to all digits that the balls have."""
    if len(one) != len(other):
        return False
    return all(a.overlaps(b) and _sharp(a) and _sharp(b) for a, b in zip(one, other, strict=True))


def _sharp(value: arb) -> bool:
    return bool(value.is_finite() and value.rad() <= (abs(value.mid()) + 1) * arb(10) ** -15)


Pattern = Callable[[Case], str | None]


def itself(case: Case) -> str | None:
    """f stands where f′ should."""
    if case.claims(case.f):
        return "this is the function itself, not its derivative"
    return None


def other_order(case: Case) -> str | None:
    """f″ for f′, or f′ for f″."""
    names = {1: "first", 2: "second", 3: "third"}
    for order in (case.order - 1, case.order + 1):
        if order > 0 and case.claims(derivative(case.f, case.variable, order)):
            return f"this is the {names.get(order, f'{order}-th')} derivative"
    return None


def other_variable(case: Case) -> str | None:
    """The derivative with respect to another variable."""
    others = (symbol for symbol in case.f.free if symbol is not case.variable and symbol.shape == case.variable.shape)
    for other in sorted(others, key=lambda symbol: symbol.name):
        if "dimension" not in other.facts and case.claims(derivative(case.f, other, case.order)):
            return f"this is the derivative with respect to {other.name}, not {case.variable.name}"
    return None


def factor(case: Case) -> str | None:
    """A constant factor, a sign, a dimension."""
    ratios = [ratio_to(view) for view in case.views]
    if any(ratio is None for ratio in ratios):
        return None
    for build, words in _factors(case):
        if all(
            ratio is not None and ratio.overlaps(build(view)) for ratio, view in zip(ratios, case.views, strict=True)
        ):
            return words
    return None


def ratio_to(view: View) -> arb | None:
    """claim / truth, where it is one number for all entries."""
    at = max(range(len(view.truth)), key=lambda place: abs(view.truth[place]).mid())
    if view.truth[at].contains(0):
        return None
    ratio = view.claim[at] / view.truth[at]
    if ratio.contains(0) or not _sharp(ratio):
        return None
    return ratio if same(view.claim, [ratio * truth for truth in view.truth]) else None


def _factors(case: Case) -> Iterator[tuple[Callable[[View], arb], str]]:
    number = simple_ratio(case.views)
    if number is not None:
        size = f"the constant factor is wrong: this is {number} times the derivative"
        yield (lambda view: _exact(number)), "the sign is wrong" if number == -1 else size
    for n in sorted(case.views[0].sizes, key=lambda symbol: symbol.name):
        name = n.name
        yield (lambda view, d=n: arb(view.sizes[d])), f"the factor 1/{name} is missing"  # type: ignore[misc]
        yield (lambda view, d=n: 1 / arb(view.sizes[d])), f"the factor 1/{name} is too much"  # type: ignore[misc]


def simple_ratio(views: Sequence[View]) -> Fraction | None:
    """The ratio at the first point as a small fraction."""
    ratio = ratio_to(views[0])
    if ratio is None:
        return None
    guess = Fraction(float(ratio.mid())).limit_denominator(60)
    return guess if guess and ratio.overlaps(_exact(guess)) else None


def _exact(number: Fraction) -> arb:
    return arb(number.numerator) / number.denominator


def transposed(case: Case) -> str | None:
    """The right entries in the wrong order of axes."""
    rank = len(case.shape[0])
    for order in permutations(range(rank)):
        if order == tuple(range(rank)):
            continue
        if all(
            (moved := permuted(view.claim, shape, order)) is not None and same(moved, view.truth)
            for view, shape in zip(case.views, case.shape, strict=True)
        ):
            return "it is transposed" if rank == 2 else f"its axes are in the wrong order: transpose to {list(order)}"
    return None


def permuted(entries: Numbers, shape: tuple[int, ...], order: Sequence[int]) -> list[arb]:
    """The transpose, in row-major order."""
    step = strides(shape)
    places = [0]
    for axis in order:
        places = [place + step[axis] * at for place in places for at in range(shape[axis])]
    return [entries[place] for place in places]


def symmetrised(case: Case) -> str | None:
    """Entries of a symmetric variable taken as dependent, as some tables do."""
    if len(case.shape[0]) != 2 or any(shape[0] != shape[1] for shape in case.shape):
        return None
    for off, diagonal, words in ((1, 1, "T + Tᵀ − diag(T)"), (Fraction(1, 2), 1, "(T + Tᵀ)/2")):
        if all(
            same(view.claim, _both(view.truth, size, off, diagonal))
            for view, (size, _) in zip(case.views, case.shape, strict=True)
        ):
            return (
                f"this is {words} of the gradient T: it treats entries (i, j) and (j, i) as one variable; "
                f"here the entries are independent"
            )
    return None


def _both(truth: Numbers, size: int, off: int | Fraction, diagonal: int) -> list[arb]:
    scale = _exact(Fraction(off))
    return [
        truth[i * size + j] * diagonal if i == j else (truth[i * size + j] + truth[j * size + i]) * scale
        for i in range(size)
        for j in range(size)
    ]


def sometimes(case: Case) -> str | None:
    """Right at some points, wrong at others: a branch or a sign."""
    right = [same(view.claim, view.truth) for view in case.views]
    if not any(right) or case.variable.shape:
        return None
    places = [float(view.values[case.variable][0][0].mid()) for view in case.views]
    good = [place for place, holds in zip(places, right, strict=True) if holds]
    bad = [place for place, holds in zip(places, right, strict=True) if not holds]
    name = case.variable.name
    return (
        f"it holds at {name} = {good[0]:g} but not at {name} = {bad[0]:g}: look at signs, absolute values "
        f"and the conditions of cases"
    )


def factor_of_part(case: Case) -> str | None:
    """A factor that is a part of the formula, or the slope of one."""
    if case.f.shape or case.variable.shape:
        return None
    for part, what in _parts(case):
        for direction, words in ((1, f"the factor {what} is missing"), (-1, f"the factor {what} is too much")):
            if all(_explains(view, part, direction) for view in case.views):
                return words
    return None


def _parts(case: Case) -> Iterator[tuple[Expr, str]]:
    """Scalar parts of f that are short enough to be named, and their slopes."""
    inner = [node for node in nodes(case.f) if node is not case.f and not node.shape and case.variable in node.free]
    for node in [node for node in inner if len(str(node)) <= LONGEST][:40]:
        yield node, say(node)
        yield derivative(node, case.variable), f"the derivative of {say(node)}"


def _explains(view: View, part: Expr, direction: int) -> bool:
    values = view.at(part)
    if values is None or values[0].contains(0):
        return False
    times = values[0] if direction > 0 else 1 / values[0]
    return same([view.claim[0] * times], view.truth)


def offset(case: Case) -> str | None:
    """Off by a constant or by a part of the formula."""
    if case.f.shape or case.variable.shape:
        return None
    gaps = [view.claim[0] - view.truth[0] for view in case.views]
    guess = Fraction(float(gaps[0].mid())).limit_denominator(60)
    if guess and all(gap.overlaps(_exact(guess)) and _sharp(gap) for gap in gaps):
        return f"it is {abs(guess)} too {'large' if guess > 0 else 'small'} everywhere"
    for part, what in _parts(case):
        values = [view.at(part) for view in case.views]
        for sign, words in ((1, "too much"), (-1, "missing")):
            if all(v is not None and same([gap], [sign * v[0]]) for v, gap in zip(values, gaps, strict=True)):
                return f"the term {what} is {words}"
    return None


GENERAL: Final[Sequence[Pattern]] = (transposed, symmetrised)
FACTORS: Final[Sequence[Pattern]] = (itself, factor, other_variable, sometimes)
PARTS: Final[Sequence[Pattern]] = (factor_of_part, offset)


# Claims of another shape than the derivative.


def by_shape(case: Case, expected: tuple[Expr, ...]) -> str | None:
    """What a claim of the wrong shape is."""
    shapes = [tuple(dimension(size, view.sizes) for size in expected) for view in case.views]
    return next((words for pattern in SHAPES if (words := pattern(case, shapes)) is not None), None)


def _order_of_axes(case: Case, shapes: Sequence[tuple[int, ...]]) -> str | None:
    rank = len(shapes[0])
    for order in permutations(range(rank)):
        if rank == len(case.shape[0]) and all(
            tuple(shape[axis] for axis in order) == target and same(permuted(view.claim, shape, order), view.truth)
            for view, shape, target in zip(case.views, case.shape, shapes, strict=True)
        ):
            return "it is transposed" if rank == 2 else f"its axes are in the wrong order: transpose to {list(order)}"
    return None


def _unsummed(case: Case, shapes: Sequence[tuple[int, ...]]) -> str | None:
    """The sum over axes along which the variable was broadcast is missing."""
    rank = len(case.shape[0])
    for mask in range(1, 2**rank):
        axes = [axis for axis in range(rank) if mask >> axis & 1]
        if all(
            same(_summed(view.claim, shape, axes), view.truth)
            for view, shape in zip(case.views, case.shape, strict=True)
        ):
            where = f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes}"
            return f"the sum over {where} is missing: the variable is broadcast there, and its slopes add up"
    return None


def _summed(entries: Numbers, shape: tuple[int, ...], axes: Sequence[int]) -> list[arb]:
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    ordered = permuted(entries, shape, [*kept, *axes])
    block = prod(shape[axis] for axis in axes)
    return [sum(ordered[at : at + block], arb(0)) for at in range(0, len(ordered), block)]


def _only_diagonal(case: Case, shapes: Sequence[tuple[int, ...]]) -> str | None:
    if all(
        len(shape) == 2 * len(mine) and same(_diagonal(view.claim, len(view.claim)), view.truth)
        for view, mine, shape in zip(case.views, case.shape, shapes, strict=True)
    ):
        return "these are the diagonal entries of the Jacobian, which is diag(...) of them"
    return None


def _diagonal(entries: Numbers, count: int) -> list[arb]:
    return [entries[i] if i == j else arb(0) for i in range(count) for j in range(count)]


def _one_for_all(case: Case, shapes: Sequence[tuple[int, ...]]) -> str | None:
    if all(len(view.claim) == 1 and same([view.claim[0]] * len(view.truth), view.truth) for view in case.views):
        return "each entry is this number, but the derivative has the variable's shape: multiply by ones"
    if all(len(view.claim) == 1 and same(view.claim, [sum(view.truth, arb(0))]) for view in case.views):
        return "this is the sum of the entries of the derivative: one sum too many"
    return None


SHAPES: Final[Sequence[Callable[[Case, Sequence[tuple[int, ...]]], str | None]]] = (
    _order_of_axes,
    _unsummed,
    _only_diagonal,
    _one_for_all,
)
