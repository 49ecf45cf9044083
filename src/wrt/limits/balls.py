"""Numbers as balls: the value of a scalar expression to many digits, surely, to tell it from 0 and to know its sign."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wrt.expr.conditions import HOLDS
from wrt.expr.node import (
    EULER_GAMMA,
    PI,
    Add,
    Call,
    Cases,
    Compare,
    Constant,
    E,
    Expr,
    Logic,
    Mul,
    Named,
    Power,
    Symbol,
)
from wrt.expr.walk import nodes

if TYPE_CHECKING:
    from flint import arb

Ball = Any  # flint.arb, which is imported on use

# What a ball does itself, by name; other functions are evaluated by their definitions.
_METHODS = {
    name: name
    for name in (
        *("exp", "expm1", "log", "log1p", "sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan"),
        *("sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh", "atanh"),
        *("erf", "erfc", "erfi", "erfinv", "erfcinv", "li", "gamma", "digamma", "lambertw", "floor", "ceil"),
    )
} | {
    "abs": "__abs__",
    "sign": "sgn",
    "Ei": "ei",
    "Si": "si",
    "Ci": "ci",
    "fresnels": "fresnel_s",
    "fresnelc": "fresnel_c",
}
_OF_ORDER = {"uppergamma": "gamma_upper"}  # methods of the second argument


class NoBallError(Exception):
    """There is no ball for this expression at these values."""


def ball(node: Expr, values: Mapping[Symbol, Ball], bits: int) -> Ball:
    """The value of a scalar expression with this many bits. Raises NoBallError where it has none.

    >>> from wrt.functions import exp
    >>> print(ball(exp(1) - 1, {}, 60).str(10, radius=False))
    1.718281828
    """
    from flint import ctx

    before = ctx.prec
    ctx.prec = bits
    try:
        done: dict[Expr, Ball] = {}
        for part in nodes(node):
            done[part] = _value(part, done, values)
        return _finite(done[node])
    finally:
        ctx.prec = before


def _value(node: Expr, done: Mapping[Expr, Ball], values: Mapping[Symbol, Ball]) -> Ball:
    from flint import arb, fmpq

    match node:
        case Symbol() if node in values:
            return values[node]
        case Constant():
            return arb(fmpq(node.value.numerator, node.value.denominator))
        case Named() if node in _named():
            return _named()[node]()
        case Add():
            return sum((done[term] for term in node.terms), arb(0))
        case Mul():
            product = arb(fmpq(node.coefficient.numerator, node.coefficient.denominator))
            for factor in node.factors:
                product *= done[factor]
            return product
        case Power():
            return _power(done[node.base], done[node.exponent])
        case Compare():
            return _holds(node.op, done[node.left], done[node.right])
        case Logic():
            return _joined(node.op, [done[each] for each in node.conditions])
        case Cases():
            return _piece(node, done)
        case Call() if not node.shape:
            return _called(node, [done[arg] for arg in node.args], values)
    return arb.nan()


def _named() -> Mapping[Expr, Callable[[], Ball]]:
    from flint import arb

    return {PI: arb.pi, E: arb.const_e, EULER_GAMMA: arb.const_euler}


def _finite(value: Ball) -> Ball:
    if not value.is_finite():
        raise NoBallError
    return value


def _power(base: Ball, exponent: Ball) -> Ball:
    if exponent.is_exact() and exponent.is_integer() and abs(exponent) < 2**20:
        return base ** int(float(exponent))
    return base**exponent


def _holds(op: str, left: Ball, right: Ball) -> bool | None:
    """Whether a comparison surely holds; None where the balls overlap."""
    if not (left.is_exact() and right.is_exact()) and left.overlaps(right):
        return None
    return bool(HOLDS[op](left, right))


def _joined(op: str, truths: list[bool | None]) -> bool | None:
    if op == "not":
        return None if truths[0] is None else not truths[0]
    decisive = op == "or"
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def _piece(node: Cases, done: Mapping[Expr, Ball]) -> Ball:
    for condition, value in zip(node.conditions, node.values, strict=True):
        if done[condition] is None:
            raise NoBallError
        if done[condition]:
            return done[value]
    return done[node.otherwise]


def _arb(value: int) -> Ball:
    from flint import arb

    return arb(value)


def _called(node: Call, args: list[arb], values: Mapping[Symbol, Ball]) -> Ball:
    from flint import arb, ctx

    function = node.function
    if function.name in _METHODS and len(args) == 1:
        return getattr(args[0], _METHODS[function.name])()
    if function.name in _OF_ORDER:
        return getattr(args[1], _OF_ORDER[function.name])(args[0])
    if function.name == "dilog":
        return args[0].polylog(_arb(2))
    if function.name in ("j0", "j1", "i0", "i1"):
        return getattr(args[0], f"bessel_{function.name[0]}")(int(function.name[1]))
    if function.name in ("trigamma", "polygamma"):
        return _polygamma(1 if len(args) == 1 else int(float(args[0])), args[-1])
    if function.definition is None or function.kind != "elementwise":
        return arb.nan()
    return ball(function.definition(*node.args), values, ctx.prec)


def _polygamma(order: int, x: Ball) -> Ball:
    """(−1)ⁿ⁺¹·n!·ζ(n + 1, x), DLMF 25.11.12; a negative x is moved up, 5.15.5."""
    sign, value = (-1) ** (order + 1), x - x
    while x < 0:
        value += x ** -(order + 1)
        x += 1
    return sign * (value + _arb(order + 1).zeta(x)) * _arb(order + 1).gamma()
