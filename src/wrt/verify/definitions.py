"""What a call is computed from: a ball function, a reduction, a matrix function, or the definition in the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add, mul
from typing import TYPE_CHECKING, Any, Final

from flint import ctx

from wrt.errors import DomainError
from wrt.expr.build import INFINITY, TRUE, compare, logic, neg
from wrt.expr.node import Call, Expr
from wrt.verify import ball, floats, linear
from wrt.verify.series import OutsideDomainError, Series, UnsupportedError, divide, log

if TYPE_CHECKING:
    from wrt.expr.function import Function, Interval, RealSet


def _logsumexp(entries: Sequence[Series]) -> Series:
    return log(reduce(add, [entry.exp() for entry in entries]))


def _softmax(entries: Sequence[Series]) -> list[Series]:
    powers = [entry.exp() for entry in entries]
    total = reduce(add, powers)
    return [divide(each, total) for each in powers]


def _log_softmax(entries: Sequence[Series]) -> list[Series]:
    total = _logsumexp(entries)
    return [entry - total for entry in entries]


OVER_AXES: Final[Mapping[tuple[str, str], Callable[[Sequence[Series]], Any]]] = {
    ("reduction", "max"): lambda entries: ball.maximum(*entries),
    ("reduction", "min"): lambda entries: ball.minimum(*entries),
    ("reduction", "prod"): lambda entries: reduce(mul, entries),
    ("reduction", "logsumexp"): _logsumexp,
    ("axiswise", "softmax"): _softmax,
    ("axiswise", "log_softmax"): _log_softmax,
}

MATRIX: Final[Mapping[str, Callable[[Sequence[Series], int], Sequence[Series]]]] = {
    "inv": linear.inverse,
    "det": lambda entries, size: (linear.determinant(entries, size),),
    "logdet": lambda entries, size: (linear.logdet(entries, size),),
}


def is_primitive(function: Function) -> bool:
    """Whether the oracle computes the function itself, rather than its definition."""
    match function.kind:
        case "elementwise":
            return function.name in ball.PRIMITIVES
        case "matrix":
            return function.name in MATRIX
        case _:
            return (function.kind, function.name) in OVER_AXES


def definition_of(node: Call) -> Expr | None:
    """What a function that is no primitive is defined as, for these arguments."""
    function = node.function
    if is_primitive(function):
        return None
    if function.definition is None:
        if floats.supports(function) and ctx.cap == 1:
            return None
        raise UnsupportedError(f"{function.name} has neither a ball nor a definition")
    expanded: Expr | None = node.recall("definition")
    if expanded is None:
        axes = [] if function.kind == "elementwise" else [node.axes]
        try:
            expanded = function.definition(*node.args, *axes)
        except DomainError as error:
            raise OutsideDomainError(error.message) from None
        node.remember("definition", expanded)
    return expanded


def domain_of(node: Call) -> Expr:
    """The condition for a function of the table to be defined here, where its definition alone would say more."""
    function = node.function
    if function.kind != "elementwise":
        return TRUE
    domain: Expr | None = node.recall("domain")
    if domain is None:
        within = [_membership(arg, allowed) for arg, allowed in zip(node.args, function.domain, strict=False)]
        domain = logic("and", *within, *([function.condition(*node.args)] if function.condition else []))
        node.remember("domain", domain)
    return domain


def _membership(arg: Expr, allowed: RealSet) -> Expr:
    """Whether an argument lies in a set of real numbers; single points left out are left to the definition."""
    return logic("or", *(_between(arg, interval) for interval in allowed.intervals))


def _between(arg: Expr, interval: Interval) -> Expr:
    ends = []
    if neg(interval.lower) is not INFINITY:
        ends.append(compare("<=" if interval.has_lower else "<", interval.lower, arg))
    if interval.upper is not INFINITY:
        ends.append(compare("<=" if interval.has_upper else "<", arg, interval.upper))
    return logic("and", *ends)
