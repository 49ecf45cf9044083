"""Limits: found, verified, wrapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from wrt.errors import DomainError, ReadError, ShapeError, WrtError
from wrt.expr.coerce import as_expr
from wrt.expr.node import Expr, Formula, Symbol
from wrt.face.compute import variable_of
from wrt.face.point import finite, number_of
from wrt.face.result import Answer
from wrt.limits.coefficients import NoLimitError
from wrt.limits.germ import Side
from wrt.limits.limit import Approach
from wrt.notation import declarations as declared
from wrt.notation import text
from wrt.read import read

if TYPE_CHECKING:
    from wrt.verify.certificate import Certificate


@dataclass(frozen=True)
class Limit(Answer):
    """The limit of `input` as a variable goes to a `point`: the number or formula `expr`, and the `steps` to it.

    >>> import wrt
    >>> a = wrt.limit("(1 + a/x)**x", "x", wrt.inf)
    >>> str(a), a.at(a=0)
    ('exp(a)', 1.0)
    """

    derivation: Approach

    @property
    def point(self) -> Expr:
        """Where the variable goes."""
        return self.derivation.problem.point

    @property
    def side(self) -> Side | None:
        """The side from which the variable comes, "+" or "-"; None for both."""
        return self.derivation.problem.side

    @property
    def sought(self) -> Expr:
        """The limit as it is written."""
        return self.derivation.sought

    def at(self, **values: Any) -> Any:
        """The limit for values of the parameters. Raises DomainError where that is not finite."""
        return finite(Formula(self.expr.node), {name: number_of(value) for name, value in values.items()}, "the limit")

    def as_json(self) -> dict[str, Any]:
        """The result as plain data, ready for `json.dumps`."""
        return {**super().as_json(), "point": text(self.point), "side": self.side}


def limit(
    f: object,
    variable: str | Expr,
    point: object,
    side: Literal["+", "-"] | None = None,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declarations: object,
) -> Limit:
    """The limit of a scalar function as a variable goes to a point, from a side or from both, verified.

    The point is a number, an expression, text or `wrt.inf`; the limit may be inf or -inf. Where the function is defined
    on one side only, that side counts. Raises DomainError where there is no limit, naming those from either side,
    Unsolved where none is found (a sign may have to be declared: `a=">0"`), VerificationError if values near the point
    contradict it. The rules are those of a first course; behind them stand power series, and for exponentials and
    logarithms of any depth the algorithm of Gruntz 1996.

    >>> import wrt
    >>> print(wrt.limit("sin(x)/x", "x", 0))
    1
    >>> print(wrt.limit("x*(sqrt(x**2 + 1) - x)", "x", wrt.inf), wrt.limit("log(x)/x**a", "x", wrt.inf, a=">0"))
    1/2 0
    >>> print(wrt.limit("abs(x)/x", "x", 0, side="-"))
    -1
    """
    if side not in ("+", "-", None):
        raise WrtError(f'side={side!r}: side is "+" (from above), "-" (from below) or None (from both)')
    formula = read(f, shapes, **declarations)
    symbol = variable_of(formula, variable)
    place = point_of(formula, symbol, point, {**(shapes or {}), **declarations})
    if symbol.shape:
        raise ShapeError(f"{symbol.name} is no number", hint="a limit is that of a scalar variable")
    try:
        found = Approach(formula.node, symbol, place, side)
    except DomainError as error:
        if verify and isinstance(error.__cause__, NoLimitError):
            for each, value in zip(("-", "+"), error.__cause__.sides, strict=False):
                _verified(formula.node, symbol, place, each, value)
        raise
    certificate = _verified(formula.node, symbol, place, found.problem.side, found.expr) if verify else None
    return Limit(formula, (symbol,), found, certificate)


def _verified(node: Expr, variable: Symbol, point: Expr, side: str | None, value: Expr) -> Certificate:
    from wrt.verify.limits import verify_limit

    return verify_limit(node, variable, point, side, value)


def point_of(formula: Formula, variable: Symbol, point: object, declarations: Mapping[str, object]) -> Expr:
    """A point as an expression that is free of the variable; symbols of the function mean the same in it."""
    known = {**declared(formula.node), **declarations}
    place = read(point, known) if isinstance(point, str) else Formula(as_expr(point))
    if place.shape and place.shape != variable.shape:
        raise ShapeError(f"{place} has not the shape of {variable.name}")
    if variable in place.free:
        raise ReadError(f"{variable.name} cannot go to {place}, in which it occurs itself")
    return place.node
