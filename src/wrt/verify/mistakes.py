"""The mistakes people make when they differentiate, as a table: each is differentiation done wrong at one node.

Values travel with their slopes as series of two terms; a mistake replaces the slope that one node passes on. If the
slopes that come out at the end are those of a claim, the mistake is named. Nothing here is a rule of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import mul
from typing import Final

from flint import arb

from wrt.expr.build import derivative
from wrt.expr.node import Add, Call, Constant, Contract, Derivative, Expr, Mul, Power, Symbol
from wrt.verify.forward import Duals, Local, still, with_slopes
from wrt.verify.instructions import Entries, rational
from wrt.verify.series import PointError, Series

Differentiate = Callable[[Expr, Symbol], Expr]
Mistaken = Callable[[Local, Duals], Entries]


LONGEST = 48  # characters of an expression that is named in a sentence

CHAIN_RULE = "the chain rule is f(u)′ = f′(u)·u′"
PRODUCT_RULE = "(u·v)′ = u′·v + u·v′"
QUOTIENT_RULE = "(u/v)′ = (u′·v − u·v′)/v²"
POWER_RULE = "the power rule is (uⁿ)′ = n·uⁿ⁻¹·u′"
EXPONENTIAL_RULE = "(aᵘ)′ = log(a)·aᵘ·u′"


def say(node: Expr) -> str:
    """An expression inside a sentence, cut where it is long."""
    text = str(node)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _scaled(entries: Entries, factors: Sequence[arb] | arb) -> Entries:
    """The entries with their slopes multiplied."""
    many = factors if isinstance(factors, Sequence) else [factors] * len(entries)
    return with_slopes(entries, [entry[1] * factor for entry, factor in zip(entries, many, strict=True)])


def _seeds(local: Local, entries: Entries) -> Entries:
    """The entries moving as the variable itself moves, where that makes sense."""
    slopes = [entry[1] for entry in local.variable]
    if len(slopes) == 1:
        return with_slopes(entries, slopes * len(entries))
    if len(slopes) == len(entries):
        return with_slopes(entries, slopes)
    raise PointError("the shapes do not allow this mistake")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong way to pass slopes through a node, and what to tell who went it: a sentence about expressions."""

    sentence: str
    about: tuple[Expr, ...]
    slopes: Mistaken

    def hint(self, differentiate: Differentiate | None) -> str:
        """The sentence with the expressions written in, and their derivatives where someone knows them."""
        return self.sentence.format(*(say(_worked_out(node, differentiate)) for node in self.about))


def _worked_out(node: Expr, differentiate: Differentiate | None) -> Expr:
    if isinstance(node, Derivative) and differentiate is not None:
        return differentiate(node.operand, node.variable)
    return node


def find(node: Expr, variable: Symbol) -> Iterator[Mistake]:
    """The mistakes that can be made at a node."""
    for kinds, mistakes in TABLE:
        if isinstance(node, kinds):
            yield from mistakes(node, variable)


# The chain rule, at functions and powers of something that is not the variable itself.


def _chain(node: Expr, variable: Symbol) -> Iterator[Mistake]:
    inner = [operand for operand in node.operands if variable in operand.free]
    if len(inner) != 1 or inner[0] is variable:
        return
    at = node.operands.index(inner[0])
    u = inner[0]

    def forgotten(local: Local, duals: Duals) -> Entries:
        return local([*duals[:at], _seeds(local, duals[at]), *duals[at + 1 :]])

    def at_slope(local: Local, duals: Duals) -> Entries:
        places = [Series([entry[1], 1]) for entry in duals[at]]
        slopes = local([*duals[:at], places, *duals[at + 1 :]])
        return with_slopes(local(duals), [entry[1] for entry in slopes])

    def at_variable(local: Local, duals: Duals) -> Entries:
        slopes = local([*duals[:at], _seeds(local, still(local.variable)), *duals[at + 1 :]])
        outer = [entry[1] / seed[1] for entry, seed in zip(slopes, local.variable, strict=True)]
        return with_slopes(local(duals), [o * e[1] for o, e in zip(outer, duals[at], strict=True)])

    yield Mistake(
        f"the inner derivative {{0}} of {{1}} is missing: {CHAIN_RULE}", (derivative(u, variable), u), forgotten
    )
    if not node.shape and not variable.shape:
        yield Mistake(
            f"the outer derivative of {{1}} is taken at the derivative of {{0}}, but it belongs at {{0}}: {CHAIN_RULE}",
            (u, node),
            at_slope,
        )
        yield Mistake(
            f"the outer derivative of {{1}} is taken at {{2}}, but it belongs at {{0}}: {CHAIN_RULE}",
            (u, node, variable),
            at_variable,
        )


def _function(node: Expr, variable: Symbol) -> Iterator[Mistake]:
    assert isinstance(node, Call)
    if node.function.kind != "elementwise":
        return
    name = node.function.name
    yield from _chain(node, variable)
    yield Mistake(
        f"the sign of the derivative of {name} is wrong", (), lambda local, duals: _scaled(local(duals), arb(-1))
    )
    if len(node.args) == 1:
        yield Mistake(
            f"{name} itself is not differentiated in {{0}}",
            (node,),
            lambda local, duals: with_slopes(
                local(duals), [g[0] * u[1] for g, u in zip(local(duals), duals[0], strict=True)]
            ),
        )
    if name == "exp":
        yield Mistake(
            "the power rule does not hold for {0}, whose exponent varies: exp is its own derivative",
            (node,),
            lambda local, duals: with_slopes(local(duals), [u[0] * (u[0] - 1).exp() * u[1] for u in duals[0]]),
        )


# The power rule.


def _power(node: Expr, variable: Symbol) -> Iterator[Mistake]:
    assert isinstance(node, Power)
    base, exponent = node.base, node.exponent
    if variable not in exponent.free:
        yield from _chain(node, variable)
        yield from _fixed_exponent(node)
    elif variable not in base.free:
        yield from _fixed_base(node)


def _fixed_exponent(node: Power) -> Iterator[Mistake]:
    def times_base(count: int) -> Mistaken:
        return lambda local, duals: _scaled(values := local(duals), [u[0] ** count for u in _spread(duals[0], values)])

    def without_factor(local: Local, duals: Duals) -> Entries:
        values = local(duals)
        return _scaled(values, [1 / p[0] for p in _spread(duals[1], values)])

    def integrated(local: Local, duals: Duals) -> Entries:
        values = local(duals)
        triples = zip(values, _spread(duals[0], values), _spread(duals[1], values), strict=True)
        return [Series([g[0], g[0] * u[0] / (p[0] + 1) * u[1]]) for g, u, p in triples]

    yield Mistake(f"the exponent of {{0}} is not lowered: {POWER_RULE}", (node,), times_base(1))
    yield Mistake(
        f"the exponent {{1}} does not come to the front of {{0}}: {POWER_RULE}", (node, node.exponent), without_factor
    )
    yield Mistake(f"the exponent of {{0}} goes up where it should go down: {POWER_RULE}", (node,), times_base(2))
    yield Mistake(f"{{0}} is integrated, not differentiated: {POWER_RULE}", (node,), integrated)


def _fixed_base(node: Power) -> Iterator[Mistake]:
    def without_log(local: Local, duals: Duals) -> Entries:
        values = local(duals)
        return with_slopes(values, [g[0] * u[1] for g, u in zip(values, _spread(duals[1], values), strict=True)])

    def as_power(local: Local, duals: Duals) -> Entries:
        values = local(duals)
        triples = zip(values, _spread(duals[0], values), _spread(duals[1], values), strict=True)
        return [Series([g[0], u[0] * g[0] / b[0] * u[1]]) for g, b, u in triples]

    yield Mistake(f"the factor log({{0}}) is missing: {EXPONENTIAL_RULE}", (node.base,), without_log)
    yield Mistake(f"the power rule does not hold for {{0}}: {EXPONENTIAL_RULE}", (node,), as_power)


def _spread(entries: Entries, values: Entries) -> Entries:
    """A scalar operand, once for each entry of the node."""
    return entries if len(entries) == len(values) else list(entries) * len(values)


# Products and quotients.


def _product(node: Expr, variable: Symbol) -> Iterator[Mistake]:
    assert isinstance(node, Mul)
    inside = [operand for operand in node.operands if variable in operand.free]
    if len(inside) < 2 or node.shape:
        return
    quotient = any(_is_divisor(operand) for operand in inside)
    if quotient:
        yield from _quotient(node)
        return

    def of_derivatives(local: Local, duals: Duals) -> Entries:
        slope = reduce(mul, [entries[0][int(moves)] for entries, moves in zip(duals, local.depends, strict=True)])
        return with_slopes(local(duals), [slope * rational(node.coefficient)[0]])

    yield Mistake(
        f"the derivative of a product is not the product of the derivatives: {PRODUCT_RULE}", (), of_derivatives
    )


def _is_divisor(node: Expr) -> bool:
    return isinstance(node, Power) and isinstance(node.exponent, Constant) and node.exponent.value < 0


def _quotient(node: Mul) -> Iterator[Mistake]:
    below = [at for at, operand in enumerate(node.operands) if _is_divisor(operand)]

    def parts(local: Local, duals: Duals) -> tuple[Series, Series]:
        top = reduce(mul, [each[0] for at, each in enumerate(duals) if at not in below], rational(node.coefficient))
        bottom = 1 / reduce(mul, [duals[at][0] for at in below])
        return top, bottom

    def plus(local: Local, duals: Duals) -> Entries:
        u, v = parts(local, duals)
        return with_slopes(local(duals), [(u[1] * v[0] + u[0] * v[1]) / v[0] ** 2])

    def swapped(local: Local, duals: Duals) -> Entries:
        return _scaled(local(duals), arb(-1))

    def without_square(local: Local, duals: Duals) -> Entries:
        return _scaled(local(duals), [parts(local, duals)[1][0]])

    def without_denominator(local: Local, duals: Duals) -> Entries:
        return _scaled(local(duals), [parts(local, duals)[1][0] ** 2])

    def of_derivatives(local: Local, duals: Duals) -> Entries:
        u, v = parts(local, duals)
        return with_slopes(local(duals), [u[1] / v[1]])

    for words, slopes in (
        ("the quotient rule has a minus sign", plus),
        ("the terms of the quotient rule are in the wrong order", swapped),
        ("the denominator of the quotient rule is squared", without_square),
        ("the denominator of the quotient rule is missing", without_denominator),
        ("the derivative of a quotient is not the quotient of the derivatives", of_derivatives),
    ):
        yield Mistake(f"{words}: {QUOTIENT_RULE}", (), slopes)


# Sums, and everything with several operands: the sum over paths.


def _paths(node: Expr, variable: Symbol) -> Iterator[Mistake]:
    inside = [at for at, operand in enumerate(node.operands) if variable in operand.free]
    if len(inside) < 2:
        return
    missing, sign = next(words for kind, words in PATHS if isinstance(node, kind))
    for at in inside:
        rest = tuple(place for place in inside if place != at)
        about = (node.operands[at],)
        yield Mistake(missing, about, partial(_only, rest=rest))
        yield Mistake(sign, about, partial(_flipped, at=at))
        if isinstance(node, Contract) and len(inside) == 2:
            yield Mistake(
                "the two occurrences of {0} are counted as one twice, which holds only for something symmetric: "
                "differentiate each of them and add",
                (variable,),
                partial(_doubled, at=at),
            )


PATHS: Final[Sequence[tuple[type[Expr], tuple[str, str]]]] = (
    (
        Add,
        ("the derivative of the term {0} is missing", "the sign of the derivative of the term {0} is wrong"),
    ),
    (
        Mul,
        (
            f"{{0}} is treated as a constant: the product rule differentiates each factor, {PRODUCT_RULE}",
            f"a sign in the product rule is wrong where {{0}} is differentiated: {PRODUCT_RULE}",
        ),
    ),
    (
        Expr,
        (
            "the path through {0} is missing: the derivative is the sum over all places of the variable",
            "the sign of the part that comes through {0} is wrong",
        ),
    ),
)


def _only(local: Local, duals: Duals, rest: tuple[int, ...]) -> Entries:
    return local.only(duals, *rest)


def _doubled(local: Local, duals: Duals, at: int) -> Entries:
    return _scaled(local.only(duals, at), arb(2))


def _flipped(local: Local, duals: Duals, at: int) -> Entries:
    opposite = [Series([entry[0], -entry[1]]) for entry in duals[at]]
    return local([*duals[:at], opposite, *duals[at + 1 :]])


def _sum(node: Expr, variable: Symbol) -> Iterator[Mistake]:
    assert isinstance(node, Add)
    if node.shape or variable.shape:
        return
    for at, term in enumerate(node.terms):
        kept = "is not differentiated" if variable in term.free else "is kept, but the derivative of a constant is 0"
        yield Mistake(f"the term {{0}} {kept}", (term,), partial(_undifferentiated, at=at))


def _undifferentiated(local: Local, duals: Duals, at: int) -> Entries:
    (entry,) = duals[at]
    slope = entry[0] * local.variable[0][1]
    return local([*duals[:at], [Series([entry[0], slope])], *duals[at + 1 :]])


TABLE: Final[Sequence[tuple[type[Expr] | tuple[type[Expr], ...], Callable[[Expr, Symbol], Iterator[Mistake]]]]] = (
    (Call, _function),
    (Power, _power),
    (Mul, _product),
    (Add, _sum),
    (Expr, _paths),
)
