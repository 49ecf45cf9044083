"""Unknown shapes and dimensions that become known by being equal to others.

Contradictions are left alone here: the constructors meet them again, and know how to say what is wrong.
"""

from __future__ import annotations

from typing import TypeAlias

from wrt.expr.node import ONE, Expr, Shape


class Unknown:
    """A dimension that is not known yet; `equal` once it is found to be another one."""

    __slots__ = ("equal",)

    def __init__(self) -> None:
        self.equal: Dimension | None = None


Dimension: TypeAlias = Expr | Unknown


def known(dimension: Dimension) -> Dimension:
    """What a dimension is known to be."""
    while isinstance(dimension, Unknown) and dimension.equal is not None:
        dimension = dimension.equal
    return dimension


class Form:
    """The shape of a step: its dimensions, or None while not even their number is known."""

    __slots__ = ("dimensions", "equal")

    def __init__(self, shape: Shape | None = None) -> None:
        self.dimensions: list[Dimension] | None = None if shape is None else list(shape)
        self.equal: Form | None = None

    @property
    def own(self) -> Form:
        """The form that stands for this one and all equal to it."""
        form = self
        while form.equal is not None:
            form = form.equal
        return form

    @property
    def rank(self) -> int | None:
        """The number of axes, if known."""
        dimensions = self.own.dimensions
        return None if dimensions is None else len(dimensions)

    def __getitem__(self, axis: int) -> Dimension:
        dimensions = self.own.dimensions
        assert dimensions is not None
        return known(dimensions[axis])


def has_rank(form: Form, rank: int) -> None:
    """The form has this many axes, unless it is known to have another number."""
    form = form.own
    if form.dimensions is None:
        form.dimensions = [Unknown() for _ in range(rank)]


def has_shape(form: Form, dimensions: list[Dimension]) -> None:
    """The form has these dimensions."""
    form = form.own
    if form.dimensions is None:
        form.dimensions = dimensions
    elif len(form.dimensions) == len(dimensions):
        for left, right in zip(form.dimensions, dimensions, strict=True):
            same(left, right)


def same(left: Dimension, right: Dimension) -> None:
    """Two dimensions are equal."""
    left, right = known(left), known(right)
    if left is right:
        return
    if isinstance(left, Unknown):
        left.equal = right
    elif isinstance(right, Unknown):
        right.equal = left


def equal(left: Form, right: Form) -> None:
    """Two forms are equal."""
    left, right = left.own, right.own
    if left is right:
        return
    if left.dimensions is not None and right.dimensions is not None:
        has_shape(left, right.dimensions)
    elif right.dimensions is not None:
        left.equal = right
    else:
        right.equal = left


def broadcast(result: Form, operands: list[Form]) -> None:
    """The result is elementwise in the operands; axes of inferred operands are never 1."""
    ranks = [form.rank for form in operands]
    rank = result.rank
    if rank is None and None not in ranks:
        rank = max((each for each in ranks if each is not None), default=0)
        has_rank(result, rank)
    if rank == 0:
        for form in operands:
            has_rank(form, 0)
        return
    if rank is None:
        align(operands)
        return
    if ranks.count(None) == 1 and all(each is None or each < rank for each in ranks):
        has_rank(operands[ranks.index(None)], rank)
    align([result, *operands])


def align(forms: list[Form]) -> None:
    """Axes are matched from the last one; those of size 1 fit to any."""
    longest = max((form.rank or 0 for form in forms), default=0)
    for axis in range(1, longest + 1):
        found = [form[-axis] for form in forms if (form.rank or 0) >= axis and form[-axis] is not ONE]
        for each in found[1:]:
            same(found[0], each)
