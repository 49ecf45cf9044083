"""Pieces and sides: which piece holds near the point, and whether the limits from both sides agree."""

from __future__ import annotations

from typing import Final

from wrt.expr.build import ONE
from wrt.expr.coerce import as_expr
from wrt.expr.function import Interval, Kink, Points
from wrt.expr.node import Call, Cases, Expr
from wrt.expr.walk import nodes, substitute
from wrt.functions import TABLE
from wrt.functions.declare import function
from wrt.limits.coefficients import NoLimitError, OutsideError, UndecidedError, exact, is_zero
from wrt.limits.places import is_finite
from wrt.limits.problem import Found, Problem
from wrt.limits.values import Between, Value

FRACTION: Final = function(
    "frac",
    "what is left of a number without its whole part",
    definition=lambda x: x - TABLE["floor"](x),
    range=Interval(0, 1, "[)"),
    period=1,
    kinks=lambda x: (Kink(Points(0, 1), kind="jump"),),
)


def piece(problem: Problem, f: Expr) -> Found | None:
    """The expression with each piecewise part as the piece of it that holds near the point."""
    parts = [node for node in nodes(f) if problem.variable in node.free and is_piecewise(node)]
    if not parts:
        return None
    first = parts[0]
    try:
        chosen = _chosen(problem, first)
    except UndecidedError:
        if problem.is_two_sided:
            return both_sides(problem, f)
        raise
    plain = substitute(f, {first: chosen})
    statement = (first, " = ", chosen, " near the point")
    try:
        return Found(problem.value(plain), "one piece", statement, children=[(problem, plain)])
    except NoLimitError as error:
        raise NoLimitError(str(error)) from error


def is_piecewise(node: Expr) -> bool:
    """Whether a node has pieces of which one is to be chosen."""
    return isinstance(node, Cases) or (
        isinstance(node, Call)
        and node.function.kinks is not None
        and node.function.kind == "elementwise"
        and node.function is not FRACTION
    )


def jumps(node: Expr) -> bool:
    """Whether a node is in pieces, which may jump."""
    return is_piecewise(node) or (isinstance(node, Call) and node.function is FRACTION)


def _chosen(problem: Problem, node: Expr) -> Expr:
    if isinstance(node, Cases):
        pairs = zip(node.conditions, node.values, strict=True)
        return next((value for test, value in pairs if problem.holds(test)), node.otherwise)
    assert isinstance(node, Call)
    if node.function.name in ("floor", "ceil"):
        return _rounded(problem, node)
    if node.function.name == "abs":
        return problem.sign(node.args[0]) * node.args[0]
    if node.function.name == "cbrt":
        direction = problem.sign(node.args[0])
        return direction * (direction * node.args[0]) ** (ONE / 3)
    if node.function.definition is None:
        raise UndecidedError(f"the pieces of {node.function.name}")
    pieces = node.function.definition(*node.args)
    return _chosen(problem, pieces) if isinstance(pieces, Cases) else pieces


def _rounded(problem: Problem, node: Call) -> Expr:
    """The whole number beside an argument that has a limit; of one that grows, the argument less or more a fraction."""
    argument = node.args[0]
    value = problem.value(argument)
    if isinstance(value, Expr) and not is_finite(value):
        return argument - FRACTION(argument) if node.function.name == "floor" else argument + FRACTION(-argument)
    return as_expr(problem.germ.of(node)[0])


def both_sides(problem: Problem, f: Expr) -> Found | None:
    """The limits from both sides, if they are equal; that from one side where the expression is defined on one only."""
    if not problem.is_two_sided:
        return None
    left, right = problem.from_side("-"), problem.from_side("+")
    found: list[tuple[Problem, Value]] = []
    for each in (left, right):
        try:
            found.append((each, each.value(f)))
        except OutsideError:
            continue
    if not found:
        raise OutsideError("on neither side")
    children = [(each, f) for each, _ in found]
    if len(found) == 1:
        words = "above" if found[0][0] is right else "below"
        return Found(found[0][1], "one side", (f"defined only {words} the point",), children=children)
    below, above = (value for _, value in found)
    return Found(_agreed(problem, f, below, above), "both sides", ("equal from both sides",), children=children)


def _agreed(problem: Problem, f: Expr, below: Value, above: Value) -> Value:
    if isinstance(below, Between) or isinstance(above, Between):
        if isinstance(below, Between) and isinstance(above, Between) and below == above:
            return below
        raise UndecidedError("what oscillates on one side")
    if below is above or (is_finite(below) and is_finite(above) and is_zero(exact(below - above))):
        return below
    error = NoLimitError(f"it is {below} from the left and {above} from the right")
    error.sides = below, above
    raise error
