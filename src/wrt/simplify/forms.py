"""The forms in which a sum or product may be written: factored, as a sum of terms, nested, by an identity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wrt.expr.build import add, mul, number, power
from wrt.expr.node import Add, Expr
from wrt.simplify.collect import map_sums, take_common, take_content
from wrt.simplify.field import Field, TooLargeError, has_sum, rational
from wrt.simplify.identities import named_factors, quotient_names, reductions
from wrt.simplify.piecewise import absorb_into_cases
from wrt.simplify.recognise import recognise_product

if TYPE_CHECKING:
    from wrt.simplify.field import Poly

MOST_FACTORED_TERMS = 60


def elementwise_forms(node: Expr) -> Iterator[Expr]:
    """Ways to write a sum or product of scalars, or of tensors entry by entry."""
    yield from _finished(node)
    if isinstance(node, Add):
        together = take_common(node)
        yield from _finished(together)
        yield from _finished(map_sums(together, take_content))
    if isinstance(node, Add) or has_sum(node):
        try:
            for form in quotient_forms(Field(node), node):
                yield from _finished(form)
        except TooLargeError:
            return


def _finished(node: Expr) -> Iterator[Expr]:
    """A form with functions recognised and quotients of functions named, and with factors taken into pieces."""
    named = quotient_names(recognise_product(node))
    yield named
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
    below, lower_factors = _factored(field, bottom)
    above, upper_factors = _factored(field, top)
    denominator = mul(below, *(power(field.expression(factor), exponent) for factor, exponent in lower_factors))
    yield _over(above, [power(field.expression(factor), times) for factor, times in upper_factors], denominator)
    if any(len(factor) > 2 for factor, _ in upper_factors):
        nested = [power(_nested(field, factor), times) for factor, times in upper_factors]
        yield _over(above, nested, denominator)
    for named in named_factors(field, top):
        yield _over(named, [], denominator)
    yield from _distributed(field, top, bottom)


def _over(coefficient: Expr, factors: list[Expr], denominator: Expr) -> Expr:
    return mul(coefficient, *factors, power(denominator, -1))


def _factored(field: Field, poly: Poly) -> tuple[Expr, list[tuple[Poly, int]]]:
    """The content, and the irreducible factors with their exponents."""
    if len(poly) > MOST_FACTORED_TERMS:
        return number(1), [(poly, 1)]
    content, factors = poly.factor()
    return number(rational(content)), [(factor, int(exponent)) for factor, exponent in factors]


def _nested(field: Field, poly: Poly) -> Expr:
    """A constant plus the rest in factors: 6s² - 6s + 1 as 1 + 6s(s - 1)."""
    constant = field.context.constant(poly.to_dict().get((0,) * len(field.kernels), 0))
    if constant.is_zero() or len(poly) < 3:
        return field.expression(poly)
    content, factors = _factored(field, poly - constant)
    product = mul(content, *(power(field.expression(factor), exponent) for factor, exponent in factors))
    return add(field.expression(constant), product)


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


def _monomial_part(field: Field, poly: Poly) -> tuple[Expr, tuple[int, ...], list[tuple[Poly, int]]]:
    """Content, the exponents of its monomial factor, and the other factors."""
    content, factors = _factored(field, poly)
    exponents = [0] * len(field.kernels)
    rest = []
    for factor, times in factors:
        if len(factor) == 1:
            ((monomial, _),) = factor.to_dict().items()
            exponents = [have + times * each for have, each in zip(exponents, monomial, strict=True)]
        else:
            rest.append((factor, times))
    return content, tuple(exponents), rest
