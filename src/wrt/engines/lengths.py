"""Lengths, sqrt(a² + b²) and norm(v), without overflow; what they divide is a direction, v/norm(v), 0 for v = 0."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import ceil

from wrt.engines.differences import is_difference, together
from wrt.expr.build import add, broadcast_to, cases, contract, mean, mul, neg, number, power, sub, transpose
from wrt.expr.facts import is_even_integer, is_nonnegative, is_positive
from wrt.expr.function import Function
from wrt.expr.node import ONE, Add, Call, Constant, Contract, Expr, Mul, Power, Shape
from wrt.functions.declare import NONNEGATIVE, function
from wrt.functions.trigonometric import hypot

Axes = tuple[int, ...]

MOST_SQUARES = 3  # terms of a sum of squares that is taken for the square of a length
HALF = Fraction(1, 2)

_LIBRARIES = ("numpy", "jax", "torch")


def _helper(name: str) -> dict[str, str]:
    return dict.fromkeys(_LIBRARIES, f"helpers.{name}")


NORM: Function = function("norm", "the length", kind="reduction", range=NONNEGATIVE, engines=_helper("norm"))
NORMS: Function = function("norms", "lengths along axes", kind="reduction", range=NONNEGATIVE, engines=_helper("norms"))
LENGTHS: Function = function(
    "lengths", "sqrt(x² + y²)", arguments="x, y", range=NONNEGATIVE, engines={"numpy": "helpers.hypot"}
)
HYPOT: Function = function(
    "length",
    "sqrt(x² + y²)",
    arguments="x, y",
    range=NONNEGATIVE,
    definition=lambda x, y: hypot(x, y),
    engines={"numpy": lambda x, y: LENGTHS(x, y) if x.shape or y.shape else hypot(x, y)},
)
CENTRED: Function = function("centred", "x less its mean", kind="axiswise", engines=_helper("centred"))
OR_ONE: Function = function("or_one", "x, and 1 for 0", engines=dict.fromkeys(("numpy", "scalar"), "{0} or 1"))
NONZERO: Function = function(
    "nonzero",
    "x, and 1 for 0",
    definition=lambda x: cases([(x > 0, x)], 1),
    engines=dict.fromkeys(("numpy", "scalar"), lambda x: cases([(x > 0, x)], 1) if x.shape else OR_ONE(x)),
)
DIRECTION: Function = function(
    "direction", "x/r, not taken apart", arguments="x, r", engines=dict.fromkeys((*_LIBRARIES, "scalar"), "{0} / {1}")
)


@dataclass(frozen=True)
class Length:
    """The square root of a sum of squares; `parts` are the expressions under the squares, with the axes of each along
    which the length has its own."""

    node: Expr
    parts: Mapping[Expr, Axes]
    better: Mapping[Expr, Expr]  # parts in a form that loses no digits
    positive: bool = False


class Lengths:
    """Lengths found so far in a program, by the sums of squares and by their nodes; of a vector and its negative, the
    one that the author has `named` is measured."""

    def __init__(self, named: Collection[Expr] = ()) -> None:
        self.named = named
        self.of_square: dict[Expr, Length | None] = {}
        self.of_node: dict[Expr, Length] = {}
        self.distances: list[tuple[Expr, Add, Axes]] = []

    def __call__(self, node: Expr) -> Expr | None:
        """The outermost part of an expression by lengths and directions; None where there are none."""
        match node:
            case Power():
                return self.root(node)
            case Mul():
                return self.quotient(node)
            case Contract():
                return self.quotients(node)
            case Add():
                return self.differences(node)
            case _:
                return None

    def differences(self, node: Add) -> Expr | None:
        """A sum with differences over their distances."""
        for distance, difference, kept in self.distances:
            found = together(node, distance, difference, kept)
            if found is not None:
                return found
        return None

    def square(self, node: Expr) -> Length | None:
        """The length whose square an expression is."""
        if node not in self.of_square:
            found = self.of_square[node] = _length(node, self.named)
            if found is not None:
                self.of_node[found.node] = found
                self.distances += [
                    (found.node, part, kept)
                    for part, kept in found.parts.items()
                    if isinstance(part, Add) and kept and is_difference(part)
                ]
        return self.of_square[node]

    def root(self, node: Power) -> Expr | None:
        """A root of a sum of squares, or a power of such a root, by the length."""
        if isinstance(node.exponent, Constant) and isinstance(node.exponent.value, int):
            return None
        base = node.base
        if isinstance(base, Contract) and len(base.operands) == 1:
            order = sorted(base.out, key=base.subscripts[0].index) if {*base.out} <= {*base.subscripts[0]} else base.out
            base = contract(base.operands, base.subscripts, tuple(order), base.sizes)
            axes = tuple(order.index(index) for index in node.base.out)  # type: ignore[attr-defined]
        else:
            axes = tuple(range(node.ndim))
        length = self.square(base)
        if length is None:
            return None
        return transpose(power(length.node, mul(2, node.exponent)), axes)

    def divisor(self, node: Expr) -> tuple[Length, Expr, int] | None:
        """A factor as a power of a length, the exponent, and how often one may divide by it."""
        if not isinstance(node, Power):
            return None
        length, exponent = self.of_node.get(node.base) or _hypot(node.base), node.exponent
        if length is None and isinstance(exponent, Constant) and exponent.value < 0:
            length, exponent = self.square(node.base), mul(2, exponent)
        fixed = _constant_term(exponent)
        return None if length is None or fixed >= 0 else (length, exponent, ceil(-fixed))

    def quotient(self, node: Mul) -> Expr | None:
        """A product over a length, without what cancels."""
        for place, factor in enumerate(node.factors):
            if factor.shape or (found := self.divisor(factor)) is None:
                continue
            length, exponent, times = found
            others = [each for at, each in enumerate(node.factors) if at != place]
            wheres: list[Axes | None] = [()] * len(others)
            divided = _Division(self, length).all(others, wheres, times)
            if divided is not None:
                times, rest = divided
                return mul(node.coefficient, *rest, power(length.node, add(exponent, times)))
        return None

    def quotients(self, node: Contract) -> Expr | None:
        """An einsum over lengths, without what cancels."""
        for place, (factor, indices) in enumerate(zip(node.operands, node.subscripts, strict=True)):
            if (found := self.divisor(factor)) is None:
                continue
            length, exponent, times = found
            others = [at for at in range(len(node.operands)) if at != place]
            wheres = [_positions(indices, node.subscripts[at]) for at in others]
            divided = _Division(self, length).all([node.operands[at] for at in others], wheres, times)
            if divided is not None:
                times, rest = divided
                operands = [*rest, power(length.node, add(exponent, times))]
                subscripts = [*(node.subscripts[at] for at in others), indices]
                kept = [at for at, operand in enumerate(operands) if operand is not ONE]
                return contract([operands[at] for at in kept], [subscripts[at] for at in kept], node.out, node.sizes)
        return None


def _constant_term(exponent: Expr) -> Fraction:
    """The number in an exponent."""
    terms = exponent.terms if isinstance(exponent, Add) else (exponent,)
    return Fraction(sum(term.value for term in terms if isinstance(term, Constant)))


def _positions(indices: Axes, subscript: Axes) -> Axes | None:
    """Where the indices stand in a subscript that has them all."""
    return tuple(map(subscript.index, indices)) if set(indices) <= set(subscript) else None


# Lengths: |x|, norm(v) and sqrt of sums of such squares.


def _length(node: Expr, named: Collection[Expr]) -> Length | None:
    if isinstance(node, Contract):
        return _length_of_term(node, named)
    if not isinstance(node, Add) or len(node.terms) > MOST_SQUARES or not all(map(is_nonnegative, node.terms)):
        return None
    lengths = [_length_of_term(term, named) for term in node.terms]
    if not any(lengths):
        return None
    parts: dict[Expr, Axes] = {}
    better: dict[Expr, Expr] = {}
    sides = []
    for term, length in zip(node.terms, lengths, strict=True):
        sides.append(power(term, HALF) if length is None else length.node)
        if length is not None and term.shape == node.shape:
            parts |= length.parts
            better |= length.better
    return Length(reduce(HYPOT, sides), parts, better, is_positive(node))


def _hypot(node: Expr) -> Length | None:
    """A length that is written as such."""
    if not isinstance(node, Call) or node.function is not hypot:
        return None
    return Length(node, {each: tuple(range(each.ndim)) for each in node.args if each.shape == node.shape}, {})


def _length_of_term(term: Expr, named: Collection[Expr]) -> Length | None:
    """The length whose square a term is, a positive factor aside."""
    match term:
        case Power() if is_even_integer(term.exponent) and is_nonnegative(term.exponent):
            base = power(term.base, mul(HALF, term.exponent))
            return Length(base, {base: tuple(range(base.ndim))}, {})
        case Contract(operands=(Power() as square,), subscripts=(subscript,), out=out) if square.exponent is number(
            2
        ) and len(set(subscript)) == len(subscript) > len(out):
            kept = _positions(out, subscript)
            vectors = neg(square.base) if neg(square.base) in named else square.base
            return None if kept is None or list(kept) != sorted(kept) else _norm(vectors, kept)
        case Mul():
            *scalars, core = term.factors
            inner = _length_of_term(core, named)
            if inner is None or term.coefficient <= 0 or not all(map(is_nonnegative, scalars)):
                return None
            return replace(inner, node=mul(power(mul(term.coefficient, *scalars), HALF), inner.node))
        case _:
            return None


def _norm(vectors: Expr, kept: Axes) -> Length:
    """The norm over all axes but some."""
    axes = tuple(axis for axis in range(vectors.ndim) if axis not in kept)
    better = _centred(vectors, axes)
    measured = vectors if better is None else better
    node = NORMS(measured, axis=axes) if kept else NORM(measured)
    return Length(node, {vectors: kept}, {} if better is None else {vectors: better})


def _centred(deviations: Expr, axes: Axes) -> Expr | None:
    """Deviations from a mean, written as such; they are exactly 0 where all entries are equal."""
    for sign in (1, -1):
        for term in deviations.terms if isinstance(deviations, Add) else ():
            x = mul(sign, term)
            if x.shape == deviations.shape and sub(x, mean(x, axes, True)) is mul(sign, deviations):
                return mul(sign, CENTRED(x, axis=axes))
    return None


class _Division:
    """Divides expressions by a length, as often as the parts of it are factors of them."""

    def __init__(self, lengths: Lengths, length: Length) -> None:
        self.lengths = lengths
        self.length = length
        self.unit = length.node if length.positive else NONZERO(length.node)

    def all(self, factors: Sequence[Expr], wheres: Sequence[Axes | None], most: int) -> tuple[int, list[Expr]] | None:
        """Factors divided, `most` times together, and how often; None if never."""
        left, rest = most, []
        for factor, where in zip(factors, wheres, strict=True):
            times = 0 if where is None else min(self.degree(factor, where), left)
            left -= times
            rest.append(self.by(factor, where or (), times) if times else factor)
        return (most - left, rest) if left < most else None

    def degree(self, node: Expr, where: Axes) -> int:
        """How often an expression may be divided; the length has its axes along `where` of it."""
        if (
            self.length.parts.get(node) == where
            or self.length.parts.get(neg(node)) == where
            or node is self.length.node
        ):
            return 1
        if self.lengths.of_square.get(node) is self.length:
            return 2
        match node:
            case Power(base=base, exponent=Constant(value=int(times))) if times > 0:
                return times * self.degree(base, where)
            case Call(args=(argument,)) if node.function.name == "abs":
                return self.degree(argument, where)
            case Mul():
                *scalars, core = node.factors
                alone = sum(self.degree(each, ()) for each in scalars) if not where else 0
                return alone + self.degree(core, where)
            case Contract():
                return sum(self.degree(each, axes) for each, axes in self.inside(node, where) if axes is not None)
            case Add():
                most = max if self.length.positive else min
                return most(
                    self.degree(term, where) if term.shape == node.shape or not where else 0 for term in node.terms
                )
            case _:
                return 0

    def inside(self, node: Contract, where: Axes) -> list[tuple[Expr, Axes | None]]:
        """The operands of an einsum, with where the length lies along each."""
        indices = tuple(node.out[axis] for axis in where)
        pairs = zip(node.operands, node.subscripts, strict=True)
        return [(operand, _positions(indices, subscript)) for operand, subscript in pairs]

    def by(self, node: Expr, where: Axes, times: int) -> Expr:
        """An expression divided so often."""
        if node in self.length.parts:
            return self.direction(node, where)
        if neg(node) in self.length.parts:
            return neg(self.direction(neg(node), where))
        if node is self.length.node or self.lengths.of_square.get(node) is self.length:
            whole = 1 if node is self.length.node else 2
            return broadcast_to(power(self.length.node, whole - times), node.shape)
        match node:
            case Power(base=base, exponent=Constant(value=int(count))):
                each, more = divmod(times, count)
                kept = power(self.by(base, where, each) if each else base, count - more)
                return mul(kept, power(self.by(base, where, each + 1), more)) if more else kept
            case Call(args=(argument,)):
                return node.rebuilt((self.by(argument, where, times),))
            case Mul():
                alone: list[Axes | None] = [None if where else ()] * (len(node.factors) - 1)
                found = self.all(node.factors, [*alone, where], times)
                return mul(node.coefficient, *(found[1] if found else ()))
            case Contract():
                operands, wheres = zip(*self.inside(node, where), strict=True)
                found = self.all(operands, wheres, times)
                return node.rebuilt(tuple(found[1] if found else ()))
            case Add():
                return add(*(self.as_far(broadcast_to(term, node.shape), where, times) for term in node.terms))
        raise AssertionError(node)

    def as_far(self, term: Expr, where: Axes, times: int) -> Expr:
        """A term divided so often, by the length itself where it has no more parts of it."""
        found = self.all([term], [where], times)
        if found is None:
            return mul(term, self.spread(power(self.length.node, -times), where, term.shape))
        taken, (rest,) = found
        return (
            mul(rest, self.spread(power(self.length.node, taken - times), where, term.shape)) if taken < times else rest
        )

    def spread(self, value: Expr, where: Axes, shape: Shape) -> Expr:
        """What has the axes of the length with all axes of a part."""
        return contract([value], [where], tuple(range(len(shape))), shape) if where else value

    def direction(self, part: Expr, where: Axes) -> Expr:
        """A part of the length over the length."""
        part = self.length.better.get(part, part)
        return DIRECTION(part, self.spread(self.unit, where, part.shape))
