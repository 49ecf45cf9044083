"""Derivatives made of derivatives: along a direction, mixed, and of a function given by an equation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wrt.derive.engine import differentiate, run
from wrt.errors import ShapeError, WrtError
from wrt.expr.arithmetic import add, is_zero, mul
from wrt.expr.coerce import as_expr
from wrt.expr.contract import contract
from wrt.expr.node import Expr, Symbol
from wrt.expr.shape import shape_text
from wrt.simplify import simplify


def gradient(f: Expr, variable: Symbol) -> Expr:
    """The gradient of a scalar function, of the variable's shape. Raises ShapeError for a function with a shape.

    >>> from wrt.expr.build import symbol
    >>> n = symbol("n", facts=["dimension"]); x = symbol("x", (n,)); a = symbol("a", (n,))
    >>> print(gradient((a @ x)**2, x))
    2*(a @ x)*a
    """
    if f.shape:
        raise ShapeError(f"only a scalar function has a gradient, and this one has shape {shape_text(f.shape)}")
    return jacobian(f, variable)


def jacobian(f: Expr, variable: Symbol) -> Expr:
    """The Jacobian, of shape `f.shape + variable.shape`."""
    return simplify(differentiate(f, variable))


def hessian(f: Expr, variable: Symbol) -> Expr:
    """The second derivative, of shape `f.shape + variable.shape + variable.shape`."""
    return simplify(differentiate(f, variable, 2))


def mixed(f: Expr, variables: Sequence[Symbol]) -> Expr:
    """The derivative by each of the variables in turn, of shape `f.shape` followed by their shapes.

    >>> from wrt.expr.build import symbol
    >>> x, y = symbol("x"), symbol("y")
    >>> print(mixed(x**2 * y**3, [x, y]))
    6*x*y**2
    """
    for variable in variables:
        f = differentiate(f, variable)
    return simplify(f)


def directional(f: Expr, direction: Mapping[Symbol, object]) -> Expr:
    """The derivative of `f` along a direction, given for each variable that moves: of shape `f.shape`.

    The direction is used as it is, whatever its length. Raises ShapeError where it does not have its variable's shape.
    Source: Magnus & Neudecker, ch. 5.

    >>> from wrt.expr.build import symbol
    >>> n = symbol("n", facts=["dimension"]); x = symbol("x", (n,)); v = symbol("v", (n,))
    >>> print(directional(x @ x, {x: v}))
    2 * x @ v
    """
    steps = {variable: as_expr(step) for variable, step in direction.items()}
    for variable, step in steps.items():
        if step.shape != variable.shape:
            raise ShapeError(
                f"the direction of {variable.name} has shape {shape_text(step.shape)}, not {shape_text(variable.shape)}"
            )
    passes = run(f, list(steps))
    return simplify(add(*(_applied(passes[each].results[each], step) for each, step in steps.items())))


def _applied(derivative: Expr, step: Expr) -> Expr:
    """The last axes of a derivative contracted with a step."""
    if not step.shape:
        return mul(derivative, step)
    indices = tuple(range(derivative.ndim))
    kept = derivative.ndim - step.ndim
    return contract([derivative, step], [indices, indices[kept:]], indices[:kept], derivative.shape)


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
    return simplify(mul(-1, _solved(by_unknown, by_variable)))


def _solved(matrix: Expr, right: Expr) -> Expr:
    """The inverse of a matrix, contracted with the first axis of the right side."""
    from wrt import functions

    inverse = functions.inv(matrix)
    rest = tuple(range(2, right.ndim + 1))
    sizes = (*matrix.shape, *right.shape[1:])
    return contract([inverse, right], [(0, 1), (1, *rest)], (0, *rest), sizes)
