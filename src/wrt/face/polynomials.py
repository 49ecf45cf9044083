"""Taylor polynomials: found, verified, wrapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wrt.errors import VerificationError, WrtError
from wrt.expr.build import ZERO
from wrt.expr.node import Expr, Formula, Symbol, symbol
from wrt.expr.walk import substitute
from wrt.face.compute import variable_of
from wrt.face.limits import point_of
from wrt.face.result import Answer, with_names_of
from wrt.limits.taylor import Polynomial, not_smooth, unused
from wrt.notation import in_order, text, write
from wrt.read import read

if TYPE_CHECKING:
    from wrt.notation.tree import Written
    from wrt.verify.certificate import Certificate


@dataclass(frozen=True)
class Taylor(Answer):
    """The Taylor polynomial of `input` at a point: `expr`; what it lacks is the `remainder`.

    `bound` is a number that the remainder does not exceed on the interval that was asked for, None without one.

    >>> import wrt
    >>> p = wrt.taylor("sin(x)", "x", 0, 3)
    >>> print(p, "|", p.expr, "|", p.remainder)
    x - x**3/6 + O(x**4) | x - x**3/6 | x**4*sin(xi)/24
    """

    derivation: Polynomial
    bound: float | None = None

    @cached_property
    def expr(self) -> Formula:
        """The polynomial."""
        return with_names_of(self.derivation.expr, self.input)

    @property
    def point(self) -> Expr:
        """Where the polynomial touches the function."""
        return self.derivation.point

    @property
    def order(self) -> int:
        """The degree up to which terms are there."""
        return self.derivation.order

    @property
    def terms(self) -> tuple[Expr, ...]:
        """The terms by ascending degree."""
        return self.derivation.terms

    @cached_property
    def remainder(self) -> Formula:
        """What the polynomial lacks, in Lagrange's form, with a named point between the two."""
        return Formula(self.derivation.remainder)

    @property
    def _written(self) -> Written:
        return in_order(self.terms, self.derivation.beyond)

    def __str__(self) -> str:
        return write(self._written)

    def latex(self) -> str:
        """LaTeX markup of the polynomial, by ascending degree."""
        return self._shown("latex")

    def typst(self) -> str:
        """Typst markup of the polynomial, by ascending degree."""
        return self._shown("typst")

    def unicode(self) -> str:
        """The polynomial in Unicode mathematics, by ascending degree."""
        return self._shown("unicode")

    def _shown(self, form: str) -> str:
        from wrt.show import notation

        return notation(form).tree(self._written)

    def as_json(self) -> dict[str, Any]:
        """The result as plain data, ready for `json.dumps`."""
        lagrange = None if self.variables[0].shape else text(self.derivation.remainder)
        more = {"point": text(self.point), "order": self.order, "remainder": lagrange, "bound": self.bound}
        return {**super().as_json(), **more, "latex": self.latex()}


def taylor(
    f: object,
    variable: str | Expr,
    point: object,
    order: int,
    *,
    within: tuple[object, object] | None = None,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declarations: object,
) -> Taylor:
    """The Taylor polynomial of `f` at a point, of an order, with its remainder; verified.

    The variable may be a vector or matrix; the point 0 is then its zero. Where f has a removable singularity, its limit
    counts. With `within=(a, b)`, `.bound` is a rigorous bound of the remainder on that interval. Raises DomainError
    where f is not smooth enough, Unsolved where no series is found or no bound. Source: DLMF 1.4(vi).

    >>> import wrt
    >>> print(wrt.taylor("sin(x)/x", "x", 0, 4))
    1 - x**2/6 + x**4/120 + O(x**5)
    >>> wrt.taylor("log(x)", "x", 1, 2, within=("9/10", "11/10")).bound < 0.0005
    True
    >>> print(wrt.taylor("sum(log(1 + exp(X @ w)))", "w", 0, 2, X="n d").expr)
    (X @ w) @ (X @ w) / 8 + w @ sum(X, axis=0) / 2 + n*log(2)
    """
    if not isinstance(order, int):
        raise WrtError(f"order={order!r}: the order is a whole number")
    formula = read(f, shapes, **declarations)
    symbol = variable_of(formula, variable)
    given = {**(shapes or {}), **declarations}
    place = point_of(formula, symbol, point, given)
    found = Polynomial(formula.node, symbol, place, order)
    certificate = _verified(found) if verify else None
    bound = None if within is None else _bound(found, [point_of(formula, symbol, each, given) for each in within])
    return Taylor(formula, (symbol,), found, certificate, bound)


def _verified(found: Polynomial) -> Certificate:
    """That (f - T)/(x - a)**n vanishes at the point, which only the Taylor polynomial does; or along a line."""
    from wrt.verify.limits import verify_limit

    error, variable, point = found.node - found.expr, found.variable, found.point
    if not variable.shape:
        return verify_limit(error / found.step**found.order, variable, point, None, ZERO)
    along = unused(symbol("s"), found.node.free | point.free)
    direction = unused(Symbol.intern("v", variable.shape, frozenset()), found.node.free | point.free)
    line = substitute(error, {variable: point + along * direction})
    try:
        return verify_limit(line / along**found.order, along, ZERO, None, ZERO)
    except VerificationError as wrong:
        raise not_smooth(found.node, variable, point) from wrong  # a derivative was taken beside a kink


def _bound(found: Polynomial, ends: list[Expr]) -> float:
    from wrt.verify.remainder import remainder_bound

    lower, upper = ends
    free = (found.node.free - {found.variable}) | found.point.free | lower.free | upper.free
    if free or found.variable.shape:
        raise WrtError("a bound of the remainder needs a function of one number", hint="put in numbers for parameters")
    return remainder_bound(found.node, found.variable, found.point, found.order, lower, upper)
