"""Products of the functions of one angle: sin(u)/cos(u) is tan(u), 1/cos(u) is sec(u), 2 sin(u) cos(u) is sin(2u)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from operator import is_
from typing import NamedTuple

from wrt import functions
from wrt.expr.arithmetic import factors_of, terms_of
from wrt.expr.build import ONE, add, mul, number, power
from wrt.expr.node import Add, Call, Constant, Expr, Mul, Power

HALF = Fraction(1, 2)


class Ray(NamedTuple):
    """A function as sine and cosine to whole powers."""

    name: str
    sine: int
    cosine: int


def _rays(*names: str) -> tuple[Ray, ...]:
    """Functions as rays around the origin, so that each product lies in the cone of two neighbours. DLMF 4.14, 4.28."""
    directions = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))
    return tuple(Ray(name, *direction) for name, direction in zip(names, directions, strict=True))


FAMILIES = (_rays("sin", "cos", "cot", "csc", "sec", "tan"), _rays("sinh", "cosh", "coth", "csch", "sech", "tanh"))
FAMILY_OF = {ray.name: family for family in FAMILIES for ray in family}
RAY_OF = {ray.name: ray for family in FAMILIES for ray in family}


def ratio_forms(node: Expr) -> Iterator[Expr]:
    """The product as it is, without quotients of such functions, and with double angles, where that changes it."""
    yield node
    coefficient, factors = factors_of(node)
    angles: dict[tuple[tuple[Ray, ...], Expr], list[tuple[Expr, int, int]]] = {}
    for factor in factors:
        base, times = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
        if isinstance(base, Call) and base.function.name in RAY_OF and isinstance(times, Constant):
            ray = RAY_OF[base.function.name]
            if isinstance(times.value, int):
                powers = (factor, ray.sine * times.value, ray.cosine * times.value)
                angles.setdefault((FAMILY_OF[ray.name], base.args[0]), []).append(powers)
    for (family, u), found in angles.items():
        if len(found) == 1 and not isinstance(found[0][0], Power):
            continue
        sines, cosines = sum(each[1] for each in found), sum(each[2] for each in found)
        gone = [each[0] for each in found]
        rest = [factor for factor in factors if factor not in gone]
        yield mul(coefficient, *rest, _in_cone(family, u, sines, cosines))
        if sines == cosines != 0:
            double = functions.TABLE[family[0].name](mul(2, u))
            yield from ratio_forms(mul(coefficient, *rest, number(HALF**sines), power(double, sines)))


def _in_cone(family: tuple[Ray, ...], u: Expr, sines: int, cosines: int) -> Expr:
    """sin(u)**a cos(u)**b as a product of two neighbours among the functions."""
    for first, second in pairwise((*family, family[0])):
        p = sines * second.cosine - cosines * second.sine
        q = first.sine * cosines - first.cosine * sines
        if p >= 0 and q >= 0:
            return mul(*(power(functions.TABLE[ray.name](u), k) for ray, k in ((first, p), (second, q)) if k))
    raise AssertionError("the cones cover the plane")


def with_sines_and_cosines(node: Expr) -> Expr:
    """The sum or product with sines and cosines of one angle for tangents and double angles, where these mix."""
    calls = set(_calls(node))
    if len({call.function.name for call in calls}) < 2 and not (calls and _divides_by_sum(node)):
        return node
    angles = {call.args[0] for call in calls}
    return _unnamed(node, {angle for angle in angles if mul(HALF, angle) in angles})


def _calls(node: Expr) -> Iterator[Call]:
    """The calls of functions of an angle among the factors, and those of sums among them."""
    parts = node.terms if isinstance(node, Add) else factors_of(node)[1]
    for part in parts:
        base = part.base if isinstance(part, Power) else part
        if isinstance(base, Call):
            if base.function.name in RAY_OF:
                yield base
        elif isinstance(base, Add | Mul):
            yield from _calls(base)


def _divides_by_sum(node: Expr) -> bool:
    return any(
        isinstance(factor, Power) and isinstance(factor.base, Add) and _is_negative(factor.exponent)
        for term in terms_of(node)
        for factor in factors_of(term)[1]
    )


def _unnamed(node: Expr, doubles: set[Expr]) -> Expr:
    """tan(u) as sin(u)/cos(u), sin(2u) as 2 sin(u) cos(u), and so on, in sums and products down to the calls."""
    if isinstance(node, Add):
        terms = [_unnamed(term, doubles) for term in node.terms]
        return node if all(map(is_, terms, node.terms)) else add(*terms)
    coefficient, factors = factors_of(node)
    changed = [_unnamed_factor(factor, doubles) for factor in factors]
    return node if all(map(is_, changed, factors)) else mul(coefficient, *changed)


def _unnamed_factor(factor: Expr, doubles: set[Expr]) -> Expr:
    base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
    if isinstance(base, Add):
        inside = _unnamed(base, doubles)
        return factor if inside is base else power(inside, exponent)
    if not (isinstance(base, Call) and base.function.name in RAY_OF and isinstance(exponent, Constant)):
        return factor
    ray = RAY_OF[base.function.name]
    family, (angle,) = FAMILY_OF[ray.name], base.args
    if angle in doubles and ray in family[:2]:
        sine, cosine = (functions.TABLE[each.name](mul(HALF, angle)) for each in family[:2])
        sign = -1 if family is FAMILIES[0] else 1
        return power(
            mul(2, sine, cosine) if ray is family[0] else add(power(cosine, 2), mul(sign, power(sine, 2))), exponent
        )
    if ray in family[:2]:
        return factor
    sine, cosine = (functions.TABLE[each.name](angle) for each in family[:2])
    return power(mul(power(sine, ray.sine), power(cosine, ray.cosine)), exponent)


def _is_negative(exponent: Expr) -> bool:
    return isinstance(exponent, Constant) and exponent.value < 0
