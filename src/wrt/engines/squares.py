"""Squares that may overflow: x/(1 + x²) and log(1 + x²), the square as it stands where it does not."""

from __future__ import annotations

from fractions import Fraction

from wrt import functions
from wrt.engines.lengths import DIRECTION, HYPOT
from wrt.expr.arithmetic import factors_of
from wrt.expr.build import add, cases, mul, power
from wrt.expr.function import Function
from wrt.expr.node import ONE, Call, Constant, Contract, Expr, Mul, Power, Rational
from wrt.functions.declare import function

OVER_SQUARES: Function = function(
    "over_squares",
    "x/(y² + z²)",
    arguments="x, y, z",
    definition=lambda x, y, z: DIRECTION(DIRECTION(x, HYPOT(y, z)), HYPOT(y, z)),
    engines={"numpy": "helpers.over_squares"},
)


def _log1p_square(x: Expr) -> Expr:
    size = functions.abs(x)
    large = 2 * functions.log(HYPOT(ONE, x))
    return cases([(size > 1, large)], functions.log1p(power(functions.minimum(size, 1), 2)))


LOG1P_SQUARE: Function = function(
    "log1p_square",
    "log(1 + x²)",
    definition=_log1p_square,
    engines={"numpy": "helpers.log1p_square", "scalar": _log1p_square},
)


def squares(node: Expr) -> Expr | None:
    """A quotient or logarithm of squares in a form that does not overflow; None for all else."""
    match node:
        case Call(args=(Power(base=base, exponent=Constant(value=2)),)) if node.function.name == "log1p":
            return LOG1P_SQUARE(base)
        case Mul() | Contract() if node.shape:
            return _over_squares(node)
        case _:
            return None


def _over_squares(node: Expr) -> Expr | None:
    """A product with a direction over its length by the square of the length, where that is never 0."""
    coefficient, factors = factors_of(node)
    for direction in factors:
        if not isinstance(direction, Call) or direction.function is not DIRECTION:
            continue
        x, length = direction.args
        if not isinstance(length, Call) or length.function is not HYPOT or length.shape != node.shape:
            continue
        for divisor in factors:
            if isinstance(divisor, Power) and divisor.base is length and isinstance(divisor.exponent, Constant):
                rest = [each for each in factors if each is not direction and each is not divisor]
                over = OVER_SQUARES(x, *length.args)
                return mul(coefficient, *rest, over, _power(length, divisor.exponent.value + 1))
    return None


def _power(length: Call, exponent: Rational) -> Expr:
    """A power of a length, an even one by its square."""
    if exponent % 2:
        return power(length, exponent)
    y, z = length.args
    return power(add(power(y, 2), power(z, 2)), Fraction(exponent) / 2)
