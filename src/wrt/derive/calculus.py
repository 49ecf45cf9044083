"""The derivative of a function that is given by an equation."""

from __future__ import annotations

from wrt import functions
from wrt.derive.engine import run
from wrt.errors import ShapeError, WrtError
from wrt.expr.arithmetic import is_zero, mul
from wrt.expr.contract import contract
from wrt.expr.node import Expr, Symbol
from wrt.expr.shape import shape_text
from wrt.simplify import simplify


def implicit(equation: Expr, of: Symbol, variable: Symbol) -> Expr:
    """The derivative of y by x where the equation F(x, y) = 0 makes y a function of x: −(∂F/∂y)⁻¹ ∂F/∂x.

    For vectors F and y, of one shape, it has the shape of y followed by that of x. Raises WrtError where F does not
    depend on y. Source: Rudin, Principles of Mathematical Analysis, 9.28.

    >>> from wrt.expr.build import symbol
    >>> x, y = symbol("x"), symbol("y")
    >>> print(implicit(x**2 + y**2 - 1, y, x))
    -x/y
    """
    if equation.shape != of.shape or of.ndim > 1:
        raise ShapeError(
            f"as many equations as unknowns are needed, scalars or vectors: "
            f"{shape_text(equation.shape)} and {shape_text(of.shape)} do not match"
        )
    passes = run(equation, [of, variable])
    by_unknown = passes[of].results[of]
    by_variable = passes[variable].results[variable]
    if is_zero(by_unknown):
        raise WrtError(f"the equation does not determine {of.name}: it does not depend on it")
    if not of.shape:
        return simplify(mul(-1, by_variable, by_unknown**-1))
    return simplify(mul(-1, composed(functions.inv(by_unknown), by_variable)))


def composed(outer: Expr, inner: Expr) -> Expr:
    """A Jacobian after another: the last axis of the first contracted with the first axis of the second."""
    if not inner.shape or not outer.shape:
        return mul(outer, inner)
    held, moving = tuple(range(outer.ndim - 1)), tuple(range(outer.ndim, outer.ndim + inner.ndim - 1))
    met = outer.ndim - 1
    sizes = (*outer.shape, *inner.shape[1:])
    return contract([outer, inner], [(*held, met), (met, *moving)], held + moving, sizes)
