"""Derivatives made of derivatives: mixed, and of a function that an equation defines."""

from __future__ import annotations

from collections.abc import Mapping

from wrt.derive.calculus import composed
from wrt.derive.calculus import implicit as solved
from wrt.derive.derivation import derive
from wrt.errors import WrtError
from wrt.expr.build import add, derivative, sub, zeros
from wrt.expr.node import Compare, Formula
from wrt.face.compute import variable_of
from wrt.face.result import named
from wrt.read import read
from wrt.verify.oracle import verify_derivative, verify_equal


def partial(
    f: object,
    *variables: str,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> Formula:
    """The derivative by each variable in turn, of shape `f.shape` followed by theirs.

    >>> import wrt
    >>> print(wrt.partial("x**2*y**3", "x", "y"))
    6*x*y**2
    """
    formula = read(f, shapes, **declared)
    if not variables:
        raise WrtError("partial derivative by what? name at least one variable")
    node = formula.node
    for name in variables:
        variable = variable_of(formula, name)
        found = derive(node, [variable])[variable].expr
        if verify:
            verify_derivative(node, variable, found)
        node = found
    return named(node, formula)


def implicit(
    equation: object,
    of: str,
    variable: str,
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> Formula:
    """dy/dx where an equation F(x, y) = 0, or u = v written `u == v`, makes y a function of x: −(∂F/∂y)⁻¹ ∂F/∂x.

    Raises WrtError where the equation does not depend on y. Source: Rudin, Principles of Mathematical Analysis, 9.28.

    >>> import wrt
    >>> print(wrt.implicit("x**2 + y**2 == 1", "y", "x"))
    -x/y
    """
    formula = read(equation, shapes, **declared)
    node = formula.node
    if isinstance(node, Compare):
        if node.op != "==":
            raise WrtError(f"an equation has == between its sides, not {node.op}")
        node = sub(node.left, node.right)
    unknown, free = variable_of(formula, of), variable_of(formula, variable)
    result = solved(node, unknown, free)
    if verify:
        change = add(composed(derivative(node, unknown), result), derivative(node, free))
        verify_equal(change, zeros(*change.shape))
    return named(result, formula)
