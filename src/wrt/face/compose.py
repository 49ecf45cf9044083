"""Derivatives made of derivatives: along a direction, mixed, and of a function that an equation defines."""

from __future__ import annotations

from collections.abc import Mapping

from wrt.derive.calculus import composed
from wrt.derive.calculus import directional as along
from wrt.derive.calculus import implicit as solved
from wrt.derive.derivation import derive
from wrt.errors import ShapeError, WrtError
from wrt.expr.build import add, derivative, mul, sub, symbol, zeros
from wrt.expr.node import Compare, Expr, Formula, Symbol
from wrt.expr.shape import shape_text
from wrt.expr.walk import fresh_symbol, substitute
from wrt.face.compute import variable_of
from wrt.face.result import named
from wrt.notation import declarations
from wrt.read import read
from wrt.simplify import simplify
from wrt.verify.oracle import verify_derivative, verify_equal


def directional(
    f: object,
    direction: Mapping[str, object],
    /,
    *,
    verify: bool = True,
    shapes: Mapping[str, object] | None = None,
    **declared: object,
) -> Formula:
    """The derivative of `f` along a direction, of shape `f.shape`; the direction is given for each variable that moves.

    It is used as it is, whatever its length; a new name in it has the shape of its variable. Raises ShapeError where a
    direction does not fit its variable. Source: Magnus & Neudecker, Matrix Differential Calculus, ch. 5.

    >>> import wrt
    >>> print(wrt.directional("x @ A @ x", {"x": "v"}, x="n", A="n n"))
    v @ (A + A.T) @ x
    """
    formula = read(f, shapes, **declared)
    variables = [variable_of(formula, name) for name in direction]
    steps: list[Expr] = [_step(step, each, formula) for each, step in zip(variables, direction.values(), strict=True)]
    taken = formula.node.free.union(*(step.free for step in steps))
    arrows = {each: fresh_symbol(symbol("v", each.shape), taken) for each in variables}
    result = along(formula.node, arrows)
    if verify:
        t = fresh_symbol(symbol("t"), taken)
        line: dict[Expr, Expr] = {each: add(each, mul(t, arrow)) for each, arrow in arrows.items()}
        verify_derivative(substitute(formula.node, line), t, substitute(result, line))
    chosen: dict[Expr, Expr] = dict(zip(arrows.values(), steps, strict=True))
    return named(simplify(substitute(result, chosen)), formula)


def _step(step: object, variable: Symbol, formula: Formula) -> Expr:
    """A direction as an expression of the variable's shape, which a lone new name takes."""
    known = {**declarations(formula.node), **declarations(variable)}
    if isinstance(step, str) and step.isidentifier() and step not in known:
        return Symbol.intern(step, variable.shape, frozenset())
    node = read(step).node if isinstance(step, Expr) else read(step, known).node
    if node.shape != variable.shape:
        got, wanted = shape_text(node.shape), shape_text(variable.shape)
        raise ShapeError(f"the direction of {variable.name} has shape {got}, not {wanted}")
    return node


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
