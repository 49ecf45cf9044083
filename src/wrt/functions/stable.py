"""Forms that lose digits or overflow as they are written, and what the keys of `Function.stable` stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from wrt.expr.function import Function
from wrt.expr.node import Expr
from wrt.functions.exponential import exp, log


@dataclass(frozen=True, slots=True)
class StableForm:
    """A form around a function f: how it is written, and the expression for a function and its arguments."""

    written: str
    build: Callable[..., Expr]


def _around(written: str, outer: Callable[[Expr], Expr]) -> StableForm:
    return StableForm(written, lambda f, *args, **axes: outer(f(*args, **axes)))


STABLE_FORMS: Final[Mapping[str, StableForm]] = {
    "log": _around("log(f(x))", log),
    "exp": _around("exp(f(x))", exp),
    "1/": _around("1/f(x)", lambda value: 1 / value),
    "-1": _around("f(x) - 1", lambda value: value - 1),
    "1-": _around("1 - f(x)", lambda value: 1 - value),
    "1+": _around("1 + f(x)", lambda value: 1 + value),
    "log1-": _around("log(1 - f(x))", lambda value: log(1 - value)),
    "log1+": _around("log(1 + f(x))", lambda value: log(1 + value)),
    "1-**2": _around("1 - f(x)**2", lambda value: 1 - value**2),
    "log1-**2": _around("log(1 - f(x)**2)", lambda value: log(1 - value**2)),
    "of 1+": StableForm("f(1 + x)", lambda f, x: f(1 + x)),
}


def naive(function: Function, form: str, *args: Expr, **axes: Any) -> Expr:
    """What a stable form stands for, as it is written."""
    return STABLE_FORMS[form].build(function, *args, **axes)
