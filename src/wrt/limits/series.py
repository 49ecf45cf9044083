"""Exact generalised power series of scalar expressions at a point: poles, roots, logarithms, one-sided, at infinity."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from wrt.errors import DomainError, LimitError
from wrt.expr.coerce import as_expr
from wrt.expr.node import Constant, Expr, Formula, Power, Symbol
from wrt.expr.walk import substitute
from wrt.limits.coefficients import LOG, Coefficient, UndecidedError, is_zero
from wrt.limits.germ import Germ, Side
from wrt.limits.streams import DEPTH

__all__ = ["LOG", "Series", "expand"]


_ROOTS = [Fraction(1, degree) for degree in range(2, 9)]


@dataclass(frozen=True, slots=True)
class Series:
    """Σ coefficient·t^exponent + O(t^order): the terms that are not 0, exponents ascending.

    Coefficients are free of the variable, but may be polynomials in `LOG`, which stands for log t (log|t| in a series
    from both sides).
    """

    terms: tuple[tuple[Expr, Fraction], ...]
    order: Fraction

    def __str__(self) -> str:
        written = [f"({coefficient})*t**({exponent})" for coefficient, exponent in self.terms]
        return " + ".join([*written, f"O(t**({self.order}))"])


def expand(node: Expr, variable: Expr, point: object, terms: int, side: Side | None = None) -> Series | None:
    """The series of a scalar expression at a point, or None where it has none, or none that can be decided.

    It is in t = variable - point (side "+", or None for a series that holds on both sides), t = point - variable (side
    "-"), or t = 1/|variable| where the point is infinite; so t > 0 unless the side is None. `terms` powers are known,
    from the first that occurs: sin(x)/x with 3 terms is 1 - t²/6 + O(t³). Parameters are taken as they are in general:
    a coefficient that vanishes only for some of their values counts as not 0. The variable may be any part of the
    expression. Coefficients are not simplified.

    >>> from wrt.expr.build import symbol
    >>> from wrt.functions import sin, log, sqrt
    >>> x = symbol("x")
    >>> print(expand(sin(x) / x, x, 0, 5))
    (1)*t**(0) + (-1/6)*t**(2) + (1/120)*t**(4) + O(t**(5))
    >>> print(expand(x * log(x), x, 0, 3, "+"))
    (log t)*t**(1) + O(t**(4))
    >>> print(expand(sqrt(x**2 + x) - x, x, float("inf"), 2))
    (1/2)*t**(0) + (-1/8)*t**(1) + O(t**(2))
    """
    root, moving = _in_symbol(node.node if isinstance(node, Formula) else node, variable)
    try:
        germ = Germ(moving, as_expr(point), side)
        stream = germ.of(root, terms)
        bound = range(stream.low, stream.low + DEPTH * stream.grid)
        first = next((n for n in bound if not is_zero(stream[n])), bound.stop)
        last = first + (terms * stream.grid if first < bound.stop else 0)
        germ.deepen(root, -(-(last - stream.low) // stream.grid))
        known = [(stream[n], Fraction(n, stream.grid)) for n in range(first, last)]
    except (UndecidedError, DomainError, LimitError):
        return None
    kept = tuple((as_expr(coefficient), exponent) for coefficient, exponent in known if not _is_absent(coefficient))
    return Series(kept, Fraction(last, stream.grid))


def _is_absent(coefficient: Coefficient) -> bool:
    """Whether a coefficient is known to be 0; after the first, it does no harm not to know."""
    try:
        return is_zero(coefficient)
    except UndecidedError:
        return False


def _in_symbol(root: Expr, variable: Expr) -> tuple[Expr, Symbol]:
    """The expression in a symbol for the part that is taken as the variable; a root is that symbol's power."""
    if isinstance(variable, Symbol):
        return root, variable
    if isinstance(variable, Power) and isinstance(variable.exponent, Constant) and variable.exponent.value in _ROOTS:
        moving = Symbol.intern("root", (), frozenset(["nonnegative"]))
        return substitute(root, {variable.base: moving ** (1 / variable.exponent)}), moving
    moving = Symbol.intern("part", (), frozenset())
    return substitute(root, {variable: moving}), moving
