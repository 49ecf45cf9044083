"""Limit laws: substitution, sums, products and powers of limits, the squeeze, continuity, exponentials."""

from __future__ import annotations

from collections.abc import Sequence

from wrt.expr.build import INFINITY, ZERO, mul
from wrt.expr.facts import is_integer
from wrt.expr.function import Function, Points
from wrt.expr.node import Add, Call, Constant, Expr, Mul, Power
from wrt.expr.walk import nodes
from wrt.functions import TABLE
from wrt.limits import values
from wrt.limits.coefficients import NoLimitError, OutsideError, UndecidedError, exact, is_zero
from wrt.limits.germ import exp_of
from wrt.limits.pieces import jumps
from wrt.limits.places import contains, inward, is_among, is_finite
from wrt.limits.problem import Found, Problem
from wrt.limits.values import MINUS_INFINITY, Between, IndeterminateError, Value
from wrt.simplify import simplify

_exp, _log = TABLE["exp"], TABLE["log"]


def constant(problem: Problem, f: Expr) -> Found | None:
    """What does not depend on the variable is its own limit, if it is defined."""
    if problem.variable in f.free:
        return None
    if not all(map(_is_defined, nodes(f))):
        raise OutsideError(f"{f} is not defined")
    return Found(f, "constant")


def _is_defined(node: Expr) -> bool:
    """Whether a call of a function stands at a place where that has a value."""
    if not isinstance(node, Call) or node.function.kind != "elementwise":
        return True
    return all(map(contains, node.function.domain, node.args))


def variable(problem: Problem, f: Expr) -> Found | None:
    """The variable goes to the point."""
    return Found(problem.point, "variable") if f is problem.variable else None


# Where an expression is continuous, its limit is its value.


def substitution(problem: Problem, f: Expr) -> Found | None:
    """The value at the point, where every part is continuous there."""
    if not is_finite(problem.point):
        return None
    found: dict[Expr, Expr] = {problem.variable: problem.point}
    for node in nodes(f):
        if problem.variable not in node.free:
            found[node] = node
        elif node is not problem.variable:
            operands = tuple(found[each] for each in node.operands)
            _check_border(problem, node, operands)
            found[node] = _continued(node, operands)
    statement = (problem.variable, " = ", problem.point, ", where it is continuous")
    return Found(simplify(found[f]), "direct substitution", statement)


def _continued(node: Expr, operands: tuple[Expr, ...]) -> Expr:
    """The value of a node at values of its operands where it is continuous. Raises UndecidedError if it is not."""
    match node:
        case Add() | Mul():
            return node.rebuilt(operands)
        case Power():
            return values.finite_power(*operands)
        case Call() if node.function.kind == "elementwise":
            return value_of(node.function, operands)
    raise UndecidedError("continuity")


def _check_border(problem: Problem, node: Expr, places: Sequence[Expr]) -> None:
    """Raise OutsideError where operands come to the border of the domain from outside, as x does in √x from below 0."""
    if isinstance(node, Power) and not is_integer(node.exponent) and is_zero(exact(places[0])):
        inwards = [1]
    elif isinstance(node, Call) and node.function.kind == "elementwise":
        inwards = [inward(*each) for each in zip(node.function.domain, places, strict=True)]
    else:
        return
    for operand, place, way in zip(node.operands, places, inwards, strict=False):
        if way and problem.variable in operand.free and problem.sign(operand - place) * way < 0:
            raise OutsideError(f"{node} is not defined there")


def value_of(function: Function, places: Sequence[Expr]) -> Expr:
    """The value of a function where it is continuous. Raises UndecidedError where it is not known to be."""
    jumps = function.kinks is not None and any(kink.kind == "jump" for kink in function.kinks(*places))
    if jumps or function.condition is not None or not all(map(contains, function.domain, places)):
        raise UndecidedError("continuity")
    value = function.apply(tuple(places))
    if not is_finite(value):
        raise UndecidedError("continuity")
    return value


# Limit laws: the limit of a sum, product or power is that of the limits.


def laws(problem: Problem, f: Expr) -> Found | None:
    """The limit of a sum, product or power by those of its parts; what vanishes times what is bounded vanishes."""
    match f:
        case Add():
            value = values.total(map(problem.value, f.terms))
            return _by_law(problem, value, "sum of limits", "lim (u + v) = lim u + lim v", f.terms)
        case Mul():
            found = [_value_or_bounds(problem, each) for each in f.factors]
            value = values.product([mul(f.coefficient), *found])
            if any(isinstance(each, Between) for each in found) and value is ZERO:
                return _by_law(problem, value, "squeeze", "bounded times vanishing", f.factors)
            return _by_law(problem, value, "product of limits", "lim u·v = lim u · lim v", f.factors)
        case Power() if problem.variable not in f.exponent.free:
            base = problem.value(f.base)
            if isinstance(base, Expr) and is_finite(base) and is_zero(exact(base)) and values.is_negative(f.exponent):
                value = _reciprocal_of_zero(problem, f)
                return _by_law(problem, value, "reciprocal", "1/u is infinite where u vanishes", [f.base])
            if isinstance(base, Expr) and is_finite(base):
                _check_border(problem, f, [base])
            value = values.raised(base, f.exponent)
            return _by_law(problem, value, "power of a limit", "lim uⁿ = (lim u)ⁿ", [f.base])
    return None


def _value_or_bounds(problem: Problem, f: Expr) -> Value:
    """The limit of an expression, or the bounds of a function whose argument has none that is known."""
    try:
        return problem.value(f)
    except OutsideError:
        raise
    except UndecidedError:
        if isinstance(f, Call) and f.function.kind == "elementwise":
            return _range(problem, f, False)
        raise


def _by_law(problem: Problem, value: Value, law: str, said: str, parts: Sequence[Expr]) -> Found:
    return Found(value, law, (said,), children=[(problem, each) for each in parts])


def _reciprocal_of_zero(problem: Problem, f: Power) -> Value:
    """A negative power of what vanishes, by its sign near the point."""
    whole = isinstance(f.exponent, Constant) and isinstance(f.exponent.value, int)
    if whole and f.exponent.value % 2 == 0:  # type: ignore[attr-defined]
        return INFINITY
    direction = problem.sign(f.base)
    if direction < 0 and not whole:
        raise OutsideError("a root of a negative number")
    return direction * INFINITY


def continuity(problem: Problem, f: Expr) -> Found | None:
    """The limit of g(u) is g of the limit of u, where g is continuous there or has a limit there."""
    if not isinstance(f, Call) or f.function.kind != "elementwise":
        return None
    inner = [problem.value(arg) for arg in f.args]
    children = [(problem, arg) for arg in f.args]
    numbers = [each for each in inner if isinstance(each, Expr)]
    if len(numbers) == len(inner) and all(map(is_finite, numbers)):
        _check_border(problem, f, numbers)
        value = _value_or_none(f.function, numbers)
        if value is not None:
            return Found(value, "continuity", (f.function, " is continuous"), children=children)
    if len(inner) > 1:
        return None
    if isinstance(inner[0], Between):
        return Found(_of_moving(problem, f, inner[0]), "continuity", children=children)
    if f.function.period is not None and not is_finite(inner[0]):
        whole = not any(map(jumps, nodes(f.args[0])))  # what jumps may miss values
        said = (f.function, " is periodic")
        return Found(_range(problem, f, whole), "oscillation", said, children=children)
    value = _at_end(problem, f, inner[0])
    statement = (f.function, "(u) → ", value, " as ", "u → ", inner[0])
    return Found(value, "limit of a function", statement, children=children)


def _value_or_none(function: Function, places: Sequence[Expr]) -> Expr | None:
    try:
        return value_of(function, places)
    except UndecidedError:
        return None


def _of_moving(problem: Problem, f: Call, inner: Between) -> Value:
    """A function of what oscillates."""
    function = f.function
    ends = [function(inner.lower), function(inner.upper)]
    if function.monotone is not None and all(map(is_finite, ends)):
        lower, upper = ends if function.monotone == "increasing" else reversed(ends)
        return Between(lower, upper, inner.whole)
    return _range(problem, f, False)


def _range(problem: Problem, f: Call, whole: bool) -> Between:
    """The bounds of a function; `whole` says that it takes all values between them again and again."""
    if f.function.range is None:
        raise UndecidedError("the bounds of a function")
    intervals = f.function.range(*f.args).intervals
    lower, upper = intervals[0].lower, intervals[-1].upper
    if not (is_finite(lower) and is_finite(upper)) or problem.variable in lower.free | upper.free:
        if whole and lower is MINUS_INFINITY and upper is INFINITY:
            raise NoLimitError(f"{f.function.name} takes all its values again and again")
        raise UndecidedError("the bounds of a function")
    return Between(lower, upper, whole)


def _at_end(problem: Problem, f: Call, place: Expr) -> Expr:
    """The limit of a function at an end of its domain, as the table has it."""
    if f.function.limits is None:
        raise UndecidedError("the limit of a function")
    for (point, side), value in f.function.limits(*f.args).items():
        if point is not place and not (isinstance(point, Points) and is_among(place, point)):
            continue
        if not is_finite(place) or (problem.sign(f.args[0] - place) > 0) == (side == "+"):
            return value
    raise UndecidedError("the limit of a function")


def exponential(problem: Problem, f: Expr) -> Found | None:
    """A power whose base and exponent both change: u**v = exp(v·log u), for 1^∞, 0^0 and ∞^0."""
    if not isinstance(f, Power) or problem.variable not in f.exponent.free:
        return None
    if f.base is ZERO:
        if problem.sign(f.exponent) < 0:
            raise OutsideError("0 to a negative power")
        return Found(ZERO, "power of 0", ("0ᵛ = 0 for v > 0",))
    exponent = f.exponent * _log(f.base)
    found = problem.value(exponent)
    if isinstance(found, Between):
        raise IndeterminateError
    value = INFINITY if found is INFINITY else ZERO if found is MINUS_INFINITY else simplify(exp_of(found))
    return Found(
        value, "exponential of a limit", ("uᵛ = exp(v·log u)",), {"u": f.base, "v": f.exponent}, [(problem, exponent)]
    )
