"""Products of u, |u| and sign(u): x·sign(x) is |x|, |x|/x is sign(x), x²·sign(x) is x·|x|."""

from __future__ import annotations

from wrt import functions
from wrt.expr.build import ONE, mul, neg, number, power
from wrt.expr.node import Add, Call, Constant, Expr, Power, Rational


def absolute_product(coefficient: object, factors: tuple[Expr, ...]) -> Expr | None:
    """The product with u**i |u|**j sign(u)**k as one power of u or |u|, and at most one sign; None if it is that.

    For u ≠ 0 it is sign(u)**(i + k) |u|**(i + j); at 0 both are 0, or neither is defined, unless i = j = 0.
    """
    for factor in factors:
        call, _ = _power(factor)
        if isinstance(call, Call) and call.function.name in ("sign", "abs"):
            found = _joined(call.args[0], factors)
            if found is not None:
                joined, rest = found
                product = mul(coefficient, *rest, joined)
                return None if product is mul(coefficient, *factors) else product
    return None


def _joined(u: Expr, factors: tuple[Expr, ...]) -> tuple[Expr, list[Expr]] | None:
    """The powers of u, |u| and sign(u) among the factors as one product, and the other factors."""
    size, signs, flips = functions.abs(u), functions.sign(u), neg(u) if isinstance(u, Add) else None
    i: Rational = 0
    j: Rational = 0
    k: Rational = 0
    sign = 1
    rest: list[Expr] = []
    count = 0
    for factor in factors:
        base, exponent = _power(factor)
        whole = isinstance(exponent, int)
        if base is size and exponent is not None:
            j = exponent
        elif base is u and isinstance(exponent, int):
            i = exponent
        elif base is flips and isinstance(exponent, int):
            i, sign = exponent, (-1) ** exponent
        elif base is signs and whole and exponent is not None:
            k = exponent
        else:
            rest.append(factor)
            continue
        count += 1
    if count < 2:
        return None
    joined = _canonical(u, i + j, odd=(i + k) % 2 == 1)
    return mul(number(sign), joined), rest


def _canonical(u: Expr, degree: Rational, odd: bool) -> Expr:
    if isinstance(degree, int) and odd == (degree % 2 == 1):
        return power(u, degree)
    if not odd:
        return power(functions.abs(u), degree)
    if isinstance(degree, int) and degree >= 2:
        return mul(power(u, degree - 1), functions.abs(u))
    return mul(functions.sign(u), power(functions.abs(u), degree))


def _power(factor: Expr) -> tuple[Expr, Rational | None]:
    """Base and exponent of a factor; no exponent where it is not a number."""
    if not isinstance(factor, Power):
        return factor, ONE.value
    return factor.base, factor.exponent.value if isinstance(factor.exponent, Constant) else None
