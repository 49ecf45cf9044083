"""Scalar expressions at numbers: as balls of any width, and as floating-point arithmetic has them."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from wrt.expr.conditions import HOLDS
from wrt.expr.facts import has_fact
from wrt.expr.node import Add, Call, Cases, Compare, Constant, Expr, Mul, Named, Power, Symbol
from wrt.expr.walk import nodes

if TYPE_CHECKING:
    from flint import arb

DOUBLE: Final = 53
BESIDE: Final = 100  # bits of the distance from a point at which a function is as at the point
Numbers = Mapping[Expr, float]


def value_of(node: Expr, values: Numbers, bits: int) -> arb | None:
    """The value of an expression as a ball of so many bits; None where it has none."""
    from flint import arb

    from wrt.verify.evaluate import Plan
    from wrt.verify.series import PointError, Series, working

    with working(bits, 1):
        try:
            (entries,) = Plan([node], {})({each: [Series([arb(value)])] for each, value in values.items()})
        except PointError:
            return None
        value = entries[0][0]
    return value if value.is_finite() else None


def taylor(function: Expr, variable: Symbol, point: Expr, sides: str, count: int) -> list[float] | None:
    """The first Taylor coefficients at a removable singularity, to one side, taken from so close by that it makes no
    difference to double precision; None where the function has no ball there."""
    from flint import arb

    from wrt.verify.evaluate import Plan
    from wrt.verify.series import PointError, Series, working

    with working(BESIDE * (count + 8), count):
        side = 1 if "+" in sides else -1
        start = Plan([point], {})({})[0][0][0] + side * arb(2) ** -BESIDE
        try:
            (entries,) = Plan([function], {})({variable: [Series([start, side])]})
        except PointError:
            return None
        found = [entries[0][place] for place in range(count)]
    return [float(each) for each in found] if all(each.is_finite() for each in found) else None


def drawn(each: Symbol, rng: random.Random) -> float:
    """A value that has the symbol's facts."""
    if has_fact(each, "integer"):
        return float(rng.randrange(2, 9))
    size = rng.randrange(33, 190) / 64
    negative = has_fact(each, "nonpositive") or (not has_fact(each, "nonnegative") and rng.random() < 0.3)
    return -size if negative else size


def plain_values(function: Expr, values: Mapping[Expr, float]) -> dict[Expr, float]:
    """What floating-point arithmetic makes of the parts of a formula: 1/0 is inf, and 0/0, 0·inf, inf - inf are nan."""
    done = dict(values)
    for node in nodes(function):
        if node not in done:
            done[node] = _plain(node, [done[operand] for operand in node.operands])
    return done


def _plain(node: Expr, operands: Sequence[float]) -> float:
    match node:
        case Constant():
            return float(node.value)
        case Add():
            return sum(operands)
        case Mul():
            return math.prod(operands, start=float(node.coefficient))
        case Power():
            return _plain_power(*operands)
        case Call() if isinstance(spelled := node.function.engines.get("scalar"), str) and spelled.startswith("math."):
            return _plain_call(spelled, operands)
        case Compare():
            return float(HOLDS[node.op](*operands))
        case Cases():
            count = len(node.conditions)
            return next((operands[count + place] for place in range(count) if operands[place]), operands[-1])
        case Call() if node.function.definition is not None and node.function.kind == "elementwise":
            names: list[Expr] = [Symbol.intern(f"argument {place}", (), frozenset()) for place in range(len(operands))]
            definition = node.function.definition(*names)
            return plain_values(definition, dict(zip(names, operands, strict=True)))[definition]
        case Call() if all(map(math.isfinite, operands)):
            return _ball_call(node, operands)
        case Named():
            return _ball_call(node, ())
    return math.nan


def _ball_call(node: Expr, operands: Sequence[float]) -> float:
    names = [Symbol.intern(f"argument {place}", (), frozenset()) for place in range(len(operands))]
    call = node.rebuilt(tuple(names)) if names else node
    value = value_of(call, dict(zip(names, operands, strict=True)), DOUBLE)
    return math.nan if value is None else float(value)


def _plain_power(base: float, exponent: float) -> float:
    try:
        value = base**exponent
    except (ZeroDivisionError, OverflowError):
        return math.inf
    return value if isinstance(value, float) else math.nan


def _plain_call(spelled: str, operands: Sequence[float]) -> float:
    try:
        return float(getattr(math, spelled.removeprefix("math."))(*operands))
    except ValueError:
        return math.nan
    except OverflowError:
        return math.inf
