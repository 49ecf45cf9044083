"""Rules for sums, products, quotients and powers, as they stand on the first pages of every calculus book."""

from __future__ import annotations

from wrt.expr.arithmetic import mul, neg, power, sub
from wrt.expr.node import ONE, Add, Expr, Mul, Power
from wrt.expr.walk import is_minus
from wrt.rules.rule import Parts, Variables, rule

TEXTBOOK = "Spivak, Calculus, ch. 10"


def _active_terms(node: Add, variables: Variables) -> Parts:
    return tuple([term for term in node.terms if not variables.isdisjoint(term.free)])


@rule("sum rule", "(u + v)′ = u′ + v′", source=TEXTBOOK, parts=_active_terms)
def sum_rule(node: Add, parts: Parts, k: int) -> Expr:
    """d(u + v) = du + dv; terms that do not depend on the variable are constant."""
    return ONE


def _one_moving_product(node: Mul, variables: Variables) -> Parts | None:
    """The product of the factors that depend on the variables, where there are others."""
    moving = [factor for factor in node.factors if not variables.isdisjoint(factor.free)]
    if len(moving) == len(node.factors) and (node.coefficient == 1 or _takes_minus(node)):
        return None
    return (moving[0] if len(moving) == 1 else mul(*moving),)


def _takes_minus(node: Mul) -> bool:
    """Whether a minus in front is one of a sum among the factors: (1 - x)*exp(x) is kept as -(x - 1)*exp(x)."""
    return node.coefficient == -1 and any(isinstance(factor, Add) for factor in node.factors)


@rule("constant multiple rule", "(c·u)′ = c·u′", source=TEXTBOOK, parts=_one_moving_product)
def constant_multiple(node: Mul, parts: Parts, k: int) -> Expr:
    """A constant factor stays. Of c·u with a tensor c and a scalar u, too: d(c·u) = c·du."""
    (moving,) = parts
    kept = moving.factors if isinstance(moving, Mul) else parts
    still = [factor for factor in node.factors if factor not in kept]
    return mul(node.coefficient, *still)


def _numerator_and_denominator(node: Mul, variables: Variables) -> Parts | None:
    """u and v of the scalar quotient u/v; None where this is no quotient."""
    if node.shape:
        return None
    below = [factor for factor in node.factors if isinstance(factor, Power) and _is_below(factor)]
    if not below or len(below) == len(node.factors):
        return None
    above = [factor for factor in node.factors if factor not in below]
    numerator = above[0] if len(above) == 1 and node.coefficient == 1 else mul(node.coefficient, *above)
    return numerator, mul(*(power(factor, -1) for factor in below))


def _is_below(factor: Power) -> bool:
    return is_minus(factor.exponent)


def _quotient(node: Mul, parts: Parts, tangents: tuple[Expr, ...]) -> Expr:
    (u, v), (du, dv) = parts, tangents
    return mul(sub(mul(du, v), mul(u, dv)), power(v, -2))


@rule(
    "quotient rule", "(u/v)′ = (u′·v − u·v′)/v²", source=TEXTBOOK, parts=_numerator_and_denominator, combine=_quotient
)
def quotient(node: Mul, parts: Parts, k: int) -> Expr:
    """d(u/v) = du/v − u/v² dv"""
    u, v = parts
    return power(v, -1) if k == 0 else mul(-1, u, power(v, -2))


def _factors(node: Mul, variables: Variables) -> Parts:
    if node.coefficient == 1:
        return node.factors
    place = next(place for place, factor in enumerate(node.factors) if isinstance(factor, Add))
    return (*node.factors[:place], neg(node.factors[place]), *node.factors[place + 1 :])


@rule("product rule", "(u·v)′ = u′·v + u·v′", source=TEXTBOOK, parts=_factors)
def product(node: Mul, parts: Parts, k: int) -> Expr:
    """d(u·v) = du·v + u·dv, each factor in its turn."""
    return mul(*parts[:k], *parts[k + 1 :])


def _base(node: Power, variables: Variables) -> Parts | None:
    return (node.base,) if variables.isdisjoint(node.exponent.free) else None


@rule("power rule", "(xⁿ)′ = n·xⁿ⁻¹", source=TEXTBOOK, parts=_base)
def power_rule(node: Power, parts: Parts, k: int) -> Expr:
    """d(uⁿ) = n·uⁿ⁻¹ du for every constant n."""
    return mul(node.exponent, power(node.base, sub(node.exponent, 1)))


def _exponent(node: Power, variables: Variables) -> Parts | None:
    return (node.exponent,) if variables.isdisjoint(node.base.free) else None


@rule("exponential rule", "(aˣ)′ = aˣ·log(a)", source="Spivak, Calculus, ch. 18", parts=_exponent)
def exponential(node: Power, parts: Parts, k: int) -> Expr:
    """aᵘ = exp(u·log a), so d(aᵘ) = aᵘ·log(a) du for a constant a > 0."""
    from wrt import functions

    return mul(node, functions.log(node.base))


def _logarithm(node: Power, variables: Variables) -> Parts:
    from wrt import functions

    return (mul(node.exponent, functions.log(node.base)),)


@rule("logarithmic differentiation", "(uᵛ)′ = uᵛ·(v·log u)′", source="Spivak, Calculus, ch. 18", parts=_logarithm)
def logarithmic(node: Power, parts: Parts, k: int) -> Expr:
    """y = uᵛ has log y = v·log u, so y′/y = (v·log u)′."""
    return node
