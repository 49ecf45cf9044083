"""The forms in which a sum or product may be written: factored, as a sum of terms, nested, by an identity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from wrt.expr.arithmetic import factors_of
from wrt.expr.build import add, mul, number, power
from wrt.expr.node import Add, Expr
from wrt.simplify.collect import map_sums, take_common, take_content
from wrt.simplify.field import Field, TooLargeError, factored, has_sum, joined, rational
from wrt.simplify.identities import named_factors, reductions
from wrt.simplify.kinds import PIECES, POWER_OF_SUM, SUM, kinds
from wrt.simplify.piecewise import absorb_into_cases
from wrt.simplify.ratios import RAY_OF, ratio_forms, with_sines_and_cosines
from wrt.simplify.recognise import PRODUCT_RULES, recognise_product
from wrt.simplify.roots import with_simple_roots
from wrt.simplify.sigmoids import with_positive_sigmoids

if TYPE_CHECKING:
    from wrt.simplify.field import Factors, Poly

# What else an expression may be before its forms are taken, by what must stand among its factors.
CHANGES: tuple[tuple[frozenset[str], Callable[[Expr], Expr]], ...] = (
    (frozenset([POWER_OF_SUM]), with_simple_roots),
    (frozenset(["sigmoid", SUM, POWER_OF_SUM]), with_positive_sigmoids),
    (frozenset([*RAY_OF, SUM, POWER_OF_SUM]), with_sines_and_cosines),
)
CHANGING = {SUM, POWER_OF_SUM, PIECES, *PRODUCT_RULES, *RAY_OF}


def elementwise_forms(node: Expr) -> Iterator[Expr]:
    """Ways to write a sum or product of scalars, or of tensors entry by entry."""
    if isinstance(node, Add):
        present = kinds(factor for term in node.terms for factor in factors_of(term)[1])
    else:
        present = kinds(factors_of(node)[1])
        if present.keys().isdisjoint(CHANGING):
            yield node
            return
    yield from _forms(node)
    for kind, change in CHANGES:
        if not present.keys().isdisjoint(kind):
            changed = change(node)
            if changed is not node:
                yield from _forms(changed)


def _forms(node: Expr) -> Iterator[Expr]:
    yield from _finished(node)
    if isinstance(node, Add):
        together = take_common(node)
        if together is not node:
            yield from _finished(together)
        with_content = map_sums(together, take_content)
        if with_content is not together:
            yield from _finished(with_content)
    if isinstance(node, Add) or has_sum(node):
        try:
            for form in quotient_forms(Field(node), node):
                yield from _finished(form)
        except TooLargeError:
            return


def _finished(node: Expr) -> Iterator[Expr]:
    """A form with functions recognised and quotients of functions named, and with factors taken into pieces."""
    named = recognise_product(node)
    yield from ratio_forms(named)
    absorbed = absorb_into_cases(named)
    if absorbed is not named:
        yield absorbed


def quotient_forms(field: Field, node: Expr) -> Iterator[Expr]:
    """Ways to write the expression, most factored first. Raises TooLargeError."""
    top, bottom = field.reduced(*field.fraction(node))
    if top.is_zero():
        yield mul(0, node)
        return
    variants = [(top, bottom)]
    for reduced_top, reduced_bottom in reductions(field, top, bottom):
        variant = field.reduced(reduced_top, reduced_bottom)
        if variant not in variants:
            variants.append(variant)
    for variant in variants:
        yield from _written(field, *variant)


def _written(field: Field, top: Poly, bottom: Poly) -> Iterator[Expr]:
    (above, upper), (below, lower) = factored(top), factored(bottom)
    denominator = mul(below, *_powers(field, lower))
    yield _over(above, _powers(field, upper), denominator)
    joined_upper, joined_lower = joined(upper), joined(lower)
    if len(joined_upper) + len(joined_lower) < len(upper) + len(lower):
        yield _over(above, _powers(field, joined_upper), mul(below, *_powers(field, joined_lower)))
    if any(len(factor) > 2 for factor, _ in upper):
        yield _over(above, [power(_nested(field, factor), times) for factor, times in upper], denominator)
    for named in named_factors(field, top):
        yield _over(named, [], denominator)
    for named in named_factors(field, bottom):
        yield _over(above, _powers(field, upper), named)
    yield from _distributed(field, top, bottom)


def _powers(field: Field, factors: Factors) -> list[Expr]:
    return [power(field.expression(factor), times) for factor, times in factors]


def _over(coefficient: object, factors: list[Expr], denominator: Expr) -> Expr:
    return mul(coefficient, *factors, power(denominator, -1))


def _nested(field: Field, poly: Poly) -> Expr:
    """A constant plus the rest in factors: 6s² - 6s + 1 as 1 + 6s(s - 1)."""
    constant = field.context.constant(poly.to_dict().get((0,) * len(field.kernels), 0))
    if constant.is_zero() or len(poly) < 3:
        return field.expression(poly)
    content, factors = factored(poly - constant)
    return add(field.expression(constant), mul(content, *_powers(field, factors)))


def _distributed(field: Field, top: Poly, bottom: Poly) -> Iterator[Expr]:
    """Each term over the monomial part of the denominator, with what all terms share in front."""
    content, monomial, rest = _monomial_part(field, bottom)
    terms = {
        tuple(up - down for up, down in zip(exponents, monomial, strict=True)): rational(value)
        for exponents, value in top.to_dict().items()
    }
    if len(terms) < 2:
        return
    shared = tuple(_nearest_zero(column) for column in zip(*terms, strict=True))
    inner = add(
        *(
            field.monomial(tuple(e - s for e, s in zip(exponents, shared, strict=True)), value)
            for exponents, value in terms.items()
        )
    )
    below = [power(field.expression(factor), -exponent) for factor, exponent in rest]
    outside = mul(power(content, -1), field.monomial(shared), *below)
    yield mul(outside, inner)
    if not rest:
        yield add(*(field.monomial(exponents, value) / content for exponents, value in terms.items()))


def _nearest_zero(exponents: tuple[int, ...]) -> int:
    """The exponent that every term has at least: the least if all are positive, the greatest if all are negative."""
    if min(exponents) > 0:
        return min(exponents)
    return max(exponents) if max(exponents) < 0 else 0


def _monomial_part(field: Field, poly: Poly) -> tuple[Expr, tuple[int, ...], Factors]:
    """Content, the exponents of its monomial factor, and the other factors."""
    content, factors = factored(poly)
    exponents = [0] * len(field.kernels)
    rest = []
    for factor, times in factors:
        if len(factor) == 1:
            ((monomial, _),) = factor.to_dict().items()
            exponents = [have + times * each for have, each in zip(exponents, monomial, strict=True)]
        else:
            rest.append((factor, times))
    return number(content), tuple(exponents), rest
