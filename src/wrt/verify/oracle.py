"""The oracle: a claimed derivative against the Taylor coefficients of the function along random directions.

At a random point x, along a random direction v, f(x + t·v) is expanded in t with ball coefficients; order! times the
coefficient of tᵏ is the k-th derivative applied to v, k times. Balls that do not meet prove the claim wrong; balls that
do, at this precision, leave room for no formula of interest. Nothing here knows a rule of differentiation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import factorial, prod
from typing import Any

from flint import arb

from wrt.errors import VerificationError
from wrt.expr.build import derivative
from wrt.expr.node import Expr, Formula, Symbol
from wrt.verify import sample
from wrt.verify.certificate import Certificate, Verdict
from wrt.verify.differences import Differences
from wrt.verify.evaluate import MissingValueError, Plan, defined, evaluate
from wrt.verify.instructions import Entries
from wrt.verify.search import DisagreementError, Search, UndefinedError, compare, point
from wrt.verify.series import OutsideDomainError, PointError, Series, terms, working
from wrt.verify.sizes import Sizes, shape_of


def plain(expression: Expr) -> Expr:
    """The node of a formula."""
    return expression.node if isinstance(expression, Formula) else expression


def verify_derivative(
    f: Expr, variable: Symbol, result: Expr, order: int = 1, *, points: int = 8, seed: int = 0
) -> Certificate:
    """Check that `result` is the derivative of `f` with respect to `variable`, of this order.

    `result` has shape `f.shape + variable.shape * order`. Raises VerificationError with the point and both values where
    it is wrong, and Unsolved where no point of the domain was found: no certificate is given for nothing.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> print(verify_derivative(x**3, x, 3 * x**2))
    equal at 8 random points to 37 digits (ball arithmetic)
    """
    f, result = plain(f), plain(result)
    _same_shape(result, f.shape + variable.shape * order, "the derivative has the wrong shape")
    search = Search([f, result], [variable], points=points, seed=seed)
    comparison = Differences if search.floats else _Derivative
    try:
        return search.run(lambda sizes: comparison(f, variable, result, order, sizes, search.sampler))
    except DisagreementError as found:
        evidence = _entry_evidence(found, f, variable, result, order)
    raise VerificationError("the derivative is wrong", evidence=evidence)


def verify_equal(left: Expr, right: Expr, *, points: int = 8, seed: int = 0) -> Certificate:
    """Check that two expressions of one shape have equal values wherever both are defined.

    Raises VerificationError with the point and both values where they differ, Unsolved where no point was found.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> print(verify_equal((x + 1)**2, x**2 + 2*x + 1))
    equal at 8 random points to 29 digits (ball arithmetic)
    """
    left, right = plain(left), plain(right)
    _same_shape(right, left.shape, "the shapes differ")
    search = Search([left, right], [], points=points, seed=seed)
    try:
        return search.run(lambda sizes: _Equality(left, right, sizes))
    except DisagreementError as found:
        evidence = _evidence(found, left)
    raise VerificationError("the expressions differ", evidence=evidence)


def equal(left: Expr, right: Expr, *, points: int = 8, seed: int = 0) -> Verdict:
    """Whether two expressions have equal values wherever both are defined; the verdict has the counterexample.

    Raises Unsolved where no point was found.

    >>> from wrt.expr.build import symbol
    >>> x = symbol("x")
    >>> bool(equal(x * (x + 1), x**2 + x)), bool(equal(x**2, x**3))
    (True, False)
    """
    try:
        return Verdict(True, certificate=verify_equal(left, right, points=points, seed=seed))
    except VerificationError as error:
        return Verdict(False, counterexample=error.evidence, what="equality")


class _Derivative:
    """Along one random direction at a time, the expansion of f against the claim applied to the direction."""

    def __init__(
        self, f: Expr, variable: Symbol, result: Expr, order: int, sizes: Sizes, sampler: sample.Sampler
    ) -> None:
        self.variable, self.order, self.sizes, self.sampler = variable, order, sizes, sampler
        self.count = prod(shape_of(variable, sizes))
        with terms(order + 1):
            self.truth = Plan([f], sizes)
        self.claim = Plan([result], sizes)
        self.work = self.truth.work + self.claim.work

    @property
    def nodes(self) -> Iterable[Expr]:
        """What is computed."""
        return (*self.truth.nodes, *self.claim.nodes)

    def __call__(self, values: sample.Values, digits: int, final: bool) -> float:
        direction = self.sampler.direction(self.variable)
        with terms(self.order + 1):
            moving = _still(values)
            at = values[self.variable]
            moving[self.variable] = [Series([value, step]) for value, step in zip(at, direction, strict=True)]
            expansion = self.truth.defined(moving)
            found = [entry[self.order] * factorial(self.order) for entry in expansion]
        try:
            claimed = [entry[0] for entry in self.claim.defined(_still(values))]
        except MissingValueError as missing:
            raise UndefinedError(missing) from None
        if self.count > 1 and self.order > 1:
            self._check_symmetry(claimed, values)
        for _ in range(self.order):
            claimed = sample.applied(claimed, direction)
        scale = max((abs(entry[0]).mid() for entry in expansion), default=arb(1))
        return compare(found, claimed, scale, digits, final, values, self.sizes)

    def _check_symmetry(self, claimed: Sequence[arb], values: sample.Values) -> None:
        """Mixed derivatives do not depend on their order; a direction applied k times could not tell."""
        block = self.count**self.order
        for first, second in combinations(range(self.order), 2):
            for place, swapped in _swapped(self.count, self.order, first, second):
                for base in range(0, len(claimed), block):
                    one, other = claimed[base + place], claimed[base + swapped]
                    if not one.overlaps(other):
                        raise DisagreementError(values, self.sizes, base // block, one, other)


class _Equality:
    """The values of two expressions, which may be conditions."""

    def __init__(self, left: Expr, right: Expr, sizes: Sizes) -> None:
        self.sizes = sizes
        self.plan = Plan([left, right], sizes)
        self.work = self.plan.work

    @property
    def nodes(self) -> Iterable[Expr]:
        """What is computed."""
        return self.plan.nodes

    def __call__(self, values: sample.Values, digits: int, final: bool) -> float:
        left, right = (_numbers(entries) for entries in self.plan(_still(values)))
        return compare(left, right, arb(1), digits, final, values, self.sizes)


def _still(values: sample.Values) -> dict[Symbol, list[Series]]:
    return {symbol: [Series([value]) for value in entries] for symbol, entries in values.items()}


def _numbers(entries: Entries) -> list[arb]:
    """The values of an expression at a point, truths as 0 and 1."""
    if isinstance(entries[0], Series):
        return [entry[0] for entry in defined(entries)]
    if None in entries:
        raise OutsideDomainError("undefined here")
    return [arb(int(entry)) for entry in entries]


def _swapped(count: int, order: int, first: int, second: int) -> Iterator[tuple[int, int]]:
    """Pairs of places in a block of shape (count,) * order that exchange two axes."""
    strides = [count ** (order - 1 - axis) for axis in range(order)]
    for place in range(count**order):
        i, j = place // strides[first] % count, place // strides[second] % count
        if i < j:
            yield place, place + (j - i) * strides[first] + (i - j) * strides[second]


def _same_shape(claim: Expr, expected: Sequence[Expr], message: str) -> None:
    if claim.shape != tuple(expected):
        raise VerificationError(message, evidence={"claimed": _shape(claim.shape), "expected": _shape(expected)})


def _entry_evidence(found: DisagreementError, f: Expr, variable: Symbol, result: Expr, order: int) -> dict[str, Any]:
    """The evidence in the entry that is most wrong, rather than along a random direction."""
    if not variable.shape:
        return _evidence(found, f)
    still = _still(found.values)
    try:
        with working(128, 1):
            truth = evaluate(derivative(f, variable, order), still, found.sizes)
            claim = evaluate(result, still, found.sizes)
    except PointError:
        return _evidence(found, f)
    gaps = [(one[0] - other[0]).abs_lower() for one, other in zip(truth, claim, strict=True)]
    entry = max(range(len(gaps)), key=lambda at: gaps[at])
    if not gaps[entry] > 0:
        return _evidence(found, f)
    return _evidence(DisagreementError(found.values, found.sizes, entry, claim[entry][0], truth[entry][0]), result)


def _evidence(found: DisagreementError, where: Expr) -> dict[str, Any]:
    evidence = point(found.values, found.sizes)
    if where.shape:
        evidence["entry"] = _index(found.entry, shape_of(where, found.sizes))
    return {
        **evidence,
        "claimed": _digits(found.claimed, found.found),
        "found": _digits(found.found, found.claimed),
    }


def _index(entry: int, shape: Sequence[int]) -> tuple[int, ...]:
    """The index of an entry in row-major order."""
    index: list[int] = []
    for size in reversed(shape):
        entry, at = divmod(entry, size)
        index.insert(0, at)
    return tuple(index)


def _digits(value: arb, other: arb) -> str:
    """A value with enough digits to differ from the other."""
    for digits in (6, 12, 20, 40, 80):
        text: str = value.str(digits, radius=False)
        if text != other.str(digits, radius=False):
            return text
    return str(value)


def _shape(shape: Sequence[Expr]) -> str:
    return "×".join(map(str, shape)) if shape else "scalar"
