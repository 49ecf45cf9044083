"""The sign of an expression, where it is sure: by its facts, exactly, or for a number by ball arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from wrt.errors import DomainError
from wrt.expr.arithmetic import is_zero, uniform_value
from wrt.expr.build import neg
from wrt.expr.facts import is_positive
from wrt.expr.node import Add, Call, Constant, Expr, Mul, Named, Power
from wrt.expr.walk import nodes

DIGITS = 50

# Functions that balls have, by the names that python-flint has for them.
BALLS = {"abs": "__abs__", "sign": "sgn"} | {
    name: name
    for name in (
        "exp",
        "expm1",
        "log",
        "log1p",
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "atan",
        "asin",
        "acos",
        "sinh",
        "cosh",
        "tanh",
        "coth",
        "sech",
        "csch",
        "asinh",
        "acosh",
        "atanh",
        "erf",
        "erfc",
        "erfi",
        "gamma",
        "lgamma",
        "digamma",
    )
}
CONSTANTS = {"pi": "pi", "e": "const_e", "euler_gamma": "const_euler"}


def sign_of(node: Expr) -> int | None:
    """-1, 0 or 1 where every value of the expression has that sign, None where it is not known.

    >>> from wrt.expr.build import PI, number, symbol
    >>> sign_of(PI - 3), sign_of(symbol("x") ** 2 + 1), sign_of(symbol("x"))
    (1, 1, None)
    """
    if is_zero(node):
        return 0
    node = uniform_value(node) or node
    if isinstance(node, Constant):
        return 1 if node.value > 0 else -1
    if is_positive(node):
        return 1
    if is_positive(neg(node)):
        return -1
    return None if node.free or node.shape else _sign_of_number(node)


def near(node: Expr) -> Fraction | None:
    """A rational beside a number, nearer than any that it is compared with; None for what has no finite value.

    >>> from wrt.expr.build import number, power
    >>> round(near(power(2, number(1) / 2)), 6)
    Fraction(707107, 500000)
    """
    if isinstance(node, Constant):
        return Fraction(node.value)
    value = _evaluated(node)
    if not value.is_finite():
        return None
    mantissa, exponent = value.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _sign_of_number(node: Expr) -> int | None:
    value = _evaluated(node)
    return 1 if value > 0 else -1 if value < 0 else None


def _evaluated(node: Expr) -> Any:
    """A number as a ball of so many digits."""
    from flint import ctx

    before = ctx.dps
    ctx.dps = DIGITS
    try:
        return _ball(node)
    finally:
        ctx.dps = before


def _ball(root: Expr) -> Any:
    """A number as a ball that contains it; an infinite one where a function has no ball."""
    from flint import arb

    done: dict[Expr, Any] = {}
    for node in nodes(root):
        parts = [done[operand] for operand in node.operands]
        match node:
            case Constant():
                done[node] = _rational(node)
            case Named() if node.name in CONSTANTS:
                done[node] = getattr(arb, CONSTANTS[node.name])()
            case Add():
                done[node] = sum(parts[1:], parts[0])
            case Mul():
                value = _rational(Constant.intern(node.coefficient))
                for part in parts:
                    value *= part
                done[node] = value
            case Power():
                done[node] = parts[0] ** parts[1]
            case Call() if len(parts) == 1 and node.function.name in BALLS:
                done[node] = getattr(parts[0], BALLS[node.function.name])()
            case Call() if node.function.kind == "elementwise" and node.function.definition is not None:
                done[node] = _defined(node)
            case _:
                done[node] = arb.nan()
    return done[root]


def _defined(node: Call) -> Any:
    from flint import arb

    assert node.function.definition is not None
    try:
        return _ball(node.function.definition(*node.args))
    except DomainError:
        return arb.nan()


def _rational(node: Constant) -> Any:
    from flint import arb, fmpq

    return arb(fmpq(*node.value.as_integer_ratio()))
